//! Why the service does not do what it was asked. The errors know nothing of HTTP: the gateways choose a status.

use crate::store::StoreError;

/// A request that was not carried out. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The caller's account has no such resource.
    #[error("The resource with the given id could not be found")]
    NotFound,
    /// The request conflicts with the present state.
    #[error("{0}")]
    Conflict(String),
    /// A field breaks a rule.
    #[error("{message}")]
    Invalid {
        /// The field, if there is a single one, in dots and brackets: `limits.fuel`, `env_vars[0]`.
        field: Option<String>,
        /// The rule.
        message: String,
    },
    /// The body cannot be read at all.
    #[error("{0}")]
    BadRequest(String),
    /// A part of the request is too long.
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
    /// The request cannot be carried out now; a later try may succeed.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of the server. The text is for the log and is not sent to a client.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// A field that breaks a rule.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: Some(field.into()), message: message.into() }
    }

    /// A broken rule that concerns no single field.
    pub fn invalid_body(message: impl Into<String>) -> Self {
        Self::Invalid { field: None, message: message.into() }
    }
}

/// Refuses one more of something that there may be only so many of.
pub(crate) fn check_room(what: &str, have: usize, most: usize) -> Result<(), ServiceError> {
    match have < most {
        true => Ok(()),
        false => Err(ServiceError::invalid_body(format!("There are {have} {what} already, and {most} is the most that there may be"))),
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
