//! The contract between the Hookbox host and a hook, free of engines, storage and HTTP.
//!
//! * [`Outcome`], [`Decision`], [`Failure`] and [`Usage`]: how an execution ended, in the one set of names that the API, the log,
//!   the metrics and the command line share.
//! * [`EnvVars`], [`log`]: what the host keeps for a hook while it runs.
//! * [`json`] and [`surrogates`]: how the host reads JSON that callers and functions write. The WIT world that guests see is in `wit/`.

mod env;
pub mod json;
pub mod log;
mod outcome;
mod secret;
pub mod surrogates;

pub use env::EnvVars;
pub use outcome::{Decision, Failure, FailureKind, Outcome, Usage};
pub use secret::Secret;
