//! Loading: after a start, the hooks that were ready are prepared again, which is quick for what this machine has kept. They are loaded in
//! order; an event for an unloaded hook loads it at once. A hook stays unloaded, and ready, as long as the host is at fault.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout_at;

use super::lane::{Lane, Name};
use super::preparation::{Preparations, ReadFunction};
use super::tasks::Tasks;
use super::transitions::{Concluded, Prepared, Task, serve_loaded, tell_trouble};
use super::troubles::Troubles;
use super::turns::Urgency;
use super::unloaded::Unloaded;
use crate::state::Area;

/// JavaScript hooks that are loaded at the start begin to serve in batches, so that thousands of hooks need fewer changes. A hook waits at
/// most this long for others of its account.
const BATCH_WINDOW: Duration = Duration::from_millis(50);

/// The hooks that are to be loaded.
pub(super) struct Loading {
    preparations: Arc<Preparations>,
    tasks: Arc<Tasks>,
    troubles: Troubles,
    unloaded: Unloaded,
}

/// Hooks of one account that were prepared and do not serve yet, with the locks that keep others from loading them.
#[derive(Default)]
struct Batch(Vec<(Task, Prepared, OwnedMutexGuard<()>)>);

impl Loading {
    pub(super) fn new(preparations: Arc<Preparations>, tasks: Arc<Tasks>, names: impl Iterator<Item = Name>) -> Self {
        Self { preparations, tasks, troubles: Troubles::default(), unloaded: Unloaded::new(names) }
    }

    /// The number of hooks whose first load is not over.
    pub(super) fn count(&self) -> usize {
        self.unloaded.count(|name| !self.troubles.has(name))
    }

    /// The hooks that wait for the host, and the problem of one.
    pub(super) fn trouble(&self) -> Option<(usize, String)> {
        self.troubles.summary()
    }

    /// Loads the hooks of one language: first what was kept, then the others.
    pub(super) async fn load_all(self: Arc<Self>, lane: Lane, names: Vec<Name>) {
        // WebAssembly hooks serve at once, because later hooks with the same code share the function of the first.
        let window = if lane == Lane::JavaScript { BATCH_WINDOW } else { Duration::ZERO };
        let (mut batch, mut begun, mut others) = (Batch::default(), Instant::now(), Vec::new());
        for name in names {
            if batch.account().is_some_and(|account| account != name.0) || begun.elapsed() >= window {
                self.serve(std::mem::take(&mut batch)).await;
                begun = Instant::now();
            }
            match self.load_kept(name).await {
                Some(loaded) => batch.0.extend(loaded),
                None => others.push(name),
            }
        }
        self.serve(batch).await;
        for name in others {
            self.load(name, Urgency::WarmUp).await;
        }
    }

    /// Prepares a hook whose function was kept, and does not let it serve yet. `None` if it takes more than that.
    async fn load_kept(&self, name: Name) -> Option<Option<(Task, Prepared, OwnedMutexGuard<()>)>> {
        let Some(lock) = self.unloaded.lock_of(name) else { return Some(None) };
        // Somebody loads it already.
        let Ok(guard) = lock.try_lock_owned() else { return None };
        let Some(task) = self.task(name) else {
            // It is deleted, or a newer version serves.
            self.unloaded.remove(name);
            return Some(None);
        };
        let prepared = match self.preparations.shared(&task) {
            Some(shared) => shared,
            None => match self.preparations.read(&task).await {
                Ok(read) if read.is_kept => self.preparations.prepare(&task, &read).await,
                Ok(_) | Err(_) => return None,
            },
        };
        match prepared {
            Prepared::Trouble(_) => None,
            Prepared::Ready(_) | Prepared::Refused(_) => Some(Some((task, prepared, guard))),
        }
    }

    /// Puts prepared hooks of an account into service. A hook whose result is outdated or could not be stored is loaded on its own.
    async fn serve(self: &Arc<Self>, batch: Batch) {
        let Some(account) = batch.account() else { return };
        let (mut work, mut names) = (Vec::new(), Vec::new());
        for (task, prepared, guard) in batch.0 {
            names.push((task.name(), guard));
            work.push((task, prepared));
        }
        let serve = self.preparations.state.write(Area::Account(account), move |state, change| {
            let taken = work.into_iter().map(|(task, prepared)| serve_loaded(state, change, &task, prepared));
            Ok(taken.map(|taken| matches!(taken, Ok(Concluded::Yes))).collect::<Vec<bool>>())
        });
        let taken = serve.await.unwrap_or_default();
        for (index, (name, guard)) in names.into_iter().enumerate() {
            match taken.get(index) {
                Some(true) => self.unloaded.remove(name),
                _ => self.load_alone(name, Urgency::WarmUp, guard).await,
            }
        }
    }

