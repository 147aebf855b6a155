//! Bodies of requests to `/v1`, for clients written in Rust. They contain what the service's strict readers understand. Absent fields are
//! not written.

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
use crate::networks::Networks;
use crate::sources::FileBody;

/// A hook: for `POST /v1/hooks`, `PUT /v1/hooks/{id}` and, in a list, [`ApplyBody`].
///
/// Numbers are wider than what the service accepts, so that the service reports the valid range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookBody {
    /// The hook type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub hook_type: Option<String>,
    /// The function, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The path of a function in JavaScript among its files; `hook.js` where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The files beside it, by their paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeMap<String, FileBody>>,
    /// What the function is run as: `wasm`, or a version of Node such as `nodejs24.x`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Seconds after which a run is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// How often a failed run is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    /// Whether the hook is kept from running at events.
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
    /// The decision if the function gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<Decision>,
    /// Whether callers who may only fire events read what the function says of its failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expose_errors: Option<bool>,
    /// Whom the function may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_hosts: Option<Vec<String>>,
    /// Whether answers over HTTP are kept for it, as their servers allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_cache: Option<bool>,
    /// Settings that only the dialect understands.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub settings: Settings,
}

impl HookBody {
    /// The keys that a body of any dialect has.
    pub const KEYS: [&str; 17] = [
        "type",
        "function",
        "main",
        "files",
        "runtime",
        "timeout",
        "retries",
        "disabled",
        "env_vars",
        "packages",
        "conditions",
        "limits",
        "on_error",
        "expose_errors",
        "allowed_hosts",
        "http_cache",
        "settings",
    ];

    /// A body that makes the same hook, without its function. Settings that are null have their default.
    pub fn of(hook: &HookView) -> Self {
        Self {
            hook_type: Some(hook.hook_type.to_string()),
            function: None,
            main: None,
            files: None,
            runtime: Some(hook.runtime.to_string()),
            timeout: Some(hook.timeout.into()),
            retries: Some(hook.retries.into()),
            disabled: Some(hook.disabled),
            env_vars: Some(hook.env_vars.clone()),
            packages: Some(hook.packages.clone()),
            conditions: Some(hook.conditions.clone()),
            limits: Some(LimitsBody { fuel: Some(hook.limits.fuel), memory_mib: Some(hook.limits.memory_mib.into()) }),
            on_error: Some(hook.on_error),
            expose_errors: Some(hook.expose_errors),
            allowed_hosts: Some(hook.allowed_hosts.clone()),
            http_cache: Some(hook.http_cache),
            settings: hook
                .settings
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }
}

/// What a run may use. Absent limits take their default.
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
    /// The hosts that alone get the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_for: Option<Vec<String>>,
}

/// A new value of an env var: for `PUT /v1/env-vars/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvValueBody {
    /// The value.
    #[serde(with = "secret_text")]
    pub value: Secret,
    /// The hosts that alone get the value from now on; absent, it is sealed as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_for: Option<Vec<String>>,
}

/// All hooks and env vars that an account has afterwards: for `POST /v1/apply`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyBody {
    /// The hooks.
    pub hooks: Vec<HookBody>,
    /// The env vars.
    pub env_vars: Vec<AppliedEnvVarBody>,
    /// Whether the changes are only reported, not made.
    #[serde(default)]
    pub dry_run: bool,
}

/// An env var of an [`ApplyBody`]. Without a value it keeps its present one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedEnvVarBody {
    /// Its name.
    pub name: String,
    /// Its value.
    #[serde(default, with = "secret_text::option", skip_serializing_if = "Option::is_none")]
    pub value: Option<Secret>,
    /// The hosts that alone get the value; absent, it is sealed as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_for: Option<Vec<String>>,
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

