//! Words for what is wrong with a response.

use hookbox_hooks::hook_type::InvalidResponse;

/// A response that the type does not allow.
pub(super) fn wrong<T>(message: impl Into<String>) -> Result<T, InvalidResponse> {
    Err(InvalidResponse(message.into()))
}
