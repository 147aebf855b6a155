//! Admission: prepares what was uploaded, off the request path and one hook of a language at a time, and says what became of it.
//!
//! The queues hold names only. What is to be done for a hook is in its record, so an update that overtakes another is prepared once,
//! and a restart needs no queue: pending records are found in the store.
//!
//! Hooks that were ready before a start are asleep until they are prepared again, which a cache makes short. All of them are woken in
//! turn; one that an event is for is woken at once.

mod asleep;
mod lane;
mod verdict;
mod worker;

use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use self::asleep::Asleep;
use self::lane::{Lane, PerLane};
use self::worker::Worker;
use crate::directory::{Account, Directory};
use crate::ids::{AccountId, HookId};
use crate::resources::Runtime;
use crate::service::State;

type Name = (AccountId, HookId);

/// The queues and their workers, which stop when this is dropped.
pub(crate) struct AdmissionQueue {
    state: Arc<State>,
    names: lane::Names,
    asleep: Arc<Asleep>,
    workers: PerLane<Arc<Worker>>,
    tasks: [JoinHandle<()>; 2],
}

impl AdmissionQueue {
    /// Starts the workers: each first prepares what was ready before, which compiles nothing unless the engine is another, and then what
    /// was still waiting.
    pub(crate) fn start(state: Arc<State>) -> Self {
        let (wasm, wasm_waiting) = unbounded_channel();
        let (javascript, javascript_waiting) = unbounded_channel();
        let names = PerLane { wasm, javascript };
        let directory = state.directory.load_full();
        for (lane, name) in pending(&directory) {
            names.send(lane, name);
        }
        let sleepers = PerLane::new(|lane| ready(&directory, lane));
        let asleep = Arc::new(Asleep::new(sleepers.wasm.iter().chain(&sleepers.javascript).copied()));
        let workers = PerLane::new(|lane| Arc::new(Worker::new(state.clone(), lane, names.clone(), asleep.clone())));
        let tasks = [
            tokio::spawn(workers.wasm.clone().run(sleepers.wasm, wasm_waiting)),
            tokio::spawn(workers.javascript.clone().run(sleepers.javascript, javascript_waiting)),
        ];
        Self { state, names, asleep, workers, tasks }
    }

    /// Asks for a hook to be looked at.
    pub(crate) fn queue(&self, account: AccountId, hook: HookId) {
        let directory = self.state.directory.load();
        // A hook or account that is gone wants nothing.
        if let Ok(record) = directory.account(account).and_then(|account| account.hook(hook)) {
            self.names.send(Lane::of(record.record.spec.runtime), (account, hook));
        }
    }

    /// Hooks that served before the start and do not serve yet.
    pub(crate) fn waking(&self) -> usize {
        self.asleep.len()
    }

    /// Wakes a hook that is asleep before all others, and waits for that until the deadline. Whether it was asleep.
    pub(crate) async fn wake(&self, account: AccountId, hook: HookId, runtime: Runtime, deadline: Instant) -> bool {
        if !self.asleep.contains((account, hook)) {
            return false;
        }
        let worker = self.workers.get(Lane::of(runtime)).clone();
        // A task of its own, so that an event that cannot wait for the end does not break it off.
        let waking = tokio::spawn(async move { worker.wake_now((account, hook)).await });
        // Whoever's time is up finds the hook as it is.
        let _ = timeout_at(deadline, waking).await;
        true
    }

    /// Stops the workers. What they were preparing is prepared at the next start.
    pub(crate) fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for AdmissionQueue {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The hooks with a version that is to be prepared.
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
