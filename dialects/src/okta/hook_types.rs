//! Okta's hook types, a row each.

use std::ops::RangeInclusive;

use hookbox_hooks::hook_type::{HookTypeSpec, SERVER, Shape};
use hookbox_host_api::Decision;

use super::kind::{DIALECT, Kind};
use super::rules::TypeRules;
use super::samples;

/// Okta waits three seconds, of which the way to it and back takes some, and the first token of an hour some more.
const TIMEOUT: RangeInclusive<u8> = 1..=2;
/// As many inline hooks as an org may have.
const HOOKS: u32 = 100;

const fn row(
    kind: Kind,
    summary: &'static str,
    default_decision: Decision,
    rules: &'static TypeRules,
    samples: fn() -> Vec<String>,
) -> HookTypeSpec {
    HookTypeSpec {
        id: kind.as_str(),
        dialect: DIALECT,
        summary,
        entries: &["handler", SERVER],
        shape: Shape::Single,
        default_decision,
        on_error: kind.on_error(),
        addressed: Some(HOOKS),
        timeout: TIMEOUT,
        default_timeout: *TIMEOUT.end(),
        source_bytes: usize::MAX,
        secrets: kind.secrets(),
        samples,
        rules,
    }
}

macro_rules! row {
    ($kind:ident, $decision:ident, $summary:literal) => {{
        static RULES: TypeRules = TypeRules(Kind::$kind);
        row(Kind::$kind, $summary, Decision::$decision, &RULES, || samples::shapes(Kind::$kind))
    }};
}

pub(super) static HOOK_TYPES: [HookTypeSpec; 7] = [
    row!(PasswordImport, Deny, "the first sign-in of a user who was imported without a password: says whether the password is right"),
    row!(Telephony, Deny, "a one-time password is due: sends it by SMS or call, and says so"),
    row!(Registration, NoChange, "somebody registers or completes a profile: may deny, and set attributes"),
    row!(Token, NoChange, "tokens are minted: may add, change and remove claims, and set lifetimes"),
    row!(Saml, NoChange, "a SAML assertion is made: may add and change claims, and more of it"),
    row!(UserImport, NoChange, "a user is imported: may set attributes, and link the user to another one"),
    row!(Event, NoChange, "something has happened that Okta logs: may do what follows from it"),
];
