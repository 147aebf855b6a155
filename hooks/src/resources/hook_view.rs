//! Hooks as callers see them, function included.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::{Condition, Decision, HookType};
use serde::Serialize;

use super::env_var::EnvView;
use super::hook::{HookRecord, Status};
use crate::clock::Timestamp;
use crate::ids::{AccountId, HookId};

/// A hook, as the routes of the hook API answer it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HookView {
    /// Its id.
    pub id: HookId,
    /// The event that it is for.
    #[serde(rename = "type")]
    pub hook_type: HookType,
    /// Whether it is kept from running at events.
    pub disabled: bool,
    /// What the function is run as: `wasm`, or a version of Node such as `nodejs24.x`.
    pub runtime: &'static str,
    /// The range of context versions that was picked; none: the newest.
    pub context_version: Option<String>,
    /// How often a failed run is repeated.
    pub retries: u8,
    /// Seconds until a run is broken off.
    pub timeout: u8,
    /// What of the context the function sees; the hook types have different ones.
    pub options: BTreeMap<&'static str, bool>,
    /// The linked env vars.
    pub env_vars: EnvLinks,
    /// The packages that were declared.
    pub packages: BTreeMap<String, String>,
    /// For which users the hook runs: all must hold.
    pub conditions: Vec<Condition>,
    /// What a run may use.
    pub limits: LimitsView,
    /// The decision where the function gives none.
    pub on_error: Decision,
    /// The newest version.
    pub version: u32,
    /// How far admission has come with it.
    pub status: Status,
    /// Why it failed.
    pub status_message: Option<String>,
    /// When the hook was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// The newest version's function, in base64.
    pub function: String,
}

/// The env vars of a hook, as a client knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EnvLinks {
    /// Their names.
    Names(Vec<String>),
    /// All but their values.
    Objects(Vec<EnvView>),
}

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LimitsView {
    /// Fuel.
    pub fuel: u64,
    /// Linear memory, in MiB.
    pub memory_mib: u32,
}

/// A hook and what only Hookbox's own API tells of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HookDetail {
    /// The hook.
    #[serde(flatten)]
    pub hook: HookView,
    /// ExecutionIdentity it is.
    pub account_id: AccountId,
    /// The version that runs at events; none as long as none was ready, and where it no longer can be prepared.
    pub serving_version: Option<u32>,
    /// Whether the newest version's function is a `component`, a `command` or `javascript`.
    pub kind: &'static str,
    /// The newest version's function, in bytes.
    pub function_bytes: u64,
    /// When the top level of the JavaScript that serves is evaluated; none for WebAssembly and where nothing serves.
    pub top_level: Option<TopLevel>,
    /// What of the passing world it reads, where it is evaluated on every execution.
    pub top_level_reason: Option<&'static str>,
}

/// When the top level of a JavaScript function is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TopLevel {
    /// Once, when it was deployed.
    Frozen,
    /// Once for the values of its env vars: again when one changes.
    FrozenWithEnv,
    /// On every execution, because it reads the clock, random bytes or the like.
    Evaluated,
}

impl HookView {
    /// The view of a record whose newest function has these bytes.
    pub(crate) fn new(record: &HookRecord, function: &[u8]) -> Self {
        let spec = &record.spec;
        let options = match record.hook_type {
            HookType::PreAuthentication => BTreeMap::from([
                ("risk_enabled", spec.options.risk_enabled),
                ("location_enabled", spec.options.location_enabled),
                ("mfa_device_info_enabled", spec.options.mfa_device_info_enabled),
            ]),
            HookType::UserMigration => BTreeMap::new(),
        };
        Self {
            id: record.id,
            hook_type: record.hook_type,
            disabled: record.disabled,
            runtime: spec.runtime.as_str(),
            context_version: spec.context_version.clone(),
            retries: spec.retries,
            timeout: spec.timeout,
            options,
            env_vars: EnvLinks::Names(spec.env_vars.iter().map(ToString::to_string).collect()),
            packages: spec.packages.clone(),
            conditions: spec.conditions.clone(),
            limits: LimitsView { fuel: spec.fuel, memory_mib: spec.memory_mib },
            on_error: spec.on_error,
            version: record.version,
            status: record.status,
            status_message: record.status_message.clone(),
            created_at: record.created_at,
            updated_at: record.updated_at,
            function: STANDARD.encode(function),
        }
    }
}

/// What of a detailed view depends on what is in memory: the version that serves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ServingView {
    pub(crate) version: Option<u32>,
    pub(crate) top_level: Option<TopLevel>,
    pub(crate) reason: Option<&'static str>,
}

impl HookDetail {
    /// The detailed view of a record.
    pub(crate) fn new(account: AccountId, record: &HookRecord, serving: ServingView, function: &[u8]) -> Self {
        Self {
            hook: HookView::new(record, function),
            account_id: account,
            serving_version: serving.version,
            kind: record.spec.function.kind.as_str(),
            function_bytes: record.spec.function.size,
            top_level: serving.top_level,
            top_level_reason: serving.reason,
        }
    }
}
