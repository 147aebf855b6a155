//! A pool with a shard for each thread. What a thread used last is still in its core's cache, and other threads seldom wait for its lock.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many shards there are. Where there are more threads, some threads share a shard.
const SHARDS: usize = 32;

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static LOCAL: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS);
}

/// A value for each shard, behind a lock of its own.
#[derive(Debug)]
pub(super) struct Sharded<T>([Shard<T>; SHARDS]);

/// One shard, aligned so that no two share a cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard<T>(Mutex<T>);

impl<T> Shard<T> {
    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Default> Default for Sharded<T> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Shard::default()))
    }
}

impl<T> Sharded<T> {
    /// Locks this thread's shard.
    pub(super) fn local(&self) -> MutexGuard<'_, T> {
        self.0.get(LOCAL.get()).unwrap_or(&self.0[0]).lock()
    }

    /// Locks each shard in turn, beginning with this thread's.
    pub(super) fn iter_from_local(&self) -> impl Iterator<Item = MutexGuard<'_, T>> {
        let (before, from) = self.0.split_at(LOCAL.get());
        from.iter().chain(before).map(Shard::lock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_finds_what_it_left_and_then_what_others_left() {
        let shards = Sharded::<Vec<&str>>::default();
        std::thread::scope(|scope| {
            scope.spawn(|| shards.local().push("theirs"));
        });
        shards.local().push("mine");
        let found: Vec<&str> = shards.iter_from_local().filter_map(|mut shard| shard.pop()).collect();
        assert_eq!(found, ["mine", "theirs"]);
        assert_eq!(shards.iter_from_local().count(), SHARDS);
    }
}
