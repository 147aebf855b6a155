//! Where a hook's fuel goes: an execution that is repeated with less and less fuel, and looked at wherever that ends.
//!
//! A hook does the same again when it sees the same, so its clock and its random bytes are held ([`crate::execution::World`]). With the
//! fuel that was burnt by some moment it is stopped at that very moment, with all its calls under way. The code is the code that serves:
//! nothing is compiled for this, and an ordinary execution knows nothing of it.
//!
//! Fuel is looked at when a function or a round of a loop begins. What was burnt since the last such place counts for the next one.

mod calls;
mod frames;

use std::time::{Duration, SystemTime};

use hookbox_host_api::{Failure, FailureKind};
use tokio::time::Instant;

use crate::execution::{CallState, DeadlinePassed, Stop, World, classify, sliced};
use crate::host::WasiState;
use crate::javascript::{self, Stopped};
use crate::prepared::Shape;
use crate::sandbox::{call_command, call_component};
use crate::{Invocation, PreparedHook, Sandbox};
pub use frames::Frame;
use frames::Frames;

/// Samples of a profile, at most.
const MOST_SAMPLES: u64 = 1000;
/// And at least, however long an execution is.
const FEWEST_SAMPLES: u64 = 25;
/// Fuel that all repetitions together may take, so that a profile is a matter of seconds. It decides how many samples there are, and not a
/// clock, so that a profile is the same again.
const REPETITIONS_FUEL: u64 = 30_000_000_000;
/// Time for all repetitions.
const REPETITIONS_TIME: Duration = Duration::from_secs(120);

/// Where the fuel of one execution went.
#[derive(Debug)]
pub struct Profile {
    /// Fuel of the whole execution; the samples' weights add up to it.
    pub fuel: u64,
    /// What can be under way.
    pub frames: Vec<Frame>,
    /// What was under way, from the beginning to the end.
    pub samples: Vec<Sample>,
    /// Why the execution did not come to its end, if it did not.
    pub failure: Option<Failure>,
}

/// What was under way for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Places in [`Profile::frames`], a caller before what it called.
    pub stack: Vec<usize>,
    /// How much fuel that while took.
    pub fuel: u64,
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The repetitions took too long: the function waits, or has the host work for it.
    #[error("the function cannot be profiled: repeating it took more than {REPETITIONS_TIME:?}")]
    TooSlow,
    /// It computes for longer than it may, so that nobody can say how much fuel it takes until then.
    #[error("the function cannot be profiled: it was not done when its time was over; allow it more time, or less fuel")]
    Timeout,
    /// The host's fault.
    #[error("the function cannot be profiled: {0}")]
    Host(String),
}

impl From<wasmtime::Error> for ProfileError {
    fn from(error: wasmtime::Error) -> Self {
        Self::Host(format!("{error:#}"))
    }
}

/// How one repetition ended.
enum Ended {
    /// Of itself, or it failed.
    Itself(Option<Failure>),
    /// Where its fuel did.
    Stopped(Place),
}

/// Where a guest was.
enum Place {
    Wasm(wasmtime::Error),
    JavaScript(wasmtime::Error, Stopped),
}

/// What all repetitions have in common.
struct Repeated<'a> {
    sandbox: &'a Sandbox,
    hook: &'a PreparedHook,
    invocation: Invocation,
    began: SystemTime,
    timeout: Duration,
}

