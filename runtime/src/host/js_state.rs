//! The host's side of one execution of a JavaScript hook, and which parts of the outside world the hook has read.

use super::operations::Operations;

/// Which parts of the outside world a function has read. An image is frozen only where the next execution would read the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WorldReads {
    /// Env vars, which stay the same until the admin changes one.
    pub(crate) env: bool,
    /// The clock, random bytes or an operation, which differ in each execution; the first that was read, in words for the author.
    pub(crate) fleeting: Option<&'static str>,
}

/// The host's side of one execution of a JavaScript hook.
#[derive(Default)]
pub(crate) struct JsState {
    pub(crate) reads: WorldReads,
    pub(super) operations: Operations,
    /// The last computation's or operation's answer, until the engine takes it.
    pub(super) answer: Vec<u8>,
}
