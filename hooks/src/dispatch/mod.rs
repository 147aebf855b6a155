//! From a context to an answer: which hook runs, with what input, until when, and what its result means. The sandbox runs it.
//!
//! Nothing here waits for a lock or the disk: a hook comes from a snapshot in memory, and its log entry goes into a queue.

mod answer;
mod detach_on_drop;
mod event;
mod job;
mod limit;
mod log;

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use self::detach_on_drop::{DetachOnDrop, Detached, Panicked};
use self::event::Occurrence;
use self::job::{Job, Shared};
use crate::clock::Clock;
use crate::directory::{Account, Hook};
use crate::error::ServiceError;
use crate::hook_type::{Adapter, Event, HookType, Request, RequestBody};
use crate::limits::ServiceLimits;
use crate::metrics::Metrics;

pub use answer::{Answer, AnswerView};
pub(crate) use log::ExecutionLog;

/// Runs hooks.
pub(crate) struct Dispatcher(Arc<Shared>);

impl Dispatcher {
    /// A dispatcher that logs to `log`.
    pub(crate) fn new(log: Arc<dyn ExecutionLog>, clock: Arc<dyn Clock>, limits: ServiceLimits, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Shared { log, clock, limits, metrics, detached: Arc::new(Detached::new()) }))
    }

    /// Returns when every execution without a caller has ended.
    pub(crate) async fn detached_ended(&self) {
        self.0.detached.ended().await;
    }

    /// Runs the live hook of an account, or answers with the default decision.
    pub(crate) async fn trigger(
        &self,
        account: &Account,
        hook_type: HookType,
        body: &Bytes,
        read_at: Instant,
    ) -> Result<Answer, ServiceError> {
        let plan = match account.live(hook_type) {
            Some(hook) => self.plan(account, hook, Brought::from(body.clone()), read_at)?,
            None => {
                let adapter = account.adapter(hook_type)?;
                let event = Occurrence::new(hook_type, adapter.clone(), self.read(&**adapter, body)?, read_at);
                let answer = Answer::without_hook(&event, account.record.settings.default_decision(hook_type));
                self.0.metrics.executed(hook_type, answer.outcome, event.elapsed_us(), 0);
                Plan::Answered(Box::new(answer))
            }
        };
        Ok(plan.carry_out().await)
    }

    /// Runs a hook of an account on an event, disabled or not.
    pub(crate) async fn run(&self, account: &Account, hook: &Hook, brought: Brought, read_at: Instant) -> Result<Answer, ServiceError> {
        Ok(self.plan(account, hook, brought, read_at)?.carry_out().await)
    }

    fn plan(&self, account: &Account, hook: &Hook, brought: Brought, read_at: Instant) -> Result<Plan, ServiceError> {
        let Brought { event: body, roles, request, asked } = brought;
        let hook_type = hook.record.hook_type;
        let adapter = &hook.policy.adapter;
        let mut event = self.read(&**adapter, &body)?;
        let roles = roles.or(event.roles.take()).unwrap_or_default();
        let input = std::mem::take(&mut event.input);
        let is_server = hook.serving.as_ref().is_some_and(|serving| serving.function.serves());
        let request = is_server.then(|| {
            let request = request.unwrap_or_else(|| adapter.request());
            let mut request = asked.iter().fold(request, |request, asked| request.as_asked(asked));
            event.secrets.append(&mut request.secrets);
            Arc::new(request.with_length(input.len()))
        });
        let event = Occurrence::new(hook_type, adapter.clone(), event, read_at);
        if !hook.policy.conditions.iter().all(|condition| condition.holds(&roles)) {
            let decision = account.record.settings.default_decision(hook_type);
            return Ok(Plan::Answered(Box::new(self.0.skipped(account.record.id, hook, &event, decision))));
        }
        let Some(serving) = hook.serving.clone() else {
            return Ok(Plan::Answered(Box::new(self.0.not_ready(account.record.id, hook, &event))));
        };
        let refusal = event.refusal();
        let job = Job { shared: self.0.clone(), account: account.record.id, serving, event, request };
        Ok(match refusal {
            None => Plan::Run(Arc::new(job), input),
            Some(failure) => Plan::Answered(Box::new(job.failed(failure))),
        })
    }

    fn read(&self, adapter: &dyn Adapter, body: &Bytes) -> Result<Event, ServiceError> {
        let limit = self.0.limits.context_bytes;
        if body.len() > limit {
            return Err(ServiceError::TooLarge { what: "the context", limit });
        }
        adapter.read_event(body)
    }
}

/// An event, and what came with it.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// The event.
    pub event: Bytes,
    /// The roles of the user, for an event that does not hold them.
    pub roles: Option<Vec<String>>,
    /// The request that has brought it, for a function that is a server.
    pub request: Option<Request>,
    /// What an author wants of such a request.
    pub asked: Option<RequestBody>,
}

impl From<Bytes> for Brought {
    fn from(event: Bytes) -> Self {
        Self { event, ..Self::default() }
    }
}

/// How an event is answered.
enum Plan {
    /// Without a run.
    Answered(Box<Answer>),
    /// By a run, on the context as the function sees it.
    Run(Arc<Job>, Bytes),
}

impl Plan {
    async fn carry_out(self) -> Answer {
        let (job, context) = match self {
            Self::Answered(answer) => return *answer,
            Self::Run(job, context) => (job, context),
        };
        // Runs to the end, so that the execution is logged even if the caller hangs up.
        match DetachOnDrop::new(job.clone().run(context), job.shared.detached.clone()).await {
            Ok(answer) => answer,
            Err(Panicked) => job.broke_off(),
        }
    }
}
