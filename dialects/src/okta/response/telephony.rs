//! Telephony: who sent the message. Okta sends it by itself after anything that it cannot read, and the user may get it twice.

use hookbox_hooks::hook_type::{InvalidResponse, article};
use hookbox_host_api::Decision;
use serde_json::Value;

use super::command::Said;
use super::words::wrong;

const STATUSES: [&str; 3] = ["SUCCESSFUL", "PENDING", "FAILED"];
const TEXTS: [&str; 3] = ["provider", "transactionId", "transactionMetadata"];

/// Whether the message is on its way.
pub(super) fn decide(said: &[Said<'_>]) -> Result<Decision, InvalidResponse> {
    let [command] = said else {
        return wrong(
            "the response has to have one command, com.okta.telephony.action, or an `error`: Okta takes no silence for an answer",
        );
    };
    let Value::Array(actions) = command.value else {
        return command.wrong(format!("has {} as its value and not an array of objects", article(command.value)));
    };
    if actions.is_empty() {
        return command.wrong("has an empty value");
    }
    let mut decision = Decision::Allow;
    for action in actions {
        if status(command, action)? == "FAILED" {
            decision = Decision::Deny;
        }
    }
    Ok(decision)
}

fn status<'a>(command: &Said<'_>, action: &'a Value) -> Result<&'a str, InvalidResponse> {
    let Value::Object(fields) = action else {
        return command.wrong(format!("has {} in its value and not an object", article(action)));
    };
    for (key, value) in fields.iter().filter(|(key, _)| *key != "status") {
        if !TEXTS.contains(&key.as_str()) {
            return command.wrong(format!("has the key `{key}`; it may have `status`, `{}`", TEXTS.join("`, `")));
        }
        if !(value.is_string() || value.is_null()) {
            let cure = if value.is_object() { ", of which JSON.stringify(...) makes one" } else { "" };
            return command.wrong(format!("has {} as `{key}` and not a string{cure}", article(value)));
        }
    }
    let status = fields.get("status").and_then(Value::as_str).filter(|status| STATUSES.contains(status));
    status.map_or_else(|| command.wrong(format!("needs a `status` of {}", STATUSES.join(", "))), Ok)
}
