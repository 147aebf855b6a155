//! The state of one execution, which its store holds: limits, clock, log, and what each host interface keeps.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_host_api::log::LogBuffer;
use tokio::time::Instant;

use super::limiter::MemoryLimiter;
use super::meter::Meter;
use super::stop::Stop;
use super::turns::Turn;
use super::way_out::WayOut;
use super::world::World;
use super::{Identity, RequestHead};
use crate::host::{JsState, Stdout, WasiState};

/// What a store holds while its guest runs. It ends with the execution; [`super::Execution`] takes over the log and the usage.
pub(crate) struct CallState {
    pub(crate) limiter: MemoryLimiter,
    pub(crate) meter: Meter,
    pub(crate) log: LogBuffer,
    pub(crate) identity: Arc<Identity>,
    /// The head of the request that a server answers.
    pub(crate) request: Option<Arc<RequestHead>>,
    pub(crate) env: Arc<EnvVars>,
    /// The context and how much of it a command has read from standard input.
    pub(crate) stdin: (Bytes, usize),
    pub(crate) stdout: Stdout,
    pub(crate) started: Instant,
    pub(crate) world: World,
    pub(crate) way_out: WayOut,
    pub(crate) wasi: Option<Box<WasiState>>,
    pub(crate) js: JsState,
    /// The longest result, in bytes.
    pub(crate) result_limit: usize,
}

impl CallState {
    /// The time of day.
    pub(crate) fn wall_clock(&self) -> SystemTime {
        self.world.wall_clock()
    }

    /// The time since the execution started.
    pub(crate) fn age(&self) -> Duration {
        self.world.age(self.started)
    }

    /// The time that the execution has left.
    pub(crate) fn remaining(&self) -> Duration {
        self.world.remaining(self.meter.deadline)
    }

    /// The present moment, from which waits are counted.
    pub(crate) fn moment(&self) -> Instant {
        self.world.moment(self.started)
    }

    /// The moment until which a wait for `due` really has to be waited for, no later than the deadline; `None` where it takes no real time.
    ///
    /// # Errors
    /// [`Stop::Timeout`] when a held clock would pass the end of the execution.
    pub(crate) fn wait_until(&self, due: Instant) -> Result<Option<Instant>, Stop> {
        self.world.wait_until(due, self.started, self.meter.deadline)
    }

    /// Whether the clock stands still while something outside is waited for.
    pub(crate) fn clock_stands_still(&self) -> bool {
        self.world.stands_still()
    }

    /// Something was waited for from `from` on: a sleep that is over at `due`, or anything else.
    pub(crate) fn waited(&self, from: Instant, due: Option<Instant>) {
        self.world.waited(from.elapsed(), due.map(|due| due.saturating_duration_since(self.started)));
    }

    /// An operation was done at a moment.
    pub(crate) fn keep_turn(&self, operation: i32, at: Instant) {
        self.world.keep(operation, at.saturating_duration_since(self.started));
    }

    /// The operation whose turn it is, and the moment of its turn, where turns are given. `under_way` says which operations can have one.
    ///
    /// # Errors
    /// [`Stop::Timeout`] if the time of the execution was over here, and it waits again.
    pub(crate) fn given_turn(&mut self, waits: bool, under_way: impl Fn(&Self, i32) -> bool) -> Result<Option<(i32, Instant)>, Stop> {
        match self.world.given() {
            Some((turn, _)) if turn.is_timeout() => {
                if waits {
                    Err(Stop::Timeout)
                } else {
                    Ok(None)
                }
            }
            Some((Turn(operation, _), at)) if under_way(self, operation) => Ok(Some((operation, self.started + at))),
            Some(_) => {
                self.world.leave_order();
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Takes the turn that is given.
    pub(crate) fn take_turn(&mut self) {
        self.world.take();
    }

    /// The time of day for a line of the log.
    pub(crate) fn log_time(&self) -> SystemTime {
        self.world.noted()
    }

    /// Moves what a guest printed by WASI into the log. Returns the number of bytes.
    pub(crate) fn drain_wasi(&mut self) -> usize {
        let now = self.log_time();
        let Some(wasi) = &self.wasi else { return 0 };
        let printed = std::mem::take(&mut *wasi.printed.lock().unwrap_or_else(PoisonError::into_inner));
        printed.iter().for_each(|(stream, bytes)| self.log.stream(*stream, bytes, now));
        printed.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}
