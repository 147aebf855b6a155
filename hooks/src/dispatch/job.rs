//! One execution: the invocation, the judgement on what came of it, the log entry and the answer.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::log::{LogBuffer, Mask};
use hookbox_host_api::{Decision, Failure, FailureKind, Outcome, Secret, Usage, response};
use hookbox_runtime::{Execution, Invocation};
use serde_json::value::RawValue;

use super::event::Event;
use super::{Answer, masked_failure};
use crate::clock::Clock;
use crate::directory::Serving;
use crate::ids::{AccountId, HookId};
use crate::logs::{LogEntry, LogWriter, micros};
use crate::resources::HookRecord;
use crate::service::ServiceLimits;

/// Env values above this many bytes are not searched for spellings on a thread that serves requests.
const MASK_INLINE: usize = 4 << 10;

/// What all executions share.
pub(super) struct Shared {
    pub(super) log: LogWriter,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: ServiceLimits,
}

/// An execution that is to be made.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) account: AccountId,
    pub(super) serving: Arc<Serving>,
    pub(super) event: Event,
}

/// Whose execution it is, for its entry and answer.
struct Whose {
    account: AccountId,
    hook_id: HookId,
    version: Option<u32>,
    on_error: Decision,
}

/// How an execution ended, before anybody is told.
struct End {
    result: Result<(Decision, Box<RawValue>), Failure>,
    usage: Usage,
    log: LogBuffer,
}

impl Job {
    /// Makes the execution, on the context as the function sees it.
    pub(super) async fn run(self: Arc<Self>, context: Bytes) -> Answer {
        let mask = match self.mask().await {
            Ok(mask) => mask,
            Err(problem) => return self.failed(problem),
        };
        let execution = self.serving.guest.clone().execute(self.invocation(context, mask.clone())).await;
        let Execution { result, usage, log } = execution;
        let result = result.and_then(|result| self.judge(result));
        self.shared.conclude(&self.whose(), &self.event, &mask, End { result, usage, log })
    }

    /// The answer when the host panicked while it ran.
    pub(super) fn broke_off(&self) -> Answer {
        tracing::error!(execution = %self.event.execution_id, "an execution broke off inside the host");
        self.failed("the execution broke off inside the host".to_owned())
    }

    /// The answer when the host did not get as far as running the function.
    fn failed(&self, problem: String) -> Answer {
        // Nothing of the guest is quoted, so no mask is needed.
        let log = self.shared.log_buffer(&self.event, Arc::default());
        let end = End { result: Err(Failure::new(FailureKind::Host, problem)), usage: Usage::default(), log };
        self.shared.conclude(&self.whose(), &self.event, &Mask::default(), end)
    }

    fn whose(&self) -> Whose {
        let Serving { hook_id, version, on_error, .. } = *self.serving;
        Whose { account: self.account, hook_id, version: Some(version), on_error }
    }

    fn invocation(&self, context: Bytes, mask: Arc<Mask>) -> Invocation {
        Invocation {
            execution_id: self.event.execution_id.shared(),
            context,
            env: self.serving.env.clone(),
            mask,
            limits: self.serving.limits,
            deadline: self.event.read_at + self.serving.timeout,
            log_limit: self.shared.limits.log_bytes,
        }
    }

    /// The hook's mask, and what the context adds to it.
    async fn mask(&self) -> Result<Arc<Mask>, String> {
        if self.event.secrets.is_empty() {
            return Ok(self.serving.mask.clone());
        }
        let env = self.serving.env.iter().map(|(_, value)| value);
        let secrets: Vec<Secret> = env.chain(&self.event.secrets).cloned().collect();
        let make = move || Mask::new(&secrets).map(Arc::new).map_err(|error| format!("the log's mask cannot be made: {error}"));
        let bytes: usize = self.serving.env.iter().map(|(_, value)| value.expose().len()).sum();
        if bytes <= MASK_INLINE {
            return make();
        }
        tokio::task::spawn_blocking(make).await.unwrap_or_else(|error| Err(format!("the log's mask was not made: {error}")))
    }

    fn judge(&self, result: Box<RawValue>) -> Result<(Decision, Box<RawValue>), Failure> {
        match response::decide(self.event.hook_type, &result) {
            Ok(decision) => Ok((decision, result)),
            Err(error) => Err(Failure::new(FailureKind::InvalidResponse, error.to_string())),
        }
    }
}

impl Shared {
    /// The answer of a hook without a version that is ready.
    pub(super) fn not_ready(&self, account: AccountId, record: &HookRecord, event: &Event) -> Answer {
        let whose = Whose { account, hook_id: record.id, version: None, on_error: record.spec.on_error };
        let failure =
            Failure::new(FailureKind::NotReady, format!("the hook has no version that is ready: its status is {}", record.status.as_str()));
        let log = self.log_buffer(event, Arc::default());
        self.conclude(&whose, event, &Mask::default(), End { result: Err(failure), usage: Usage::default(), log })
    }

    fn log_buffer(&self, event: &Event, mask: Arc<Mask>) -> LogBuffer {
        LogBuffer::new(event.execution_id.shared(), mask, self.limits.log_bytes)
    }

    /// Logs an execution and answers it.
    fn conclude(&self, whose: &Whose, event: &Event, mask: &Mask, end: End) -> Answer {
        let mut usage = end.usage;
        usage.duration_us = u64::try_from(event.read_at.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (decision, result, failure) = match end.result {
            Ok((decision, result)) => (decision, Some(result), None),
            Err(failure) => {
                let failure = masked_failure(mask, failure, self.limits.error_bytes);
                (whose.on_error, event.result_of(whose.on_error), Some(failure))
            }
        };
        let outcome = failure.as_ref().map_or(Outcome::Completed, |failure| failure.kind.outcome());
        let now = self.clock.now();
        let log = end.log.finish(failure.as_ref(), now);
        self.log.append(LogEntry {
            id: event.execution_id.to_string(),
            account: whose.account.get(),
            hook_id: whose.hook_id.to_string(),
            version: whose.version,
            request_id: event.request_id.clone(),
            correlation_id: event.correlation_id.clone(),
            created_at: micros(now),
            outcome,
            decision,
            failure: failure.clone(),
            usage,
            events: log.events,
            truncated: log.truncated,
        });
        Answer {
            execution_id: event.execution_id.clone(),
            request_id: event.request_id.clone(),
            correlation_id: event.correlation_id.clone(),
            hook_id: Some(whose.hook_id),
            version: whose.version,
            outcome,
            decision,
            result,
            error: failure,
            usage,
        }
    }
}
