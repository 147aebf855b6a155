//! The steps that are being run, which the scheduler keeps under its lock: which take too long, for their thread or for their deadline. What is
//! done about it is up to the watch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::reply::Cancel;

/// A thread of the server whose step takes longer is away: another one looks at the sockets. It is what a guest may compute at a time.
const AWAY: Duration = Duration::from_micros(500);
/// A step that takes longer loses its thread. A guest gives its thread back after half a millisecond.
const LONG_STEP: Duration = Duration::from_millis(2);
/// How long after the deadline the answer of a step is waited for: a guest that notices itself answers with its log lines.
const GRACE: Duration = Duration::from_millis(4);
/// The same for a step that began after the deadline, in which nothing of the guest runs.
const LAST_GRACE: Duration = Duration::from_millis(50);

/// A step that is being run.
pub(super) struct Step {
    pub(super) since: Instant,
    pub(super) deadline: Instant,
    pub(super) cancel: Arc<dyn Cancel>,
    /// It is run by a thread of the server.
    pub(super) helps: bool,
    /// Another thread has taken this one's part.
    pub(super) replaced: bool,
}

/// What a thread does.
enum Thread {
    Ended,
    Looking,
    Running(Step),
}

/// The threads, by an index that each has while it works here.
#[derive(Default)]
pub(super) struct Steps(Vec<Thread>);

impl Steps {
    /// The index of a thread that begins to work here.
    pub(super) fn join(&mut self) -> usize {
        let free = self.0.iter().position(|thread| matches!(thread, Thread::Ended));
        let index = free.unwrap_or(self.0.len());
        if free.is_none() {
            self.0.push(Thread::Ended);
        }
        self.set(index, Thread::Looking);
        index
    }

    /// A thread has ended, or goes back to its other work.
    pub(super) fn leave(&mut self, index: usize) {
        self.set(index, Thread::Ended);
    }

    pub(super) fn begin(&mut self, index: usize, step: Step) {
        self.set(index, Thread::Running(step));
    }

    /// Ends a step. Returns whether another thread has taken this one's part.
    pub(super) fn end(&mut self, index: usize) -> bool {
        matches!(self.set(index, Thread::Looking), Thread::Running(Step { replaced: true, .. }))
    }

    fn set(&mut self, index: usize, thread: Thread) -> Thread {
        match self.0.get_mut(index) {
            Some(slot) => std::mem::replace(slot, thread),
            None => Thread::Ended,
        }
    }

    fn running(&mut self) -> impl Iterator<Item = (usize, &mut Step)> {
        self.0.iter_mut().enumerate().filter_map(|(index, thread)| match thread {
            Thread::Running(step) => Some((index, step)),
            Thread::Ended | Thread::Looking => None,
        })
    }

    /// Those whose step goes on after the deadline.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<Arc<dyn Cancel>> {
        let is_over = |step: &Step| match step.since < step.deadline {
            true => now > step.deadline + GRACE,
            false => now > step.since + LAST_GRACE,
        };
        self.running().filter(|(_, step)| is_over(step)).map(|(_, step)| step.cancel.clone()).collect()
    }

    /// Whether a thread of the server is away.
    pub(super) fn any_away(&mut self, now: Instant) -> bool {
        self.running().any(|(_, step)| step.helps && now.duration_since(step.since) > AWAY)
    }

    /// Marks the threads that are in a long step as replaced. Returns each with its index if it needs a new thread in its stead.
    pub(super) fn replace_long(&mut self, now: Instant) -> Vec<Option<usize>> {
        let long = self.running().filter(|(_, step)| !step.replaced && now.duration_since(step.since) > LONG_STEP);
        long.map(|(index, step)| {
            step.replaced = true;
            (!step.helps).then_some(index)
        })
        .collect()
    }

    /// A thread could not be replaced.
    pub(super) fn keep(&mut self, index: usize) {
        if let Some(Thread::Running(step)) = self.0.get_mut(index) {
            step.replaced = false;
        }
    }
}
