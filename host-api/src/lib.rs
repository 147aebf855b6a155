//! The contract between the Hookbox host and a hook, free of engines, storage and HTTP.
//!
//! * [`HookType`], [`Context`] and [`response`]: what each hook type is given and may answer.
//! * [`Outcome`], [`Decision`], [`Failure`] and [`Usage`]: how an execution ended, in the one set of names that the API, the log,
//!   the metrics and the command line share.
//! * [`EnvVars`], [`log`]: what the host keeps for a hook while it runs. The WIT world that guests see is in `wit/`.

mod condition;
mod context;
mod env;
mod hook_type;
mod json;
pub mod log;
mod outcome;
pub mod response;
mod secret;
mod surrogates;

pub use condition::{Condition, Operator, Source};
pub use context::{Context, ContextError, ContextVersion, Options, RangeError, View, roles};
pub use env::EnvVars;
pub use hook_type::{HookType, UnknownHookType};
pub use outcome::{Decision, Failure, FailureKind, Outcome, Usage};
pub use secret::Secret;
