//! The task beside the requests that looks after the log: it makes the index of a store that was written without one, deletes what is too old,
//! and merges the index, at once and every hour, and where it has grown.
//!
//! It reads on threads that stand back. Its commits do not, because others wait for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio::time::Interval;

use super::believed_time::BelievedTime;
use super::entry::day;
use super::index::{Growth, Making, Merging, Sizes};
use super::{Retention, micros};
use crate::background::{NotDone, standing_back};
use crate::clock::Clock;
use crate::store::{Batch, Store, StoreError, forget_former_index, is_indexed, set_indexed};

/// The interval between deletions. Readers hide an entry as soon as it is too old.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// The pause between two commits to the index, which leaves the disk to others.
const INDEX_PAUSE: Duration = Duration::from_millis(10);

/// Whether every entry can be found by the index, and how much that has grown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexed(Arc<State>);

#[derive(Debug, Default)]
struct State {
    complete: AtomicBool,
    growth: Growth,
}

impl Indexed {
    /// As the store has it. A former index is none.
    pub(crate) fn of(store: &dyn Store) -> Result<Self, StoreError> {
        forget_former_index(store)?;
        Ok(Self(Arc::new(State { complete: is_indexed(store)?.into(), growth: Growth::default() })))
    }

    pub(super) fn get(&self) -> bool {
        self.0.complete.load(Ordering::Acquire)
    }

    pub(super) fn growth(&self) -> &Growth {
        &self.0.growth
    }
}

/// Starts the task, which runs until it is aborted.
pub(crate) fn start_upkeep(store: Arc<dyn Store>, retention: Retention, indexed: Indexed, clock: Arc<dyn Clock>) -> JoinHandle<()> {
    let time = BelievedTime::new(clock.now());
    let upkeep = Upkeep { store, retention, indexed, clock, time };
    tokio::spawn(upkeep.run(tokio::time::interval(SWEEP_EVERY)))
}

struct Upkeep {
    store: Arc<dyn Store>,
    retention: Retention,
    indexed: Indexed,
    clock: Arc<dyn Clock>,
    time: BelievedTime,
}

/// Why the index was not made or merged.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NotDone(#[from] NotDone),
    #[error(transparent)]
    Broken(#[from] JoinError),
}

impl Upkeep {
    async fn run(mut self, mut ticks: Interval) {
        loop {
            tokio::select! {
                _ = ticks.tick() => self.everything().await,
                () = self.indexed.growth().grown() => self.grown().await,
            }
        }
    }

    async fn everything(&mut self) {
        let (store, retention, now) = (self.store.clone(), self.retention, self.time.at(self.clock.now()));
        match spawn_blocking(move || retention.sweep(&*store, now)).await {
            Ok(Ok(deleted)) => tracing::debug!(deleted, "old log entries were deleted"),
            Ok(Err(error)) => tracing::error!(%error, "old log entries could not be deleted"),
            Err(error) => tracing::error!(%error, "the deletion of old log entries broke off"),
        }
        // After a failure the next hour tries again. Meanwhile readers walk the log.
        if !self.indexed.get() {
            match self.make_index().await {
                Ok(()) => tracing::info!("the index of the log is complete"),
                Err(error) => return tracing::error!(%error, "the index of the log could not be made"),
            }
        }
        self.indexed.growth().clear();
        self.merge(Merging::of_all(Sizes::USUAL, today(now))).await;
    }

    async fn make_index(&self) -> Result<(), Failed> {
        tracing::info!("the index of the log is being made");
        self.commit_each(Making::new(), Making::next).await?;
        let store = self.store.clone();
        spawn_blocking(move || set_indexed(&*store)).await??;
        self.indexed.0.complete.store(true, Ordering::Release);
        Ok(())
    }

    /// Merges the days that have grown. Those of an index that is being made are merged when it has been.
    async fn grown(&self) {
        for (account, day) in self.indexed.growth().take() {
            if self.indexed.get() {
                self.merge(Merging::of_day(Sizes::USUAL, account, day)).await;
            }
        }
    }

    async fn merge(&self, merging: Merging) {
        match self.commit_each(merging, Merging::next).await {
            Ok(merging) if merging.damaged.is_empty() => {}
            Ok(merging) => tracing::error!(days = merging.damaged.len(), "damaged days of the log's index were not merged"),
            Err(error) => tracing::error!(%error, "the index of the log could not be merged"),
        }
    }

    /// Commits one batch after another, until there are no more.
    async fn commit_each<S: Send + 'static>(
        &self,
        mut steps: S,
        next: fn(&mut S, &dyn Store) -> Result<Option<Batch>, StoreError>,
    ) -> Result<S, Failed> {
        loop {
            let store = self.store.clone();
            let prepare = move || next(&mut steps, &*store).map(|batch| (steps, batch));
            let (rest, batch) = standing_back("log-index", prepare).await??;
            steps = rest;
            let Some(batch) = batch else { return Ok(steps) };
            if !batch.is_empty() {
                let store = self.store.clone();
                spawn_blocking(move || store.commit(batch)).await??;
                tokio::time::sleep(INDEX_PAUSE).await;
            }
        }
    }
}

fn today(now: SystemTime) -> u32 {
    day(micros(now))
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::super::entry::tests::entry;
    use super::super::index::{add, check_index};
    use super::*;
    use crate::store::{Batch, Engine, Key, Kind, Order, open, set_former};
    use crate::testing::FakeClock;

    #[tokio::test]
    async fn it_sweeps_and_indexes_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (store, clock) = (open(folder.path(), Engine::Redb).unwrap(), Arc::new(FakeClock::new()));
        let (old, young) = (entry(1, "hook", 5), entry(2, "hook", micros(clock.now())));
        let mut batch = Batch::new();
        batch.put(old.key(), old.value().unwrap()).put(young.key(), young.value().unwrap());
        store.commit(batch).unwrap();
        set_former(&*store, true);
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
        check_index(&*store, |_, id| panic!("{id} is missing")).unwrap();
        let there = |one: &super::super::LogEntry| store.get(one.key().as_bytes()).unwrap().is_some();
        assert_eq!((there(&old), there(&young)), (false, true));
    }

    #[tokio::test]
    async fn it_merges_a_day_that_has_grown() {
        let folder = tempfile::tempdir().unwrap();
        let (store, clock) = (open(folder.path(), Engine::Redb).unwrap(), Arc::new(FakeClock::new()));
        let indexed = Indexed::of(&*store).unwrap();
        let task = start_upkeep(store.clone(), Retention::new(Duration::from_secs(60)), indexed.clone(), clock.clone());
        // Until it has gone through all days, in which there is nothing yet.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let rows = || {
            let (mut rows, range) = (0, Key::new(1, Kind::LogIndex).range());
            let count = &mut |_: &[u8], _: &[u8]| {
                rows += 1;
                ControlFlow::Continue(())
            };
            store.scan(range, Order::Ascending, count).unwrap();
            rows
        };
        let (mut batch, mut added) = (Batch::new(), Vec::new());
        for number in 0..=Sizes::USUAL.rows as u64 {
            let entry = entry(number, "hook", micros(clock.now()) + number);
            batch.put(entry.key(), entry.value().unwrap());
            added.extend(add(&mut batch, &[entry]));
        }
        store.commit(batch).unwrap();
        assert_eq!(rows(), Sizes::USUAL.rows + 1);
        indexed.growth().count(&added);
        for _ in 0..1000 {
            if rows() < 100 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        task.abort();
        assert!(rows() < 100);
        check_index(&*store, |_, id| panic!("{id} is missing")).unwrap();
    }
}
