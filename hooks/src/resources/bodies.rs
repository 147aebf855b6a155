//! Bodies of requests to `/v1`, for clients written in Rust. They say what the service's strict readers understand, and nothing else; what is
//! not said is not written.

use std::collections::BTreeMap;

use hookbox_host_api::{Decision, Secret};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::account::OnNoHook;
use super::condition::Condition;
use super::credential::{Scopes, secret_text};
use super::hook_view::HookView;
use crate::hook_type::Settings;
use crate::ids::AccountId;

/// A hook: for `POST /v1/hooks`, `PUT /v1/hooks/{id}` and, in a list, [`ApplyBody`].
///
/// Numbers are wider than what the service takes, so that the service says which range there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookBody {
    /// The event that it is for.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub hook_type: Option<String>,
    /// The function, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// What the function is run as: `wasm`, or a version of Node such as `nodejs24.x`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Seconds until a run is broken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// How often a failed run is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    /// Whether it is kept from running at events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// The names of the linked env vars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env_vars: Option<Vec<String>>,
    /// The packages that are declared: versions by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<BTreeMap<String, String>>,
    /// For which users the hook runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// What a run may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsBody>,
    /// The decision where the function gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<Decision>,
    /// What only the dialect understands.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub settings: Settings,
}

impl HookBody {
    /// The keys that a body of any dialect has.
    pub const KEYS: [&str; 12] = [
        "type",
        "function",
        "runtime",
        "timeout",
        "retries",
        "disabled",
        "env_vars",
        "packages",
        "conditions",
        "limits",
        "on_error",
        "settings",
    ];

    /// What its author said of a hook, but for its function: a body that makes the same hook. Settings that are null are at their default.
    pub fn of(hook: &HookView) -> Self {
        Self {
            hook_type: Some(hook.hook_type.to_string()),
            function: None,
            runtime: Some(hook.runtime.to_string()),
            timeout: Some(hook.timeout.into()),
            retries: Some(hook.retries.into()),
            disabled: Some(hook.disabled),
            env_vars: Some(hook.env_vars.clone()),
            packages: Some(hook.packages.clone()),
            conditions: Some(hook.conditions.clone()),
            limits: Some(LimitsBody { fuel: Some(hook.limits.fuel), memory_mib: Some(hook.limits.memory_mib.into()) }),
            on_error: Some(hook.on_error),
            settings: hook
                .settings
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }
}

/// What a run may use; what is not said takes its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsBody {
    /// Fuel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Linear memory, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u64>,
}

/// A new env var: for `POST /v1/env-vars`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvVarBody {
    /// Its name.
    pub name: String,
    /// Its value.
    #[serde(with = "secret_text")]
    pub value: Secret,
}

/// A new value of an env var: for `PUT /v1/env-vars/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvValueBody {
    /// The value.
    #[serde(with = "secret_text")]
    pub value: Secret,
}

/// All that an account is to have: for `POST /v1/apply`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyBody {
    /// The hooks.
    pub hooks: Vec<HookBody>,
    /// The env vars.
    pub env_vars: Vec<AppliedEnvVarBody>,
    /// Whether nothing is to be done but told.
    #[serde(default)]
    pub dry_run: bool,
}

/// An env var that is to be there; without a value it keeps the one that it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedEnvVarBody {
    /// Its name.
    pub name: String,
    /// Its value.
    #[serde(default, with = "secret_text::option", skip_serializing_if = "Option::is_none")]
    pub value: Option<Secret>,
}

/// An event for one hook: for `POST /v1/hooks/{id}/fire`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FireBody {
    /// The event, in the form of the hook's dialect.
    pub context: Box<RawValue>,
    /// The roles of the user, for conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

/// An account, or what changes of one: for `POST /v1/accounts` and `PUT /v1/accounts/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its settings.
    #[serde(default, skip_serializing_if = "AccountSettingsBody::is_empty")]
    pub settings: AccountSettingsBody,
}

/// Settings of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettingsBody {
    /// The most hooks of one type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hooks_per_type: Option<u32>,
    /// What is decided where there is no live hook. An inner `None` puts the types' own defaults back.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub on_no_hook: Option<Option<OnNoHook>>,
    /// What only a dialect understands; a null puts a default back.
    #[serde(flatten)]
    pub dialects: Settings,
}

impl AccountSettingsBody {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// A key that is there, be it null.
fn said<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A new credential: for `POST /v1/credentials`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialBody {
    /// The account; none: the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// What it may be used for.
    pub scopes: Scopes,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
