//! Accounts: who owns hooks, env vars, credentials and logs, and the settings that an operator makes for them.

use std::collections::BTreeMap;

use hookbox_host_api::{Decision, HookType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::Client;
use crate::clock::Timestamp;
use crate::error::ServiceError;
use crate::fields::{Fields, additional};
use crate::ids::AccountId;

/// An account as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What an operator sets for an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The most hooks of one type.
    pub hooks_per_type: u32,
    /// What is decided where there is no live hook; none: each type's own default.
    pub on_no_hook: Option<OnNoHook>,
    /// Whether requests and results must be as OneLogin documents them, instead of being understood in a lenient way.
    #[serde(default)]
    pub strict: bool,
    /// ExecutionIdentity reading of the API its clients have; none: their `User-Agent` tells.
    #[serde(default)]
    pub client: Option<Client>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { hooks_per_type: 1, on_no_hook: None, strict: false, client: None }
    }
}

/// The decision for an event without a live hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OnNoHook {
    /// The same for every type.
    All(Decision),
    /// By type; the types that are not named keep their default.
    Each(BTreeMap<HookType, Decision>),
}

impl Settings {
    /// What is decided for an event of this type without a live hook.
    pub(crate) fn without_hook(&self, hook_type: HookType) -> Decision {
        let set = match &self.on_no_hook {
            None => None,
            Some(OnNoHook::All(decision)) => Some(*decision),
            Some(OnNoHook::Each(decisions)) => decisions.get(&hook_type).copied(),
        };
        set.unwrap_or_else(|| hook_type.without_hook())
    }
}

/// An account as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Its number.
    pub id: AccountId,
    /// A name for people.
    pub name: Option<String>,
    /// Its settings.
    pub settings: Settings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl From<&AccountRecord> for AccountView {
    fn from(record: &AccountRecord) -> Self {
        let AccountRecord { id, name, settings, created_at, updated_at } = record.clone();
        Self { id, name, settings, created_at, updated_at }
    }
}

/// What a caller may say about an account. What is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccountInput {
    name: Option<String>,
    hooks_per_type: Option<u32>,
    /// A null puts the default back, so that it is told apart from a key that is absent.
    on_no_hook: Option<Option<OnNoHook>>,
    strict: Option<bool>,
    client: Option<Option<Client>>,
}

impl AccountInput {
    const SETTINGS: [&str; 4] = ["hooks_per_type", "on_no_hook", "strict", "client"];

    /// Reads a body; an empty one says nothing. The settings stand in `settings` or beside the name.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ServiceError> {
        let body = if body.is_empty() { b"{}" } else { body };
        let known = [["id", "created_at", "updated_at", "name", "settings"].as_slice(), &Self::SETTINGS].concat();
        let mut fields = Fields::parse(body)?.only(&known)?;
        let mut input = Self { name: fields.string("name")?, ..Self::default() };
        if input.name.as_ref().is_some_and(|name| name.chars().count() > 200) {
            return Err(fields.wrong("name", "does not meet maximum length of 200"));
        }
        if let Some(settings) = fields.object("settings")? {
            input.settings(&mut settings.only(&Self::SETTINGS)?)?;
        }
        input.settings(&mut fields)?;
        Ok(input)
    }

    fn settings(&mut self, fields: &mut Fields) -> Result<(), ServiceError> {
        if let Some(number) = fields.integer("hooks_per_type", 1..=100_000)? {
            self.hooks_per_type = u32::try_from(number).ok();
        }
        if fields.has("on_no_hook") {
            self.on_no_hook = Some(on_no_hook(fields)?);
        }
        if let Some(strict) = fields.boolean("strict")? {
            self.strict = Some(strict);
        }
        if fields.has("client") {
            self.client = Some(client(fields)?);
        }
        Ok(())
    }

    /// The record with this input's changes.
    pub(crate) fn apply(self, record: &AccountRecord, now: Timestamp) -> AccountRecord {
        let settings = Settings {
            hooks_per_type: self.hooks_per_type.unwrap_or(record.settings.hooks_per_type),
            on_no_hook: self.on_no_hook.unwrap_or_else(|| record.settings.on_no_hook.clone()),
            strict: self.strict.unwrap_or(record.settings.strict),
            client: self.client.unwrap_or(record.settings.client),
        };
        let name = self.name.or_else(|| record.name.clone());
        AccountRecord { id: record.id, name, settings, created_at: record.created_at, updated_at: now }
    }

    /// A new account.
    pub(crate) fn create(self, id: AccountId, now: Timestamp) -> AccountRecord {
        let blank = AccountRecord { id, name: None, settings: Settings::default(), created_at: now, updated_at: now };
        self.apply(&blank, now)
    }
}

