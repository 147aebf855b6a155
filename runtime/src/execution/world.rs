//! The clock and the random bytes of one execution: the machine's own, or held so that an execution can be repeated to the instruction.
//!
//! A held clock begins where the first of the repeated executions began. Each reading advances it by a microsecond, so that a loop that waits
//! for a moment ends; a wait advances it by the whole wait, which takes real time only where the execution is kept to be repeated ([`Order`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::stop::Stop;
use super::turns::{Order, Turn};

/// How far one reading advances a held clock.
const READING: Duration = Duration::from_micros(1);

/// Where an execution begins whose clock and random bytes are held: each that begins here finds the same.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The time of day at its beginning.
    pub began: SystemTime,
    /// What its random bytes are drawn from. They are no secret.
    pub seed: u64,
    /// How long it may take by the held clock.
    pub timeout: Duration,
    /// How it waits.
    pub order: Order,
}

/// The clock and the random bytes that an execution reads: the machine's own unless they are held.
#[derive(Debug, Default)]
pub(crate) struct World(Option<Box<Held>>);

#[derive(Debug)]
struct Held {
    clock: HeldClock,
    /// How long the execution may take by the held clock.
    timeout: Duration,
    seed: u64,
    random: u64,
    order: Order,
    /// How many of the turns that are given were taken.
    taken: usize,
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
    /// A world that is held from this beginning on; without one, the machine's own.
    pub(crate) fn from(beginning: Option<Beginning>) -> Self {
        let held = |Beginning { began, seed, timeout, order }| {
            let clock = HeldClock { began, nanos: Arc::default() };
            Box::new(Held { clock, timeout, seed, random: seed, order, taken: 0 })
        };
        Self(beginning.map(held))
    }

    /// The time of day.
    pub(super) fn wall_clock(&self) -> SystemTime {
        self.0.as_ref().map_or_else(SystemTime::now, |held| held.clock.wall())
    }

