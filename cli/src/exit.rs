//! How the program ends: the exit code that goes with an error, and the sentence that says what to do about it.
//!
//! What went wrong is said where it goes wrong, in errors of anyhow; the kinds that a script has to tell apart are here.

use std::process::ExitCode;

/// Refused by a decision: what `run` and `fire` end with when the function denies.
pub(crate) const DENIED: u8 = 10;

/// An error that is more than a failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The command line does not make sense together with what there is.
    #[error("{0}")]
    Usage(String),
    /// There is nobody to log in as.
    #[error("{0}")]
    NotLoggedIn(String),
    /// The server does not let this client in, or not do this.
    #[error("{0}")]
    Forbidden(String),
    /// What was named is not there.
    #[error("{0}")]
    NotFound(String),
    /// No server answers.
    #[error("{0}")]
    Unreachable(String),
    /// The server will not do it, and said why.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What was asked for, and the server's words.
        message: String,
    },
}

impl Problem {
    /// The problem somewhere in an error's causes.
    pub(crate) fn of(error: &anyhow::Error) -> Option<&Self> {
        error.chain().find_map(|cause| cause.downcast_ref())
    }

    /// The exit code, which is documented in the program's help.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Refused { .. } => 1,
            Self::Usage(_) => 2,
            Self::NotLoggedIn(_) | Self::Forbidden(_) => 3,
            Self::NotFound(_) => 4,
            Self::Unreachable(_) => 5,
        }
    }

    /// What to do next.
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Usage(_) => None,
            Self::NotLoggedIn(_) => Some("save a profile with `hookbox login URL`, or set HOOKBOX_CLIENT_ID and HOOKBOX_CLIENT_SECRET"),
            Self::Forbidden(_) => {
                Some("log in again with `hookbox login URL`, or ask an operator for a credential with the scope that is needed")
            }
            Self::NotFound(_) => Some("`hookbox hooks list` and `hookbox env list` show what there is"),
            Self::Unreachable(_) => {
                Some("check that the server runs (`hookbox serve`) and that the URL is right (HOOKBOX_URL, or the profile's)")
            }
            Self::Refused { status: 409, .. } => Some("`hookbox hooks list` shows which hook is in the way"),
            Self::Refused { status: 503, .. } => Some("the server is busy or out of room; try again in a moment"),
            Self::Refused { .. } => None,
        }
    }
}

/// The exit code of an error.
pub(crate) fn code(error: &anyhow::Error) -> ExitCode {
    Problem::of(error).map_or(1, Problem::code).into()
}

/// What to do about an error, if anybody knows.
pub(crate) fn hint(error: &anyhow::Error) -> Option<&'static str> {
    Problem::of(error).and_then(Problem::hint)
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn a_problem_is_found_below_its_context() {
        let error = Err::<(), _>(Problem::NotFound("no such hook".into())).context("while looking").unwrap_err();
        assert_eq!(Problem::of(&error).map(Problem::code), Some(4));
        assert!(hint(&error).is_some());
        assert!(Problem::of(&anyhow!("something else")).is_none());
    }
}
