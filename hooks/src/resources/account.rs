//! Accounts: who owns hooks, env vars, credentials and logs, and the settings that an operator makes for them.

use std::collections::BTreeMap;

use hookbox_egress::Policy;
use hookbox_host_api::Decision;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::input_rules::check_name;
use crate::clock::Timestamp;
use crate::error::ServiceError;
use crate::fields::{Fields, additional};
use crate::hook_type::{HookType, Registry, Settings};
use crate::ids::AccountId;
use crate::limits::ServiceLimits;

use super::certificates::{self, ClientCertificate, ClientKey, GivenCertificate, SealKey, authorities, client_certificates};
use super::hosts::hosts;

/// An account as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) settings: AccountSettings,
    /// The keys of its client certificates, by fingerprint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) client_keys: BTreeMap<String, ClientKey>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What an operator sets for an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// The most hooks of one type.
    pub hooks_per_type: u32,
    /// The decision without a live hook; `None` is each type's own default.
    pub on_no_hook: Option<OnNoHook>,
    /// Whom new hooks may call that say nothing about it.
    #[serde(default)]
    pub allowed_hosts: Policy,
    /// Whom hooks may call at most, whatever they say; `None` for whom the server lets them.
    #[serde(default)]
    pub hosts_ceiling: Option<Policy>,
    /// Authorities in PEM that its hooks' calls trust beside the server's.
    #[serde(default)]
    pub egress_ca: Vec<String>,
    /// The client certificates that its hooks' calls show.
    #[serde(default)]
    pub client_certificates: Vec<ClientCertificate>,
    /// Settings that only a dialect understands. In the record and in the API these are keys beside the others.
    #[serde(flatten)]
    pub dialects: Settings,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            hooks_per_type: 1,
            on_no_hook: None,
            allowed_hosts: Policy::default(),
            hosts_ceiling: None,
            egress_ca: Vec::new(),
            client_certificates: Vec::new(),
            dialects: Settings::new(),
        }
    }
}

/// The decision for an event without a live hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OnNoHook {
    /// The same for every type.
    All(Decision),
    /// By type; the types that are not named keep their default.
    Each(BTreeMap<String, Decision>),
}

impl AccountSettings {
    /// The decision for an event of this type that no hook decides: there is no live hook, or its conditions leave the user out.
    pub(crate) fn default_decision(&self, hook_type: HookType) -> Decision {
        let set = match &self.on_no_hook {
            None => None,
            Some(OnNoHook::All(decision)) => Some(*decision),
            Some(OnNoHook::Each(decisions)) => decisions.get(hook_type.id).copied(),
        };
        set.unwrap_or(hook_type.default_decision)
    }
}

/// An account as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its number.
    pub id: AccountId,
    /// A name for people.
    pub name: Option<String>,
    /// Its settings.
    pub settings: AccountSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl AccountView {
    /// The view of a record.
    pub(crate) fn new(record: &AccountRecord, registry: &Registry) -> Self {
        let AccountRecord { id, name, mut settings, created_at, updated_at, .. } = record.clone();
        settings.dialects = registry.account_rules().iter().flat_map(|rules| rules.view(&settings.dialects)).collect();
        Self { id, name, settings, created_at, updated_at }
    }
}

/// What a caller sets of an account. Absent fields stay as they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountInput {
    name: Option<String>,
    hooks_per_type: Option<u32>,
    /// A null restores the default, so it differs from an absent key.
    on_no_hook: Option<Option<OnNoHook>>,
    allowed_hosts: Option<Policy>,
    hosts_ceiling: Option<Option<Policy>>,
    egress_ca: Option<Vec<String>>,
    client_certificates: Option<Vec<GivenCertificate>>,
    /// The dialects' settings: those in `settings`, and those beside the name.
    dialects: Vec<Fields>,
}

impl AccountInput {
    const SETTINGS: [&str; 6] = ["hooks_per_type", "on_no_hook", "allowed_hosts", "hosts_ceiling", "egress_ca", "client_certificates"];

    /// Reads a body. An empty body sets nothing. The settings stand in `settings` or beside the name.
    pub(crate) fn parse(body: &[u8], registry: &Registry, limits: &ServiceLimits) -> Result<Self, ServiceError> {
        let body = if body.is_empty() { b"{}" } else { body };
        let of_dialects: Vec<&str> = registry.account_rules().iter().flat_map(|rules| rules.setting_names()).copied().collect();
        let settings = [Self::SETTINGS.as_slice(), &of_dialects].concat();
        let known = [["id", "created_at", "updated_at", "name", "settings"].as_slice(), &settings].concat();
        let mut fields = Fields::parse(body)?.only(&known)?;
        let mut input = Self { name: fields.string("name")?, ..Self::default() };
        check_name(&fields, input.name.as_deref(), limits)?;
        if let Some(nested) = fields.object("settings")? {
            let mut nested = nested.only(&settings)?;
            input.settings(&mut nested)?;
            input.dialects.push(nested);
        }
        input.settings(&mut fields)?;
        input.dialects.push(fields);
        input.check_names(registry)?;
        Ok(input)
    }

