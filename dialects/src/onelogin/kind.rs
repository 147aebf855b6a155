//! OneLogin's two hook types, a row each, and what is particular to them.

use std::ops::RangeInclusive;

use hookbox_hooks::hook_type::{HookTypeSpec, Shape};
use hookbox_host_api::Decision;

use super::DIALECT;
use super::context::sample_contexts;
use super::rules::{PRE_AUTHENTICATION_RULES, USER_MIGRATION_RULES};

/// Which of the two a hook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Fires after the user name is entered, before password and second factor: may swap the login policy, or deny.
    PreAuthentication,
    /// Fires when the user name is unknown, with the password: may deliver the user from another directory.
    UserMigration,
}

/// Seconds that a hook may take, unless its account is strict.
const TIMEOUT: RangeInclusive<u8> = 1..=10;
/// The server's own limit holds, unless the account is strict.
const SOURCE_BYTES: usize = usize::MAX;
/// The longest source in an account that is strict, in characters.
pub(super) const STRICT_SOURCE: usize = 20_000;

pub(super) static HOOK_TYPES: [HookTypeSpec; 2] = [
    HookTypeSpec {
        id: Kind::PreAuthentication.as_str(),
        dialect: DIALECT,
        summary: "after the user name is entered, before password and second factor: may swap the login policy, or deny",
        entries: &["handler"],
        shape: Shape::Single,
        default_decision: Decision::Allow,
        timeout: TIMEOUT,
        default_timeout: 1,
        source_bytes: SOURCE_BYTES,
        secrets: &[],
        samples: || sample_contexts(Kind::PreAuthentication),
        rules: &PRE_AUTHENTICATION_RULES,
    },
    HookTypeSpec {
        id: Kind::UserMigration.as_str(),
        dialect: DIALECT,
        summary: "the user name is unknown: may deliver the user from another directory, with the password",
        entries: &["handler"],
        shape: Shape::Single,
        default_decision: Decision::Deny,
        timeout: TIMEOUT,
        default_timeout: 1,
        source_bytes: SOURCE_BYTES,
        secrets: &["password"],
        samples: || sample_contexts(Kind::UserMigration),
        rules: &USER_MIGRATION_RULES,
    },
];

impl Kind {
    /// The type's name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::PreAuthentication => "pre-authentication",
            Self::UserMigration => "user-migration",
        }
    }

    /// The longest timeout, in seconds, that a hook of a strict account has.
    pub(super) fn strict_timeout(self) -> u8 {
        match self {
            Self::PreAuthentication => 1,
            Self::UserMigration => 10,
        }
    }

    /// Top-level keys of the context whose values are secrets.
    pub(super) fn secrets(self) -> &'static [&'static str] {
        let row = HOOK_TYPES.iter().find(|row| row.id == self.as_str());
        row.map(|row| row.secrets).unwrap_or_default()
    }
}
