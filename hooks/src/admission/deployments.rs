//! Deployments: prepares the newest versions of hooks, each until it is decided. Trouble of the host's own leaves a version pending.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::lane::{Lane, Name};
use super::preparation::Preparations;
use super::tasks::Tasks;
use super::transitions::{Claim, Concluded, Prepared, Task, claim, conclude, tell_trouble};
use super::troubles::Troubles;
use super::turns::Urgency;
use crate::error::ServiceError;
use crate::state::Area;

/// The deployments of hooks.
pub(super) struct Deployments {
    preparations: Arc<Preparations>,
    tasks: Arc<Tasks>,
    pub(super) troubles: Troubles,
    /// Hooks that wait for a turn. Their newest version is looked up when they have it.
    queued: Mutex<BTreeSet<(Name, Lane)>>,
    /// Versions that are being prepared, or wait for another try.
    begun: Mutex<BTreeSet<(Name, u32)>>,
}

/// What comes after a try.
enum Next {
    Done,
    Again(Duration),
}

/// A version that is this task's until it is dropped.
struct Own {
    deployments: Arc<Deployments>,
    version: (Name, u32),
}

impl Deployments {
    pub(super) fn new(preparations: Arc<Preparations>, tasks: Arc<Tasks>) -> Self {
        Self { preparations, tasks, troubles: Troubles::default(), queued: Mutex::default(), begun: Mutex::default() }
    }

    fn queued(&self) -> MutexGuard<'_, BTreeSet<(Name, Lane)>> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begun(&self) -> MutexGuard<'_, BTreeSet<(Name, u32)>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a hook, unless it waits for a turn already.
    pub(super) fn queue(self: &Arc<Self>, name: Name, lane: Lane) {
        if self.queued().insert((name, lane)) {
            self.tasks.spawn(self.clone().deploy(name, lane));
        }
    }

    async fn deploy(self: Arc<Self>, name: Name, lane: Lane) {
        let mut own = None;
        while let Next::Again(wait) = self.attempt(name, lane, &mut own).await {
            tokio::time::sleep(wait).await;
        }
    }

    /// Prepares the newest version of a hook, if it is pending and no other task's.
    async fn attempt(self: &Arc<Self>, name: Name, lane: Lane, own: &mut Option<Own>) -> Next {
        let turn = self.preparations.turn(lane, Urgency::Deployment, name.0).await;
        self.queued().remove(&(name, lane));
        let claimed = self.preparations.state.write(Area::Account(name.0), move |_, change| Ok(claim(change, lane, name.0, name.1))).await;
        let task = match claimed {
            Ok(Claim::Task(task)) => task,
            Ok(Claim::Nothing) => return Next::Done,
            Ok(Claim::Elsewhere(lane)) => {
                self.queue(name, lane);
                return Next::Done;
            }
            Err(error) => {
                tracing::error!(account = %name.0, hook = %name.1, %error, "a deployment could not begin; it is tried again");
                return Next::Again(self.troubles.met(name, &error.to_string()));
            }
        };
        if own.as_ref().is_none_or(|own| own.version != (name, task.version)) {
            *own = self.own(name, task.version);
        }
        if own.is_none() {
            return Next::Done;
        }
        let (prepared, kept) = match self.preparations.shared(&task) {
            Some(shared) => (shared, None),
            None => match self.preparations.read(&task).await {
                Ok(read) => (self.preparations.prepare(&task, &read).await, Some(read.name)),
                Err(unreadable) => (unreadable, None),
            },
        };
        drop(turn);
        if let Prepared::Trouble(problem) = &prepared
            && task.is_wanted(&self.preparations.state.directory.load())
        {
            return self.later(task, problem.clone()).await;
        }
        let concluding = task.clone();
        let concluded = self
            .preparations
            .state
            .write(Area::Account(name.0), move |state, change| conclude(state, change, &concluding, prepared, kept))
            .await;
        match concluded {
            Ok(Concluded::Yes) => {
                self.troubles.over(name);
                Next::Done
            }
            Ok(Concluded::Outdated) => Next::Again(Duration::ZERO),
            Err(error) => self.not_stored(task, error).await,
        }
    }

    /// Makes a version this task's, unless it is another's.
    fn own(self: &Arc<Self>, name: Name, version: u32) -> Option<Own> {
        let version = (name, version);
        self.begun().insert(version).then(|| Own { deployments: self.clone(), version })
    }

    async fn not_stored(&self, task: Task, error: ServiceError) -> Next {
        match self.preparations.not_stored(&task, &error) {
            Prepared::Trouble(problem) => self.later(task, problem).await,
            Prepared::Ready(_) | Prepared::Refused(_) => Next::Done,
        }
    }

    /// Leaves a version pending, and tells why.
    async fn later(&self, task: Task, problem: String) -> Next {
        let wait = self.troubles.met(task.name(), &problem);
        let told = self
            .preparations
            .state
            .write(Area::Account(task.account), move |state, change| tell_trouble(state, change, &task, &problem))
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, "an author could not be told of the server's trouble");
        }
        Next::Again(wait)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.deployments.begun().remove(&self.version);
    }
}
