//! Lanes: a function waits only for functions of its own language. Compiling WebAssembly takes seconds, freezing JavaScript milliseconds.

use tokio::sync::mpsc::UnboundedSender;

use crate::ids::{AccountId, HookId};
use crate::resources::Runtime;

/// The name of a hook in a queue.
pub(super) type Name = (AccountId, HookId);

/// The queue for the functions of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Wasm,
    JavaScript,
}

impl Lane {
    /// The lane for functions of this runtime.
    pub(super) fn of(runtime: Runtime) -> Self {
        match runtime {
            Runtime::Wasm => Self::Wasm,
            Runtime::Node(_) => Self::JavaScript,
        }
    }
}

/// One value for each lane.
#[derive(Clone, Debug)]
pub(super) struct PerLane<T> {
    pub(super) wasm: T,
    pub(super) javascript: T,
}

impl<T> PerLane<T> {
    /// Makes the values of both lanes.
    pub(super) fn new(make: impl Fn(Lane) -> T) -> Self {
        Self { wasm: make(Lane::Wasm), javascript: make(Lane::JavaScript) }
    }

    pub(super) fn get(&self, lane: Lane) -> &T {
        match lane {
            Lane::Wasm => &self.wasm,
            Lane::JavaScript => &self.javascript,
        }
    }
}

/// The sending ends of the queues.
pub(super) type Names = PerLane<UnboundedSender<Name>>;

impl Names {
    /// Puts a hook into a lane's queue.
    pub(super) fn send(&self, lane: Lane, name: Name) {
        // An error means that the worker is gone because the server stops. The record stays pending, so the next start takes it up.
        let _ = self.get(lane).send(name);
    }
}
