//! Executions as callers see them.

use hookbox_egress::Call;
use hookbox_host_api::log::Events;
use hookbox_host_api::{Decision, Failure, Outcome, Usage};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::HookId;

/// One execution, from the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionView {
    /// The server's id of it.
    pub execution_id: String,
    /// The hook that ran.
    pub hook_id: HookId,
    /// The version that ran; `None` if no version was ready.
    pub version: Option<u32>,
    /// The caller's id of the event.
    pub request_id: String,
    /// The caller's id of the login.
    pub correlation_id: String,
    /// When it ended.
    pub created_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// What was decided.
    pub decision: Decision,
    /// What it used.
    pub usage: Usage,
    /// Why it did not complete.
    pub error: Option<Failure>,
    /// What the function called outside, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// What the function wrote, one text an event, and at the end why it failed.
    pub events: Events,
    /// Whether events were cut off.
    pub truncated: bool,
}