    /// The time of day, without looking at the clock: nothing that the execution reads changes.
    pub(crate) fn noted(&self) -> SystemTime {
        match &self.0 {
            Some(held) => held.clock.began + Duration::from_nanos(held.clock.nanos.load(Ordering::Relaxed)),
            None => SystemTime::now(),
        }
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

    /// The moment until which a wait for `due` really has to be waited for; `None` where that takes no real time.
    ///
    /// # Errors
    /// [`Stop::Timeout`] when a held clock would pass the end of the execution.
    pub(super) fn wait_until(&self, due: Instant, started: Instant, deadline: Instant) -> Result<Option<Instant>, Stop> {
        let Some(held) = &self.0 else {
            return Ok(Some(due.min(deadline)));
        };
        let at = due.saturating_duration_since(started);
        if matches!(held.order, Order::Kept(_)) {
            let left = nanos(at).saturating_sub(held.clock.nanos.load(Ordering::Relaxed));
            return Ok(Some(deadline.min(Instant::now() + Duration::from_nanos(left))));
        }
        if at > held.timeout {
            return Err(Stop::Timeout);
        }
        held.clock.nanos.fetch_max(nanos(at), Ordering::Relaxed);
        Ok(None)
    }

    /// Whether the clock stands still while something outside is waited for.
    pub(super) fn stands_still(&self) -> bool {
        self.0.as_ref().is_some_and(|held| !matches!(held.order, Order::Kept(_)))
    }

    /// A wait was over that really took so long, at least until `due` if that is what it was for.
    pub(super) fn waited(&self, took: Duration, due: Option<Duration>) {
        let Some(held) = self.0.as_ref().filter(|held| matches!(held.order, Order::Kept(_))) else { return };
        let clock = &held.clock.nanos;
        match due {
            Some(due) => clock.fetch_max(nanos(due), Ordering::Relaxed),
            None => clock.fetch_add(nanos(took), Ordering::Relaxed),
        };
    }

    /// An operation was done at a moment.
    pub(super) fn keep(&self, operation: i32, at: Duration) {
        if let Some(Order::Kept(turns)) = self.0.as_ref().map(|held| &held.order) {
            turns.push(Turn(operation, nanos(at)));
        }
    }

    /// The turn that is given next, and its moment.
    pub(super) fn given(&self) -> Option<(Turn, Duration)> {
        let held = self.0.as_ref()?;
        let Order::Given(turns) = &held.order else { return None };
        turns.get(held.taken).map(|turn| (*turn, Duration::from_nanos(turn.1)))
    }

    /// The turn that was given is taken, and its moment has come.
    pub(super) fn take(&mut self) {
        let given = self.given();
        if let (Some(held), Some((_, at))) = (&mut self.0, given) {
            held.clock.nanos.fetch_max(nanos(at), Ordering::Relaxed);
            held.taken += 1;
        }
    }

    /// The turns that are given are those of something else.
    pub(super) fn leave_order(&mut self) {
        if let Some(held) = &mut self.0 {
            held.order = Order::Free;
        }
    }

    /// Its clock and the seed of its random bytes, where they are held.
    pub(crate) fn clock(&self) -> Option<(HeldClock, u64)> {
        self.0.as_ref().map(|held| (held.clock.clone(), held.seed))
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
    use crate::execution::turns::Turns;

    fn began() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn held(seed: u64, order: Order) -> World {
        World::from(Some(Beginning { began: began(), seed, timeout: Duration::from_secs(1), order }))
    }

    #[test]
    fn a_held_world_is_the_same_again_and_moves_on() {
        let seen = |seed| {
            let mut world = held(seed, Order::Free);
            let (clock, _) = world.clock().unwrap();
            let (mut bytes, mut more) = ([0; 13], [0; 13]);
            world.fill_random(&mut bytes).unwrap();
            world.fill_random(&mut more).unwrap();
            assert_ne!(bytes, more);
            let noted = (world.noted(), world.noted());
            (clock.wall(), clock.elapsed(), clock.elapsed(), bytes, more, noted)
        };
        let first = seen(0);
        assert_eq!(first, seen(0));
        assert_eq!((first.0, first.1, first.2), (began() + READING, READING * 2, READING * 3));
        assert_eq!(first.5, (began(), began()));
        assert_ne!(first.3, seen(1).3);
    }

    #[test]
    fn turns_are_kept_and_given_at_their_moments() {
        let started = Instant::now();
        let turns = Turns::default();
        let kept = held(0, Order::Kept(turns.clone()));
        assert!(!kept.stands_still());
        let due = started + Duration::from_millis(20);
        let until = kept.wait_until(due, started, started + Duration::from_secs(1)).unwrap().unwrap();
        assert!(until >= due);
        let deadline = started + Duration::from_millis(5);
        assert_eq!(kept.wait_until(due, started, deadline).unwrap(), Some(deadline));
        kept.waited(Duration::from_millis(7), Some(Duration::from_millis(20)));
        kept.keep(0, Duration::from_millis(20));
        kept.waited(Duration::from_millis(3), None);
        kept.keep(1, Duration::from_millis(23));
        assert_eq!(kept.noted(), began() + Duration::from_millis(23));

        let mut given = held(0, Order::Given(turns.taken().into()));
        assert!(given.stands_still());
        assert_eq!(given.given(), Some((Turn(0, 20_000_000), Duration::from_millis(20))));
        given.take();
        assert_eq!((given.noted(), given.given().unwrap().0), (began() + Duration::from_millis(20), Turn(1, 23_000_000)));
        given.leave_order();
        assert_eq!(given.given(), None);
        assert!(matches!(given.wait_until(started + Duration::from_secs(2), started, started), Err(Stop::Timeout)));
    }

    #[test]
    fn the_machines_own_is_not() {
        let mut bytes = [[0; 16]; 2];
        bytes.iter_mut().for_each(|bytes| World::default().fill_random(bytes).unwrap());
        assert_ne!(bytes[0], bytes[1]);
    }
}
