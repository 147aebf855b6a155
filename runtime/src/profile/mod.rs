//! Profiles: which functions of a hook burn its fuel. An execution is repeated with different amounts of fuel, and the calls under way are
//! read where each repetition runs out of it.
//!
//! A hook that reads the same values does the same again, so its clock and its random bytes are held ([`Beginning`]). A
//! repetition that gets the fuel burnt up to some moment stops at that moment, with all its calls under way. The profiled code is the code
//! that serves: nothing is compiled for a profile, and ordinary executions do no extra work.
//!
//! The engine checks fuel at the beginning of a function and of each round of a loop. Fuel burnt between two checks counts for the later one.

mod calls;
mod ended;
mod frame;
mod frames;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hookbox_host_api::{Failure, FailureKind};
use tokio::time::Instant;

use crate::execution::{Beginning, DeadlinePassed, Order, Stop, classify, sliced};
use crate::javascript::{self, Stopped};
use crate::prepared::Shape;
use crate::sandbox::{call_command, call_component};
use crate::{Invocation, PreparedHook, Sandbox};
use ended::{Ended, Place};
pub use frame::{Frame, Sample};
use frames::Frames;

/// The most samples of a profile.
const MAX_SAMPLES: u64 = 1000;
/// The fewest samples, however long the execution is.
const MIN_SAMPLES: u64 = 25;
/// The fuel of all repetitions together, so that a profile takes seconds. Fuel and not time limits the number of samples, so that a profile
/// of the same execution is the same.
const REPETITIONS_FUEL: u64 = 30_000_000_000;
/// The longest time for all repetitions.
const REPETITIONS_TIME: Duration = Duration::from_secs(120);

/// Where the fuel of one execution went.
#[derive(Debug)]
pub struct Profile {
    /// Fuel of the whole execution; the samples' weights add up to it.
    pub fuel: u64,
    /// The functions that the samples refer to.
    pub frames: Vec<Frame>,
    /// The samples, from the beginning of the execution to its end.
    pub samples: Vec<Sample>,
    /// Why the execution failed, if it did.
    pub failure: Option<Failure>,
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The repetitions took too long: the function waits, or the host works for it.
    #[error("the function cannot be profiled: repeating it took more than {REPETITIONS_TIME:?}")]
    TooSlow,
    /// The execution reached its deadline, so its fuel is not known.
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

/// The input that all repetitions share.
struct Repeated<'a> {
    sandbox: &'a Sandbox,
    hook: &'a PreparedHook,
    invocation: Invocation,
}

impl Sandbox {
    /// Runs a hook some hundred times on the same invocation, and finds out which functions burn its fuel. `progress` gets the number of samples
    /// taken, and their total. All begin where the invocation says, or now; calls are answered by its answerer, if that answers more than once,
    /// and else by nobody. In a sandbox that is not one [`Sandbox::for_profiles`], the profile shows only the innermost calls.
    ///
    /// # Errors
    /// [`ProfileError`]. A hook that fails has a profile up to the failure.
    pub async fn profile(
        &self,
        hook: &PreparedHook,
        invocation: Invocation,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Profile, ProfileError> {
        let _slot = self.slot().await.map_err(|error| ProfileError::Host(error.to_string()))?;
        let now = Instant::now();
        let timeout = invocation.deadline.saturating_duration_since(now);
        let now_held = || Beginning { began: SystemTime::now(), seed: 0, timeout, order: Order::Free };
        let beginning = Some(invocation.beginning.clone().unwrap_or_else(now_held));
        let repeated = Repeated { sandbox: self, hook, invocation: Invocation { beginning, ..invocation } };
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

/// The number of samples for an execution of so much fuel.
fn samples(fuel: u64) -> u64 {
    // The average repetition takes half of the fuel.
    let affordable = REPETITIONS_FUEL.saturating_mul(2).checked_div(fuel).unwrap_or(0);
    affordable.clamp(MIN_SAMPLES, MAX_SAMPLES).min(fuel)
}

/// The `at`th of `count` equal parts.
fn share(fuel: u64, at: u64, count: u64) -> u64 {
    u64::try_from(u128::from(fuel) * u128::from(at) / u128::from(count.max(1))).unwrap_or(fuel)
}

impl Repeated<'_> {
    /// Runs the whole execution. Returns its fuel, and its failure if it failed.
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

    /// Runs one repetition with so much fuel. Returns the fuel that it burnt, and how it ended.
    async fn once(&self, fuel: u64, deadline: Instant) -> Result<wasmtime::Result<(u64, Ended)>, DeadlinePassed> {
        let mut invocation = self.invocation.clone();
        invocation.limits.fuel = fuel;
        invocation.deadline = deadline;
        invocation.answerer = invocation.answerer.and_then(|answerer| answerer.again());
        let outside = invocation.outside.filter(|_| invocation.answerer.is_some());
        invocation.outside = outside.map(|outside| Arc::new(outside.emptied()));
        let (engine, wasi) = match &self.hook.shape {
            Shape::Component { wasi, .. } => (self.sandbox.engine(), *wasi),
            Shape::Command { .. } => (self.sandbox.engine(), false),
            Shape::JavaScript(_) => (self.sandbox.javascript(), false),
        };
        let mut store = self.sandbox.store(engine, invocation, wasi);
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
