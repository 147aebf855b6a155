//! The errors of requests to `Intl`. The engine throws their texts in JavaScript; the word before the colon is the class of the error.

use thiserror::Error;

#[derive(Debug, Error)]
pub(super) enum IntlError {
    /// Engine and host do not understand each other.
    #[error("malformed Intl request: {0}")]
    Malformed(&'static str),
    #[error("malformed Intl request: {0}")]
    Json(#[from] serde_json::Error),
    /// A library failed.
    #[error("the host failed to compute this")]
    Fault,
    /// A `RangeError` with the message that Node has.
    #[error("RangeError: {0}")]
    Range(String),
}
