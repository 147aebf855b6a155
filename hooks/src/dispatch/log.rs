//! The port to the log of executions: a server writes it to its store, and a run on the author's machine hands its one entry on.

use crate::logs::{LogEntry, LogWriter};

/// Keeps the log of executions.
pub(crate) trait ExecutionLog: Send + Sync {
    /// Takes an entry, and never waits.
    fn append(&self, entry: LogEntry);
}

impl ExecutionLog for LogWriter {
    fn append(&self, entry: LogEntry) {
        LogWriter::append(self, entry);
    }
}
