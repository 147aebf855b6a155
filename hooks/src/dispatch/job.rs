//! One execution: the invocation, the judgement on what came of it, the log entry and the answer.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::log::{Level, LogBuffer, Mask};
use hookbox_host_api::{Decision, Failure, FailureKind, Outcome, Secret, Usage, response};
use hookbox_runtime::{Execution, Invocation};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::event::Event;
use super::{Answer, named, since};
use crate::clock::Clock;
use crate::directory::{Hook, Serving};
use crate::ids::{AccountId, HookId};
use crate::limits::ServiceLimits;
use crate::logs::{LogEntry, LogWriter, micros};
use crate::message::masked_failure;
use crate::metrics::Metrics;
use crate::resources::HookRecord;

/// Env values above this many bytes are not searched for spellings on a thread that serves requests.
const MASK_INLINE: usize = 4 << 10;

/// What all executions share.
pub(super) struct Shared {
    pub(super) log: LogWriter,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: ServiceLimits,
    pub(super) metrics: Arc<Metrics>,
}

/// An execution that is to be made.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) account: AccountId,
    pub(super) serving: Arc<Serving>,
    pub(super) event: Event,
}

/// ExecutionIdentity execution it is, for its entry and answer.
struct ExecutionIdentity {
    account: AccountId,
    hook_id: HookId,
    version: Option<u32>,
    on_error: Decision,
}

/// How an execution ended, before anybody is told.
struct RunResult {
    result: Result<Judged, Failure>,
    usage: Usage,
    log: LogBuffer,
}

/// What was decided, other than by a failure.
enum Judged {
    /// By the function, in its result.
    Completed(Decision, Box<RawValue>),
    /// Without it.
    Skipped(Decision),
}

impl Job {
    /// Makes the execution, on the context as the function sees it: a run, and others as long as runs fail, the hook has retries left, and
    /// there is time.
    pub(super) async fn run(self: Arc<Self>, context: Bytes) -> Answer {
        let _running = self.shared.metrics.running();
        let mask = match self.mask().await {
            Ok(mask) => mask,
            Err(problem) => return self.failed(problem),
        };
        let mut end = self.attempt(context.clone(), mask.clone()).await;
        while let Some(failure) = end.result.as_ref().err().filter(|failure| self.repeats(failure, end.usage.attempts)) {
            let head = Failure { stack: None, ..failure.clone() }.report();
            let stack = failure.stack.as_deref().map(|stack| format!("\n{stack}")).unwrap_or_default();
            let message = format!("{head} (run {} failed, and is repeated){stack}", end.usage.attempts);
            end.log.message(Level::Error, &message, self.shared.clock.now());
            end = end.followed_by(self.attempt(context.clone(), mask.clone()).await);
        }
        self.shared.conclude(&self.whose(), &self.event, &mask, end)
    }

    /// One run in a sandbox of its own.
    async fn attempt(&self, context: Bytes, mask: Arc<Mask>) -> RunResult {
        let Execution { result, usage, log } = self.serving.guest.clone().execute(self.invocation(context, mask)).await;
        let result = result.map_err(|failure| named(failure, self.serving.limits, self.serving.timeout));
        RunResult { result: result.and_then(|result| self.judge(result)), usage, log }
    }

    /// Whether a failure is the function's, so that another run may do better, before the one deadline.
    fn repeats(&self, failure: &Failure, attempts: u32) -> bool {
        let its_own = match failure.kind {
            FailureKind::Timeout | FailureKind::Overloaded | FailureKind::NotReady => false,
            FailureKind::Trap
            | FailureKind::Exit
            | FailureKind::Exception
            | FailureKind::NeverSettled
            | FailureKind::StackOverflow
            | FailureKind::Host
            | FailureKind::OutOfFuel
            | FailureKind::OutOfMemory
            | FailureKind::InvalidResponse => true,
        };
        its_own && attempts <= self.serving.retries.into() && Instant::now() < self.deadline()
    }

