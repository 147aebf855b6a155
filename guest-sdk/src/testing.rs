//! Sets and reads the stand-in for the host, for unit tests of a hook in native code.
//!
//! Every value belongs to the thread that set it, so tests that run side by side do not meet. None of this exists on wasm32.

use std::time::{Duration, SystemTime};

pub use crate::log::Line;

use crate::host::{Memory, with};
use crate::http::{Error, Request, Response};

/// Links an environment variable to the hook.
pub fn set_env(name: &str, value: &str) {
    with(|memory| memory.env.insert(name.to_owned(), value.to_owned()));
}

/// Unlinks an environment variable.
pub fn remove_env(name: &str) {
    with(|memory| memory.env.remove(name));
}

/// The lines written so far; the log is empty afterwards.
#[must_use]
pub fn take_log() -> Vec<Line> {
    with(|memory| std::mem::take(&mut memory.log))
}

/// Sets the time of day. It stands still until it is set or advanced again; a moment before 1970 counts as 1970.
pub fn set_now(now: SystemTime) {
    let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    with(|memory| memory.now = micros(since_epoch));
}

/// Lets time pass, for both clocks.
pub fn advance(time: Duration) {
    with(|memory| {
        memory.now = memory.now.saturating_add(micros(time));
        memory.monotonic = memory.monotonic.saturating_add(micros(time));
    });
}

/// Starts the sequence of "random" bytes anew from a seed. Without it every thread begins with the same one.
pub fn seed_random(seed: u64) {
    with(|memory| memory.random = seed);
}

/// Sets what the next request that has no answer yet is answered with: a [`Response`], or an [`Error`] as an `Err`.
///
/// Answers are given in the order in which they were set. A request without one fails with `ERR_ACCESS_DENIED`.
pub fn answer_http(answer: impl Into<Result<Response, Error>>) {
    let answer = answer.into();
    with(|memory| memory.answers.push_back(answer));
}

/// The requests made so far, those that failed too; the list is empty afterwards.
#[must_use]
pub fn take_requests() -> Vec<Request> {
    with(|memory| std::mem::take(&mut memory.requests))
}

/// Forgets everything that was set and written.
pub fn reset() {
    with(|memory| *memory = Memory::new());
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock, env};

    #[test]
    fn time_stands_still_until_it_is_advanced() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(43_200);
        set_now(noon);
        assert_eq!(clock::now(), noon);
        let before = clock::monotonic();
        advance(Duration::from_millis(5));
        assert_eq!(clock::now(), noon + Duration::from_millis(5));
        assert_eq!(clock::monotonic() - before, Duration::from_millis(5));
    }

    #[test]
    fn reset_forgets_everything() {
        set_env("A", "1");
        crate::log::warn!("gone");
        reset();
        assert_eq!(env::names(), Vec::<String>::new());
        assert_eq!(take_log(), []);
    }

    #[test]
    fn a_removed_variable_is_not_linked() {
        set_env("A", "1");
        remove_env("A");
        assert_eq!(env::get("A"), None);
    }
}
