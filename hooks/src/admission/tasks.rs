//! The tasks of admission, which end when it stops.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

/// The tasks that run. Those that have ended are forgotten with the next one that begins.
#[derive(Debug)]
pub(super) struct Tasks(Mutex<Option<JoinSet<()>>>);

impl Tasks {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Some(JoinSet::new())))
    }

    /// Runs a task, unless all are stopped.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }

    /// Ends all tasks, and begins no more.
    pub(super) fn stop(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
