//! The answer to an event: how the execution ended, what is decided, and what the function returned.

use hookbox_host_api::{Decision, Failure, Outcome, Usage};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::ids::{ExecutionId, HookId};

/// What an identity provider is told, in the field order in which it is documented; null where there is nothing.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub(super) execution_id: ExecutionId,
    pub(super) request_id: String,
    pub(super) correlation_id: String,
    pub(super) hook_id: Option<HookId>,
    pub(super) version: Option<u32>,
    pub(super) outcome: Outcome,
    pub(super) decision: Decision,
    pub(super) result: Option<Box<RawValue>>,
    pub(super) error: Option<Failure>,
    pub(super) usage: Usage,
}

impl Answer {
    /// The answer for a caller who may fire but not look: where in the function it failed is for its author.
    pub(crate) fn without_trace(self) -> Self {
        let error = self.error.map(|failure| Failure { stack: None, place: None, ..failure });
        Self { error, ..self }
    }

    /// How the execution ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What is decided.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The server's id of the execution.
    pub fn execution_id(&self) -> &ExecutionId {
        &self.execution_id
    }

    /// The caller's id of the event, or one made for it.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The caller's id of the login that the event belongs to, or one made for it.
    pub fn correlation_id(&self) -> &str {
        &self.correlation_id
    }
}
