//! SAML: which claims an assertion has, and what else is in it.

use hookbox_hooks::hook_type::{InvalidResponse, article};
use serde_json::Value;

use super::command::Said;
use super::patch::{Operation, Verb};

/// The parts of an assertion in which values may be replaced.
const PARTS: [&str; 4] = ["subject", "authentication", "conditions", "claims"];

/// Checks the patches of an event's assertion.
pub(super) fn check(said: &[Said<'_>], event: &Value) -> Result<(), InvalidResponse> {
    let mut assertion = event.pointer("/data/assertion").cloned().unwrap_or_default();
    for command in said {
        let Value::Array(operations) = command.value else {
            return command.wrong(format!("has {} as its value and not an array of operations", article(command.value)));
        };
        for (index, operation) in operations.iter().enumerate() {
            let wrong = |what: String| command.error(format!("has a wrong value[{index}]: {what}"));
            let operation = Operation::read(operation).map_err(wrong)?;
            allowed(&operation).and_then(|()| operation.apply(&mut assertion)).map_err(wrong)?;
        }
    }
    Ok(())
}

fn allowed(operation: &Operation) -> Result<(), String> {
    let path: Vec<&str> = operation.path.iter().map(String::as_str).collect();
    match (operation.verb, path.as_slice()) {
        (Verb::Add, ["claims", claim]) if !claim.is_empty() => is_claim(&operation.value),
        (Verb::Add, ["claims", claim, _, ..]) if !claim.is_empty() => Ok(()),
        (Verb::Add, ["authentication", "sessionLifetime"]) => match operation.value.as_u64() {
            Some(1..) => Ok(()),
            _ => Err("`/authentication/sessionLifetime` is a whole number of seconds".to_owned()),
        },
        (Verb::Add, _) => Err(format!("`{}` is neither a claim (/claims/...) nor /authentication/sessionLifetime", operation.pointer())),
        (Verb::Replace, [part, _, ..]) if PARTS.contains(part) => Ok(()),
        (Verb::Replace, _) => Err(format!("`{}` is in none of /{}", operation.pointer(), PARTS.join(", /"))),
        (Verb::Remove, _) => Err("an assertion takes `add` and `replace` only".to_owned()),
    }
}

/// Checks the shape of a claim: `{attributes: {NameFormat}, attributeValues: [{attributes: {"xsi:type"}, value}]}`.
fn is_claim(claim: &Value) -> Result<(), String> {
    let values = claim.get("attributeValues").and_then(Value::as_array).filter(|values| !values.is_empty());
    match values.is_some_and(|values| values.iter().all(|value| value.get("value").is_some())) {
        true => Ok(()),
        false => Err("a new claim is an object with `attributeValues`, a list of objects with a `value` each".to_owned()),
    }
}
