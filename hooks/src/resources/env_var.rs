//! Env vars: named secrets of an account, linked to hooks by name. Their values are sealed in the store and never returned.

use std::fmt;
use std::sync::Arc;

use hookbox_egress::Policy;
use hookbox_host_api::Secret;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::ids::EnvId;

use super::hosts::hosts;

/// The name of an env var: `^[a-zA-Z_][a-zA-Z0-9_]*$`, 2 to 100 characters.
///
/// Shared, because every change of an account copies the map of its names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub(crate) struct EnvName(Arc<str>);

impl EnvName {
    const PATTERN: &str = "^[a-zA-Z_][a-zA-Z0-9_]*$";

    /// Checks a name; the error is the rule that it breaks.
    pub(crate) fn parse(name: String) -> Result<Self, String> {
        let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
        match name.len() {
            0..2 => Err("does not meet minimum length of 2".into()),
            101.. => Err("does not meet maximum length of 100".into()),
            _ if name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit()) => Ok(Self(name.into())),
            _ => Err(format!("does not match pattern {:?}", Self::PATTERN)),
        }
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EnvName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// An env var as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EnvRecord {
    pub(crate) id: EnvId,
    pub(crate) name: EnvName,
    /// The value, sealed by the vault for this account, id and name. In base64, so that a record is readable JSON.
    pub(crate) sealed: String,
    /// The hosts that alone get the value: functions see a placeholder, which is replaced in requests to these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed_for: Option<Policy>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// An env var as callers see it, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvView {
    /// Its id.
    pub id: EnvId,
    /// Its name.
    pub name: String,
    /// The hosts that alone get the value, if it is sealed for some: functions see a placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_for: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its value was changed last.
    pub updated_at: Timestamp,
}

impl From<&EnvRecord> for EnvView {
    fn from(record: &EnvRecord) -> Self {
        let sealed_for = record.sealed_for.as_ref().map(|hosts| hosts.texts().collect());
        Self { id: record.id, name: record.name.to_string(), sealed_for, created_at: record.created_at, updated_at: record.updated_at }
    }
}

/// A new env var, as a caller sends it.
#[derive(Debug)]
pub(crate) struct NewEnv {
    pub(crate) name: EnvName,
    pub(crate) value: Secret,
    pub(crate) sealed_for: Option<Policy>,
}

impl NewEnv {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ServiceError> {
        let mut fields = Fields::parse(body)?.only(&["name", "value", "sealed_for"])?;
        let name = fields.string("name")?.ok_or_else(|| fields.missing("name"))?;
        let name = EnvName::parse(name).map_err(|rule| fields.wrong("name", rule))?;
        let sealed_for = sealed_for(&mut fields)?;
        Ok(Self { name, value: value(&mut fields)?, sealed_for })
    }
}

/// The new value of an env var, and whom it is sealed for from then on if that changes. What is sealed stays so.
#[derive(Clone, Debug)]
pub(crate) struct NewValue {
    pub(crate) value: Secret,
    pub(crate) sealed_for: Option<Policy>,
}

impl NewValue {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ServiceError> {
        let mut fields = Fields::parse(body)?.only(&["value", "sealed_for"])?;
        let sealed_for = sealed_for(&mut fields)?;
        Ok(Self { value: value(&mut fields)?, sealed_for })
    }
}

/// Reads the hosts that a value is sealed for, at least one.
pub(super) fn sealed_for(fields: &mut Fields) -> Result<Option<Policy>, ServiceError> {
    let sealed_for = hosts(fields, "sealed_for")?;
    match &sealed_for {
        Some(hosts) if hosts.is_empty() => Err(fields.wrong("sealed_for", "does not meet minimum length of 1")),
        _ => Ok(sealed_for),
    }
}

/// Reads a value of 1 to 5000 characters.
fn value(fields: &mut Fields) -> Result<Secret, ServiceError> {
    let value = Secret::new(fields.string("value")?.ok_or_else(|| fields.missing("value"))?);
    check_value(fields, &value).map(|()| value)
}

/// Refuses a value whose length is out of range.
pub(super) fn check_value(fields: &Fields, value: &Secret) -> Result<(), ServiceError> {
    match value.expose().chars().count() {
        0 => Err(fields.wrong("value", "does not meet minimum length of 1")),
        5001.. => Err(fields.wrong("value", "does not meet maximum length of 5000")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_have_their_rules() {
        let long_name = "a".repeat(101);
        let long_value = "é".repeat(5001);
        for (name, value, says) in [
            ("A", "v", "instance.name does not meet minimum length of 2"),
            (long_name.as_str(), "v", "instance.name does not meet maximum length of 100"),
            ("1A", "v", "instance.name does not match pattern \"^[a-zA-Z_][a-zA-Z0-9_]*$\""),
            ("A-B", "v", "instance.name does not match pattern \"^[a-zA-Z_][a-zA-Z0-9_]*$\""),
            ("ÄB", "v", "instance.name does not match pattern \"^[a-zA-Z_][a-zA-Z0-9_]*$\""),
            ("AB", "", "instance.value does not meet minimum length of 1"),
            ("AB", &long_value, "instance.value does not meet maximum length of 5000"),
        ] {
            let body = serde_json::json!({"name": name, "value": value}).to_string();
            assert_eq!(NewEnv::parse(body.as_bytes()).unwrap_err().to_string(), says);
        }
        for (name, value) in [("_A", "v"), ("a1", &"é".repeat(5000)), (&"a".repeat(100), "v")] {
            let body = serde_json::json!({"name": name, "value": value}).to_string();
            assert_eq!(NewEnv::parse(body.as_bytes()).unwrap().name.as_str(), name);
        }
    }

    #[test]
    fn fields_are_required_and_no_others_are_taken() {
        for (body, says) in [
            (r#"{"value":"v"}"#, "instance requires property \"name\""),
            (r#"{"name":"AB","value":null}"#, "instance requires property \"value\""),
            (r#"{"name":"AB","value":1}"#, "instance.value is not of a type(s) string"),
            (r#"{"name":"AB","value":"v","id":"x"}"#, "instance is not allowed to have the additional property \"id\""),
        ] {
            assert_eq!(NewEnv::parse(body.as_bytes()).unwrap_err().to_string(), says);
        }
        let error = NewValue::parse(br#"{"id":"x","value":"v"}"#).unwrap_err();
        assert_eq!(error.to_string(), "instance is not allowed to have the additional property \"id\"");
        let NewValue { value, sealed_for } = NewValue::parse(br#"{"value":"v","sealed_for":["API.example"]}"#).unwrap();
        assert_eq!((value.expose(), sealed_for.unwrap().to_string().as_str()), ("v", "api.example"));
        for (hosts, says) in [
            ("[]", "instance.sealed_for does not meet minimum length of 1"),
            (r#"["https://a/b"]"#, "instance.sealed_for[0] is no host: "),
            ("3", "instance.sealed_for is not of a type(s) array"),
        ] {
            let error = NewEnv::parse(format!(r#"{{"name":"AB","value":"v","sealed_for":{hosts}}}"#).as_bytes()).unwrap_err();
            assert!(error.to_string().starts_with(says), "{error}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let env = NewEnv::parse(br#"{"name":"AB","value":"hunter2hunter2"}"#).unwrap();
        assert!(!format!("{env:?}").contains("hunter2"));
    }
}
