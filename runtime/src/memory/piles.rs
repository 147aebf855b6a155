//! What is kept for the next execution, a pile for each thread: what a thread used last is still in its core's cache, and no other thread
//! waits for it.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Piles. Where there are more threads, some share one.
const PILES: usize = 32;

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static MINE: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed) % PILES);
}

/// The piles, and with each what belongs to it.
#[derive(Debug)]
pub(super) struct Piles<T>([Pile<T>; PILES]);

/// On cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Pile<T>(Mutex<T>);

impl<T> Pile<T> {
    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Default> Default for Piles<T> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Pile::default()))
    }
}

impl<T> Piles<T> {
    /// This thread's.
    pub(super) fn mine(&self) -> MutexGuard<'_, T> {
        self.0.get(MINE.get()).unwrap_or(&self.0[0]).lock()
    }

    /// All piles, beginning with this thread's.
    pub(super) fn all(&self) -> impl Iterator<Item = MutexGuard<'_, T>> {
        let (before, from) = self.0.split_at(MINE.get());
        from.iter().chain(before).map(Pile::lock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_finds_what_it_left_and_then_what_others_left() {
        let piles = Piles::<Vec<&str>>::default();
        std::thread::scope(|scope| {
            scope.spawn(|| piles.mine().push("theirs"));
        });
        piles.mine().push("mine");
        let found: Vec<&str> = piles.all().filter_map(|mut pile| pile.pop()).collect();
        assert_eq!(found, ["mine", "theirs"]);
        assert_eq!(piles.all().count(), PILES);
    }
}
