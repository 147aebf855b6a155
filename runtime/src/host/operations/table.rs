//! The table of an execution's operations.

use std::collections::{BTreeSet, HashMap, VecDeque};

use tokio::time::Instant;

use super::error::OperationError;

/// The most operations under way in one execution.
pub(in crate::host) const MAX_OPERATIONS: usize = 10_000;

/// What an operation that is done has to say.
pub(in crate::host) type Answer = Result<Vec<u8>, OperationError>;

/// The operations of one execution. With it they end, and what they have opened is closed.
#[derive(Default)]
pub(crate) struct Operations {
    next: i32,
    /// The sleeps, by the moment when they are over.
    sleeping: BTreeSet<(Instant, i32)>,
    /// Those that are done and have not been reported.
    done: VecDeque<i32>,
    /// What those that are done have to say, until the guest asks.
    answers: HashMap<i32, Answer>,
}

impl Operations {
    pub(in crate::host) fn under_way(&self) -> usize {
        self.sleeping.len() + self.answers.len()
    }

    fn handle(&mut self) -> i32 {
        let handle = self.next;
        self.next = self.next.wrapping_add(1) & i32::MAX;
        handle
    }

    /// An operation that is done already.
    pub(in crate::host) fn answered(&mut self, answer: Answer) -> i32 {
        let handle = self.handle();
        self.answers.insert(handle, answer);
        self.done.push_back(handle);
        handle
    }

    /// An operation that is done at this moment.
    pub(in crate::host) fn sleep(&mut self, due: Instant) -> i32 {
        let handle = self.handle();
        self.sleeping.insert((due, handle));
        handle
    }

    /// When the first sleep is over.
    pub(in crate::host) fn first_due(&self) -> Option<Instant> {
        self.sleeping.first().map(|(due, _)| *due)
    }

    /// Takes an operation that is done by `now`.
    pub(in crate::host) fn next_done(&mut self, now: Instant) -> Option<i32> {
        if let Some(handle) = self.done.pop_front() {
            return Some(handle);
        }
        let first = self.sleeping.first().filter(|(due, _)| *due <= now).copied()?;
        self.sleeping.remove(&first);
        Some(first.1)
    }

    /// Takes what an operation that is done has to say; a sleep says nothing.
    pub(in crate::host) fn answer(&mut self, handle: i32) -> Answer {
        self.answers.remove(&handle).unwrap_or_else(|| Ok(Vec::new()))
    }

    /// Forgets an operation, and closes what it has opened.
    pub(in crate::host) fn abort(&mut self, handle: i32) {
        self.answers.remove(&handle);
        self.done.retain(|done| *done != handle);
        self.sleeping.retain(|(_, sleeping)| *sleeping != handle);
    }
}