impl Sandbox {
    /// Runs a hook some hundred times on the same invocation, and says where its fuel goes. `progress` is told how many samples are taken,
    /// and of how many. The sandbox has to be one [`Sandbox::for_profiles`], else only the innermost calls are seen.
    ///
    /// # Errors
    /// [`ProfileError`]; a hook that fails has a profile up to where it does.
    pub async fn profile(
        &self,
        hook: &PreparedHook,
        invocation: Invocation,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Profile, ProfileError> {
        let _slot = self.slot().await.map_err(|error| ProfileError::Host(error.to_string()))?;
        let now = Instant::now();
        let timeout = invocation.deadline.saturating_duration_since(now);
        let repeated = Repeated { sandbox: self, hook, invocation, began: SystemTime::now(), timeout };
        let (fuel, failure) = repeated.whole(now + timeout).await?;
        let deadline = Instant::now() + REPETITIONS_TIME;
        let count = samples(fuel);
        let mut frames = Frames::default();
        let mut places = Vec::new();
        let mut edge = 0_u64;
        for at in 1..=count {
            let next = share(fuel, at, count);
            let (spent, ended) = repeated.once(edge.midpoint(next), deadline).await.map_err(|DeadlinePassed| ProfileError::TooSlow)??;
            debug_assert!(spent <= fuel);
            places.push((next - edge, ended));
            edge = next;
            progress(at, count);
        }
        let samples = frames.samples(&places);
        Ok(Profile { fuel, frames: frames.into_list(), samples, failure })
    }
}

/// How many samples an execution of so much fuel gets.
fn samples(fuel: u64) -> u64 {
    // Half of the fuel is what the average repetition takes.
    let affordable = REPETITIONS_FUEL.saturating_mul(2).checked_div(fuel).unwrap_or(0);
    affordable.clamp(FEWEST_SAMPLES, MOST_SAMPLES).min(fuel)
}

/// The `at`th of `count` equal parts.
fn share(fuel: u64, at: u64, count: u64) -> u64 {
    u64::try_from(u128::from(fuel) * u128::from(at) / u128::from(count.max(1))).unwrap_or(fuel)
}

impl Repeated<'_> {
    /// The whole execution: its fuel, and how it failed.
    async fn whole(&self, deadline: Instant) -> Result<(u64, Option<Failure>), ProfileError> {
        let budget = self.invocation.limits.fuel;
        match self.once(budget, deadline).await {
            Ok(ended) => {
                let (spent, ended) = ended?;
                Ok(match ended {
                    Ended::Itself(failure) => (spent, failure),
                    Ended::Stopped(_) => (budget, Some(Failure::new(FailureKind::OutOfFuel, Stop::OutOfFuel.to_string()))),
                })
            }
            Err(DeadlinePassed) => Err(ProfileError::Timeout),
        }
    }

    /// One repetition with so much fuel, and what it took of it.
    async fn once(&self, fuel: u64, deadline: Instant) -> Result<wasmtime::Result<(u64, Ended)>, DeadlinePassed> {
        let mut invocation = self.invocation.clone();
        invocation.limits.fuel = fuel;
        invocation.deadline = deadline;
        let (engine, wasi) = match &self.hook.shape {
            Shape::Component { wasi, .. } => (self.sandbox.engine(), *wasi),
            Shape::Command { .. } => (self.sandbox.engine(), false),
            Shape::JavaScript(_) => (self.sandbox.javascript(), false),
        };
        let mut store = self.sandbox.store(engine, invocation, wasi);
        self.hold(store.data_mut());
        let ended = match &self.hook.shape {
            Shape::Component { pre, handle, .. } => without_stack(sliced(call_component(&mut store, pre, handle), deadline).await?),
            Shape::Command { pre, start } => without_stack(sliced(call_command(&mut store, pre, start), deadline).await?),
            Shape::JavaScript(deployed) => match sliced(javascript::run_until_stopped(&mut store, deployed), deadline).await? {
                Ok(ended) => ended,
                Err(error) => return Ok(Err(error)),
            },
        };
        let left = store.get_fuel().unwrap_or_default();
        let spent = fuel.saturating_sub(left);
        let ended = match ended {
            (Ok(Ok(_)), _) => Ended::Itself(None),
            (Ok(Err(failure)), _) => Ended::Itself(Some(failure)),
            (Err(error), stopped) => {
                let failure = classify(&error, &store.data().limiter);
                match (is_out_of_fuel(&error), stopped) {
                    (false, _) => Ended::Itself(Some(failure)),
                    (true, Some(stopped)) => Ended::Stopped(Place::JavaScript(error, stopped)),
                    (true, None) => Ended::Stopped(Place::Wasm(error)),
                }
            }
        };
        Ok(Ok((spent, ended)))
    }

    fn hold(&self, state: &mut CallState) {
        state.world = World::held(self.began, self.timeout);
        if state.wasi.is_some() {
            state.wasi = Some(Box::new(WasiState::new(&state.env, state.world.clock())));
        }
    }
}

fn without_stack<T>(ended: T) -> (T, Option<Stopped>) {
    (ended, None)
}

fn is_out_of_fuel(error: &wasmtime::Error) -> bool {
    matches!(error.downcast_ref::<Stop>(), Some(Stop::OutOfFuel))
        || matches!(error.downcast_ref::<wasmtime::Trap>(), Some(wasmtime::Trap::OutOfFuel))
}

#[cfg(test)]
mod tests;
