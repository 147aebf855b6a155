//! Ids of accounts, hooks, env vars, credentials and executions. A text is parsed once, where it enters.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::uuid_pool;

/// A text that is not an id of the expected sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable id")]
pub struct InvalidId;

/// An account: a number from 1. Account 1 runs the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountId(u64);

impl AccountId {
    /// The account that may hold the scope `operate`.
    pub const OPERATOR: Self = Self(1);

    /// The id with this number. 0 stands for the server itself and is refused.
    pub fn new(number: u64) -> Result<Self, InvalidId> {
        if number == 0 { Err(InvalidId) } else { Ok(Self(number)) }
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The id after this one; `None` after the largest.
    pub(crate) fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for AccountId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let number: u64 = text.parse().map_err(|_| InvalidId)?;
        // One spelling for each account: no sign, no leading zero.
        if number.to_string() == text { Self::new(number) } else { Err(InvalidId) }
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new random id.
            pub(crate) fn random() -> Self {
                Self(uuid_pool::uuid())
            }

            /// The sixteen bytes, as they stand in keys.
            pub(crate) fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                // The hyphenated form only: 36 characters, hexadecimal digits of either case.
                if text.len() != 36 {
                    return Err(InvalidId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// The id of a hook.
    HookId
);

impl HookId {
    /// The same as a number.
    pub(crate) fn number(&self) -> u128 {
        self.0.as_u128()
    }
}
uuid_id!(
    /// The id of an env var.
    EnvId
);

/// The public half of a credential: 1 to 128 of `A-Z a-z 0-9 . _ -`. Those that Hookbox makes are 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientId(Arc<str>);

impl ClientId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ClientId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClientId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if (1..=128).contains(&text.len()) && text.bytes().all(fits) { Ok(Self(text.into())) } else { Err(InvalidId) }
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The server's id of one execution, shared by the answer, the log and the lines in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExecutionId(Arc<str>);

impl ExecutionId {
    /// A new random id.
    pub(crate) fn random() -> Self {
        let mut buffer = Uuid::encode_buffer();
        Self(Arc::from(&*uuid_pool::uuid().hyphenated().encode_lower(&mut buffer)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared.
    pub(crate) fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_have_one_spelling_and_are_never_zero() {
        assert_eq!("7".parse::<AccountId>().map(AccountId::get), Ok(7));
        for text in ["0", "+7", "07", "-1", "", "x", "18446744073709551616"] {
            assert_eq!(text.parse::<AccountId>(), Err(InvalidId), "{text}");
        }
        assert!(serde_json::from_str::<AccountId>("0").is_err());
    }

    #[test]
    fn hook_ids_are_hyphenated_uuids() {
        let id = HookId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in
            ["", "d360aded60634c608add45f32772ff71", "{d360aded-6063-4c60-8add-45f32772ff71}", "../../../../etc/passwd-aaaaaaaaaaaaaa"]
        {
            assert_eq!(text.parse::<HookId>(), Err(InvalidId), "{text}");
        }
    }

    #[test]
    fn client_ids_are_safe_in_headers_and_keys() {
        assert!("a".repeat(128).parse::<ClientId>().is_ok());
        for text in ["", "a:b", "a b", "a\n", "é", "a".repeat(129).as_str()] {
            assert_eq!(text.parse::<ClientId>(), Err(InvalidId), "{text}");
        }
    }

    #[test]
    fn executions_have_uuids() {
        let id = ExecutionId::random();
        assert_eq!(Uuid::try_parse(id.as_str()).unwrap().get_version_num(), 4);
    }
}
