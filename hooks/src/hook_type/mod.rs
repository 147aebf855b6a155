//! Hook types: the events that hooks can be attached to. A type is a row of its dialect's table ([`HookTypeSpec`]); the rows of all
//! dialects make a [`Registry`]. The service treats the rows of all dialects alike.

mod adapter;
mod registry;
mod request;

use std::fmt;
use std::ops::{Deref, RangeInclusive};
use std::sync::Arc;
use std::time::SystemTime;

use hookbox_host_api::Decision;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::ServiceError;
use crate::fields::Fields;

pub use adapter::{Adapter, Command, Event, Verdict, article};
pub(crate) use registry::names;
pub use registry::{AccountRules, Registry, RegistryError, SettingFlag, SettingValues};
pub use request::{InvalidResponse, Request, RequestBody, WebAnswer};

/// Settings that only a dialect understands, of a hook or of an account: JSON, checked when it is stored.
pub type Settings = Map<String, Value>;

/// The last of a type's entries, where a function may be a server of HTTP: an app that listens.
pub const SERVER: &str = hookbox_runtime::SERVER;

/// What is fixed about a hook type.
pub struct HookTypeSpec {
    /// The name that hooks, logs, metrics and `POST /v1/triggers/{type}` use; unique over all dialects.
    pub id: &'static str,
    /// The name of the dialect that it belongs to.
    pub dialect: &'static str,
    /// What the type is for, in one sentence.
    pub summary: &'static str,
    /// The exported functions that may be the entry point, in the order in which they are tried; with [`SERVER`] at the end, also a server.
    pub entries: &'static [&'static str],
    /// How many functions answer one event, and in which order.
    pub shape: Shape,
    /// The decision if no hook decides and the account has no setting for it.
    pub default_decision: Decision,
    /// What a hook may set as its decision if its function gives none; the first is that of a hook that sets none.
    pub on_error: &'static [Decision],
    /// Whether events say which hook they are for: then an account may have as many as this, all enabled, and
    /// `POST /v1/triggers/{type}` has no hook to run. Without a number one hook decides, and an account's setting says how many there may be.
    pub addressed: Option<u32>,
    /// Seconds that a hook may set as its timeout.
    pub timeout: RangeInclusive<u8>,
    /// The timeout of a hook that does not set one, in seconds.
    pub default_timeout: u8,
    /// The longest source in JavaScript, in bytes. The server's own limit may be lower.
    pub source_bytes: usize,
    /// Keys of the event whose values must never reach a log, an error or a disk.
    pub secrets: &'static [&'static str],
    /// Inputs with every set of keys that a function can see, with empty values. The JavaScript engine learns their shapes.
    pub samples: fn() -> Vec<String>,
    /// What the type does with settings, events and results.
    pub rules: &'static dyn Rules,
}

/// How an event becomes executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One function, one execution.
    Single,
}

/// What a hook type does with the settings of its hooks, and how it makes the adapter of a version.
pub trait Rules: Send + Sync {
    /// The names of the settings. Other types of the same registry must not give a name another meaning, and a name must not be a key that
    /// all hooks have.
    fn setting_names(&self) -> &'static [&'static str];

    /// The settings as a JSON Schema describes them: a schema for each name, with what it means and its default.
    fn settings_schema(&self) -> Settings;

    /// Those of the settings that are made elsewhere than in a project, by the vendor's own API say, so that new projects leave them alone.
    fn made_elsewhere(&self) -> &'static [&'static str] {
        &[]
    }

    /// `before`, changed by the caller's settings in `said`, which holds only keys of [`Rules::setting_names`].
    ///
    /// # Errors
    /// A setting breaks a rule.
    fn apply(&self, before: &Settings, said: &mut Fields, account: &Settings) -> Result<Settings, ServiceError>;

    /// Makes settings that are about to be stored fit to be: secrets become hashes, which [`crate::Service::has_secret`] compares. `before`
    /// are the settings that are stored now.
    fn keep(&self, before: &Settings, settings: &mut Settings, keeper: &dyn Keeper) {
        let _ = (before, settings, keeper);
    }

    /// The settings as callers see them, with a value for each name.
    fn view(&self, settings: &Settings) -> Settings;

    /// Checks a version that is about to be stored against rules that go beyond the type's row.
    ///
    /// # Errors
    /// A field breaks a rule.
    fn check(&self, draft: &Draft<'_>, account: &Settings) -> Result<(), ServiceError> {
        let _ = (draft, account);
        Ok(())
    }

    /// The adapter for a hook's settings and its account's settings.
    fn bind(&self, settings: &Settings, account: &Settings) -> Arc<dyn Adapter>;
}

/// What rules may do with secrets that are about to be stored.
pub trait Keeper {
    /// The hash under which a secret is kept. Fast and keyed; the same secret has the same hash.
    fn hash(&self, secret: &str) -> String;

    /// The present moment.
    fn now(&self) -> SystemTime;
}

/// The parts of a version about to be stored that a dialect may have rules for.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// `wasm`, or a version of Node such as `nodejs24.x`.
    pub runtime: &'static str,
    /// The timeout, in seconds.
    pub timeout: u8,
    /// The source, if the version brings a new one that is text.
    pub source: Option<&'a str>,
}

/// A hook type of a registry.
#[derive(Clone, Copy)]
pub struct HookType {
    spec: &'static HookTypeSpec,
    /// The position in the registry.
    index: usize,
}

impl HookType {
    /// The decision of a hook that sets none, if its function gives none.
    pub fn default_on_error(self) -> Decision {
        self.spec.on_error.first().copied().unwrap_or(Decision::Deny)
    }

    /// The exported functions that may be the entry point.
    pub(crate) fn entries(self) -> &'static [&'static str] {
        self.spec.entries
    }

    /// The position in its registry, from 0.
    pub(crate) fn index(self) -> usize {
        self.index
    }
}

impl Deref for HookType {
    type Target = HookTypeSpec;

    fn deref(&self) -> &HookTypeSpec {
        self.spec
    }
}

impl PartialEq for HookType {
    fn eq(&self, other: &Self) -> bool {
        self.spec.id == other.spec.id
    }
}

impl Eq for HookType {}

impl fmt::Debug for HookType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.id)
    }
}

impl fmt::Display for HookType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.id)
    }
}

impl Serialize for HookType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.spec.id)
    }
}

impl fmt::Debug for HookTypeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookTypeSpec").field("id", &self.id).finish_non_exhaustive()
    }
}
