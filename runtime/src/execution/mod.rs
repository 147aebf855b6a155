//! One execution: what it is given, what it holds while it runs, what becomes of it.

mod failure;
mod limiter;
mod meter;
mod slice;
mod world;

use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::log::{LogBuffer, Mask};
use hookbox_host_api::{EnvVars, Failure, Usage};
use serde_json::value::RawValue;
use tokio::time::Instant;

pub(crate) use failure::{Stop, classify, plain_name};
pub(crate) use limiter::MemoryLimiter;
pub(crate) use meter::{FUEL_YIELD_INTERVAL, Meter, settle};
pub(crate) use slice::{DeadlinePassed, sliced};
pub(crate) use world::{HeldClock, World, draw};

use crate::host::{JsState, Stdout, WasiState};

/// The limits of one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel budget. One unit is about one WebAssembly instruction; host calls cost a hundred and one per byte.
    pub fuel: u64,
    /// Linear memory, in bytes.
    pub memory_bytes: usize,
}

/// What a function is called, for those that ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Both, and where it is, as one name in the form of AWS.
    pub arn: String,
}

/// All that one execution needs besides the hook.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The server's id of the execution.
    pub execution_id: Arc<str>,
    /// What the function is called.
    pub identity: Arc<Identity>,
    /// The context as the function sees it, JSON text.
    pub context: Bytes,
    /// The env vars linked to the hook.
    pub env: Arc<EnvVars>,
    /// Hides their values in the log.
    pub mask: Arc<Mask>,
    /// Fuel and memory.
    pub limits: Limits,
    /// When the execution is over, waiting for a slot included.
    pub deadline: Instant,
    /// How many bytes of log lines are kept.
    pub log_limit: usize,
}

/// What became of an invocation.
#[derive(Debug)]
pub struct Execution {
    /// What the function returned (one JSON value), or why it did not. The failure's message quotes the guest and is neither masked nor cut.
    pub result: Result<Box<RawValue>, Failure>,
    /// Fuel, peak memory and attempts; the duration is the caller's to fill in.
    pub usage: Usage,
    /// Call [`LogBuffer::finish`] once the outcome is known.
    pub log: LogBuffer,
}

/// What a store holds while its guest runs. Nothing of it outlives the execution but what [`Execution`] takes out.
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
    pub(crate) wasi: Option<Box<WasiState>>,
    pub(crate) js: JsState,
    /// The longest result, in bytes.
    pub(crate) result_limit: usize,
}
