//! Follows a hook's log: the existing executions, then those that end, each exactly once.
//!
//! A follower begins to listen before the existing entries are looked for, so that none lies between the two; entries in both are recognised by
//! their ids. Of what exists only the positions are kept, and the entries are read when they are to be sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hookbox_runtime::Taken;

use super::executions::line;
use super::reads::Reads;
use super::{ExecutionFilter, Service};
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::ids::AccountId;
use crate::limits::ReadLimits;
use crate::logs::{Follower, LogCursor, LogFilter, LogReader, Took, micros};

/// The size from which a chunk takes no more lines, in bytes.
const CHUNK_BYTES: usize = 64 << 10;

/// A hook's log as it grows.
pub(crate) struct Follow {
    source: Source,
    follower: Follower,
    /// Existing entries that were not returned yet, oldest first.
    backlog: VecDeque<LogCursor>,
    /// Counts in the bound of streams.
    _stream: Taken<AccountId>,
}

/// Where entries are read.
#[derive(Clone)]
struct Source {
    reads: Arc<Reads>,
    reader: LogReader,
    clock: Arc<dyn Clock>,
    account: AccountId,
    hook: Arc<str>,
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
        let hook: Arc<str> = self.hook(account, id)?.record.id.to_string().into();
        let stream = self.reads.stream(account)?;
        let (filter, clock) = (LogFilter::from(filter), self.state.clock.clone());
        let source = Source { reads: self.reads.clone(), reader: self.reader.clone(), clock, account, hook: hook.clone() };
        let place = self.reads.place_of_stream(account);
        // The order matters: listen, wait for the commit of everything that ended, read.
        let mut follower = self.tail.follow(account.get(), hook.to_string(), filter.clone());
        self.log.caught_up().await;
        let since = since.and_then(|since| self.state.clock.now().checked_sub(since)).map_or(0, micros);
        let (reading, most) = (source.clone(), usize::try_from(limit).unwrap_or(usize::MAX));
        let positions = self.reads.run(place, move |given_up| {
            let log = reading.reader.hook(reading.account.get(), &reading.hook, reading.clock.now(), given_up);
            Ok(log.positions(&filter, since, most)?)
        });
        let positions = positions.await?;
        follower.know(&positions);
        Ok(Follow { source, follower, backlog: positions.into_iter().rev().collect(), _stream: stream })
    }

    /// The bounds of what is sent to those who follow.
    pub(crate) fn read_limits(&self) -> &ReadLimits {
        &self.reads.limits
    }
}

impl Follow {
    /// Waits for the lines of the next executions, oldest first; `None` at the end of the log. Dropping the future while it waits loses
    /// nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ServiceError> {
        loop {
            if !self.backlog.is_empty() {
                let (read, chunk) = self.source.read(self.backlog.iter().cloned().collect()).await?;
                self.backlog.drain(..read);
                if chunk.is_empty() {
                    continue;
                }
                return Ok(Some(chunk));
            }
            match self.follower.take(CHUNK_BYTES) {
                Took::Lines(lines) => return Ok(Some(joined(lines))),
                Took::Positions(positions) => self.backlog = positions.into(),
                Took::Nothing if self.follower.grown().await => {}
                Took::Nothing => return Ok(None),
                Took::Missed => return Err(ServiceError::Unavailable("The log grows faster than it is read".into())),
            }
        }
    }

    /// The chunk, once there is room for it among what waits to be sent. It counts until it has been sent.
    pub(crate) async fn counted(&self, chunk: Bytes) -> Bytes {
        self.source.reads.chunk(self.source.account, chunk).await
    }
}

impl Source {
    /// The lines of the first of these entries, and how many entries they are. Those that are gone have none.
    async fn read(&self, positions: Vec<LogCursor>) -> Result<(usize, Bytes), ServiceError> {
        let place = self.reads.place_of_stream(self.account);
        let source = self.clone();
        self.reads.run(place, move |given_up| source.lines(&positions, given_up)).await
    }

    fn lines(&self, positions: &[LogCursor], given_up: &AtomicBool) -> Result<(usize, Bytes), ServiceError> {
        let log = self.reader.hook(self.account.get(), &self.hook, self.clock.now(), given_up);
        let (mut read, mut chunk) = (0, Vec::new());
        for position in positions {
            if chunk.len() >= CHUNK_BYTES || given_up.load(Ordering::Relaxed) {
                break;
            }
            if let Some(entry) = log.entry(position)? {
                chunk.extend(line(&entry));
            }
            read += 1;
        }
        Ok((read, chunk.into_boxed_slice().into()))
    }
}

/// Several lines in one chunk; a single one is not copied.
fn joined(mut lines: Vec<Bytes>) -> Bytes {
    if lines.len() == 1
        && let Some(line) = lines.pop()
    {
        return line;
    }
    let mut chunk = BytesMut::with_capacity(lines.iter().map(Bytes::len).sum());
    lines.iter().for_each(|line| chunk.extend_from_slice(line));
    chunk.freeze()
}
