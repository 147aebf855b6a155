//! One event: a context that was read and checked, the ids that go with it, and when its clock started.

use bytes::Bytes;
use hookbox_host_api::{Context, Decision, HookType, Outcome, Secret, Usage};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::Answer;
use crate::directory::Account;
use crate::error::ServiceError;
use crate::ids::ExecutionId;
use crate::uuid_pool;

/// The longest secret in a context. Every spelling of it is searched for in the log, and whoever logs in chooses its length.
const MAX_SECRET_BYTES: usize = 1024;

/// An event, independent of the request that brought it.
pub(super) struct Event {
    pub(super) hook_type: HookType,
    /// Whether the account takes a user without `success` for none.
    pub(super) strict: bool,
    /// The user as the caller sent it, for an allow that no function gives; empty where there is none.
    user: Bytes,
    pub(super) execution_id: ExecutionId,
    pub(super) request_id: String,
    pub(super) correlation_id: String,
    /// Values in the context that must not be logged.
    pub(super) secrets: Vec<Secret>,
    /// When the body was read: deadlines and durations count from here.
    pub(super) read_at: Instant,
}

impl Event {
    pub(super) fn new(
        account: &Account,
        context: &Context<'_>,
        hook_type: HookType,
        body: &Bytes,
        read_at: Instant,
    ) -> Result<Self, ServiceError> {
        let secrets = context.secrets();
        if secrets.iter().any(|secret| secret.expose().len() > MAX_SECRET_BYTES) {
            return Err(ServiceError::invalid_body(format!("the context holds a secret of more than {MAX_SECRET_BYTES} bytes")));
        }
        let id = |key| context.id(key).map_or_else(|| uuid_pool::uuid().to_string(), str::to_owned);
        Ok(Self {
            hook_type,
            strict: account.record.settings.strict,
            user: context.get("user").map_or_else(Bytes::new, |user| body.slice_ref(user.get().as_bytes())),
            execution_id: ExecutionId::random(),
            request_id: id("request_id"),
            correlation_id: id("correlation_id"),
            secrets,
            read_at,
        })
    }

    /// The answer of an allow that no function gave: the user as the caller sent it.
    fn allowed(&self) -> Option<Box<RawValue>> {
        let user = str::from_utf8(&self.user).ok().filter(|user| !user.is_empty()).unwrap_or("null");
        RawValue::from_string(format!(r#"{{"success":true,"user":{user}}}"#)).ok()
    }

    /// The result that goes with a decision which no function made.
    pub(super) fn result_of(&self, decision: Decision) -> Option<Box<RawValue>> {
        match decision {
            Decision::Allow => self.allowed(),
            Decision::Deny => None,
        }
    }

    /// The answer where there is no live hook.
    pub(super) fn without_hook(self, decision: Decision) -> Answer {
        Answer {
            result: self.result_of(decision),
            execution_id: self.execution_id,
            request_id: self.request_id,
            correlation_id: self.correlation_id,
            hook_id: None,
            version: None,
            outcome: Outcome::NoHook,
            decision,
            error: None,
            usage: Usage::default(),
        }
    }
}