    fn settings(&mut self, fields: &mut Fields) -> Result<(), ServiceError> {
        if let Some(number) = fields.integer("hooks_per_type", 1..=100_000)? {
            self.hooks_per_type = u32::try_from(number).ok();
        }
        if fields.has("on_no_hook") {
            self.on_no_hook = Some(on_no_hook(fields)?);
        }
        if fields.has("allowed_hosts") {
            self.allowed_hosts = Some(hosts(fields, "allowed_hosts")?.unwrap_or_default());
        }
        if fields.has("hosts_ceiling") {
            self.hosts_ceiling = Some(hosts(fields, "hosts_ceiling")?);
        }
        if fields.has("egress_ca") {
            self.egress_ca = Some(authorities(fields, "egress_ca")?);
        }
        if fields.has("client_certificates") {
            self.client_certificates = Some(client_certificates(fields, "client_certificates")?);
        }
        Ok(())
    }

    /// Refuses decisions for hook types that do not exist.
    fn check_names(&self, registry: &Registry) -> Result<(), ServiceError> {
        let Some(Some(OnNoHook::Each(decisions))) = &self.on_no_hook else { return Ok(()) };
        match decisions.keys().find(|name| registry.find(name).is_none()) {
            Some(name) => Err(additional("on_no_hook.", name)),
            None => Ok(()),
        }
    }

    /// The record with this input's changes.
    ///
    /// # Errors
    /// A dialect's setting breaks a rule; a client certificate is named that the account does not have.
    pub(crate) fn apply(
        self,
        record: &AccountRecord,
        registry: &Registry,
        now: Timestamp,
        seal: &SealKey<'_>,
    ) -> Result<AccountRecord, ServiceError> {
        let mut dialects = record.settings.dialects.clone();
        for mut said in self.dialects {
            for rules in registry.account_rules() {
                dialects = rules.apply(&dialects, &mut said)?;
            }
        }
        let before = (record.settings.client_certificates.clone(), record.client_keys.clone());
        let (client_certificates, client_keys) = match self.client_certificates {
            Some(list) => certificates::given(list, &before, seal)?,
            None => before,
        };
        let settings = AccountSettings {
            hooks_per_type: self.hooks_per_type.unwrap_or(record.settings.hooks_per_type),
            on_no_hook: self.on_no_hook.unwrap_or_else(|| record.settings.on_no_hook.clone()),
            allowed_hosts: self.allowed_hosts.unwrap_or_else(|| record.settings.allowed_hosts.clone()),
            hosts_ceiling: self.hosts_ceiling.unwrap_or_else(|| record.settings.hosts_ceiling.clone()),
            egress_ca: self.egress_ca.unwrap_or_else(|| record.settings.egress_ca.clone()),
            client_certificates,
            dialects,
        };
        let name = self.name.or_else(|| record.name.clone());
        Ok(AccountRecord { id: record.id, name, settings, client_keys, created_at: record.created_at, updated_at: now })
    }

    /// A new account.
    ///
    /// # Errors
    /// A dialect's setting breaks a rule.
    pub(crate) fn create(
        self,
        id: AccountId,
        registry: &Registry,
        now: Timestamp,
        seal: &SealKey<'_>,
    ) -> Result<AccountRecord, ServiceError> {
        let (settings, client_keys) = (AccountSettings::default(), BTreeMap::new());
        self.apply(&AccountRecord { id, name: None, settings, client_keys, created_at: now, updated_at: now }, registry, now, seal)
    }
}

fn on_no_hook(fields: &mut Fields) -> Result<Option<OnNoHook>, ServiceError> {
    match fields.take("on_no_hook") {
        None => Ok(None),
        Some(Value::Object(each)) => {
            let decision = |(name, value): (String, Value)| {
                let decision = parse_decision(&value).ok_or_else(|| fields.wrong(&format!("on_no_hook.{name}"), DECISIONS))?;
                Ok((name, decision))
            };
            each.into_iter().filter(|(_, value)| !value.is_null()).map(decision).collect::<Result<_, _>>().map(OnNoHook::Each).map(Some)
        }
        Some(value) => parse_decision(&value).map(OnNoHook::All).map(Some).ok_or_else(|| fields.wrong("on_no_hook", DECISIONS)),
    }
}

