//! The time by which entries are deleted. What is deleted because a clock was wrong does not come back when it is right, so a clock that leaps
//! ahead is believed a day later; until then the time goes on from where it was.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How far ahead of the time that really passed a clock may get, which is set right now and then.
const TOLERANCE: Duration = Duration::from_secs(600);
/// How long a clock that leapt is doubted.
const DOUBT: Duration = Duration::from_secs(24 * 3600);

/// A moment that is believed, and since when another is doubted.
#[derive(Debug)]
pub(super) struct BelievedTime {
    time: SystemTime,
    at: Instant,
    doubted: Option<Instant>,
}

impl BelievedTime {
    /// The clock of a server that starts is believed.
    pub(super) fn new(clock: SystemTime) -> Self {
        Self { time: clock, at: Instant::now(), doubted: None }
    }

    /// The time now, when the clock says this.
    pub(super) fn at(&mut self, clock: SystemTime) -> SystemTime {
        let expected = self.time.checked_add(self.at.elapsed()).unwrap_or(clock);
        let ahead = clock.duration_since(expected).unwrap_or_default();
        if ahead > TOLERANCE {
            let since = *self.doubted.get_or_insert_with(|| {
                let ahead = humantime::format_duration(Duration::from_secs(ahead.as_secs()));
                tracing::warn!(%ahead, "the clock leapt: log entries that are too old by it are kept for a day");
                Instant::now()
            });
            if since.elapsed() < DOUBT {
                return expected;
            }
        }
        *self = Self::new(clock);
        clock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn start() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000)
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_leaps_ahead_is_believed_a_day_later() {
        let mut time = BelievedTime::new(start());
        for hours in 1..=24 {
            tokio::time::advance(HOUR).await;
            assert_eq!(time.at(start() + 1000 * HOUR + hours * HOUR), start() + hours * HOUR);
        }
        tokio::time::advance(HOUR).await;
        assert_eq!(time.at(start() + 1025 * HOUR), start() + 1025 * HOUR);
        tokio::time::advance(HOUR).await;
        assert_eq!(time.at(start() + 1026 * HOUR), start() + 1026 * HOUR);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_comes_back_is_believed_at_once() {
        let mut time = BelievedTime::new(start());
        tokio::time::advance(HOUR).await;
        assert_eq!(time.at(start() + 1000 * HOUR), start() + HOUR);
        tokio::time::advance(HOUR).await;
        assert_eq!(time.at(start() + 2 * HOUR), start() + 2 * HOUR);
        assert_eq!(time.at(start() - 50 * HOUR), start() - 50 * HOUR);
        // The day of doubt begins with each leap.
        tokio::time::advance(30 * HOUR).await;
        assert_eq!(time.at(start()), start() - 20 * HOUR);
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_right_now_and_then_is_believed() {
        let mut time = BelievedTime::new(start());
        let mut clock = start();
        for _ in 0..100 {
            tokio::time::advance(HOUR).await;
            clock += HOUR + Duration::from_secs(300);
            assert_eq!(time.at(clock), clock);
        }
    }
}
