//! The log of executions: one entry for each, written in batches off the request path with an index of ids and outcomes, read newest first,
//! handed to followers as it grows, and deleted after the retention.
//!
//! Entries arrive here masked. The routes decide who may read them.

mod believed_time;
mod entry;
mod index;
#[cfg(test)]
mod large;
mod reader;
mod retention;
mod tail;
mod upkeep;
mod writer;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use entry::{LogCursor, LogEntry};
pub(crate) use index::{check_index, check_row};
pub(crate) use reader::{HookLog, LogFilter, LogReader, Stopped, Wanted};
pub(crate) use retention::Retention;
pub(crate) use tail::{Follower, Tail, Took};
pub(crate) use upkeep::{Indexed, start_upkeep};
pub(crate) use writer::{LogWriter, QueueSettings};

/// Converts a moment to microseconds since 1970.
pub(crate) fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Converts microseconds since 1970 to a moment.
pub(crate) fn moment(micros: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_micros(micros)).unwrap_or(UNIX_EPOCH)
}
