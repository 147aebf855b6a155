//! The task beside the requests that looks after the log: it makes the index of a store that was written without one, and deletes what is
//! too old, at once and every hour.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};

use super::Retention;
use super::believed_time::BelievedTime;
use super::index::Chunks;
use crate::clock::Clock;
use crate::store::{Store, StoreError, is_indexed};

/// The interval between deletions. Readers hide an entry as soon as it is too old.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// The pause between two commits to the index, which leaves the disk to others.
const INDEX_PAUSE: Duration = Duration::from_millis(10);

/// Whether every entry can be found by the index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexed(Arc<AtomicBool>);

impl Indexed {
    /// As the store has it.
    pub(crate) fn of(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(is_indexed(store)?.into())))
    }

    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Starts the task, which runs until it is aborted.
pub(crate) fn start_upkeep(store: Arc<dyn Store>, retention: Retention, indexed: Indexed, clock: Arc<dyn Clock>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(SWEEP_EVERY);
        let mut time = BelievedTime::new(clock.now());
        loop {
            ticks.tick().await;
            let (swept, now) = (store.clone(), time.at(clock.now()));
            match spawn_blocking(move || retention.sweep(&*swept, now)).await {
                Ok(Ok(deleted)) => tracing::debug!(deleted, "old log entries were deleted"),
                Ok(Err(error)) => tracing::error!(%error, "old log entries could not be deleted"),
                Err(error) => tracing::error!(%error, "the deletion of old log entries broke off"),
            }
            // After a failure the next hour tries again. Meanwhile readers walk the log.
            if !indexed.get() && make_index(&store).await {
                indexed.0.store(true, Ordering::Release);
            }
        }
    })
}

async fn make_index(store: &Arc<dyn Store>) -> bool {
    tracing::info!("the index of the log is being made");
    let mut chunks = Chunks::new();
    loop {
        let store = store.clone();
        let step = spawn_blocking(move || chunks.add_next(&*store).map(|more| more.then_some(chunks))).await;
        match step {
            Ok(Ok(Some(rest))) => chunks = rest,
            Ok(Ok(None)) => break,
            Ok(Err(error)) => {
                tracing::error!(%error, "the index of the log could not be made");
                return false;
            }
            Err(error) => {
                tracing::error!(%error, "the making of the log's index broke off");
                return false;
            }
        }
        tokio::time::sleep(INDEX_PAUSE).await;
    }
    tracing::info!("the index of the log is complete");
    true
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::entry;
    use super::super::index::check_index;
    use super::super::micros;
    use super::*;
    use crate::store::{Batch, Engine, open, set_unindexed};
    use crate::testing::FakeClock;

    #[tokio::test]
    async fn it_sweeps_and_indexes_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (store, clock) = (open(folder.path(), Engine::Redb).unwrap(), Arc::new(FakeClock::new()));
        let (old, young) = (entry(1, "hook", 5), entry(2, "hook", micros(clock.now())));
        let mut batch = Batch::new();
        batch.put(old.key(), old.value().unwrap()).put(young.key(), young.value().unwrap());
        store.commit(batch).unwrap();
        set_unindexed(&*store);
        let indexed = Indexed::of(&*store).unwrap();
        assert!(!indexed.get());
        let task = start_upkeep(store.clone(), Retention::new(Duration::from_secs(60)), indexed.clone(), clock);
        for _ in 0..1000 {
            if indexed.get() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        task.abort();
        assert!(indexed.get() && is_indexed(&*store).unwrap());
        check_index(&*store, |entry| panic!("{} is missing", entry.id)).unwrap();
        let there = |one: &super::super::LogEntry| store.get(one.key().as_bytes()).unwrap().is_some();
        assert_eq!((there(&old), there(&young)), (false, true));
    }
}
