//! Hooks as callers of `/v1` see them. A dialect's admin API writes them in its own form.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::Decision;
use hookbox_packages::Lock;
use hookbox_runtime::MAIN;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::hook::{HookRecord, Status};
use crate::clock::Timestamp;
use crate::hook_type::Settings;
use crate::ids::{AccountId, HookId};
use crate::sources::{FileBody, Sources};

/// A hook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HookView {
    /// Its id.
    pub id: HookId,
    /// The account that it belongs to.
    pub account_id: AccountId,
    /// The hook type.
    #[serde(rename = "type")]
    pub hook_type: Cow<'static, str>,
    /// The dialect of the type.
    pub dialect: Cow<'static, str>,
    /// Whether the hook is kept from running at events.
    pub disabled: bool,
    /// What the function is run as: `wasm`, or a version of Node such as `nodejs24.x`.
    pub runtime: Cow<'static, str>,
    /// Seconds after which a run is stopped.
    pub timeout: u8,
    /// How often a failed run is repeated.
    pub retries: u8,
    /// The names of the linked env vars.
    pub env_vars: Vec<String>,
    /// The packages that were declared: versions by name.
    pub packages: BTreeMap<String, String>,
    /// For which users the hook runs: all must hold.
    pub conditions: Vec<Condition>,
    /// What a run may use.
    pub limits: LimitsView,
    /// The decision if the function gives none.
    pub on_error: Decision,
    /// Whether callers who may only fire events read what the function says of its failures.
    pub expose_errors: bool,
    /// Whom the function may call: names, `*.domain`, addresses and ranges, each with a scheme and a port if it is limited to these.
    pub allowed_hosts: Vec<String>,
    /// Whether answers over HTTP are kept for it, as their servers allow.
    pub http_cache: bool,
    /// Settings that only the dialect understands.
    pub settings: Settings,
    /// The newest version.
    pub version: u32,
    /// The state of admission of the newest version.
    pub status: Status,
    /// Why the newest version failed, what keeps the server from preparing it for now, or why its function cannot be shown.
    pub status_message: Option<String>,
    /// The version that runs at events; `None` until one is ready, and if it can no longer be prepared.
    pub serving_version: Option<u32>,
    /// Whether the newest version's function is a `component`, a `command` or `javascript`.
    pub kind: Cow<'static, str>,
    /// The newest version's function, in bytes.
    pub function_bytes: u64,
    /// When the top level of the serving JavaScript is evaluated; `None` for WebAssembly and without a serving version.
    pub top_level: Option<TopLevel>,
    /// Which input that changes between executions the top level reads, if it is evaluated on every execution.
    pub top_level_reason: Option<Cow<'static, str>>,
    /// When the hook was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// The newest version's function, in base64; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The path of the function among its files, if it is not `hook.js`; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The newest version's files beside its function, if there are any; lists leave them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeMap<String, FileBody>>,
    /// What the newest version's packages were resolved to, once a deployment has; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Arc<Lock>>,
}

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsView {
    /// Fuel.
    pub fuel: u64,
    /// Linear memory, in MiB.
    pub memory_mib: u32,
}

/// When the top level of a JavaScript function is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopLevel {
    /// Once, when it was deployed.
    Frozen,
    /// Once for the values of its env vars: again when one changes.
    FrozenWithEnv,
    /// On every execution, because it reads the clock, random bytes or the like.
    Evaluated,
}

impl TopLevel {
    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::FrozenWithEnv => "frozen_with_env",
            Self::Evaluated => "evaluated",
        }
    }
}

/// The part of a view that depends on memory: the version that serves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ServingView {
    pub(crate) version: Option<u32>,
    pub(crate) top_level: Option<TopLevel>,
    pub(crate) reason: Option<&'static str>,
}

impl HookView {
    /// The view of a record, without the function.
    pub(crate) fn new(account_id: AccountId, record: &HookRecord, serving: ServingView) -> Self {
        let spec = &record.spec;
        Self {
            id: record.id,
            account_id,
            hook_type: record.hook_type.id.into(),
            dialect: record.hook_type.dialect.into(),
            disabled: record.disabled,
            runtime: spec.runtime.as_str().into(),
            timeout: spec.timeout,
            retries: spec.retries,
            env_vars: spec.env_vars.iter().map(ToString::to_string).collect(),
            packages: spec.packages.clone(),
            conditions: spec.conditions.clone(),
            limits: LimitsView { fuel: spec.fuel, memory_mib: spec.memory_mib },
            on_error: spec.on_error,
            expose_errors: spec.expose_errors,
            allowed_hosts: spec.allowed_hosts.texts().collect(),
            http_cache: spec.http_cache,
            settings: record.hook_type.rules.view(&spec.settings),
            version: record.version,
            status: record.status,
            status_message: record.status_message.clone(),
            serving_version: serving.version,
            kind: spec.function.kind.as_str().into(),
            function_bytes: spec.function.size,
            top_level: serving.top_level,
            top_level_reason: serving.reason.map(Cow::Borrowed),
            created_at: record.created_at,
            updated_at: record.updated_at,
            function: None,
            main: None,
            files: None,
            lock: None,
        }
    }

    /// The same with the newest version's function, as it is stored.
    pub(crate) fn with_function(self, function: &[u8]) -> Self {
        let Ok(Sources { main, source, files }) = Sources::read(function) else {
            return Self { function: Some(STANDARD.encode(function)), ..self };
        };
        let files: BTreeMap<_, _> = files.into_iter().map(|(path, bytes)| (path, FileBody::of(&bytes))).collect();
        Self {
            function: Some(STANDARD.encode(source)),
            main: Some(main).filter(|main| main != MAIN),
            files: Some(files).filter(|files| !files.is_empty()),
            ..self
        }
    }

    /// The same with what its packages were resolved to.
    pub(crate) fn with_lock(self, lock: Option<Arc<Lock>>) -> Self {
        Self { lock, ..self }
    }
}
