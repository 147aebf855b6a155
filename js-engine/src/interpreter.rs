//! The interpreter as it lies in an image: its context, the author's function, and what was prepared for the next calls.

use rquickjs::{Context, Function, Persistent, Value};

use crate::hooks::Hooks;
use crate::nursery::Nursery;

/// The interpreter.
pub(crate) struct Engine {
    pub(crate) context: Context,
    pub(crate) hooks: Hooks,
    pub(crate) handler: Option<Handler>,
    /// Where the blocks of the first load and of the first call will lie.
    pub(crate) to_load: Option<Nursery>,
    pub(crate) to_call: Option<Nursery>,
    /// Values whose property names and shapes are those of contexts to come.
    pub(crate) learned: Vec<Persistent<Value<'static>>>,
}

/// What is called.
#[derive(Clone)]
pub(crate) struct Handler {
    pub(crate) function: Persistent<Function<'static>>,
    /// Whether it hands requests to a server of the author's: it takes their bodies as they are, and its result is the answer.
    pub(crate) serves: bool,
}
