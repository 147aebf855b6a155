//! The state of one execution, which its store holds: limits, clock, log, and what each host interface keeps.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_host_api::log::LogBuffer;
use tokio::time::Instant;

use super::Identity;
use super::limiter::MemoryLimiter;
use super::meter::Meter;
use super::stop::Stop;
use super::way_out::WayOut;
use super::world::World;
use crate::host::{JsState, Stdout, WasiState};

/// What a store holds while its guest runs. It ends with the execution; [`super::Execution`] takes over the log and the usage.
pub(crate) struct CallState {
    pub(crate) limiter: MemoryLimiter,
    pub(crate) meter: Meter,
    pub(crate) log: LogBuffer,
    pub(crate) identity: Arc<Identity>,
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

    /// The moment until which a wait for `due` really has to be waited for, no later than the deadline; `None` where the clock is held.
    ///
    /// # Errors
    /// [`Stop::Timeout`] when a held clock would pass the end of the execution.
    pub(crate) fn wait_until(&self, due: Instant) -> Result<Option<Instant>, Stop> {
        self.world.wait_until(due, self.started, self.meter.deadline)
    }

    /// Whether the clock stands still unless something waits for it.
    pub(crate) fn holds_clock(&self) -> bool {
        self.world.clock().is_some()
    }

    /// Moves what a guest printed by WASI into the log. Returns the number of bytes.
    pub(crate) fn drain_wasi(&mut self) -> usize {
        let Some(wasi) = &self.wasi else { return 0 };
        let printed = std::mem::take(&mut *wasi.printed.lock().unwrap_or_else(PoisonError::into_inner));
        let now = SystemTime::now();
        printed.iter().for_each(|(stream, bytes)| self.log.stream(*stream, bytes, now));
        printed.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}
