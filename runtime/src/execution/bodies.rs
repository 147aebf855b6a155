//! The bodies that `wasi:http` carries in one execution: how many bytes are still to be charged, and how many bodies are gathered at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What the tasks that carry bodies share. Nothing is allocated for it before the first request.
#[derive(Clone, Default)]
pub(crate) struct Bodies(Option<Arc<Shared>>);

struct Shared {
    /// Bytes that were carried and not charged.
    carried: AtomicUsize,
    /// A request's body is gathered before it is sent. A guest may begin many and finish none.
    turns: Arc<Semaphore>,
}

impl Bodies {
    /// The same bodies for a task of its own, of which so many are gathered at a time.
    pub(crate) fn begin(&mut self, at_a_time: u32) -> Self {
        let made = || {
            let turns = usize::try_from(at_a_time).unwrap_or(Semaphore::MAX_PERMITS).clamp(1, Semaphore::MAX_PERMITS);
            Arc::new(Shared { carried: AtomicUsize::new(0), turns: Arc::new(Semaphore::new(turns)) })
        };
        Self(Some(self.0.get_or_insert_with(made).clone()))
    }

    /// Waits until one more body may be gathered.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.0.as_ref()?.turns.clone().acquire_owned().await.ok()
    }

    /// Notes bytes that were carried.
    pub(crate) fn carry(&self, bytes: usize) {
        if let Some(shared) = &self.0 {
            shared.carried.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// The bytes that are to be charged now.
    pub(crate) fn take_carried(&self) -> usize {
        self.0.as_ref().map_or(0, |shared| shared.carried.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_tasks_carry_is_charged_once_and_only_so_many_gather_at_a_time() {
        let mut bodies = Bodies::default();
        assert_eq!(bodies.take_carried(), 0);
        let (one, other) = (bodies.begin(1), bodies.begin(1));
        one.carry(3);
        other.carry(4);
        assert_eq!((bodies.take_carried(), bodies.take_carried()), (7, 0));
        let turn = one.turn().await.unwrap();
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(20), other.turn()).await;
        assert!(waiting.is_err(), "two bodies were gathered at a time");
        drop(turn);
        assert!(other.turn().await.is_some());
    }
}
