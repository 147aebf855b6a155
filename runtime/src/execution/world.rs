//! The clock and the random bytes of one execution: the machine's own, or held so that an execution can be repeated to the instruction.
//!
//! A held clock begins where the first of the repeated executions began. It goes on by a microsecond with each look at it, so that
//! whoever waits for it comes to an end, and by the whole of a wait, which is not really waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::{CallState, Stop};

/// How far a look at a held clock moves it.
const LOOK: Duration = Duration::from_micros(1);

/// What an execution can learn that is not in its context or env. The machine's own unless it is held.
#[derive(Debug, Default)]
pub(crate) struct World(Option<Box<Held>>);

#[derive(Debug)]
struct Held {
    clock: HeldClock,
    /// How long the execution may take by that clock.
    timeout: Duration,
    random: u64,
}

/// A clock that moves only when it is looked at or waited for.
#[derive(Clone, Debug)]
pub(crate) struct HeldClock {
    began: SystemTime,
    nanos: Arc<AtomicU64>,
}

impl HeldClock {
    /// How much of its time has passed.
    pub(crate) fn look(&self) -> Duration {
        let look = nanos(LOOK);
        Duration::from_nanos(self.nanos.fetch_add(look, Ordering::Relaxed).saturating_add(look))
    }

    /// The time of day by it.
    pub(crate) fn wall(&self) -> SystemTime {
        self.began + self.look()
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl World {
    /// A world that is the same for everybody who holds it from the same moment.
    pub(crate) fn held(began: SystemTime, timeout: Duration) -> Self {
        Self(Some(Box::new(Held { clock: HeldClock { began, nanos: Arc::default() }, timeout, random: 0 })))
    }

    /// Its clock, where it is held.
    pub(crate) fn clock(&self) -> Option<HeldClock> {
        self.0.as_ref().map(|held| held.clock.clone())
    }

    /// Fills `bytes` from the operating system's generator, or from one that begins anew with each execution.
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

/// The next number of a sequence that looks random and is always the same (SplitMix64, as published by Steele, Lea and Flood).
pub(crate) fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl CallState {
    /// The time of day.
    pub(crate) fn wall_clock(&self) -> SystemTime {
        self.world.0.as_ref().map_or_else(SystemTime::now, |held| held.clock.wall())
    }

    /// For how long the execution has been going.
    pub(crate) fn age(&self) -> Duration {
        self.world.0.as_ref().map_or_else(|| self.started.elapsed(), |held| held.clock.look())
    }

    /// How much time it has left.
    pub(crate) fn remaining(&self) -> Duration {
        match &self.world.0 {
            Some(held) => held.timeout.saturating_sub(held.clock.look()),
            None => self.meter.deadline.saturating_duration_since(Instant::now()),
        }
    }

    /// The same as a moment, from which waits are counted.
    pub(crate) fn moment(&self) -> Instant {
        self.world.0.as_ref().map_or_else(Instant::now, |held| self.started + held.clock.look())
    }

    /// The wait until a moment, or until the execution has to be over; what is left of it to be really waited for.
    ///
    /// # Errors
    /// [`Stop::Timeout`] when a held clock would pass the end of the execution.
    pub(crate) fn wait_until(&self, due: Instant) -> Result<Option<Instant>, Stop> {
        let Some(held) = &self.world.0 else {
            return Ok(Some(due.min(self.meter.deadline)));
        };
        let at = due.saturating_duration_since(self.started);
        if at > held.timeout {
            return Err(Stop::Timeout);
        }
        held.clock.nanos.fetch_max(nanos(at), Ordering::Relaxed);
        Ok(None)
    }
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
            (clock.wall(), clock.look(), clock.look(), bytes, more)
        };
        let first = seen();
        assert_eq!(first, seen());
        assert_eq!((first.0, first.1, first.2), (began + LOOK, LOOK * 2, LOOK * 3));
    }

    #[test]
    fn the_machines_own_is_not() {
        let mut bytes = [[0; 16]; 2];
        bytes.iter_mut().for_each(|bytes| World::default().fill_random(bytes).unwrap());
        assert_ne!(bytes[0], bytes[1]);
    }
}
