//! What the log of an execution shows of its calls: whom, how it ended, how much, how long. Never headers, bodies, paths or queries.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::Error;

/// One call: an exchange (each hop of a redirect is one), a raw connection, a look-up, or what was refused. An exchange with neither a status
/// nor an error was aborted, or is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The method of HTTP; `TCP`, `TLS` or `LOOKUP` for what is none.
    pub method: String,
    /// `scheme://host:port`, or the name that was looked up.
    pub origin: String,
    /// The status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of the error, also of one within the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'static, str>>,
    /// Bytes of the body, or of the raw stream, that were sent.
    pub sent: u64,
    /// Bytes of the body (unpacked), or of the raw stream, that were read.
    pub received: u64,
    /// Whether the answer's body came out of the hook's cache. The server may have been asked whether it still holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cached: bool,
    /// From the call to its end, in microseconds; to now, if it is under way.
    pub duration_us: u64,
}

struct Entry {
    call: Call,
    begun: Instant,
    ended: Option<Instant>,
}

/// The calls of an execution, in the order in which they began.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Entry>>>);

/// A call under way. It ends when it is dropped.
pub(crate) struct Ticket {
    calls: Calls,
    index: usize,
}

/// Calls that are listed; the limits of calls and of redirects are usually crossed long before.
const MOST: usize = 1000;

impl Calls {
    fn with<T>(&self, change: impl FnOnce(&mut Vec<Entry>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn begin(&self, method: &str, origin: String) -> Ticket {
        let method = method.chars().take(32).collect();
        let call = Call { method, origin, status: None, error: None, sent: 0, received: 0, cached: false, duration_us: 0 };
        let index = self.with(|entries| {
            if entries.len() < MOST {
                entries.push(Entry { call, begun: Instant::now(), ended: None });
                entries.len() - 1
            } else {
                MOST
            }
        });
        Ticket { calls: self.clone(), index }
    }

    pub(crate) fn list(&self) -> Vec<Call> {
        let of = |entry: &Entry| {
            let time: Duration = entry.ended.unwrap_or_else(Instant::now) - entry.begun;
            Call { duration_us: u64::try_from(time.as_micros()).unwrap_or(u64::MAX), ..entry.call.clone() }
        };
        self.with(|entries| entries.iter().map(of).collect())
    }
}

impl Ticket {
    fn with(&self, change: impl FnOnce(&mut Entry)) {
        self.calls.with(|entries| entries.get_mut(self.index).map(change));
    }

    pub(crate) fn status(&self, status: u16) {
        self.with(|entry| entry.call.status = Some(status));
    }

    pub(crate) fn failed(&self, error: &Error) {
        self.with(|entry| entry.call.error = Some(error.code.clone()));
    }

    pub(crate) fn cached(&self) {
        self.with(|entry| entry.call.cached = true);
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.with(|entry| entry.call.sent = bytes);
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.with(|entry| entry.call.received = bytes);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.with(|entry| entry.ended = Some(Instant::now()));
    }
}
