//! The log of executions: one entry each, written in batches off the request path, read back newest first, gone after its age.
//!
//! What an entry's lines say, and that no secret is among them, is settled before an entry comes here; who may read them is
//! settled by the routes.

mod entry;
mod reader;
mod retention;
mod writer;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use entry::{LogCursor, LogEntry};
pub(crate) use reader::{LogFilter, LogReader};
pub(crate) use retention::{Retention, start_sweeping};
pub(crate) use writer::{Committed, LogWriter, QueueSettings};

/// A moment as entries have it: microseconds since 1970.
pub(crate) fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// The moment that an entry's microseconds mean.
pub(crate) fn moment(micros: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_micros(micros)).unwrap_or(UNIX_EPOCH)
}
