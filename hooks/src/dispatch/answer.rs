//! The answer to an event: how the execution ended, the decision, and what the function returned.

use hookbox_host_api::{Decision, Failure, FailureKind, Outcome, Usage};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::event::Occurrence;
use crate::hook_type::{Command, Verdict};
use crate::ids::{ExecutionId, HookId};

/// The answer for an identity provider, with the fields in their documented order. Absent values are null.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub(super) execution_id: ExecutionId,
    pub(super) request_id: String,
    pub(super) correlation_id: String,
    pub(super) hook_id: Option<HookId>,
    pub(super) version: Option<u32>,
    pub(super) outcome: Outcome,
    decision: Decision,
    #[serde(rename = "result")]
    body: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commands: Vec<Command>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    pub(super) error: Option<Failure>,
    pub(super) usage: Usage,
    /// Whether callers who may not read the hook are told what its function says of the failure.
    #[serde(skip)]
    pub(super) exposes_errors: bool,
}

/// An answer as its caller reads it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnswerView {
    /// The server's id of the execution.
    pub execution_id: String,
    /// The caller's id of the event.
    pub request_id: String,
    /// The caller's id of the login.
    pub correlation_id: String,
    /// The hook that ran, or should have.
    pub hook_id: Option<HookId>,
    /// The version that ran.
    pub version: Option<u32>,
    /// How the execution ended.
    pub outcome: Outcome,
    /// The decision.
    pub decision: Decision,
    /// The body to return.
    pub result: Option<Box<RawValue>>,
    /// The changes that the identity provider is asked to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<serde_json::Value>,
    /// A message for the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Why the execution did not complete.
    pub error: Option<Failure>,
    /// What the execution used.
    pub usage: Usage,
}

/// What is said of failures whose message may be the function's own words, or name what is in it. The others' are the server's.
fn in_general(kind: FailureKind) -> Option<&'static str> {
    match kind {
        FailureKind::Trap => Some("the function trapped"),
        FailureKind::Exit => Some("the function ended itself with an error"),
        FailureKind::Exception => Some("the function threw an exception that nothing caught"),
        FailureKind::StackOverflow => Some("too many nested calls"),
        FailureKind::InvalidResponse => Some("the function's response is not usable"),
        FailureKind::NeverSettled
        | FailureKind::Host
        | FailureKind::Timeout
        | FailureKind::OutOfFuel
        | FailureKind::OutOfMemory
        | FailureKind::NotReady
        | FailureKind::Overloaded => None,
    }
}

impl Answer {
    pub(super) fn new(verdict: Verdict, outcome: Outcome, usage: Usage, event: &Occurrence) -> Self {
        let Verdict { decision, commands, message, body } = verdict;
        Self {
            execution_id: event.execution_id.clone(),
            request_id: event.request_id.clone(),
            correlation_id: event.correlation_id.clone(),
            hook_id: None,
            version: None,
            outcome,
            decision,
            body,
            commands,
            message,
            error: None,
            usage,
            exposes_errors: false,
        }
    }

    /// The answer without a live hook.
    pub(super) fn without_hook(event: &Occurrence, decision: Decision) -> Self {
        Self::new(event.default_verdict(decision), Outcome::NoHook, Usage::default(), event)
    }

    /// The answer for a caller who may fire but not read. It leaves out where in the function a failure happened and, unless the hook exposes
    /// its errors, what the function says of it: that may quote anything which the function knows.
    pub(crate) fn without_particulars(mut self) -> Self {
        if let Some(failure) = &mut self.error {
            (failure.stack, failure.place) = (None, None);
            if let Some(said) = in_general(failure.kind).filter(|_| !self.exposes_errors) {
                failure.message = said.to_owned();
            }
        }
        self
    }

    /// The body to return to the identity provider.
    pub fn body(&self) -> Option<&RawValue> {
        self.body.as_deref()
    }

    /// The changes that the identity provider is asked to make.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// The message for the user who logs in.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Why the execution did not complete.
    pub fn error(&self) -> Option<&Failure> {
        self.error.as_ref()
    }

    /// What the execution used.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// How the execution ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The decision.
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
