//! User import: whether an imported user is made or linked, and with which attributes.

use hookbox_hooks::hook_type::InvalidResponse;
use serde_json::Value;

use super::attributes::attributes;
use super::command::{ACTION, Said, USER};
use super::words::wrong;

const LINK: &str = "LINK_USER";

/// Checks the commands for a user.
pub(super) fn check(said: &[Said<'_>], event: &Value) -> Result<(), InvalidResponse> {
    let at = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    // What holds if no command says anything else.
    let mut result = at("/data/action/result").unwrap_or("CREATE_USER");
    let mut linked = at("/data/user/id").is_some();
    let mut named = false;
    for command in said {
        match command.kind {
            ACTION => result = command.word("result", &["CREATE_USER", LINK])?,
            USER => {
                let id = command.object(&["id"])?.get("id").and_then(Value::as_str);
                if id.is_none_or(str::is_empty) {
                    return command.wrong("needs the `id` of a user of Okta");
                }
                (named, linked) = (true, true);
            }
            _ => attributes(command).map(drop)?,
        }
    }
    match (result == LINK, named) {
        (true, _) if !linked => wrong(format!("the user is to be linked, and no command says to whom: {USER} with {{\"id\": \"...\"}}")),
        (false, true) => wrong(format!("{USER} names a user to link to, and no command says {{\"result\": \"{LINK}\"}}")),
        _ => Ok(()),
    }
}