/// The error for a value that is not a decision.
pub(super) const DECISIONS: &str = "is not one of enum values: allow,deny";

/// The decision that a value names.
fn parse_decision(value: &Value) -> Option<Decision> {
    [Decision::Allow, Decision::Deny].into_iter().find(|decision| value.as_str() == Some(decision.as_str()))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::testing::{registry, sign_in, sign_up};

    /// Tests here have no vault.
    fn unsealed(fingerprint: &str, key: &hookbox_host_api::Secret) -> Result<String, ServiceError> {
        Ok(format!("{fingerprint} {}", key.expose().len()))
    }

    fn create(body: &str) -> Result<AccountRecord, String> {
        let registry = registry();
        let input = AccountInput::parse(body.as_bytes(), &registry, &ServiceLimits::default()).map_err(|error| error.to_string())?;
        input.create(AccountId::OPERATOR, &registry, UNIX_EPOCH.into(), &unsealed).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_decide_about_events_without_a_hook() {
        use Decision::{Allow, Deny};
        for (body, pre, migration) in [
            ("", Allow, Deny),
            (r#"{"on_no_hook":null}"#, Allow, Deny),
            (r#"{"on_no_hook":"deny"}"#, Deny, Deny),
            (r#"{"settings":{"on_no_hook":"allow"}}"#, Allow, Allow),
            (r#"{"settings":{"on_no_hook":{"sign-in":"deny"}}}"#, Deny, Deny),
            (r#"{"on_no_hook":{"sign-up":"allow","sign-in":null}}"#, Allow, Allow),
        ] {
            let settings = create(body).unwrap().settings;
            assert_eq!(settings.default_decision(sign_in()), pre, "{body}");
            assert_eq!(settings.default_decision(sign_up()), migration, "{body}");
            let stored = serde_json::to_string(&settings).unwrap();
            assert_eq!(serde_json::from_str::<AccountSettings>(&stored).unwrap(), settings, "{stored}");
        }
    }

    #[test]
    fn what_is_not_said_stays() {
        let record = create(r#"{"name":"Acme","settings":{"hooks_per_type":3,"on_no_hook":"deny"}}"#).unwrap();
        let change = |body: &str| {
            AccountInput::parse(body.as_bytes(), &registry(), &ServiceLimits::default())
                .unwrap()
                .apply(&record, &registry(), UNIX_EPOCH.into(), &unsealed)
                .unwrap()
        };
        assert_eq!(change("{}"), record);
        let settings = change(r#"{"allowed_hosts":["Api.example"],"hosts_ceiling":["*.example"]}"#).settings;
        assert_eq!(
            (settings.allowed_hosts.to_string(), settings.hosts_ceiling.unwrap().to_string()),
            ("api.example".into(), "*.example".into())
        );
        assert_eq!(change(r#"{"hooks_per_type":100}"#).settings.hooks_per_type, 100);
        assert_eq!(change(r#"{"settings":{"on_no_hook":null}}"#).settings.on_no_hook, None);
        assert_eq!(change(r#"{"settings":{"on_no_hook":null}}"#).name.as_deref(), Some("Acme"));
    }

    #[test]
    fn every_rule_names_its_field() {
        for (body, says) in [
            (r#"{"hooks_per_type":0}"#, "instance.hooks_per_type must be greater than or equal to 1"),
            (r#"{"settings":{"hooks_per_type":100001}}"#, "instance.settings.hooks_per_type must be less than or equal to 100000"),
            (r#"{"on_no_hook":"maybe"}"#, "instance.on_no_hook is not one of enum values: allow,deny"),
            (r#"{"on_no_hook":{"sign-in":1}}"#, "instance.on_no_hook.sign-in is not one of enum values: allow,deny"),
            (r#"{"on_no_hook":{"login":"deny"}}"#, "instance.on_no_hook is not allowed to have the additional property \"login\""),
            (r#"{"allowed_hosts":["a b"]}"#, "instance.allowed_hosts[0] is no host: a host and a port, and nothing else, can be named"),
            (r#"{"settings":{"hosts_ceiling":"*"}}"#, "instance.settings.hosts_ceiling is not of a type(s) array"),
            (r#"{"name":5}"#, "instance.name is not of a type(s) string"),
            (r#"{"plan":"gold"}"#, "instance is not allowed to have the additional property \"plan\""),
        ] {
            assert_eq!(create(body).unwrap_err(), says, "{body}");
        }
    }
}
