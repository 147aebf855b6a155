//! Attributes of users that a command sets.

use hookbox_hooks::hook_type::InvalidResponse;
use serde_json::{Map, Value};

use super::command::Said;

/// Keys of a profile that no command sets.
const NEVER: [&str; 2] = ["password", "credentials"];

/// The attributes in a command's value.
pub(super) fn attributes<'a>(command: &Said<'a>) -> Result<&'a Map<String, Value>, InvalidResponse> {
    let fields = command.object(&[])?;
    if let Some(key) = fields.keys().find(|key| NEVER.contains(&key.as_str())) {
        return command.wrong(format!("sets `{key}`, which no command can set"));
    }
    if fields.is_empty() { command.wrong("sets no attribute") } else { Ok(fields) }
}
