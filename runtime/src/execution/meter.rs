//! The fuel and time that host calls take. Fuel does not see the host's work, so each host call is charged ([`super::settle`]), checked
//! against the deadline, and made to yield where a loop of host calls would otherwise keep the thread.

use std::time::Duration;

use tokio::time::Instant;

use super::slice::give_back;
use super::stop::Stop;

/// Fuel between two returns to the scheduler: 0-2 % slower than without, and a deadline is seen within 100 us.
pub(crate) const FUEL_YIELD_INTERVAL: u64 = 100_000;

/// Fuel for a host call whatever it does.
const CALL_FUEL: u64 = 100;

/// What host calls are charged for their time.
const FUEL_OF_A_NANOSECOND: u64 = 3;

/// How long host calls may follow each other before the thread is offered to other tasks.
const HOST_SLICE: Duration = Duration::from_micros(500);

/// The deadline of one execution, and when its host calls last yielded.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) deadline: Instant,
    yielded: Instant,
}

impl Meter {
    pub(crate) fn new(deadline: Instant, now: Instant) -> Self {
        Self { deadline, yielded: now }
    }

    /// The fuel of a host call that handled so many bytes.
    pub(super) fn cost(bytes: usize) -> u64 {
        CALL_FUEL.saturating_add(bytes as u64)
    }

    /// Checks the deadline between host calls, and yields where the thread was kept for long, or is about to be by what costs so much fuel.
    pub(super) async fn pause(&mut self, fuel: u64) -> Result<(), Stop> {
        let now = Instant::now();
        if now >= self.deadline {
            return Err(Stop::Timeout);
        }
        if now.duration_since(self.yielded) + Duration::from_nanos(fuel / FUEL_OF_A_NANOSECOND) >= HOST_SLICE {
            self.yielded = now;
            give_back().await;
        }
        Ok(())
    }
}
