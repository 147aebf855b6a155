//! Tokens: which claims an ID token and an access token have, and how long they are valid. If one operation fails, Okta issues the token
//! unchanged and tells nobody but its administrators, so a failure is found here.
//!
//! Okta's list of reserved claims: <https://support.okta.com/help/s/article/list-of-reserved-claim-names>.

use std::ops::RangeInclusive;

use hookbox_hooks::hook_type::{InvalidResponse, article};
use serde_json::Value;

use super::command::{IDENTITY, Said};
use super::patch::{Operation, Verb};

/// Seconds that a token may be valid.
const LIFETIME: RangeInclusive<u64> = 300..=86_400;

/// Claims that no hook changes, in any token.
const SYSTEM: [&str; 6] = ["iss", "jti", "ver", "token_type", "iat", "exp"];
/// The same in access tokens.
const OF_ACCESS: [&str; 7] = ["cid", "uid", "acr", "amr", "as_uri", "rpt", "rsi"];
/// The same in ID tokens.
const OF_IDENTITY: [&str; 7] = ["aud", "sub", "auth_time", "at_hash", "c_hash", "idp", "nonce"];

/// Checks the patches of the tokens of an event.
pub(super) fn check(said: &[Said<'_>], event: &Value) -> Result<(), InvalidResponse> {
    let mut data = event.get("data").cloned().unwrap_or_default();
    for command in said {
        let name = if command.kind == IDENTITY { "identity" } else { "access" };
        let Some(token) = data.get_mut(name).filter(|token| token.is_object()) else {
            return command.wrong(format!("changes a token that was not asked for: the event has no data.{name}"));
        };
        let Value::Array(operations) = command.value else {
            return command.wrong(format!("has {} as its value and not an array of operations", article(command.value)));
        };
        for (index, operation) in operations.iter().enumerate() {
            let wrong = |what: String| command.error(format!("has a wrong value[{index}]: {what}"));
            let operation = Operation::read(operation).map_err(wrong)?;
            allowed(&operation, command.kind == IDENTITY).and_then(|()| operation.apply(token)).map_err(wrong)?;
        }
    }
    Ok(())
}

fn allowed(operation: &Operation, identity: bool) -> Result<(), String> {
    let path: Vec<&str> = operation.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["claims", claim, ..] if !claim.is_empty() => claim_may_change(claim, identity),
        ["token", "lifetime", "expiration"] => lifetime(operation),
        _ => Err(format!("`{}` is neither a claim (/claims/...) nor /token/lifetime/expiration", operation.pointer())),
    }
}

fn claim_may_change(claim: &str, identity: bool) -> Result<(), String> {
    let (own, token) = if identity { (OF_IDENTITY, "an ID token") } else { (OF_ACCESS, "an access token") };
    match SYSTEM.contains(&claim) || own.contains(&claim) {
        true => Err(format!("`{claim}` is a claim of {token} that Okta alone sets")),
        false => Ok(()),
    }
}

fn lifetime(operation: &Operation) -> Result<(), String> {
    if operation.verb == Verb::Remove {
        return Err("a lifetime cannot be removed".to_owned());
    }
    match operation.value.as_u64() {
        Some(seconds) if LIFETIME.contains(&seconds) => Ok(()),
        _ => Err(format!("a lifetime is a whole number of {} to {} seconds", LIFETIME.start(), LIFETIME.end())),
    }
}