    fn deadline(&self) -> Instant {
        self.event.read_at + self.serving.timeout
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
        let end = RunResult { result: Err(Failure::new(FailureKind::Host, problem)), usage: Usage::default(), log };
        self.shared.conclude(&self.whose(), &self.event, &Mask::default(), end)
    }

    fn whose(&self) -> ExecutionIdentity {
        let Serving { hook_id, version, on_error, .. } = *self.serving;
        ExecutionIdentity { account: self.account, hook_id, version: Some(version), on_error }
    }

    fn invocation(&self, context: Bytes, mask: Arc<Mask>) -> Invocation {
        Invocation {
            execution_id: self.event.execution_id.shared(),
            identity: self.serving.identity.clone(),
            context,
            env: self.serving.env.clone(),
            mask,
            limits: self.serving.limits,
            deadline: self.deadline(),
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

    fn judge(&self, result: Box<RawValue>) -> Result<Judged, Failure> {
        match response::decide(self.event.hook_type, &result, self.event.strict) {
            Ok(decision) => Ok(Judged::Completed(decision, response::readable(result))),
            Err(error) => Err(Failure::new(FailureKind::InvalidResponse, error.to_string())),
        }
    }
}

impl RunResult {
    /// The same execution after one run more.
    fn followed_by(mut self, next: Self) -> Self {
        self.log.append(next.log);
        let usage = Usage {
            duration_us: 0,
            fuel: self.usage.fuel.saturating_add(next.usage.fuel),
            memory_bytes: self.usage.memory_bytes.max(next.usage.memory_bytes),
            attempts: self.usage.attempts.saturating_add(next.usage.attempts),
        };
        Self { result: next.result, usage, log: self.log }
    }
}

impl Shared {
    /// The answer of a hook whose conditions leave the user out: as if there were none.
    pub(super) fn skipped(&self, account: AccountId, hook: &Hook, event: &Event) -> Answer {
        let version = hook.serving.as_ref().map(|serving| serving.version);
        let whose = ExecutionIdentity { account, hook_id: hook.record.id, version, on_error: hook.record.spec.on_error };
        let result = Ok(Judged::Skipped(event.hook_type.without_hook()));
        let log = self.log_buffer(event, Arc::default());
        self.conclude(&whose, event, &Mask::default(), RunResult { result, usage: Usage::default(), log })
    }

    /// The answer of a hook without a version that is ready.
    pub(super) fn not_ready(&self, account: AccountId, record: &HookRecord, event: &Event) -> Answer {
        let whose = ExecutionIdentity { account, hook_id: record.id, version: None, on_error: record.spec.on_error };
        let failure =
            Failure::new(FailureKind::NotReady, format!("the hook has no version that is ready: its status is {}", record.status.as_str()));
        let log = self.log_buffer(event, Arc::default());
        self.conclude(&whose, event, &Mask::default(), RunResult { result: Err(failure), usage: Usage::default(), log })
    }

    fn log_buffer(&self, event: &Event, mask: Arc<Mask>) -> LogBuffer {
        LogBuffer::new(event.execution_id.shared(), mask, self.limits.log_bytes)
    }

    /// Logs an execution and answers it.
    fn conclude(&self, whose: &ExecutionIdentity, event: &Event, mask: &Mask, end: RunResult) -> Answer {
        let mut usage = end.usage;
        usage.duration_us = since(event.read_at);
        let (outcome, decision, result, failure) = match end.result {
            Ok(Judged::Completed(decision, result)) => (Outcome::Completed, decision, Some(result), None),
            Ok(Judged::Skipped(decision)) => (Outcome::Skipped, decision, event.result_of(decision), None),
            Err(failure) => {
                let failure = masked_failure(mask, failure, self.limits.error_bytes);
                (failure.kind.outcome(), whose.on_error, event.result_of(whose.on_error), Some(failure))
            }
        };
        self.metrics.executed(event.hook_type, outcome, usage.duration_us, usage.fuel);
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
