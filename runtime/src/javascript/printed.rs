//! What a frozen top level printed, kept for the log of the first execution: where Node itself would have it, at a cold start.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hookbox_host_api::log::LogBuffer;

/// The lines, until somebody takes them.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    /// Whether there may be some: every execution asks, and all but the first are told no without a lock.
    any: AtomicBool,
    lines: Mutex<Option<LogBuffer>>,
}

impl Printed {
    pub(crate) fn new(lines: Option<LogBuffer>) -> Self {
        Self { any: AtomicBool::new(lines.is_some()), lines: Mutex::new(lines) }
    }

    /// The lines, for the one who asks first.
    pub(crate) fn take(&self) -> Option<LogBuffer> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        self.any.store(false, Ordering::Relaxed);
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
