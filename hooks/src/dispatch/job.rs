//! One execution: the invocation, the judgement of its result, the log entry and the answer.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_egress::Call;
use hookbox_host_api::log::{Level, LogBuffer, Mask};
use hookbox_host_api::{Decision, Failure, FailureKind, Outcome, Usage, json, surrogates};
use hookbox_runtime::{Execution, Invocation, RequestHead, Share};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::answer::Answer;
use super::detach_on_drop::Detached;
use super::event::Occurrence;
use super::limit::named;
use super::log::ExecutionLog;
use crate::clock::Clock;
use crate::directory::{Hook, Policy, Serving};
use crate::hook_type::{Verdict, WebAnswer};
use crate::ids::{AccountId, HookId};
use crate::limits::ServiceLimits;
use crate::logs::{LogEntry, micros};
use crate::message::masked_failure;
use crate::metrics::Metrics;

/// The most bytes of an event's secrets whose mask is made on a thread that serves requests. A mask holds every spelling of a value.
const MASK_INLINE_BYTES: usize = 256;

/// What all executions share.
pub(super) struct Shared {
    pub(super) log: Arc<dyn ExecutionLog>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: ServiceLimits,
    pub(super) metrics: Arc<Metrics>,
    /// Executions whose caller has gone.
    pub(super) detached: Arc<Detached>,
}

/// An execution to be run.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) account: AccountId,
    pub(super) serving: Arc<Serving>,
    pub(super) event: Occurrence,
    /// The head of the request, if the function is a server.
    pub(super) request: Option<Arc<RequestHead>>,
}

/// What identifies an execution in its log entry and its answer.
struct ExecutionIdentity<'a> {
    account: AccountId,
    hook_id: HookId,
    version: Option<u32>,
    policy: &'a Policy,
}

/// How an execution ended, before it is logged and answered.
struct RunResult {
    result: Result<Judged, Failure>,
    usage: Usage,
    calls: Vec<Call>,
    log: LogBuffer,
}

/// A decision that is not due to a failure.
enum Judged {
    /// The function decided, in its result.
    Completed(Verdict),
    /// The hook's conditions leave the user out.
    Skipped(Decision),
}

impl Job {
    /// Runs the function on the context as it sees it. A failed run is repeated as long as the hook has retries left and there is time.
    pub(super) async fn run(self: Arc<Self>, context: Bytes) -> Answer {
        let _running = self.shared.metrics.running();
        let mask = match self.mask().await {
            Ok(mask) => mask,
            Err(problem) => return self.failed(Failure::new(FailureKind::Host, problem)),
        };
        let mut end = self.attempt(context.clone(), mask.clone()).await;
        while let Some(failure) = end.result.as_ref().err().filter(|failure| self.repeats(failure, end.usage.attempts)) {
            let head = Failure { stack: None, ..failure.clone() }.report();
            let stack = failure.stack.as_deref().map(|stack| format!("\n{stack}")).unwrap_or_default();
            let message = format!("{head} (run {} failed, and is repeated){stack}", end.usage.attempts);
            end.log.message(Level::Error, &message, self.shared.clock.now());
            end = end.followed_by(self.attempt(context.clone(), mask.clone()).await);
        }
        self.shared.conclude(&self.identity(), &self.event, end)
    }

    /// One run in a sandbox of its own. Its failure has no secret in it any more.
    async fn attempt(&self, context: Bytes, mask: Arc<Mask>) -> RunResult {
        let Execution { result, usage, log, calls, ended: _ } =
            self.serving.function.clone().execute(self.invocation(context, mask.clone())).await;
        let result = result.map_err(|failure| named(failure, self.serving.limits, self.serving.timeout));
        let result = result.and_then(|result| self.judge(result));
        let result = result.map_err(|failure| masked_failure(&mask, failure, self.shared.limits.error_bytes));
        RunResult { result, usage, calls: calls.into_iter().map(|call| masked_call(&mask, call)).collect(), log }
    }

    /// Whether a failed run is repeated: another run may do better, retries are left, and the deadline has not passed.
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

    /// The answer if the host panicked during the run.
    pub(super) fn broke_off(&self) -> Answer {
        tracing::error!(execution = %self.event.execution_id, "an execution broke off inside the host");
        self.failed(Failure::new(FailureKind::Host, "the execution broke off inside the host"))
    }

    /// The answer if the host failed before it ran the function.
    pub(super) fn failed(&self, failure: Failure) -> Answer {
        let log = self.shared.log_buffer(&self.event, Arc::default());
        let end = RunResult { result: Err(failure), usage: Usage::default(), calls: Vec::new(), log };
        self.shared.conclude(&self.identity(), &self.event, end)
    }

