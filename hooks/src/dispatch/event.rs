//! One event on its way through the service: what its adapter read, the ids that go with it, and when its clock started.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::{Decision, Failure, FailureKind, Secret};
use tokio::time::Instant;

use crate::hook_type::{Adapter, Event, HookType, Verdict};
use crate::ids::ExecutionId;
use crate::uuid_pool;

/// The longest secret in an event. The log is searched for every spelling of it, and the user who logs in chooses its length.
const MAX_SECRET_BYTES: usize = 1024;

/// An event, independent of the request that brought it.
pub(super) struct Occurrence {
    pub(super) hook_type: HookType,
    pub(super) adapter: Arc<dyn Adapter>,
    pub(super) execution_id: ExecutionId,
    pub(super) request_id: String,
    pub(super) correlation_id: String,
    /// Values in the event that must not be logged.
    pub(super) secrets: Vec<Secret>,
    /// What the adapter needs to judge, and for [`Occurrence::default_verdict`].
    pub(super) kept: Bytes,
    /// When the body was read: deadlines and durations count from here.
    pub(super) read_at: Instant,
}

impl Occurrence {
    pub(super) fn new(hook_type: HookType, adapter: Arc<dyn Adapter>, event: Event, read_at: Instant) -> Self {
        let id = |id: Option<String>| id.unwrap_or_else(|| uuid_pool::uuid().to_string());
        Self {
            hook_type,
            adapter,
            execution_id: ExecutionId::random(),
            request_id: id(event.request_id),
            correlation_id: id(event.correlation_id),
            secrets: event.secrets,
            kept: event.kept,
            read_at,
        }
    }

    /// The failure for an event that no function may see.
    pub(super) fn refusal(&self) -> Option<Failure> {
        let too_long = self.secrets.iter().any(|secret| secret.expose().len() > MAX_SECRET_BYTES);
        let message = format!("the event holds a secret of more than {MAX_SECRET_BYTES} bytes, which cannot be kept out of the log");
        too_long.then(|| Failure::new(FailureKind::Host, message))
    }

    /// The verdict for a decision that no function made.
    pub(super) fn default_verdict(&self, decision: Decision) -> Verdict {
        self.adapter.default_verdict(decision, &self.kept)
    }

    /// Microseconds since the event was read.
    pub(super) fn elapsed_us(&self) -> u64 {
        u64::try_from(self.read_at.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
