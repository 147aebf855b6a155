//! Lanes: functions of one language wait for each other and for nobody else. Compiling WebAssembly takes seconds, freezing JavaScript
//! milliseconds.

use tokio::sync::mpsc::UnboundedSender;

use crate::ids::{AccountId, HookId};
use crate::resources::Runtime;

/// A hook, as queues hold it.
pub(super) type Name = (AccountId, HookId);

/// A queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Wasm,
    JavaScript,
}

impl Lane {
    /// The lane of a function.
    pub(super) fn of(runtime: Runtime) -> Self {
        match runtime {
            Runtime::Wasm => Self::Wasm,
            Runtime::Node(_) => Self::JavaScript,
        }
    }
}

/// One of something for each lane.
#[derive(Clone, Debug)]
pub(super) struct PerLane<T> {
    pub(super) wasm: T,
    pub(super) javascript: T,
}

impl<T> PerLane<T> {
    /// Makes both.
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

/// The queues.
pub(super) type Names = PerLane<UnboundedSender<Name>>;

impl Names {
    /// Puts a hook into a lane's queue.
    pub(super) fn send(&self, lane: Lane, name: Name) {
        // A worker that is gone means that the server stops; the record says what is to be done at the next start.
        let _ = self.get(lane).send(name);
    }
}
