//! Time, as the host sees it. `std::time`'s own clocks do not work in a hook: they panic on this target.

use std::time::{Duration, SystemTime};

use crate::host;

/// The time of day, to the microsecond.
#[must_use]
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(host::clock_now())
}

/// The time since some moment before the execution began. It never goes back; two readings give a length of time.
#[must_use]
pub fn monotonic() -> Duration {
    Duration::from_micros(host::clock_monotonic())
}
