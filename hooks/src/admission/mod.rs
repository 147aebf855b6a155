//! Admission: prepares uploaded functions off the request path, and records the result.
//!
//! The queues hold names only. The work for a hook is in its record, so an update that overtakes another is prepared once, and a restart
//! needs no stored queue: pending records are found in the store.
//!
//! A function is refused only for its own faults. As long as the host is at fault, a new version stays pending, a hook that was ready stays
//! ready, and both are tried again.

mod deployments;
mod lane;
mod loading;
mod preparation;
mod tasks;
mod transitions;
mod troubles;
mod turns;
mod unloaded;

use std::sync::Arc;

use tokio::time::Instant;

use self::deployments::Deployments;
use self::lane::{Lane, Name};
use self::loading::Loading;
use self::preparation::Preparations;
use self::tasks::Tasks;
use self::turns::{Turn, Urgency};
use crate::directory::{Account, Directory};
use crate::ids::{AccountId, HookId};
use crate::resources::Runtime;
use crate::state::State;

/// The work of admission, which stops when this is dropped.
pub(crate) struct AdmissionQueue {
    preparations: Arc<Preparations>,
    deployments: Arc<Deployments>,
    loading: Arc<Loading>,
    tasks: Arc<Tasks>,
}

impl AdmissionQueue {
    /// Begins to load the hooks that were ready before, and to prepare those that were pending. In each language, `places` functions are
    /// prepared at a time.
    pub(crate) fn start(state: Arc<State>, places: usize) -> Self {
        let directory = state.directory.load_full();
        let ready = Lane::ALL.map(|lane| (lane, ready(&directory, lane)));
        let names: Vec<Name> = ready.iter().flat_map(|(_, names)| names).copied().collect();
        let (preparations, tasks) = (Arc::new(Preparations::new(state, places)), Arc::new(Tasks::new()));
        let deployments = Arc::new(Deployments::new(preparations.clone(), tasks.clone()));
        let loading = Arc::new(Loading::new(preparations.clone(), tasks.clone(), names.into_iter()));
        pending(&directory).for_each(|(lane, name)| deployments.queue(name, lane));
        ready.into_iter().for_each(|(lane, names)| tasks.spawn(loading.clone().load_all(lane, names)));
        Self { preparations, deployments, loading, tasks }
    }

    /// Queues a hook for preparation.
    pub(crate) fn queue(&self, account: AccountId, hook: HookId) {
        let directory = self.preparations.state.directory.load();
        // A deleted hook or account needs no work.
        if let Ok(record) = directory.account(account).and_then(|account| account.hook(hook)) {
            self.deployments.queue((account, hook), Lane::of(record.record.spec.runtime));
        }
    }

    /// The number of hooks that served before the start and whose first load is not over.
    pub(crate) fn unloaded_count(&self) -> usize {
        self.loading.count()
    }

    /// What keeps the server from preparing functions for now, a sentence each.
    pub(crate) fn troubles(&self) -> Vec<String> {
        let said = |(what, found): (&str, Option<(usize, String)>)| {
            found.map(|(hooks, problem)| format!("{what} {hooks} hooks has trouble and is tried again: {problem}"))
        };
        let found = [("preparing new versions of", self.deployments.troubles.summary()), ("loading", self.loading.trouble())];
        found.into_iter().filter_map(said).collect()
    }

    /// Loads an unloaded hook ahead of all others, and waits for that until the deadline. Returns whether the hook was unloaded.
    pub(crate) async fn load(&self, account: AccountId, hook: HookId, deadline: Instant) -> bool {
        self.loading.load_for_event((account, hook), deadline).await
    }

    /// Waits for the turn of an account's function of this runtime, which somebody else prepares.
    pub(crate) async fn turn(&self, account: AccountId, runtime: Runtime) -> Turn {
        self.preparations.turn(Lane::of(runtime), Urgency::Deployment, account).await
    }

    /// Stops the work. The next start repeats the preparations in progress.
    pub(crate) fn stop(&self) {
        self.tasks.stop();
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
