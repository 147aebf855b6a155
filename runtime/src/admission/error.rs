//! Why a function is not prepared.

/// Why a function cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// The function is at fault. The text is for its author.
    #[error("{0}")]
    Rejected(String),
    /// The host is at fault. Another attempt may succeed.
    #[error("the function could not be prepared: {0}")]
    Host(String),
}
