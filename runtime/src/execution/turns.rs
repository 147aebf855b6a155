//! In which order the operations of an execution ended, so that it can be repeated: with everything else the same, that is all that is left to
//! chance.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// An operation that was done when the guest asked: its handle, and the moment, in nanoseconds of the held clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn(pub i32, pub u64);

impl Turn {
    /// The time of the execution was over while it waited, at this moment.
    pub fn timeout(nanos: u64) -> Self {
        Self(TIMEOUT, nanos)
    }

    pub(super) fn is_timeout(self) -> bool {
        self.0 == TIMEOUT
    }
}

/// In the place of a handle.
const TIMEOUT: i32 = -1;

/// The turns of an execution, as it takes them. Its clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<Vec<Turn>>>);

impl Turns {
    /// The turns up to now.
    pub fn taken(&self) -> Vec<Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn push(&self, turn: Turn) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(turn);
    }
}

/// How an execution whose clock is held waits.
#[derive(Clone, Debug, Default)]
pub enum Order {
    /// Waits for timers pass at once, and the clock stands still while something outside is waited for.
    #[default]
    Free,
    /// All waits take their time, by the held clock as well, and the turns are kept.
    Kept(Turns),
    /// The turns are those of an execution that was kept, at its moments; from the first one on that is not possible, as with [`Order::Free`].
    Given(Arc<[Turn]>),
}
