//! Lanes: a function waits only for functions of its own language. Compiling WebAssembly takes seconds, freezing JavaScript milliseconds.

use crate::ids::{AccountId, HookId};
use crate::resources::Runtime;

/// The name of a hook in a queue.
pub(super) type Name = (AccountId, HookId);

/// The language of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    Wasm,
    JavaScript,
}

impl Lane {
    pub(super) const ALL: [Self; 2] = [Self::Wasm, Self::JavaScript];

    /// The lane for functions of this runtime.
    pub(super) fn of(runtime: Runtime) -> Self {
        match runtime {
            Runtime::Wasm => Self::Wasm,
            Runtime::Node(_) => Self::JavaScript,
        }
    }
}
