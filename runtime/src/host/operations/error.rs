//! Why an operation failed, as the function reads it: Node's codes and words.

use std::borrow::Cow;

use serde::Serialize;

/// An error that the function can catch.
#[derive(Debug, Serialize)]
pub(in crate::host) struct OperationError {
    code: &'static str,
    message: Cow<'static, str>,
}

impl OperationError {
    /// The hook may not do this.
    pub(in crate::host) fn denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: "ERR_ACCESS_DENIED", message: message.into() }
    }

    pub(in crate::host) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
