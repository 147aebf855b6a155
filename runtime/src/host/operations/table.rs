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
    /// The bytes that tasks and answers carry.
    carried: usize,
    /// Where tasks say that they are done.
    ended: Option<(UnboundedSender<Ended>, UnboundedReceiver<Ended>)>,
    /// Those that are done and have not been reported.
    done: VecDeque<i32>,
    /// What those that are done have to say, until the guest asks.
    answers: HashMap<i32, Result<Vec<u8>, Error>>,
    opened: HashMap<i32, Opened>,
}

/// A task, which ends with the entry.
struct Running {
    task: AbortHandle,
    /// The most bytes that it holds: what it sends, or what it may receive.
    carries: usize,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
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

    /// The bytes that are on their way in or out, or wait to be asked for.
    pub(in crate::host) fn carried(&self) -> usize {
        self.carried
    }

    /// Begins an operation as a task of its own, which holds at most so many bytes. What is `opened` can be used while it runs.
    pub(in crate::host) fn run(
        &mut self,
        opened: Option<Opened>,
        carries: usize,
        work: impl Future<Output = Answer> + Send + 'static,
    ) -> i32 {
        let handle = self.handle();
        let (ended, _) = self.ended.get_or_insert_with(unbounded_channel);
        let ended = ended.clone();
        let task = tokio::spawn(async move {
            // An error means that nobody waits any more.
            let _ = ended.send((handle, work.await));
        });
        self.carried += carries;
        self.running.insert(handle, Running { task: task.abort_handle(), carries });
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
        self.carried += length(&answer);
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
        if self.leave(handle) {
            self.end(handle, answer);
        }
    }

    /// Ends a task. Returns whether there was one.
    fn leave(&mut self, handle: i32) -> bool {
        let left = self.running.remove(&handle);
        self.carried -= left.as_ref().map_or(0, |running| running.carries);
        left.is_some()
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
        let answer = self.answers.remove(&handle).unwrap_or_else(|| Ok(Vec::new()));
        self.carried -= length(&answer);
        answer
    }

    /// Forgets an operation, and closes what it has opened.
    pub(in crate::host) fn abort(&mut self, handle: i32) {
        self.leave(handle);
        self.opened.remove(&handle);
        // What it has to say is dropped.
        let _ = self.answer(handle);
        self.done.retain(|done| *done != handle);
        self.sleeping.retain(|(_, sleeping)| *sleeping != handle);
    }
}

fn length(answer: &Result<Vec<u8>, Error>) -> usize {
    answer.as_ref().map_or(0, Vec::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_carried_is_counted_until_it_is_taken_or_given_up() {
        let mut operations = Operations::default();
        let said = operations.run(None, 1000, async { Ok((vec![7; 10], None)) });
        let never = operations.run(None, 500, std::future::pending());
        assert_eq!(operations.carried(), 1500);
        operations.task_done().await;
        assert_eq!((operations.next_done(Instant::now()), operations.carried()), (Some(said), 510));
        assert_eq!(operations.answer(said).unwrap(), [7; 10]);
        assert_eq!((operations.answer(said).unwrap().len(), operations.carried()), (0, 500), "an answer is given once");
        operations.abort(never);
        assert_eq!((operations.carried(), operations.under_way()), (0, 0));
        let given_up = operations.run(None, 1000, async { Ok((vec![7; 10], None)) });
        operations.task_done().await;
        operations.abort(given_up);
        assert_eq!((operations.carried(), operations.next_done(Instant::now())), (0, None));
    }
}