    fn identity(&self) -> ExecutionIdentity<'_> {
        let Serving { hook_id, version, .. } = *self.serving;
        ExecutionIdentity { account: self.account, hook_id, version: Some(version), policy: &self.serving.policy }
    }

    fn invocation(&self, context: Bytes, mask: Arc<Mask>) -> Invocation {
        Invocation {
            execution_id: self.event.execution_id.shared(),
            identity: self.serving.identity.clone(),
            context,
            request: self.request.clone(),
            env: self.serving.env.clone(),
            mask,
            grant: self.serving.grant.clone(),
            outside: None,
            answerer: None,
            beginning: None,
            limits: self.serving.limits,
            deadline: self.deadline(),
            share: Share { owner: self.account.get(), hook: self.serving.hook_id.number() },
            log_limit: self.shared.limits.log_bytes,
        }
    }

    /// A mask over the hook's env values and the event's secrets.
    async fn mask(&self) -> Result<Arc<Mask>, String> {
        if self.event.secrets.is_empty() {
            return Ok(self.serving.mask.clone());
        }
        let bytes: usize = self.event.secrets.iter().map(|secret| secret.expose().len()).sum();
        let made = if bytes <= MASK_INLINE_BYTES {
            self.serving.mask.with(&self.event.secrets)
        } else {
            let (mask, secrets) = (self.serving.mask.clone(), self.event.secrets.clone());
            let making = tokio::task::spawn_blocking(move || mask.with(&secrets));
            making.await.map_err(|error| format!("the log's mask was not made: {error}"))?
        };
        made.map(Arc::new).map_err(|error| format!("the log's mask cannot be made: {error}"))
    }

    fn judge(&self, result: Box<RawValue>) -> Result<Judged, Failure> {
        let invalid = |message: String| Failure::new(FailureKind::InvalidResponse, message);
        // Two readers could take different values for a key that occurs twice.
        json::check(&result).map_err(|error| invalid(format!("the response is not usable: {error}")))?;
        let (adapter, kept) = (&self.event.adapter, &self.event.kept);
        let verdict = match self.request {
            Some(_) => WebAnswer::read(&result).and_then(|answer| adapter.judge_answer(&answer, kept)),
            None => adapter.judge(result, kept),
        };
        let verdict = verdict.map_err(|error| invalid(error.0))?;
        Ok(Judged::Completed(Verdict { body: verdict.body.map(surrogates::readable), ..verdict }))
    }
}

/// A call whose texts, which are the function's, have no secret in them.
fn masked_call(mask: &Mask, call: Call) -> Call {
    Call { method: mask.apply(&call.method), origin: mask.apply(&call.origin), ..call }
}

impl RunResult {
    /// The same execution after one more run.
    fn followed_by(mut self, next: Self) -> Self {
        self.log.append(next.log);
        let usage = Usage {
            duration_us: 0,
            fuel: self.usage.fuel.saturating_add(next.usage.fuel),
            memory_bytes: self.usage.memory_bytes.max(next.usage.memory_bytes),
            attempts: self.usage.attempts.saturating_add(next.usage.attempts),
        };
        self.calls.extend(next.calls);
        Self { result: next.result, usage, calls: self.calls, log: self.log }
    }
}

impl Shared {
    /// The answer if a hook's conditions leave the user out: the decision is the same as without a hook.
    pub(super) fn skipped(&self, account: AccountId, hook: &Hook, event: &Occurrence, decision: Decision) -> Answer {
        let version = hook.serving.as_ref().map(|serving| serving.version);
        let identity = ExecutionIdentity { account, hook_id: hook.record.id, version, policy: &hook.policy };
        let log = self.log_buffer(event, Arc::default());
        self.conclude(
            &identity,
            event,
            RunResult { result: Ok(Judged::Skipped(decision)), usage: Usage::default(), calls: Vec::new(), log },
        )
    }

    /// The answer of a hook without a ready version.
    pub(super) fn not_ready(&self, account: AccountId, hook: &Hook, event: &Occurrence) -> Answer {
        let identity = ExecutionIdentity { account, hook_id: hook.record.id, version: None, policy: &hook.policy };
        let status = hook.record.status.as_str();
        let failure = Failure::new(FailureKind::NotReady, format!("the hook has no version that is ready: its status is {status}"));
        let log = self.log_buffer(event, Arc::default());
        self.conclude(&identity, event, RunResult { result: Err(failure), usage: Usage::default(), calls: Vec::new(), log })
    }

    fn log_buffer(&self, event: &Occurrence, mask: Arc<Mask>) -> LogBuffer {
        LogBuffer::new(event.execution_id.shared(), mask, self.limits.log_bytes)
    }

    /// Logs an execution and answers it. A failure that quotes a function is masked already.
    fn conclude(&self, identity: &ExecutionIdentity<'_>, event: &Occurrence, end: RunResult) -> Answer {
        let mut usage = end.usage;
        usage.duration_us = event.elapsed_us();
        let (outcome, verdict, failure) = match end.result {
            Ok(Judged::Completed(verdict)) => (Outcome::Completed, verdict, None),
            Ok(Judged::Skipped(decision)) => (Outcome::Skipped, event.default_verdict(decision), None),
            Err(failure) => (failure.kind.outcome(), event.default_verdict(identity.policy.on_error), Some(failure)),
        };
        self.metrics.executed(event.hook_type, outcome, usage.duration_us, usage.fuel);
        let now = self.clock.now();
        let log = end.log.finish(failure.as_ref(), now);
        self.log.append(LogEntry {
            id: event.execution_id.to_string(),
            account: identity.account.get(),
            hook_id: identity.hook_id.to_string(),
            version: identity.version,
            request_id: event.request_id.clone(),
            correlation_id: event.correlation_id.clone(),
            created_at: micros(now),
            outcome,
            decision: verdict.decision,
            failure: failure.clone(),
            usage,
            calls: end.calls,
            events: log.events,
            truncated: log.truncated,
        });
        let mut answer = Answer::new(verdict, outcome, usage, event);
        answer.hook_id = Some(identity.hook_id);
        answer.version = identity.version;
        answer.error = failure;
        answer.exposes_errors = identity.policy.expose_errors;
        answer
    }
}
