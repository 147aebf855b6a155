//! Hooks as callers see them, function included.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::{Decision, HookType};
use serde::Serialize;

use super::hook::{HookRecord, Kind, Status};
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
    /// What the function is: `wasm`.
    pub runtime: &'static str,
    /// The version of the context; none chosen.
    pub context_version: Option<String>,
    /// How often a failed run is repeated.
    pub retries: u32,
    /// Seconds until a run is broken off.
    pub timeout: u8,
    /// What of the context the function sees; the hook types have different ones.
    pub options: BTreeMap<&'static str, bool>,
    /// The names of the linked env vars.
    pub env_vars: Vec<String>,
    /// The packages that the function requires.
    pub packages: BTreeMap<String, String>,
    /// When the hook is skipped.
    pub conditions: Vec<String>,
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
    /// Whose it is.
    pub account_id: AccountId,
    /// The version that runs at events; none as long as none was ready.
    pub serving_version: Option<u32>,
    /// Whether the newest version's function is a `component` or a `command`.
    pub kind: &'static str,
    /// The newest version's function, in bytes.
    pub function_bytes: u64,
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
            context_version: None,
            retries: 0,
            timeout: spec.timeout,
            options,
            env_vars: spec.env_vars.iter().map(ToString::to_string).collect(),
            packages: BTreeMap::new(),
            conditions: Vec::new(),
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

impl HookDetail {
    /// The detailed view of a record.
    pub(crate) fn new(account: AccountId, record: &HookRecord, function: &[u8]) -> Self {
        Self {
            hook: HookView::new(record, function),
            account_id: account,
            serving_version: record.ready.as_ref().map(|ready| ready.version),
            kind: match record.spec.function.kind {
                Kind::Component => "component",
                Kind::Command => "command",
            },
            function_bytes: record.spec.function.size,
        }
    }
}
