//! Why something is not kept, as the function reads it.

use std::time::Duration;

use hookbox_egress::{Error, LIMIT};

/// Why something is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    KeyBytes(usize),
    ValueBytes(usize),
    Entries(usize),
    AccountBytes(u64),
    Time(Duration),
    /// No time at all.
    NoTime,
    /// There is no key.
    NoKey,
    /// Too much waits to be written.
    Busy,
    /// What is there cannot be read.
    Unreadable,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let limit = |text: String| Self::new(LIMIT, text);
        match refusal {
            Refusal::KeyBytes(most) => limit(format!("the key is too long for the cache: the limit is {most} bytes (cache.key_bytes)")),
            Refusal::ValueBytes(most) => {
                limit(format!("the value is too long for the cache: the limit is {most} bytes (cache.value_bytes)"))
            }
            Refusal::Entries(most) => limit(format!("the cache has too many values: the limit is {most} (cache.entries)")),
            Refusal::AccountBytes(most) => {
                limit(format!("the account has too much in the cache: the limit is {most} bytes (cache.account_bytes)"))
            }
            Refusal::Time(most) => {
                limit(format!("the time is too long for the cache: the limit is {} (cache.max_ttl)", humantime::format_duration(most)))
            }
            Refusal::NoTime => Self::new("ERR_OUT_OF_RANGE", "a value of the cache has a time of at least a millisecond"),
            Refusal::NoKey => Self::new("ERR_INVALID_ARG_VALUE", "a value of the cache has a key"),
            Refusal::Busy => Self::new("EAGAIN", "the cache takes nothing more for now: much waits to be written"),
            Refusal::Unreadable => Self::new("EIO", "the cache cannot be used for now"),
        }
    }
}