    /// Loads a hook for an event, and waits for that until the deadline. Returns whether the hook was unloaded.
    pub(super) async fn load_for_event(self: &Arc<Self>, name: Name, deadline: tokio::time::Instant) -> bool {
        let Some(lock) = self.unloaded.lock_of(name) else { return false };
        // Events do not repeat what the host could not do a moment ago.
        if self.troubles.has(name) {
            return true;
        }
        let loading = self.clone();
        let load = async move {
            let guard = lock.lock_owned().await;
            // A task of its own, so that the deadline of one event does not cancel the load.
            let _ = tokio::spawn(async move { loading.load_alone(name, Urgency::Event, guard).await }).await;
        };
        // On timeout the caller proceeds with the hook's current state.
        let _ = timeout_at(deadline, load).await;
        true
    }

    async fn load(self: &Arc<Self>, name: Name, urgency: Urgency) {
        if let Some(lock) = self.unloaded.lock_of(name) {
            self.load_alone(name, urgency, lock.lock_owned().await).await;
        }
    }

    /// Loads a hook under its lock. If the host is at fault, it is tried again later.
    async fn load_alone(self: &Arc<Self>, name: Name, urgency: Urgency, _alone: OwnedMutexGuard<()>) {
        while self.unloaded.contains(name) {
            let Some(task) = self.task(name) else { break };
            let problem = match self.prepare(&task, urgency).await {
                Prepared::Trouble(problem) => problem,
                prepared => {
                    let taken = task.clone();
                    let serve = move |state: &_, change: &mut _| serve_loaded(state, change, &taken, prepared);
                    match self.preparations.state.write(Area::Account(name.0), serve).await {
                        Ok(Concluded::Yes) => break,
                        Ok(Concluded::Outdated) => continue,
                        Err(error) => match self.preparations.not_stored(&task, &error) {
                            Prepared::Trouble(problem) => problem,
                            Prepared::Ready(_) | Prepared::Refused(_) => break,
                        },
                    }
                }
            };
            return self.load_later(task, problem).await;
        }
        self.troubles.over(name);
        self.unloaded.remove(name);
    }

    async fn prepare(&self, task: &Task, urgency: Urgency) -> Prepared {
        if let Some(shared) = self.preparations.shared(task) {
            return shared;
        }
        match self.preparations.read(task).await {
            Ok(read) => self.prepare_read(task, urgency, &read).await,
            Err(unreadable) => unreadable,
        }
    }

    /// What is kept needs no turn: loading it is no work that others would have to wait for.
    async fn prepare_read(&self, task: &Task, urgency: Urgency, read: &ReadFunction) -> Prepared {
        if read.is_kept {
            return self.preparations.prepare(task, read).await;
        }
        let _turn = self.preparations.turn(Lane::of(task.build.runtime), urgency, task.account).await;
        match self.preparations.shared(task) {
            Some(shared) => shared,
            None => self.preparations.prepare(task, read).await,
        }
    }

    /// Leaves a hook unloaded and tells why. The first trouble with a hook begins a task that loads it as soon as that is possible.
    async fn load_later(self: &Arc<Self>, task: Task, problem: String) {
        let name = task.name();
        let is_first = !self.troubles.has(name);
        self.troubles.met(name, &problem);
        let tell = move |state: &_, change: &mut _| tell_trouble(state, change, &task, &problem);
        if let Err(error) = self.preparations.state.write(Area::Account(name.0), tell).await {
            tracing::warn!(%error, "an author could not be told of the server's trouble");
        }
        if is_first {
            self.tasks.spawn(self.clone().load_in_time(name));
        }
    }

    fn load_in_time(self: Arc<Self>, name: Name) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            while let Some(wait) = self.troubles.wait(name) {
                tokio::time::sleep(wait).await;
                self.load(name, Urgency::WarmUp).await;
            }
        })
    }

    /// The work for a hook that served before the start; none if it serves again.
    fn task(&self, (account, hook): Name) -> Option<Task> {
        let directory = self.preparations.state.directory.load();
        let account = directory.account(account).ok()?;
        let hook = account.hook(hook).ok().filter(|hook| hook.serving.is_none())?;
        hook.record.ready.as_ref().map(|ready| Task::new(account, &hook.record, ready.version, &ready.spec))
    }
}

impl Batch {
    fn account(&self) -> Option<crate::ids::AccountId> {
        self.0.first().map(|(task, ..)| task.account)
    }
}
