//! The `error` of a response, with which a function refuses on purpose.

use hookbox_hooks::hook_type::{InvalidResponse, article};
use serde_json::Value;

use super::words::wrong;

/// The texts that a cause may have.
const CAUSE: [&str; 5] = ["errorSummary", "reason", "locationType", "location", "domain"];

/// Checks an error, and returns the sentence in it that people read.
pub(super) fn check(error: &Value) -> Result<Option<String>, InvalidResponse> {
    let Value::Object(fields) = error else {
        let hint = if error.is_array() { ": one example of Okta's specification has an array, and Okta reads an object" } else { "" };
        return wrong(format!("`error` is {} and not an object{hint}", article(error)));
    };
    for (key, value) in fields {
        match (key.as_str(), value) {
            (_, Value::Null) | ("errorSummary", Value::String(_)) => {}
            ("errorCauses", Value::Array(causes)) => causes.iter().enumerate().try_for_each(|(index, cause)| check_cause(index, cause))?,
            ("errorSummary", other) => return wrong(format!("`error.errorSummary` is {} and not a string", article(other))),
            ("errorCauses", other) => return wrong(format!("`error.errorCauses` is {} and not an array", article(other))),
            (other, _) => return wrong(format!("`error` has the key `{other}`; it may have `errorSummary` and `errorCauses`")),
        }
    }
    Ok(fields.get("errorSummary").and_then(Value::as_str).map(str::to_owned))
}

fn check_cause(index: usize, cause: &Value) -> Result<(), InvalidResponse> {
    let at = format!("`error.errorCauses[{index}]`");
    let Value::Object(fields) = cause else { return wrong(format!("{at} is {} and not an object", article(cause))) };
    for (key, value) in fields {
        if !CAUSE.contains(&key.as_str()) {
            return wrong(format!("{at} has the key `{key}`; it may have `{}`", CAUSE.join("`, `")));
        }
        if !(value.is_string() || value.is_null()) {
            return wrong(format!("`{key}` of {at} is {} and not a string", article(value)));
        }
    }
    Ok(())
}
