//! The rules for the settings of OneLogin's hook types: which parts and which version of a context a function sees, and what a strict
//! account refuses.

use std::sync::Arc;

use hookbox_hooks::hook_type::{Adapter, Draft, Rules, Settings};
use hookbox_hooks::{Fields, ServiceError};
use serde_json::{Value, json};

use super::account;
use super::adapter::OneLoginAdapter;
use super::context::{Options, RangeError, View};
use super::kind::{Kind, STRICT_SOURCE};

/// The rules of one type.
pub(super) struct TypeRules(Kind);

pub(super) static PRE_AUTHENTICATION_RULES: TypeRules = TypeRules(Kind::PreAuthentication);
pub(super) static USER_MIGRATION_RULES: TypeRules = TypeRules(Kind::UserMigration);

/// The names of a hook's settings.
pub(super) const SETTINGS: &[&str] = &[CONTEXT_VERSION, OPTIONS];
const CONTEXT_VERSION: &str = "context_version";
const OPTIONS: &str = "options";

/// The options, and the part of a context that each shows.
const OPTION_NAMES: [&str; 3] = ["risk_enabled", "location_enabled", "mfa_device_info_enabled"];
const SHOWN: [&str; 3] =
    ["`risk`: score and reasons", "`location`: IP address and country", "`mfa_devices`: the second factors of the user"];

/// The longest range of versions, in bytes.
const RANGE_BYTES: usize = 100;

impl Rules for TypeRules {
    fn setting_names(&self) -> &'static [&'static str] {
        SETTINGS
    }

    fn settings_schema(&self) -> Settings {
        let versions: Vec<&str> = self.0.context_versions().iter().map(|version| version.as_str()).collect();
        let version = json!({
            "description": format!(
                "The version of the context that the function sees, or a range of them in npm's notation: {}. Null is the newest.",
                versions.join(", ")
            ),
            "type": ["string", "null"],
            "maxLength": RANGE_BYTES,
            "default": null,
        });
        let option = |(name, shows): (&str, &str)| {
            let description = format!("Whether the function sees {shows}.");
            (name.to_owned(), json!({"description": description, "type": "boolean", "default": false}))
        };
        let options: Settings = match self.0 {
            Kind::PreAuthentication => OPTION_NAMES.into_iter().zip(SHOWN).map(option).collect(),
            Kind::UserMigration => Settings::new(),
        };
        let options = json!({
            "description": "Which parts of the context the function sees.",
            "type": "object",
            "properties": options,
            "additionalProperties": false,
            "default": self.view(&Settings::new()).get(OPTIONS),
        });
        [(CONTEXT_VERSION.to_owned(), version), (OPTIONS.to_owned(), options)].into_iter().collect()
    }

    fn apply(&self, before: &Settings, said: &mut Fields, account: &Settings) -> Result<Settings, ServiceError> {
        let kind = self.0;
        let said_version = context_version(said, kind)?;
        let said_options = OptionsInput::take(said)?;
        if kind == Kind::UserMigration && (said_options.any() || (account::is_strict(account) && said_options.named)) {
            return Err(ServiceError::invalid(said.path(OPTIONS), "instance.options has no properties for a 'user-migration' hook"));
        }
        let version = said_version.map(Value::from).or_else(|| before.get(CONTEXT_VERSION).cloned()).unwrap_or(Value::Null);
        let options = said_options.apply(options(before));
        Ok([(CONTEXT_VERSION.to_owned(), version), (OPTIONS.to_owned(), json!(options))].into_iter().collect())
    }

    fn view(&self, settings: &Settings) -> Settings {
        let version = settings.get(CONTEXT_VERSION).cloned().unwrap_or(Value::Null);
        let options = match self.0 {
            Kind::PreAuthentication => json!(options(settings)),
            Kind::UserMigration => json!({}),
        };
        [(CONTEXT_VERSION.to_owned(), version), (OPTIONS.to_owned(), options)].into_iter().collect()
    }

    /// A strict account accepts only what OneLogin documents.
    fn check(&self, draft: &Draft<'_>, account: &Settings) -> Result<(), ServiceError> {
        if !account::is_strict(account) {
            return Ok(());
        }
        let wrong = |field: &str, rule: String| Err(ServiceError::invalid(field, format!("instance.{field} {rule}")));
        let most = self.0.strict_timeout();
        if draft.timeout > most {
            return wrong("timeout", format!("must be less than or equal to {most}"));
        }
        if !STRICT_RUNTIMES.contains(&draft.runtime) {
            return wrong("runtime", format!("is not one of enum values: {}", STRICT_RUNTIMES.join(",")));
        }
        match draft.source {
            Some(source) if source.chars().count() > STRICT_SOURCE => {
                wrong("function", format!("does not meet maximum length of {STRICT_SOURCE} characters, decoded"))
            }
            _ => Ok(()),
        }
    }

    fn bind(&self, settings: &Settings, account: &Settings) -> Arc<dyn Adapter> {
        let picked = settings.get(CONTEXT_VERSION).and_then(Value::as_str).and_then(|range| self.0.context_version(range).ok());
        // The range was checked when it was stored. If no version matches it any more, the newest one serves.
        let version = picked.unwrap_or_else(|| self.0.newest_context());
        let view = View { version, options: options(settings) };
        Arc::new(OneLoginAdapter { kind: self.0, view, strict: account::is_strict(account) })
    }
}

