//! Admission: prepares uploaded functions off the request path, one hook of a language at a time, and records the result.
//!
//! The queues hold names only. The work for a hook is in its record, so an update that overtakes another is prepared once, and a restart
//! needs no stored queue: pending records are found in the store.
//!
//! Hooks that were ready before a start are unloaded until they are prepared again, which is quick with a cache. They are loaded in order.
//! An event for an unloaded hook loads it at once.

mod lane;
mod transitions;
mod unloaded;
mod worker;

use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use self::lane::{Lane, Name, PerLane};
use self::unloaded::Unloaded;
use self::worker::Worker;
use crate::directory::{Account, Directory};
use crate::ids::{AccountId, HookId};
use crate::resources::Runtime;
use crate::state::State;

/// The queues and their workers, which stop when this is dropped.
pub(crate) struct AdmissionQueue {
    state: Arc<State>,
    names: lane::Names,
    unloaded: Arc<Unloaded>,
    workers: PerLane<Arc<Worker>>,
    tasks: [JoinHandle<()>; 2],
}

impl AdmissionQueue {
    /// Starts the workers. Each first loads the hooks that were ready before, which compiles nothing unless the engine has changed, and
    /// then prepares the hooks that were pending.
    pub(crate) fn start(state: Arc<State>) -> Self {
        let (wasm, wasm_waiting) = unbounded_channel();
        let (javascript, javascript_waiting) = unbounded_channel();
        let names = PerLane { wasm, javascript };
        let directory = state.directory.load_full();
        for (lane, name) in pending(&directory) {
            names.send(lane, name);
        }
        let unloaded_hooks = PerLane::new(|lane| ready(&directory, lane));
        let unloaded = Arc::new(Unloaded::new(unloaded_hooks.wasm.iter().chain(&unloaded_hooks.javascript).copied()));
        let workers = PerLane::new(|lane| Arc::new(Worker::new(state.clone(), lane, names.clone(), unloaded.clone())));
        let tasks = [
            tokio::spawn(workers.wasm.clone().run(unloaded_hooks.wasm, wasm_waiting)),
            tokio::spawn(workers.javascript.clone().run(unloaded_hooks.javascript, javascript_waiting)),
        ];
        Self { state, names, unloaded, workers, tasks }
    }

    /// Queues a hook for preparation.
    pub(crate) fn queue(&self, account: AccountId, hook: HookId) {
        let directory = self.state.directory.load();
        // A deleted hook or account needs no work.
        if let Ok(record) = directory.account(account).and_then(|account| account.hook(hook)) {
            self.names.send(Lane::of(record.record.spec.runtime), (account, hook));
        }
    }

    /// The number of hooks that served before the start and do not serve yet.
    pub(crate) fn unloaded_count(&self) -> usize {
        self.unloaded.len()
    }

    /// Loads an unloaded hook ahead of all others, and waits for that until the deadline. Returns whether the hook was unloaded.
    pub(crate) async fn load(&self, account: AccountId, hook: HookId, runtime: Runtime, deadline: Instant) -> bool {
        if !self.unloaded.contains((account, hook)) {
            return false;
        }
        let worker = self.workers.get(Lane::of(runtime)).clone();
        // A separate task, so that the deadline of one event does not cancel the load.
        let loading = tokio::spawn(async move { worker.load_now((account, hook)).await });
        // On timeout the caller proceeds with the hook's current state.
        let _ = timeout_at(deadline, loading).await;
        true
    }

    /// Stops the workers. The next start repeats the preparations in progress.
    pub(crate) fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for AdmissionQueue {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The hooks whose newest version is pending, with their lanes.
fn pending(directory: &Directory) -> impl Iterator<Item = (Lane, Name)> {
    directory.accounts().flat_map(|account| {
        let pending = account.hooks().filter(|hook| hook.record.status.is_pending());
        pending.map(|hook| (Lane::of(hook.record.spec.runtime), (account.record.id, hook.record.id)))
    })
}

/// The hooks of a lane with a version that was ready.
fn ready(directory: &Directory, lane: Lane) -> Vec<Name> {
    let of_account = |account: &Arc<Account>| {
        let id = account.record.id;
        let ready = account.hooks().filter(|hook| hook.record.ready.as_ref().is_some_and(|ready| Lane::of(ready.spec.runtime) == lane));
        ready.map(|hook| (id, hook.record.id)).collect::<Vec<_>>()
    };
    directory.accounts().flat_map(of_account).collect()
}
