//! The interface between the service and one version of a hook: how an event is read for it, and what its function's result means.

use bytes::Bytes;
use hookbox_host_api::{Decision, Secret};
use serde::Serialize;
use serde_json::value::RawValue;

use super::request::{InvalidResponse, Request, WebAnswer};
use crate::error::ServiceError;

/// Reads events for a hook, and judges what its function returns. One is made for each version that serves, from its settings.
pub trait Adapter: Send + Sync {
    /// Reads an event.
    ///
    /// # Errors
    /// The body is not an event of the type. The caller receives the error.
    fn read_event(&self, body: &Bytes) -> Result<Event, ServiceError>;

    /// The verdict in what the function returned; `kept` is [`Event::kept`].
    ///
    /// # Errors
    /// The type does not allow the result; the execution ends as `invalid_response`.
    fn judge(&self, returned: Box<RawValue>, kept: &Bytes) -> Result<Verdict, InvalidResponse>;

    /// The request that brings an event to a function that is a server, where no request has brought it here.
    fn request(&self) -> Request {
        Request::post("/")
    }

    /// The verdict in what a function answered that is a server; `kept` is [`Event::kept`].
    ///
    /// # Errors
    /// As [`Adapter::judge`].
    fn judge_answer(&self, answer: &WebAnswer, kept: &Bytes) -> Result<Verdict, InvalidResponse> {
        match answer.status {
            200..=299 => self.judge(answer.json()?, kept),
            status => Err(InvalidResponse(format!("the app answered {status}: {}", answer.quoted()))),
        }
    }

    /// The verdict for a decision that no function made; `kept` is [`Event::kept`].
    fn default_verdict(&self, decision: Decision, kept: &Bytes) -> Verdict;
}

/// An event that was read and checked.
#[derive(Clone, Default)]
pub struct Event {
    /// What the function is called with: JSON.
    pub input: Bytes,
    /// The caller's id of the event, if it sent a usable one.
    pub request_id: Option<String>,
    /// The caller's id of the login that the event belongs to, if it sent a usable one.
    pub correlation_id: Option<String>,
    /// The roles of the user, for conditions; `None` if the event does not hold them.
    pub roles: Option<Vec<String>>,
    /// Values that must never be logged.
    pub secrets: Vec<Secret>,
    /// What the adapter needs again for [`Adapter::judge`] and [`Adapter::default_verdict`].
    pub kept: Bytes,
}

/// What an execution decided, and what else the caller receives.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What the identity provider must do.
    pub decision: Decision,
    /// The changes that the identity provider is asked to make, in order.
    pub commands: Vec<Command>,
    /// A message for the user who logs in.
    pub message: Option<String>,
    /// The body to return.
    pub body: Option<Box<RawValue>>,
}

impl Verdict {
    /// A decision and a body.
    pub fn new(decision: Decision, body: Option<Box<RawValue>>) -> Self {
        Self { decision, commands: Vec::new(), message: None, body }
    }
}

/// A change that the identity provider is asked to make.
#[derive(Clone, Debug, Serialize)]
pub struct Command {
    /// What kind of change it is, in the dialect's words.
    #[serde(rename = "type")]
    pub kind: String,
    /// The particulars, in JSON.
    pub value: Box<RawValue>,
}

/// The type of a value, in words, for messages.
pub fn article(value: &serde_json::Value) -> &'static str {
    use serde_json::Value;
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