/// The runtimes that OneLogin still runs, and WebAssembly, which OneLogin does not run.
const STRICT_RUNTIMES: [&str; 3] = ["wasm", "nodejs22.x", "nodejs24.x"];

/// The options in a hook's settings. Without settings, all are off.
fn options(settings: &Settings) -> Options {
    settings.get(OPTIONS).and_then(|options| serde_json::from_value(options.clone()).ok()).unwrap_or_default()
}

/// The range of versions that a body picks. It must contain a version of the hook type.
fn context_version(said: &mut Fields, kind: Kind) -> Result<Option<String>, ServiceError> {
    let Some(range) = said.string(CONTEXT_VERSION)?.filter(|range| !range.is_empty()) else { return Ok(None) };
    if range.len() > RANGE_BYTES {
        return Err(said.wrong(CONTEXT_VERSION, format_args!("does not meet maximum length of {RANGE_BYTES}")));
    }
    match kind.context_version(&range) {
        Ok(_) => Ok(Some(range)),
        Err(error @ RangeError::Unreadable) => Err(said.wrong(CONTEXT_VERSION, error)),
        Err(error @ RangeError::Empty) => {
            let versions: Vec<&str> = kind.context_versions().iter().map(|version| version.as_str()).collect();
            let rule = format!("{error} of a '{}' hook, which has {}", kind.as_str(), versions.join(","));
            Err(said.wrong(CONTEXT_VERSION, rule))
        }
    }
}

/// The options in a body.
#[derive(Clone, Copy, Debug, Default)]
struct OptionsInput {
    /// Whether the body names any option, whatever its value.
    named: bool,
    risk: Option<bool>,
    location: Option<bool>,
    mfa_devices: Option<bool>,
}

impl OptionsInput {
    fn take(said: &mut Fields) -> Result<Self, ServiceError> {
        /// OneLogin publishes no shape for this data, so the option can only be off.
        const FAILED_LOGINS: &str = "failed_login_attempts_enabled";
        let Some(options) = said.object(OPTIONS)? else { return Ok(Self::default()) };
        let mut options = options.only(&[OPTION_NAMES.as_slice(), &[FAILED_LOGINS]].concat())?;
        let named = OPTION_NAMES.iter().any(|name| options.has(name));
        let [risk, location, mfa_devices] = OPTION_NAMES;
        if options.boolean(FAILED_LOGINS)? == Some(true) {
            return Err(options.wrong(FAILED_LOGINS, "has a value that is not available yet"));
        }
        Ok(Self { named, risk: options.boolean(risk)?, location: options.boolean(location)?, mfa_devices: options.boolean(mfa_devices)? })
    }

    fn any(&self) -> bool {
        [self.risk, self.location, self.mfa_devices].contains(&Some(true))
    }

    fn apply(&self, before: Options) -> Options {
        Options {
            risk_enabled: self.risk.unwrap_or(before.risk_enabled),
            location_enabled: self.location.unwrap_or(before.location_enabled),
            mfa_device_info_enabled: self.mfa_devices.unwrap_or(before.mfa_device_info_enabled),
        }
    }
}
