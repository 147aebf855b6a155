//! The clock and the random bytes of one execution: the machine's own, or held so that an execution can be repeated to the instruction.
//!
//! A held clock begins where the first of the repeated executions began. Each reading advances it by a microsecond, so that a loop that waits
//! for a moment ends; a wait advances it by the whole wait, which takes no real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::stop::Stop;

/// How far one reading advances a held clock.
const READING: Duration = Duration::from_micros(1);

/// The clock and the random bytes that an execution reads: the machine's own unless they are held.
#[derive(Debug, Default)]
pub(crate) struct World(Option<Box<Held>>);

#[derive(Debug)]
struct Held {
    clock: HeldClock,
    /// How long the execution may take by the held clock.
    timeout: Duration,
    random: u64,
}

/// A clock that advances only when it is read or waited for.
#[derive(Clone, Debug)]
pub(crate) struct HeldClock {
    began: SystemTime,
    nanos: Arc<AtomicU64>,
}

impl HeldClock {
    /// The time that has passed by this clock. Reading it advances it.
    pub(crate) fn elapsed(&self) -> Duration {
        let step = nanos(READING);
        Duration::from_nanos(self.nanos.fetch_add(step, Ordering::Relaxed).saturating_add(step))
    }

    /// The time of day by this clock.
    pub(crate) fn wall(&self) -> SystemTime {
        self.began + self.elapsed()
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl World {
    /// A world that every execution finds the same that holds it from the same moment.
    pub(crate) fn held(began: SystemTime, timeout: Duration) -> Self {
        Self(Some(Box::new(Held { clock: HeldClock { began, nanos: Arc::default() }, timeout, random: 0 })))
    }

    /// The time of day.
    pub(super) fn wall_clock(&self) -> SystemTime {
        self.0.as_ref().map_or_else(SystemTime::now, |held| held.clock.wall())
    }

    /// The time since an execution started.
    pub(super) fn age(&self, started: Instant) -> Duration {
        self.0.as_ref().map_or_else(|| started.elapsed(), |held| held.clock.elapsed())
    }

    /// The time that an execution has left.
    pub(super) fn remaining(&self, deadline: Instant) -> Duration {
        match &self.0 {
            Some(held) => held.timeout.saturating_sub(held.clock.elapsed()),
            None => deadline.saturating_duration_since(Instant::now()),
        }
    }

    /// The present moment, from which waits are counted.
    pub(super) fn moment(&self, started: Instant) -> Instant {
        self.0.as_ref().map_or_else(Instant::now, |held| started + held.clock.elapsed())
    }

    /// The moment until which a wait for `due` really has to be waited for; `None` where the clock is held.
    ///
    /// # Errors
    /// [`Stop::Timeout`] when a held clock would pass the end of the execution.
    pub(super) fn wait_until(&self, due: Instant, started: Instant, deadline: Instant) -> Result<Option<Instant>, Stop> {
        let Some(held) = &self.0 else {
            return Ok(Some(due.min(deadline)));
        };
        let at = due.saturating_duration_since(started);
        if at > held.timeout {
            return Err(Stop::Timeout);
        }
        held.clock.nanos.fetch_max(nanos(at), Ordering::Relaxed);
        Ok(None)
    }

    /// Its clock, where it is held.
    pub(crate) fn clock(&self) -> Option<HeldClock> {
        self.0.as_ref().map(|held| held.clock.clone())
    }

    /// Fills `bytes` from the operating system's generator, or from a held one, which starts again with each execution.
    pub(crate) fn fill_random(&mut self, bytes: &mut [u8]) -> wasmtime::Result<()> {
        let Some(held) = &mut self.0 else {
            return getrandom::fill(bytes).map_err(|error| wasmtime::Error::msg(format!("no random bytes: {error}")));
        };
        for chunk in bytes.chunks_mut(8) {
            let drawn = draw(&mut held.random).to_le_bytes();
            chunk.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
        }
        Ok(())
    }
}

/// The next number of a fixed pseudo-random sequence (SplitMix64, as published by Steele, Lea and Flood).
pub(crate) fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_world_is_the_same_again_and_moves_on() {
        let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let seen = || {
            let mut world = World::held(began, Duration::from_secs(1));
            let clock = world.clock().unwrap();
            let (mut bytes, mut more) = ([0; 13], [0; 13]);
            world.fill_random(&mut bytes).unwrap();
            world.fill_random(&mut more).unwrap();
            assert_ne!(bytes, more);
            (clock.wall(), clock.elapsed(), clock.elapsed(), bytes, more)
        };
        let first = seen();
        assert_eq!(first, seen());
        assert_eq!((first.0, first.1, first.2), (began + READING, READING * 2, READING * 3));
    }

    #[test]
    fn the_machines_own_is_not() {
        let mut bytes = [[0; 16]; 2];
        bytes.iter_mut().for_each(|bytes| World::default().fill_random(bytes).unwrap());
        assert_ne!(bytes[0], bytes[1]);
    }
}
