//! The context of one event: what the caller sent, and what of it a function may see.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{HookType, Secret, json};

/// Which parts of a context a hook may see; each is hidden unless enabled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// `risk`: score and reasons.
    pub risk_enabled: bool,
    /// `location`: IP address and country.
    pub location_enabled: bool,
    /// `mfa_devices`: the user's second factors.
    pub mfa_device_info_enabled: bool,
}

/// A context that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ContextError(String);

/// One parsed context, borrowed from the request's body.
#[derive(Debug)]
pub struct Context<'a> {
    hook_type: HookType,
    text: &'a str,
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Context<'a> {
    /// Reads `body` as the context of an event of this type. It must be one JSON object in UTF-8 without duplicate keys, so that
    /// the host and the function cannot read different things out of it.
    pub fn parse(hook_type: HookType, body: &'a [u8]) -> Result<Self, ContextError> {
        let text = std::str::from_utf8(body).map_err(|_| ContextError("the context is not valid UTF-8".into()))?;
        let fields = json::object(text).map_err(|error| ContextError(format!("the context is not usable JSON: {error}")))?;
        Ok(Self { hook_type, text, fields })
    }

    /// The raw value of a top-level key.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.fields.iter().find(|(have, _)| have == key).map(|(_, value)| *value)
    }

    /// The caller's id under `key` (`request_id`, `correlation_id`), where it is one that we can carry on:
    /// 1 to 128 of `A-Z a-z 0-9 . _ : -`.
    pub fn id(&self, key: &str) -> Option<&'a str> {
        let id: &str = serde_json::from_str(self.get(key)?.get()).ok()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        ((1..=128).contains(&id.len()) && id.bytes().all(fits)).then_some(id)
    }

    /// What a hook with these options sees. The caller's bytes, untouched, when nothing has to be hidden.
    pub fn visible(&self, options: Options) -> Cow<'a, str> {
        let hidden = |key: &str| self.hook_type.hides(key, options);
        if !self.fields.iter().any(|(key, _)| hidden(key)) {
            return Cow::Borrowed(self.text);
        }
        let mut out = String::with_capacity(self.text.len());
        for (key, value) in self.fields.iter().filter(|(key, _)| !hidden(key)) {
            out.push(if out.is_empty() { '{' } else { ',' });
            out.push_str(&serde_json::Value::from(key.as_ref()).to_string());
            out.push(':');
            out.push_str(value.get());
        }
        out.push_str(if out.is_empty() { "{}" } else { "}" });
        Cow::Owned(out)
    }

    /// Values in this context that must never be logged.
    pub fn secrets(&self) -> Vec<Secret> {
        let keys = self.hook_type.secret_keys().iter();
        keys.filter_map(|key| serde_json::from_str::<String>(self.get(key)?.get()).ok()).map(Secret::new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Context<'_> {
        Context::parse(HookType::PreAuthentication, text.as_bytes()).unwrap()
    }

    #[test]
    fn shows_only_what_the_options_allow() {
        let text = r#"{"user": {"policy_id": 1}, "risk":{"score":3},"location":{"ip":"::1"}, "mfa_devices":[]}"#;
        let context = parse(text);
        assert_eq!(context.visible(Options::default()), r#"{"user":{"policy_id": 1}}"#);
        let all = Options { risk_enabled: true, location_enabled: true, mfa_device_info_enabled: true };
        assert!(matches!(context.visible(all), Cow::Borrowed(same) if same == text));
        let risk = Options { risk_enabled: true, ..Options::default() };
        assert_eq!(context.visible(risk), r#"{"user":{"policy_id": 1},"risk":{"score":3}}"#);
        assert_eq!(parse(r#"{"risk":1}"#).visible(Options::default()), "{}");
    }

    #[test]
    fn takes_only_ids_that_are_safe_to_carry() {
        let context = parse(r#"{"request_id":"a.b_c:d-9","correlation_id":"a b","n":5,"e":""}"#);
        assert_eq!(context.id("request_id"), Some("a.b_c:d-9"));
        for key in ["correlation_id", "n", "e", "absent"] {
            assert_eq!(context.id(key), None, "{key}");
        }
        let long = format!(r#"{{"request_id":"{}"}}"#, "a".repeat(129));
        assert_eq!(parse(&long).id("request_id"), None);
    }

    #[test]
    fn refuses_bytes_that_are_not_a_context() {
        for body in [&b"\xff\xfe"[..], b"null", b"{\"a\":1,\"a\":2}", b""] {
            assert!(Context::parse(HookType::PreAuthentication, body).is_err());
        }
    }

    #[test]
    fn knows_the_password_of_a_migration_as_a_secret() {
        let body = br#"{"user_identifier":"a","password":"p\"w"}"#;
        let secrets = Context::parse(HookType::UserMigration, body).unwrap().secrets();
        assert_eq!(secrets.iter().map(Secret::expose).collect::<Vec<_>>(), ["p\"w"]);
    }
}
