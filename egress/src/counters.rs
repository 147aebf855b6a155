//! What a server counts of everything that goes out.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// The counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) calls: AtomicU64,
    pub(crate) refusals: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
}

/// The counts at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests, connections and look-ups that were asked for.
    pub calls: u64,
    /// Those, and redirects, that the policy refused.
    pub refusals: u64,
    /// Those that failed for another reason, limits among them.
    pub failures: u64,
    /// Bytes of bodies and raw streams that were sent.
    pub bytes_sent: u64,
    /// Bytes of bodies and raw streams that were read.
    pub bytes_received: u64,
    /// Connections that are idle now.
    pub idle_connections: u64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, value: u64) {
        counter.fetch_add(value, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, idle: usize) -> Counts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            calls: of(&self.calls),
            refusals: of(&self.refusals),
            failures: of(&self.failures),
            bytes_sent: of(&self.sent),
            bytes_received: of(&self.received),
            idle_connections: idle as u64,
        }
    }
}
