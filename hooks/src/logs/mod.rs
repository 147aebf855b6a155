//! The log of executions: one entry for each, written in batches off the request path, read newest first, and deleted after the retention.
//!
//! Entries arrive here masked. The routes decide who may read them.

mod entry;
mod reader;
mod retention;
mod writer;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use entry::{LogCursor, LogEntry};
pub(crate) use reader::{LogFilter, LogReader};
pub(crate) use retention::{Retention, start_sweeping};
pub(crate) use writer::{Committed, LogWriter, QueueSettings};

/// Converts a moment to microseconds since 1970.
pub(crate) fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Converts microseconds since 1970 to a moment.
pub(crate) fn moment(micros: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_micros(micros)).unwrap_or(UNIX_EPOCH)
}
