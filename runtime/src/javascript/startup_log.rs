//! The log lines of a frozen top level. They go into the log of the first execution, as with Node at a cold start.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hookbox_host_api::log::LogBuffer;

/// The lines, until the first execution takes them.
#[derive(Debug, Default)]
pub(crate) struct StartupLog {
    /// Whether there may be lines. Every execution reads this, and all but the first need no lock.
    any: AtomicBool,
    lines: Mutex<Option<LogBuffer>>,
}

impl StartupLog {
    pub(crate) fn new(lines: Option<LogBuffer>) -> Self {
        Self { any: AtomicBool::new(lines.is_some()), lines: Mutex::new(lines) }
    }

    /// Takes the lines; `None` for all but the first caller.
    pub(crate) fn take(&self) -> Option<LogBuffer> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        self.any.store(false, Ordering::Relaxed);
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
