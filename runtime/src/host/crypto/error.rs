//! The errors of requests. The contract lists the kinds, each with the error that JavaScript throws; a specific message replaces the kind's
//! message where there is more to say. No message quotes a byte of a key, a password or a plaintext.

use serde::Serialize;

pub(super) use super::contract::ErrorKind;

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct CryptoError {
    kind: ErrorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl From<ErrorKind> for CryptoError {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, message: None }
    }
}

impl CryptoError {
    pub(super) fn saying(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: Some(message.into()) }
    }

    pub(super) fn malformed(reason: impl std::fmt::Display) -> Self {
        Self::saying(ErrorKind::Malformed, format!("malformed cryptography request: {reason}"))
    }

    /// A number of the request is over a limit that no setting moves.
    pub(super) fn too_much(name: &str, limit: u64, unit: &str) -> Self {
        Self::saying(ErrorKind::TooMuch, format!("the value of \"{name}\" is out of range: at most {limit} {unit}"))
    }

    /// The form in which the error is passed to the engine.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"kind":"failed"}"#.to_owned())
    }
}

#[cfg(test)]
impl std::fmt::Display for CryptoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or(self.kind.name()))
    }
}
