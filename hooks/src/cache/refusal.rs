//! What can be kept, whatever is there already; and why something is not kept, as the function reads it.

use std::time::Duration;

use hookbox_egress::{Error, LIMIT};
use hookbox_runtime::{Area, Place};

use crate::limits::CacheConfig;

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

/// Checks a key.
pub(super) fn check_key(config: &CacheConfig, key: &str) -> Result<(), Refusal> {
    match key.len() {
        0 => Err(Refusal::NoKey),
        bytes if bytes > config.key_bytes => Err(Refusal::KeyBytes(config.key_bytes)),
        _ => Ok(()),
    }
}

/// Checks what does not depend on what is there. Returns the time of the value.
pub(super) fn check_value(
    config: &CacheConfig,
    place: Place,
    key: &str,
    value: &[u8],
    time: Option<Duration>,
) -> Result<Duration, Refusal> {
    check_key(config, key)?;
    // An answer that is to be given again is bounded by what functions may return.
    if value.len() > config.value_bytes && place.area != Area::Repeats {
        return Err(Refusal::ValueBytes(config.value_bytes));
    }
    match time {
        None => Ok(config.default_ttl.min(config.max_ttl)),
        Some(time) if time < Duration::from_millis(1) => Err(Refusal::NoTime),
        // The rules of HTTP say how long an answer may be kept at most, not that it is kept for so long.
        Some(time) if place.area == Area::Answers => Ok(time.min(config.max_ttl)),
        Some(time) if time > config.max_ttl => Err(Refusal::Time(config.max_ttl)),
        Some(time) => Ok(time),
    }
}
