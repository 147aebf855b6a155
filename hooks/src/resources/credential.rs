//! Credentials: who may call, for which account, and what for. Secrets are stored as keyed hashes only; tokens are not stored.

use std::borrow::Cow;
use std::fmt;

use hookbox_host_api::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::input_rules::check_name;
use crate::clock::Timestamp;
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::ids::{AccountId, ClientId};
use crate::limits::ServiceLimits;
use crate::networks::Networks;

/// What a credential may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The accounts and credentials of the whole server.
    Operate,
    /// The hooks and env vars of the account; includes the two below.
    Manage,
    /// Reading the hooks and env vars.
    Read,
    /// Firing events: all that an identity provider needs.
    Fire,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Operate, Self::Manage, Self::Read, Self::Fire];

    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operate => "operate",
            Self::Manage => "manage",
            Self::Read => "read",
            Self::Fire => "fire",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Operate => 1,
            Self::Manage => 2,
            Self::Read => 4,
            Self::Fire => 8,
        }
    }
}

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Whether a caller with these scopes may do what requires `needed`.
    pub fn allow(self, needed: Scope) -> bool {
        let granted_by = match needed {
            Scope::Operate | Scope::Manage => needed.bit(),
            Scope::Read | Scope::Fire => needed.bit() | Scope::Manage.bit(),
        };
        self.0 & granted_by != 0
    }

    /// Each scope that was granted, by name.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & scope.bit() != 0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Scope::as_str)).finish()
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Scope::as_str))
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let unknown = |name: &str| serde::de::Error::custom(format_args!("unknown scope {name}"));
        Vec::<String>::deserialize(deserializer)?.iter().map(|name| parse_scope(name).ok_or_else(|| unknown(name))).collect()
    }
}

fn parse_scope(name: &str) -> Option<Scope> {
    Scope::ALL.into_iter().find(|scope| scope.as_str() == name)
}

/// A credential as it is stored and held in memory.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CredentialRecord {
    pub(crate) client_id: ClientId,
    pub(crate) account: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) scopes: Scopes,
    /// The vault's keyed hash of the secret.
    pub(crate) secret_hash: [u8; 32],
    /// Tokens of an earlier generation are revoked.
    pub(crate) generation: u64,
    pub(crate) created_at: Timestamp,
    /// From where it may be used; from anywhere if the list is empty.
    #[serde(default, skip_serializing_if = "Networks::is_empty")]
    pub(crate) allowed_addresses: Networks,
}

impl fmt::Debug for CredentialRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialRecord").field("client_id", &self.client_id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// A credential as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialView {
    /// The public half.
    pub client_id: ClientId,
    /// The account that it acts for.
    pub account_id: AccountId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// A name for people.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From where it may be used; from anywhere if the list is empty.
    pub allowed_addresses: Networks,
}

impl From<&CredentialRecord> for CredentialView {
    fn from(record: &CredentialRecord) -> Self {
        let CredentialRecord { client_id, account, name, scopes, created_at, allowed_addresses, .. } = record.clone();
        Self { client_id, account_id: account, scopes, name, created_at, allowed_addresses }
    }
}

/// A new credential. Only this answer shows a client secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCredentialView {
    /// The credential.
    #[serde(flatten)]
    pub credential: CredentialView,
    /// Its secret.
    #[serde(with = "secret_text")]
    pub client_secret: Secret,
}

/// A token as its client reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenView {
    /// What to send as `Authorization: Bearer`.
    #[serde(with = "secret_text")]
    pub access_token: Secret,
    /// `bearer`.
    pub token_type: Cow<'static, str>,
    /// The lifetime, in seconds.
    pub expires_in: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// The account that it acts for.
    pub account_id: AccountId,
}

/// A secret as text in JSON, for the few bodies that carry one.
pub(crate) mod secret_text {
    use hookbox_host_api::Secret;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }

    /// The same for an optional secret.
    pub(crate) mod option {
        use hookbox_host_api::Secret;
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub(crate) fn serialize<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
            secret.as_ref().map(Secret::expose).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
            Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
        }
    }
}

/// What a caller sets of a new credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialInput {
    /// The account; `None` is the caller's own.
    pub(crate) account: Option<AccountId>,
    pub(crate) scopes: Scopes,
    pub(crate) name: Option<String>,
    pub(crate) allowed_addresses: Networks,
}