/// A new account, or the changes to one: for `POST /v1/accounts` and `PUT /v1/accounts/{id}`.
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
    /// The decision without a live hook. An inner `None` restores the types' own defaults.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub on_no_hook: Option<Option<OnNoHook>>,
    /// Whom new hooks may call that say nothing about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_hosts: Option<Vec<String>>,
    /// Whom hooks may call at most. An inner `None` leaves that to the server.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub hosts_ceiling: Option<Option<Vec<String>>>,
    /// Authorities in PEM that calls trust beside the server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress_ca: Option<Vec<String>>,
    /// All client certificates that the account has afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificates: Option<Vec<ClientCertificateBody>>,
    /// Settings that only a dialect understands. A null restores a default.
    #[serde(flatten)]
    pub dialects: Settings,
}

/// A client certificate of an account: a new one with its key, or one that the account has, by its fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCertificateBody {
    /// To whom it is shown.
    pub hosts: Vec<String>,
    /// The certificate and its chain in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cert: Option<String>,
    /// Its private key in PEM.
    #[serde(default, with = "secret_text::option", skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
    /// The fingerprint of one that the account has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

impl AccountSettingsBody {
    /// Whether the body sets nothing.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Reads a key that is present, even with null.
fn nullable<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A new credential: for `POST /v1/credentials`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialBody {
    /// The account; `None` is the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// What it may be used for.
    pub scopes: Scopes,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// From where it may be used; from anywhere if the list is empty.
    #[serde(default, skip_serializing_if = "Networks::is_empty")]
    pub allowed_addresses: Networks,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::error::ServiceError;
    use crate::fields::Fields;
    use crate::hook_type::{Adapter, HookTypeSpec, Registry, Rules, Shape};
    use crate::limits::ServiceLimits;
    use crate::resources::{AccountInput, CredentialInput, DesiredState, HookInput, InputRules, NewEnv, NewValue, Scope};

    struct OneSetting;

    impl Rules for OneSetting {
        fn setting_names(&self) -> &'static [&'static str] {
            &["risk"]
        }

        fn settings_schema(&self) -> Settings {
            Settings::new()
        }

        fn apply(&self, before: &Settings, _: &mut Fields, _: &Settings) -> Result<Settings, ServiceError> {
            Ok(before.clone())
        }

        fn view(&self, settings: &Settings) -> Settings {
            settings.clone()
        }

        fn bind(&self, _: &Settings, _: &Settings) -> Arc<dyn Adapter> {
            unreachable!("no event is read here")
        }
    }

    static TYPE: HookTypeSpec = HookTypeSpec {
        id: "sign-in",
        dialect: "sample",
        summary: "somebody signs in",
        entries: &["handler"],
        shape: Shape::Single,
        default_decision: Decision::Allow,
        on_error: &[Decision::Deny, Decision::Allow],
        addressed: None,
        timeout: 1..=10,
        default_timeout: 1,
        source_bytes: usize::MAX,
        secrets: &[],
        samples: Vec::new,
        rules: &OneSetting,
    };

    fn registry() -> Registry {
        Registry::new([&TYPE], []).unwrap()
    }

    fn rules() -> InputRules {
        InputRules { limits: ServiceLimits::default(), types: registry().types().to_vec(), lenient: false }
    }

    /// A hook in which every field is set.
    fn hook() -> HookBody {
        serde_json::from_value(json!({
            "type": "sign-in", "function": "ZXhwb3J0cw==", "main": "server.js", "files": {"users.js": "", "logo": {"base64": "/w=="}}, "runtime": "wasm", "timeout": 1, "retries": 2, "disabled": true,
            "env_vars": ["KEY"], "packages": {}, "conditions": [{"source": "roles", "operator": "~", "value": "12"}],
            "limits": {"fuel": 1_000_000, "memory_mib": 8}, "on_error": "deny", "expose_errors": true, "allowed_hosts": ["api.example"],
            "http_cache": true, "settings": {"risk": true},
        }))
        .unwrap()
    }

    /// The JSON of a body, after a check that it reads back unchanged.
    fn written<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(body: &T) -> Vec<u8> {
        let text = serde_json::to_vec(body).unwrap();
        assert_eq!(serde_json::from_slice::<T>(&text).unwrap(), *body);
        text
    }

