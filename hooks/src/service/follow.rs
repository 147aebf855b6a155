//! Follows a hook's log: the existing executions, then those that end, each exactly once.
//!
//! The writer announces every batch that it has committed. A follower subscribes before it reads the existing entries, so that none lies
//! between the two; entries in both are recognised by their ids. A follower that is too slow for the announcements reads the log again.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::executions::view;
use super::{ExecutionFilter, Service};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::logs::{Committed, LogEntry, LogFilter, LogReader, micros};
use crate::resources::ExecutionView;
use crate::state::blocking;

/// An entry is committed soon after its moment. A follower that catches up ignores entries that were committed later than this, in
/// microseconds.
const MARGIN_US: u64 = 60_000_000;
/// The most ids that are remembered, which limits the memory for a busy hook.
const MAX_SEEN_IDS: usize = 100_000;
/// The most entries that a follower may miss. One that misses more is too slow for this log.
const MAX_MISSED_ENTRIES: usize = 10_000;
const PAGE_ENTRIES: usize = 500;

/// A hook's log as it grows.
pub(crate) struct Follow {
    source: Source,
    committed: Receiver<Committed>,
    seen: Seen,
    /// Existing entries that were not returned yet.
    backlog: VecDeque<LogEntry>,
    /// Whether announced batches were missed.
    behind: bool,
}

/// Which entries are read, and from where.
#[derive(Clone)]
struct Source {
    reader: LogReader,
    clock: Arc<dyn Clock>,
    account: AccountId,
    hook: HookId,
    filter: LogFilter,
}

impl Service {
    /// Follows a hook's log, beginning with the last `limit` executions that ended in the time `since`.
    pub(crate) async fn follow(
        &self,
        account: AccountId,
        id: &str,
        filter: ExecutionFilter,
        since: Option<Duration>,
        limit: u32,
    ) -> Result<Follow, ServiceError> {
        let hook = self.hook(account, id)?.record.id;
        let ExecutionFilter { request_id, correlation_id, outcome } = filter;
        let filter = LogFilter { request_id, correlation_id, outcome };
        let source = Source { reader: self.reader.clone(), clock: self.state.clock.clone(), account, hook, filter };
        // The order matters: subscribe, commit everything that ended, read.
        let committed = self.log.committed();
        self.log.flush().await;
        let since = since.and_then(|since| self.state.clock.now().checked_sub(since)).map_or(0, micros);
        let reading = source.clone();
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let backlog = blocking(move || reading.since(since, most)).await?;
        let mut follow = Follow { source, committed, seen: Seen::default(), backlog: VecDeque::new(), behind: false };
        follow.backlog = follow.fresh(backlog).into();
        Ok(follow)
    }
}

impl Follow {
    /// Waits for the next executions, oldest first; `None` at the end of the log. Dropping the future while it waits loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<ExecutionView>>, ServiceError> {
        loop {
            if !self.backlog.is_empty() {
                let hook = self.source.hook;
                return Ok(Some(self.backlog.drain(..).map(|entry| view(entry, hook)).collect()));
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            match self.committed.recv().await {
                Ok(batch) => {
                    let matching = batch.iter().filter(|entry| self.source.takes(entry)).cloned().collect();
                    self.backlog = self.fresh(matching).into();
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), ServiceError> {
        let (reading, from) = (self.source.clone(), self.seen.newest().saturating_sub(MARGIN_US));
        let found = blocking(move || reading.since(from, MAX_MISSED_ENTRIES + 1)).await?;
        if found.len() > MAX_MISSED_ENTRIES {
            return Err(ServiceError::Unavailable("The log grows faster than it is read".into()));
        }
        self.backlog = self.fresh(found).into();
        self.behind = false;
        Ok(())
    }

    /// The entries that were not returned yet.
    fn fresh(&mut self, entries: Vec<LogEntry>) -> Vec<LogEntry> {
        entries.into_iter().filter(|entry| self.seen.insert(entry.created_at, &entry.id)).collect()
    }
}

impl Source {
    fn takes(&self, entry: &LogEntry) -> bool {
        entry.account == self.account.get() && entry.hook_id == self.hook.to_string() && self.filter.takes(entry)
    }

    /// The newest entries from this moment on, at most `most`, oldest first. Blocks.
    fn since(&self, from: u64, most: usize) -> Result<Vec<LogEntry>, ServiceError> {
        let hook = self.hook.to_string();
        let log = self.reader.hook(self.account.get(), &hook, self.clock.now());
        let (mut found, mut after) = (Vec::new(), None);
        while found.len() < most {
            let page = log.page(&self.filter, after.as_ref(), 0, PAGE_ENTRIES.min(most - found.len()))?;
            let read = page.entries.len();
            found.extend(page.entries.into_iter().take_while(|entry| entry.created_at >= from));
            match page.next {
                Some(next) if read > 0 && found.last().is_some_and(|entry| entry.cursor() == next) => after = Some(next),
                _ => break,
            }
        }
        found.reverse();
        Ok(found)
    }
}

/// The ids of the last minute's entries.
#[derive(Default)]
struct Seen(BTreeSet<(u64, String)>);

impl Seen {
    /// Whether the entry is new.
    fn insert(&mut self, created_at: u64, id: &str) -> bool {
        let is_new = self.0.insert((created_at, id.to_owned()));
        let oldest = self.newest().saturating_sub(MARGIN_US);
        while self.0.first().is_some_and(|(moment, _)| *moment < oldest) || self.0.len() > MAX_SEEN_IDS {
            self.0.pop_first();
        }
        is_new
    }

    fn newest(&self) -> u64 {
        self.0.last().map_or(0, |(moment, _)| *moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_new_once_and_old_ones_are_forgotten() {
        let mut seen = Seen::default();
        assert!(seen.insert(5, "a") && seen.insert(5, "b") && !seen.insert(5, "a"));
        assert!(seen.insert(5 + 2 * MARGIN_US, "c"));
        assert_eq!(seen.0.len(), 1);
    }
}
