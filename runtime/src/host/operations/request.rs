//! A request as the engine writes it: the length of a header, the header as JSON, then what the operation carries.

use serde::Deserialize;

/// What a guest can begin.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(in crate::host) enum Operation {
    Sleep {
        us: f64,
    },
    /// Anything that needs a capability.
    #[serde(other)]
    Other,
}

/// The operation and its payload.
///
/// # Errors
/// When the request is none: the engine writes it, so a guest that gets this wrong is broken.
pub(in crate::host) fn split(request: &[u8]) -> wasmtime::Result<(Operation, &[u8])> {
    let malformed = || wasmtime::Error::msg("an operation's request is cut off");
    let (len, rest) = request.split_first_chunk().ok_or_else(malformed)?;
    let (header, payload) = rest.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(malformed)?;
    Ok((serde_json::from_slice(header)?, payload))
}
