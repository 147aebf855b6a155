//! Registration: whether somebody may register, and with which attributes; the same for a profile that is completed.

use hookbox_hooks::hook_type::InvalidResponse;
use hookbox_host_api::Decision;
use serde_json::Value;

use super::attributes::attributes;
use super::command::{ACTION, PROGRESSIVE_PROFILE, Said, USER_PROFILE};
use crate::okta::event::{PROGRESSIVE, SELF_SERVICE};

const ALLOW: &str = "ALLOW";
const DENY: &str = "DENY";

/// The decision of the last command that has one. Without one, Okta allows.
pub(super) fn decide(said: &[Said<'_>], event: &Value) -> Result<Decision, InvalidResponse> {
    let request_type = event.get("requestType").and_then(Value::as_str).unwrap_or_default();
    let mut decision = Decision::Allow;
    for command in said {
        match command.kind {
            ACTION => decision = action(command)?,
            USER_PROFILE => only(command, request_type, SELF_SERVICE, PROGRESSIVE_PROFILE)?,
            _ => only(command, request_type, PROGRESSIVE, USER_PROFILE)?,
        }
    }
    Ok(decision)
}

fn action(command: &Said<'_>) -> Result<Decision, InvalidResponse> {
    if command.value.get("action").is_some() {
        return command.wrong("has the key `action`, as one text of Okta's specification has it: the key is `registration`");
    }
    match command.word("registration", &[ALLOW, DENY])? {
        ALLOW => Ok(Decision::Allow),
        _ => Ok(Decision::Deny),
    }
}

/// Checks a command that sets attributes, which is for one of the two requests.
fn only(command: &Said<'_>, request: &str, wanted: &str, other: &str) -> Result<(), InvalidResponse> {
    if request != wanted {
        return command.wrong(format!("is for {wanted}, and this is {request}: the command is \"{other}\""));
    }
    attributes(command).map(drop)
}
