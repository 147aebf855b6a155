//! The table of an execution's operations.

use std::collections::{BTreeSet, HashMap, VecDeque};

use hookbox_egress::Error;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::opened::Opened;

/// The most operations under way in one execution.
pub(in crate::host) const MAX_OPERATIONS: usize = 10_000;

/// What an operation that is done has to say, and what it has opened.
pub(in crate::host) type Answer = Result<(Vec<u8>, Option<Opened>), Error>;

/// An operation that is done, by its handle.
type Ended = (i32, Answer);

/// The operations of one execution. With it they end, and what they have opened is closed.
#[derive(Default)]
pub(crate) struct Operations {
    next: i32,
    /// The sleeps, by the moment when they are over.
    sleeping: BTreeSet<(Instant, i32)>,
    /// Those that run as tasks of their own.
    running: HashMap<i32, Running>,
    /// Where tasks say that they are done.
    ended: Option<(UnboundedSender<Ended>, UnboundedReceiver<Ended>)>,
    /// Those that are done and have not been reported.
    done: VecDeque<i32>,
    /// What those that are done have to say, until the guest asks.
    answers: HashMap<i32, Result<Vec<u8>, Error>>,
    opened: HashMap<i32, Opened>,
}

/// A task, which ends with the entry.
struct Running(AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Operations {
    pub(in crate::host) fn under_way(&self) -> usize {
        self.sleeping.len() + self.running.len() + self.answers.len()
    }

    fn handle(&mut self) -> i32 {
        let handle = self.next;
        self.next = self.next.wrapping_add(1) & i32::MAX;
        handle
    }

    /// An operation that failed before it began.
    pub(in crate::host) fn failed(&mut self, error: Error) -> i32 {
        let handle = self.handle();
        self.end(handle, Err(error));
        handle
    }

    /// An operation that is done at this moment.
    pub(in crate::host) fn sleep(&mut self, due: Instant) -> i32 {
        let handle = self.handle();
        self.sleeping.insert((due, handle));
        handle
    }

    /// Begins an operation as a task of its own. What is `opened` can be used while it runs.
    pub(in crate::host) fn run(&mut self, opened: Option<Opened>, work: impl Future<Output = Answer> + Send + 'static) -> i32 {
        let handle = self.handle();
        let (ended, _) = self.ended.get_or_insert_with(unbounded_channel);
        let ended = ended.clone();
        let task = tokio::spawn(async move {
            // An error means that nobody waits any more.
            let _ = ended.send((handle, work.await));
        });
        self.running.insert(handle, Running(task.abort_handle()));
        self.opened.extend(opened.map(|opened| (handle, opened)));
        handle
    }

    /// What an operation has opened.
    pub(in crate::host) fn opened(&self, handle: i32) -> Option<Opened> {
        self.opened.get(&handle).cloned()
    }

    fn end(&mut self, handle: i32, answer: Answer) {
        let answer = answer.map(|(bytes, opened)| {
            if let Some(opened) = opened {
                self.opened.entry(handle).or_default().and(opened);
            }
            bytes
        });
        self.answers.insert(handle, answer);
        self.done.push_back(handle);
    }

    /// When the first sleep is over.
    pub(in crate::host) fn first_due(&self) -> Option<Instant> {
        self.sleeping.first().map(|(due, _)| *due)
    }

    /// Takes an operation that is done by `now`.
    pub(in crate::host) fn next_done(&mut self, now: Instant) -> Option<i32> {
        while let Some((handle, answer)) = self.ended.as_mut().and_then(|(_, ended)| ended.try_recv().ok()) {
            self.ended_task(handle, answer);
        }
        if let Some(handle) = self.done.pop_front() {
            return Some(handle);
        }
        let first = self.sleeping.first().filter(|(due, _)| *due <= now).copied()?;
        self.sleeping.remove(&first);
        Some(first.1)
    }

    fn ended_task(&mut self, handle: i32, answer: Answer) {
        // One that was aborted may have been done before.
        if self.running.remove(&handle).is_some() {
            self.end(handle, answer);
        }
    }

    /// Waits until a task is done; for ever where none runs.
    pub(in crate::host) async fn task_done(&mut self) {
        if self.running.is_empty() {
            return std::future::pending().await;
        }
        let Some((_, ended)) = &mut self.ended else { return std::future::pending().await };
        if let Some((handle, answer)) = ended.recv().await {
            self.ended_task(handle, answer);
        }
    }

    /// Whether an operation was begun and has not been reported.
    pub(in crate::host) fn is_under_way(&self, handle: i32) -> bool {
        self.running.contains_key(&handle) || self.done.contains(&handle) || self.sleeping.iter().any(|(_, sleeping)| *sleeping == handle)
    }

    /// Takes an operation that is under way: a sleep at once, a task when it is done.
    pub(in crate::host) async fn finish(&mut self, handle: i32) {
        self.sleeping.retain(|(_, sleeping)| *sleeping != handle);
        while self.running.contains_key(&handle) {
            self.task_done().await;
        }
        self.done.retain(|done| *done != handle);
    }

    pub(in crate::host) fn has_tasks(&self) -> bool {
        !self.running.is_empty()
    }

    /// Takes what an operation that is done has to say; a sleep says nothing.
    pub(in crate::host) fn answer(&mut self, handle: i32) -> Result<Vec<u8>, Error> {
        self.answers.remove(&handle).unwrap_or_else(|| Ok(Vec::new()))
    }

    /// Forgets an operation, and closes what it has opened.
    pub(in crate::host) fn abort(&mut self, handle: i32) {
        self.running.remove(&handle);
        self.opened.remove(&handle);
        self.answers.remove(&handle);
        self.done.retain(|done| *done != handle);
        self.sleeping.retain(|(_, sleeping)| *sleeping != handle);
    }
}