    #[test]
    fn a_hooks_body_has_the_keys_that_the_service_reads() {
        let value: Value = serde_json::from_slice(&written(&hook())).unwrap();
        let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = HookBody::KEYS.to_vec();
        let mut read = [HookInput::WRITABLE.as_slice(), &["settings"]].concat();
        keys.sort_unstable();
        known.sort_unstable();
        read.sort_unstable();
        assert_eq!(keys, known);
        assert_eq!(keys, read);
    }

    #[test]
    fn a_hook_is_understood() {
        let input = HookInput::parse(&written(&hook()), &rules(), &registry()).unwrap();
        assert!(input.changes_version());
        let disabled = HookBody { disabled: Some(true), ..HookBody::default() };
        let input = HookInput::parse(&written(&disabled), &rules(), &registry()).unwrap();
        assert_eq!(input.disabled, Some(true));
        assert!(!input.changes_version());
    }

    #[test]
    fn what_is_not_said_is_not_written() {
        assert_eq!(written(&HookBody::default()), b"{}");
        assert_eq!(written(&AccountBody::default()), b"{}");
        let limits = HookBody { limits: Some(LimitsBody { fuel: Some(7), memory_mib: None }), ..HookBody::default() };
        assert_eq!(written(&limits), br#"{"limits":{"fuel":7}}"#);
        let env = AppliedEnvVarBody { name: "KEY".to_owned(), value: None, sealed_for: None };
        assert_eq!(written(&env), br#"{"name":"KEY"}"#);
    }

    #[test]
    fn env_vars_are_understood() {
        let value = Secret::new("the value");
        let made = NewEnv::parse(&written(&EnvVarBody { name: "KEY".to_owned(), value: value.clone(), sealed_for: None })).unwrap();
        assert_eq!((made.name.as_str(), made.value.expose()), ("KEY", "the value"));
        let changed = NewValue::parse(&written(&EnvValueBody { value, sealed_for: None })).unwrap();
        assert_eq!(changed.value.expose(), "the value");
    }

    #[test]
    fn a_whole_account_is_understood() {
        let env =
            |name: &str, value: Option<&str>| AppliedEnvVarBody { name: name.to_owned(), value: value.map(Secret::new), sealed_for: None };
        let body = ApplyBody { hooks: vec![hook()], env_vars: vec![env("KEY", Some("value")), env("KEPT", None)], dry_run: true };
        let desired = DesiredState::parse(&written(&body), &rules(), &registry()).unwrap();
        assert_eq!((desired.hooks.len(), desired.envs.len(), desired.dry_run), (1, 2, true));
        assert!(desired.envs[1].value.is_none());
    }

    #[test]
    fn accounts_are_understood() {
        for on_no_hook in [None, Some(None), Some(Some(OnNoHook::All(Decision::Deny)))] {
            let settings = AccountSettingsBody { hooks_per_type: Some(3), on_no_hook, ..AccountSettingsBody::default() };
            let body = AccountBody { name: Some("Acme".to_owned()), settings };
            AccountInput::parse(&written(&body), &registry(), &ServiceLimits::default()).unwrap();
        }
    }

    #[test]
    fn credentials_are_understood() {
        let scopes: Scopes = [Scope::Read, Scope::Fire].into_iter().collect();
        let allowed_addresses = Networks::parse(["192.0.2.0/24", "::1"]).unwrap();
        let name = Some("idp".to_owned());
        let body = CredentialBody {
            account_id: Some(AccountId::OPERATOR),
            scopes,
            name: name.clone(),
            allowed_addresses: allowed_addresses.clone(),
        };
        let input = CredentialInput::parse(&written(&body), &ServiceLimits::default()).unwrap();
        assert_eq!(input, CredentialInput { account: Some(AccountId::OPERATOR), scopes, name, allowed_addresses });
    }

    #[test]
    fn debug_shows_no_value() {
        let body = EnvVarBody { name: "KEY".to_owned(), value: Secret::new("hunter2"), sealed_for: None };
        assert!(!format!("{body:?}").contains("hunter2"));
    }
}
