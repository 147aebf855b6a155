//! The hook types, one row each. A new type begins here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Decision;

/// An event that a hook can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookType {
    /// Fires after the user name is entered, before password and second factor: may swap the login policy, or deny.
    PreAuthentication,
    /// Fires when the user name is unknown, with the password: may deliver the user from another directory.
    UserMigration,
}

/// A name that is no hook type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown hook type")]
pub struct UnknownHookType;

impl HookType {
    /// Every hook type.
    pub const ALL: [Self; 2] = [Self::PreAuthentication, Self::UserMigration];

    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreAuthentication => "pre-authentication",
            Self::UserMigration => "user-migration",
        }
    }

    /// What the identity provider is told where the account has no live hook and no setting of its own.
    pub fn without_hook(self) -> Decision {
        match self {
            Self::PreAuthentication => Decision::Allow,
            Self::UserMigration => Decision::Deny,
        }
    }

    /// The longest timeout, in seconds, that a hook of an account in strict mode has.
    pub fn strict_timeout(self) -> u8 {
        match self {
            Self::PreAuthentication => 1,
            Self::UserMigration => 10,
        }
    }

    /// The longest source of a JavaScript function where OneLogin's rules hold, in characters.
    pub fn max_source_characters(self) -> usize {
        match self {
            Self::PreAuthentication | Self::UserMigration => 20_000,
        }
    }

    /// Top-level context keys whose values are secrets and never reach a log, an error or a disk.
    pub(crate) fn secret_keys(self) -> &'static [&'static str] {
        match self {
            Self::PreAuthentication => &[],
            Self::UserMigration => &["password"],
        }
    }
}

impl fmt::Display for HookType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for HookType {
    type Err = UnknownHookType;

    fn from_str(name: &str) -> Result<Self, UnknownHookType> {
        Self::ALL.into_iter().find(|one| one.as_str() == name).ok_or(UnknownHookType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_with_serde_and_parse() {
        for one in HookType::ALL {
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
            assert_eq!(one.as_str().parse(), Ok(one));
        }
        assert_eq!("Pre-Authentication".parse::<HookType>(), Err(UnknownHookType));
    }
}
