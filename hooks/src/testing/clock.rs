//! A clock that stands still until a test moves it, in either direction.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::Clock;

#[derive(Debug)]
pub struct FakeClock(Mutex<SystemTime>);

impl FakeClock {
    /// A clock that shows a moment in 2026.
    #[allow(clippy::new_without_default, reason = "a moment is not a default")]
    pub fn new() -> Self {
        Self(Mutex::new(UNIX_EPOCH + Duration::from_secs(1_780_000_000)))
    }

    /// Sets the clock.
    pub fn set(&self, to: SystemTime) {
        *self.0.lock().unwrap() = to;
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}
