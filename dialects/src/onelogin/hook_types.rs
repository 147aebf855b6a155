//! OneLogin's two hook types, a row each.

use std::ops::RangeInclusive;

use hookbox_hooks::hook_type::{HookTypeSpec, Shape};
use hookbox_host_api::Decision;

use super::context::sample_contexts;
use super::kind::{DIALECT, Kind};
use super::rules::{PRE_AUTHENTICATION_RULES, USER_MIGRATION_RULES};

/// Seconds that a hook may set as its timeout. A strict account has a lower limit.
const TIMEOUT: RangeInclusive<u8> = 1..=10;
/// The type sets no limit: the server's own limit holds, and a strict account has a lower one.
const SOURCE_BYTES: usize = usize::MAX;
pub(super) static HOOK_TYPES: [HookTypeSpec; 2] = [
    HookTypeSpec {
        id: Kind::PreAuthentication.as_str(),
        dialect: DIALECT,
        summary: "after the user name is entered, before password and second factor: may swap the login policy, or deny",
        entries: &["handler"],
        shape: Shape::Single,
        default_decision: Decision::Allow,
        on_error: &[Decision::Deny, Decision::Allow],
        addressed: None,
        timeout: TIMEOUT,
        default_timeout: 1,
        source_bytes: SOURCE_BYTES,
        secrets: Kind::PreAuthentication.secrets(),
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
        on_error: &[Decision::Deny, Decision::Allow],
        addressed: None,
        timeout: TIMEOUT,
        default_timeout: 1,
        source_bytes: SOURCE_BYTES,
        secrets: Kind::UserMigration.secrets(),
        samples: || sample_contexts(Kind::UserMigration),
        rules: &USER_MIGRATION_RULES,
    },
];
