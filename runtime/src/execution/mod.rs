//! One execution: its input, its state and its result.

mod bodies;
mod call_state;
mod failure;
mod limiter;
mod memory_share;
mod meter;
mod settle;
mod slice;
mod stop;
mod turns;
mod way_out;
mod world;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use hookbox_egress::{Answerer, Call};
use hookbox_host_api::log::{LogBuffer, Mask};
use hookbox_host_api::{EnvVars, Failure, Usage};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::grant::Grant;
use crate::outside::Outside;
use crate::scheduler::Share;

pub(crate) use bodies::Bodies;
pub(crate) use call_state::CallState;
pub(crate) use failure::{classify, plain_name};
pub(crate) use limiter::MemoryLimiter;
pub(crate) use memory_share::MemoryShare;
pub(crate) use meter::{FUEL_YIELD_INTERVAL, Meter};
pub(crate) use settle::settle;
pub(crate) use slice::{DeadlinePassed, sliced};
pub(crate) use stop::{Stop, during_start};
pub use turns::{Order, Turn, Turns};
pub(crate) use way_out::WayOut;
pub use world::Beginning;
pub(crate) use world::{HeldClock, World, draw};

/// The limits of one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel budget. One unit is about one WebAssembly instruction; host calls cost a hundred and one per byte.
    pub fuel: u64,
    /// Linear memory, in bytes.
    pub memory_bytes: usize,
}

/// The names by which a function can refer to itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Name and version in the form of an ARN of AWS.
    pub arn: String,
}

/// The head of the request that a server answers. The execution's context is its body.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct RequestHead {
    /// The method.
    pub method: String,
    /// Path and query, as they were sent.
    #[serde(rename = "url")]
    pub target: String,
    /// Names and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers hold credentials.
        f.debug_struct("RequestHead").field("method", &self.method).field("target", &self.target).finish_non_exhaustive()
    }
}

/// The input of one execution.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The server's id of the execution.
    pub execution_id: Arc<str>,
    /// The function's name and version, as it can read them itself.
    pub identity: Arc<Identity>,
    /// The context as the function sees it, JSON text.
    pub context: Bytes,
    /// The head of the request, for a function that is a server.
    pub request: Option<Arc<RequestHead>>,
    /// The env vars linked to the hook.
    pub env: Arc<EnvVars>,
    /// Hides their values in the log.
    pub mask: Arc<Mask>,
    /// What the hook may reach outside.
    pub grant: Arc<Grant>,
    /// The way out; without one, nothing is reached whatever the grant says.
    pub outside: Option<Arc<Outside>>,
    /// Who answers in the place of the network.
    pub answerer: Option<Arc<dyn Answerer>>,
    /// Where it begins, if its clock and its random bytes are held.
    pub beginning: Option<Beginning>,
    /// Whose hook it is.
    pub share: Share,
    /// Fuel and memory.
    pub limits: Limits,
    /// The moment when the execution has to be over, including the wait for a slot.
    pub deadline: Instant,
    /// The most bytes of log lines that are kept.
    pub log_limit: usize,
}

/// The result of one execution.
#[derive(Debug)]
pub struct Execution {
    /// The JSON value that the function returned, or the failure. The failure's message quotes the guest and is neither masked nor cut.
    pub result: Result<Box<RawValue>, Failure>,
    /// Fuel, peak memory and attempts. The caller fills in the duration.
    pub usage: Usage,
    /// Call [`LogBuffer::finish`] once the outcome is known.
    pub log: LogBuffer,
    /// What the function called outside.
    pub calls: Vec<Call>,
    /// The time of day at its end, by its own clock.
    pub ended: SystemTime,
}
