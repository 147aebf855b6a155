//! The rules for the settings of Okta's hook types: how Okta authenticates at the hook's door, and what Okta's own API keeps of a hook.

use std::collections::BTreeMap;
use std::sync::Arc;

use hookbox_hooks::hook_type::{Adapter, Keeper, Rules, Settings};
use hookbox_hooks::{Fields, ServiceError};
use serde_json::{Value, json};

use super::adapter::OktaAdapter;
use super::authentication::{self, Authentication};
use super::inline_hook::{self, InlineHook};
use super::kind::Kind;
use super::names::{APP_PATH, AUTHENTICATION, INLINE_HOOK};

/// The longest path of an app, in bytes.
const LONGEST_PATH: usize = 1024;

/// The rules of one type.
pub(super) struct TypeRules(pub(super) Kind);

impl Rules for TypeRules {
    fn setting_names(&self) -> &'static [&'static str] {
        &[AUTHENTICATION, APP_PATH, INLINE_HOOK]
    }

    fn settings_schema(&self) -> Settings {
        let authentication = json!({
            "description": "How Okta authenticates at the hook's door. A secret does not belong into a file: set it through the API, and keep it.",
            "type": ["object", "null"],
            "properties": authentication::KEYS.map(|name| (name, Value::Bool(true))).into_iter().collect::<BTreeMap<_, _>>(),
            "additionalProperties": false,
            "default": null,
        });
        let inline_hook = json!({
            "description": "What Okta's own API keeps of the hook.",
            "type": ["object", "null"],
            "properties": inline_hook::KEYS.map(|name| (name, Value::Bool(true))).into_iter().collect::<BTreeMap<_, _>>(),
            "additionalProperties": false,
            "default": null,
        });
        let app_path = json!({
            "description": "The path at which a function that is an app is asked, where the URL of the hook's door has none behind the id: \"/\" without it.",
            "type": ["string", "null"],
            "maxLength": LONGEST_PATH,
            "default": null,
        });
        [(APP_PATH, app_path), (AUTHENTICATION, authentication), (INLINE_HOOK, inline_hook)]
            .map(|(name, schema)| (name.to_owned(), schema))
            .into_iter()
            .collect()
    }

    fn made_elsewhere(&self) -> &'static [&'static str] {
        &[AUTHENTICATION, INLINE_HOOK]
    }

    fn apply(&self, before: &Settings, said: &mut Fields, _: &Settings) -> Result<Settings, ServiceError> {
        let mut settings = before.clone();
        if let Some(said) = said.object(AUTHENTICATION)? {
            let authentication = Authentication::read(said)?;
            if self.0 == Kind::Event && !authentication.is_header() {
                return Err(ServiceError::invalid(AUTHENTICATION, "instance.authentication of an event hook is `header` or `basic`"));
            }
            settings.insert(AUTHENTICATION.to_owned(), authentication.stored());
        }
        if let Some(path) = said.string(APP_PATH)? {
            let is_path = path.starts_with('/') && path.len() <= LONGEST_PATH && path.bytes().all(|byte| byte.is_ascii_graphic());
            match path.is_empty() || is_path {
                true => settings.insert(APP_PATH.to_owned(), path.into()),
                false => {
                    return Err(said
                        .wrong(APP_PATH, format_args!("is not a path of at most {LONGEST_PATH} printable characters that begins with /")));
                }
            };
        }
        if let Some(said) = said.object(INLINE_HOOK)? {
            settings.insert(INLINE_HOOK.to_owned(), InlineHook::read(said)?.stored());
        }
        Ok(settings)
    }

    fn keep(&self, before: &Settings, settings: &mut Settings, keeper: &dyn Keeper) {
        if let Some(said) = Authentication::of(settings.get(AUTHENTICATION)) {
            let before = Authentication::of(before.get(AUTHENTICATION));
            settings.insert(AUTHENTICATION.to_owned(), said.kept(before, keeper).stored());
        }
    }

    fn view(&self, settings: &Settings) -> Settings {
        let authentication = Authentication::of(settings.get(AUTHENTICATION)).map_or(Value::Null, |one| one.view());
        let inline_hook = inline_hook::of(settings).map_or(Value::Null, |one| one.stored());
        let app_path = app_path(settings).map_or(Value::Null, Value::from);
        [(AUTHENTICATION, authentication), (APP_PATH, app_path), (INLINE_HOOK, inline_hook)]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }

    fn bind(&self, settings: &Settings, _: &Settings) -> Arc<dyn Adapter> {
        Arc::new(OktaAdapter { kind: self.0, app_path: app_path(settings).unwrap_or("/").to_owned() })
    }
}

/// The path of an app, if it is set.
pub(super) fn app_path(settings: &Settings) -> Option<&str> {
    settings.get(APP_PATH).and_then(Value::as_str).filter(|path| !path.is_empty())
}
