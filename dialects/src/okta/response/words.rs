//! Words for what is wrong with a response.

use hookbox_hooks::hook_type::InvalidResponse;
use serde_json::Value;

/// A response that the type does not allow.
pub(super) fn wrong<T>(message: impl Into<String>) -> Result<T, InvalidResponse> {
    Err(InvalidResponse(message.into()))
}

/// The type of a value, in words.
pub(super) fn article(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
