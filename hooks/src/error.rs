//! What the service answers when it does not do what it was asked. It knows nothing of HTTP: the gateways choose a status.

use crate::store::StoreError;

/// A request that was not carried out. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing in the caller's account.
    #[error("The resource with the given id could not be found")]
    NotFound,
    /// It does not go together with what there is.
    #[error("{0}")]
    Conflict(String),
    /// A field breaks a rule.
    #[error("{message}")]
    Invalid {
        /// The field, where one can be named, in dots and brackets: `limits.fuel`, `env_vars[0]`.
        field: Option<String>,
        /// The rule.
        message: String,
    },
    /// The body cannot be read at all.
    #[error("{0}")]
    BadRequest(String),
    /// Something is longer than it may be.
    #[error("{what} must not be longer than {limit} bytes")]
    TooLarge {
        /// What is too long.
        what: &'static str,
        /// The most bytes that it may have.
        limit: usize,
    },
    /// The disk is full. Reads and executions go on.
    #[error("The server has no room to store this")]
    StoreFull,
    /// Not now; perhaps later.
    #[error("{0}")]
    Unavailable(String),
    /// Our fault. The text is for the log; a client is told nothing of it.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// A field that breaks a rule.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: Some(field.into()), message: message.into() }
    }

    /// A rule that no single field breaks.
    pub fn invalid_body(message: impl Into<String>) -> Self {
        Self::Invalid { field: None, message: message.into() }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::StoreFull,
            StoreError::Conflict => Self::Conflict("The resource was changed by somebody else; please try again".into()),
            StoreError::Io(_) => Self::Unavailable("The server's storage failed".into()),
            StoreError::Corrupt(_) | StoreError::Format { .. } => Self::Internal(error.to_string()),
        }
    }
}