fn on_no_hook(fields: &mut Fields) -> Result<Option<OnNoHook>, ServiceError> {
    let path = fields.path("on_no_hook");
    match fields.take("on_no_hook") {
        None => Ok(None),
        Some(Value::Object(each)) => {
            let decision = |(name, value): (String, Value)| {
                let hook_type: HookType = name.parse().map_err(|_| additional(&format!("{path}."), &name))?;
                Ok((hook_type, parse_decision(&value).ok_or_else(|| fields.wrong(&format!("on_no_hook.{name}"), DECISIONS))?))
            };
            each.into_iter().filter(|(_, value)| !value.is_null()).map(decision).collect::<Result<_, _>>().map(OnNoHook::Each).map(Some)
        }
        Some(value) => parse_decision(&value).map(OnNoHook::All).map(Some).ok_or_else(|| fields.wrong("on_no_hook", DECISIONS)),
    }
}

fn client(fields: &mut Fields) -> Result<Option<Client>, ServiceError> {
    let Some(name) = fields.string("client")? else { return Ok(None) };
    let names = Client::ALL.map(Client::as_str).join(",");
    let wrong = || fields.wrong("client", format_args!("is not one of enum values: {names}"));
    Client::ALL.into_iter().find(|client| client.as_str() == name).map(Some).ok_or_else(wrong)
}

/// What is said of a field that is neither decision.
pub(super) const DECISIONS: &str = "is not one of enum values: allow,deny";

/// The decision that a value names.
pub(super) fn parse_decision(value: &Value) -> Option<Decision> {
    [Decision::Allow, Decision::Deny].into_iter().find(|decision| value.as_str() == Some(decision.as_str()))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn create(body: &str) -> Result<AccountRecord, String> {
        let input = AccountInput::parse(body.as_bytes()).map_err(|error| error.to_string())?;
        Ok(input.create(AccountId::OPERATOR, UNIX_EPOCH.into()))
    }

    #[test]
    fn settings_decide_about_events_without_a_hook() {
        use Decision::{Allow, Deny};
        for (body, pre, migration) in [
            ("", Allow, Deny),
            (r#"{"on_no_hook":null}"#, Allow, Deny),
            (r#"{"on_no_hook":"deny"}"#, Deny, Deny),
            (r#"{"settings":{"on_no_hook":"allow"}}"#, Allow, Allow),
            (r#"{"settings":{"on_no_hook":{"pre-authentication":"deny"}}}"#, Deny, Deny),
            (r#"{"on_no_hook":{"user-migration":"allow","pre-authentication":null}}"#, Allow, Allow),
        ] {
            let settings = create(body).unwrap().settings;
            assert_eq!(settings.without_hook(HookType::PreAuthentication), pre, "{body}");
            assert_eq!(settings.without_hook(HookType::UserMigration), migration, "{body}");
            let stored = serde_json::to_string(&settings).unwrap();
            assert_eq!(serde_json::from_str::<Settings>(&stored).unwrap(), settings, "{stored}");
        }
    }

    #[test]
    fn what_is_not_said_stays() {
        let record = create(r#"{"name":"Acme","settings":{"hooks_per_type":3,"on_no_hook":"deny"}}"#).unwrap();
        let change = |body: &str| AccountInput::parse(body.as_bytes()).unwrap().apply(&record, UNIX_EPOCH.into());
        assert_eq!(change("{}"), record);
        assert_eq!(change(r#"{"hooks_per_type":100}"#).settings.hooks_per_type, 100);
        assert_eq!(change(r#"{"settings":{"on_no_hook":null}}"#).settings.on_no_hook, None);
        assert_eq!(change(r#"{"settings":{"on_no_hook":null}}"#).name.as_deref(), Some("Acme"));
    }

    #[test]
    fn every_rule_names_its_field() {
        for (body, says) in [
            (r#"{"hooks_per_type":0}"#, "instance.hooks_per_type must be greater than or equal to 1"),
            (r#"{"settings":{"hooks_per_type":100001}}"#, "instance.settings.hooks_per_type must be less than or equal to 100000"),
            (r#"{"strict":1}"#, "instance.strict is not of a type(s) boolean"),
            (r#"{"settings":{"client":"curl"}}"#, "instance.settings.client is not one of enum values: documented,python,go,dotnet"),
            (r#"{"on_no_hook":"maybe"}"#, "instance.on_no_hook is not one of enum values: allow,deny"),
            (r#"{"on_no_hook":{"pre-authentication":1}}"#, "instance.on_no_hook.pre-authentication is not one of enum values: allow,deny"),
            (r#"{"on_no_hook":{"login":"deny"}}"#, "instance.on_no_hook is not allowed to have the additional property \"login\""),
            (r#"{"name":5}"#, "instance.name is not of a type(s) string"),
            (r#"{"plan":"gold"}"#, "instance is not allowed to have the additional property \"plan\""),
        ] {
            assert_eq!(create(body).unwrap_err(), says, "{body}");
        }
    }
}
