//! The functions and objects that the prelude hands to the engine.

use rquickjs::{Function, Object, Persistent};

/// What the prelude hands to the engine when it is evaluated.
pub(crate) struct Hooks {
    /// Runs the callbacks of `process.nextTick`.
    pub(crate) ticks: Persistent<Function<'static>>,
    /// Runs one timer or immediate, waiting for it if need be; false when there is nothing to wait for.
    pub(crate) turn: Persistent<Function<'static>>,
    /// Tells the author's listeners of an uncaught error; false when there are none.
    pub(crate) uncaught: Persistent<Function<'static>>,
    /// The object with `require` and the like that a source is evaluated with.
    pub(crate) loader: Persistent<Object<'static>>,
    /// The second and third argument of a function.
    pub(crate) invocation: Persistent<Object<'static>>,
    pub(crate) callback: Persistent<Function<'static>>,
    /// What the function answered through the callback or the invocation.
    pub(crate) answer: Persistent<Function<'static>>,
    /// Whether what a function returned is not its answer, given the function.
    pub(crate) ignored: Persistent<Function<'static>>,
    /// The place of a promise in a result, as a text.
    pub(crate) promise_in: Persistent<Function<'static>>,
}