impl CredentialInput {
    pub(crate) fn parse(body: &[u8], limits: &ServiceLimits) -> Result<Self, ServiceError> {
        let mut fields = Fields::parse(body)?.only(&["account_id", "scopes", "name", "allowed_addresses"])?;
        let account = fields.integer("account_id", 1..=u64::MAX)?.and_then(|number| AccountId::new(number).ok());
        let name = fields.string("name")?;
        check_name(&fields, name.as_deref(), limits)?;
        let names = fields.strings("scopes")?.ok_or_else(|| fields.missing("scopes"))?;
        if names.is_empty() {
            return Err(fields.wrong("scopes", "does not meet minimum length of 1"));
        }
        let scope = |(index, name): (usize, &String)| {
            let unknown = || fields.wrong(&format!("scopes[{index}]"), "is not one of enum values: operate,manage,read,fire");
            parse_scope(name).ok_or_else(unknown)
        };
        let scopes = names.iter().enumerate().map(scope).collect::<Result<_, _>>()?;
        Ok(Self { account, scopes, name, allowed_addresses: allowed_addresses(&mut fields, limits.allowed_addresses)? })
    }
}

/// The networks that a credential may be used from.
fn allowed_addresses(fields: &mut Fields, most: usize) -> Result<Networks, ServiceError> {
    const NAME: &str = "allowed_addresses";
    let texts = fields.strings(NAME)?.unwrap_or_default();
    if texts.len() > most {
        return Err(fields.wrong(NAME, format_args!("does not meet maximum length of {most}")));
    }
    let unfit = |(index, text): (usize, &String)| {
        let error = Networks::parse([text.as_str()]).err()?;
        Some(ServiceError::invalid(format!("{NAME}[{index}]"), format!("instance.{NAME}[{index}] is wrong: {error}")))
    };
    if let Some(error) = texts.iter().enumerate().find_map(unfit) {
        return Err(error);
    }
    Networks::parse(texts.iter().map(String::as_str)).map_err(|error| fields.wrong(NAME, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manage_includes_read_and_fire_and_nothing_includes_operate() {
        let table = [
            (Scope::Operate, [true, false, false, false]),
            (Scope::Manage, [false, true, true, true]),
            (Scope::Read, [false, false, true, false]),
            (Scope::Fire, [false, false, false, true]),
        ];
        for (granted, allowed) in table {
            let scopes: Scopes = [granted].into_iter().collect();
            assert_eq!(Scope::ALL.map(|needed| scopes.allow(needed)), allowed, "{granted:?}");
        }
        assert!(!Scope::ALL.iter().any(|needed| Scopes(0).allow(*needed)));
    }

    #[test]
    fn scopes_are_names_in_json() {
        let scopes: Scopes = [Scope::Fire, Scope::Operate].into_iter().collect();
        assert_eq!(serde_json::to_string(&scopes).unwrap(), r#"["operate","fire"]"#);
        assert_eq!(serde_json::from_str::<Scopes>(r#"["fire","operate"]"#).unwrap(), scopes);
        assert!(serde_json::from_str::<Scopes>(r#"["root"]"#).is_err());
    }

    #[test]
    fn every_rule_names_its_field() {
        for (body, says) in [
            (r#"{}"#, "instance requires property \"scopes\""),
            (r#"{"scopes":[]}"#, "instance.scopes does not meet minimum length of 1"),
            (r#"{"scopes":["read","root"]}"#, "instance.scopes[1] is not one of enum values: operate,manage,read,fire"),
            (r#"{"scopes":"read"}"#, "instance.scopes is not of a type(s) array"),
            (r#"{"scopes":["read"],"account_id":0}"#, "instance.account_id must be greater than or equal to 1"),
            (r#"{"scopes":["read"],"account_id":"1"}"#, "instance.account_id is not of a type(s) integer"),
            (r#"{"scopes":["read"],"name":1}"#, "instance.name is not of a type(s) string"),
            (r#"{"scopes":["read"],"allowed_addresses":"::1"}"#, "instance.allowed_addresses is not of a type(s) array"),
            (
                r#"{"scopes":["read"],"allowed_addresses":["::1","10.0.0.1/8"]}"#,
                "instance.allowed_addresses[1] is wrong: \"10.0.0.1/8\" is not an IP address or a network such as 192.0.2.0/24",
            ),
            (r#"{"scopes":["read"],"client_secret":"x"}"#, "instance is not allowed to have the additional property \"client_secret\""),
        ] {
            assert_eq!(CredentialInput::parse(body.as_bytes(), &ServiceLimits::default()).unwrap_err().to_string(), says, "{body}");
        }
    }

    #[test]
    fn debug_shows_no_hash() {
        let record: CredentialRecord = serde_json::from_value(serde_json::json!({
            "client_id": "c", "account": 1, "name": null, "scopes": ["read"], "secret_hash": vec![77u8; 32], "generation": 0, "created_at": "2026-01-01T00:00:00.000Z",
        }))
        .unwrap();
        assert!(!format!("{record:?}").contains("77"));
    }
}
