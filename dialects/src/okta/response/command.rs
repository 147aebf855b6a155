//! One command: its name, of those that the type has, and its value, which the files of the types read.

use hookbox_hooks::hook_type::{InvalidResponse, article};
use serde_json::{Map, Value};

use super::words::wrong;
use crate::okta::kind::Kind;

pub(super) const ACTION: &str = "com.okta.action.update";
pub(super) const USER_PROFILE: &str = "com.okta.user.profile.update";
pub(super) const PROGRESSIVE_PROFILE: &str = "com.okta.user.progressive.profile.update";
pub(super) const IDENTITY: &str = "com.okta.identity.patch";
pub(super) const ACCESS: &str = "com.okta.access.patch";
pub(super) const ASSERTION: &str = "com.okta.assertion.patch";
pub(super) const USER: &str = "com.okta.user.update";
pub(super) const APP_USER_PROFILE: &str = "com.okta.appUser.profile.update";
pub(super) const TELEPHONY: &str = "com.okta.telephony.action";

/// Spellings that stand in Okta's published specification and that Okta does not know.
const MISSPELT: [(&str, &str); 2] = [("com.action.update", ACTION), ("com.okta.user.progressive.profile.update'", PROGRESSIVE_PROFILE)];

/// A command of a response.
#[derive(Debug)]
pub(super) struct Said<'a> {
    /// Its place in the list.
    index: usize,
    pub(super) kind: &'static str,
    pub(super) value: &'a Value,
}

/// The commands that a type has.
fn known(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::PasswordImport => &[ACTION],
        Kind::Telephony => &[TELEPHONY],
        Kind::Registration => &[ACTION, USER_PROFILE, PROGRESSIVE_PROFILE],
        Kind::Token => &[IDENTITY, ACCESS],
        Kind::Saml => &[ASSERTION],
        Kind::UserImport => &[ACTION, USER, USER_PROFILE, APP_USER_PROFILE],
        Kind::Event => &[],
    }
}

impl<'a> Said<'a> {
    pub(super) fn read(kind: Kind, index: usize, command: &'a Value) -> Result<Self, InvalidResponse> {
        let at = format!("`commands[{index}]`");
        let Value::Object(fields) = command else { return wrong(format!("{at} is {} and not an object", article(command))) };
        if let Some(key) = fields.keys().find(|key| !["type", "value"].contains(&key.as_str())) {
            return wrong(format!("{at} has the key `{key}`; it may have `type` and `value`"));
        }
        let Some(Value::String(name)) = fields.get("type") else { return wrong(format!("{at} has no `type`")) };
        let value = fields.get("value").unwrap_or(&Value::Null);
        match known(kind).iter().find(|one| *one == name) {
            Some(found) => Ok(Self { index, kind: found, value }),
            None => wrong(format!("{at} is \"{name}\"{}", instead(kind, name))),
        }
    }

    /// The value, which has to be an object with no other keys than these; with none, any keys.
    pub(super) fn object(&self, keys: &[&str]) -> Result<&'a Map<String, Value>, InvalidResponse> {
        let Value::Object(fields) = self.value else {
            return self.wrong(format!("has {} as its value and not an object", article(self.value)));
        };
        match fields.keys().find(|key| !keys.is_empty() && !keys.contains(&key.as_str())) {
            Some(key) => self.wrong(format!("has the key `{key}` in its value; it may have `{}`", keys.join("`, `"))),
            None => Ok(fields),
        }
    }

    /// One of these words under a key of the value.
    pub(super) fn word(&self, key: &str, words: &[&'static str]) -> Result<&'static str, InvalidResponse> {
        let found = self.object(&[key])?.get(key).and_then(Value::as_str);
        match words.iter().find(|word| found == Some(word)) {
            Some(word) => Ok(word),
            None => self.wrong(format!("needs a value of {{\"{key}\": \"{}\"}}", words.join("\" | \""))),
        }
    }

    /// The error for this command.
    pub(super) fn error(&self, what: impl std::fmt::Display) -> InvalidResponse {
        InvalidResponse(format!("`commands[{}]` ({}) {what}", self.index, self.kind))
    }

    /// The same where an error is returned.
    pub(super) fn wrong<T>(&self, what: impl std::fmt::Display) -> Result<T, InvalidResponse> {
        Err(self.error(what))
    }
}

/// What is said of a name that the type does not have.
fn instead(kind: Kind, name: &str) -> String {
    if let Some((_, right)) = MISSPELT.iter().find(|(misspelt, right)| *misspelt == name && known(kind).contains(right)) {
        return format!(", a misprint of Okta's specification that Okta does not know: the command is \"{right}\"");
    }
    match known(kind) {
        [] => ", and an answer to events has no commands".to_owned(),
        names => format!(", and this type has \"{}\"", names.join("\", \"")),
    }
}
