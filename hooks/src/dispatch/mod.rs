//! From a context to an answer: which hook runs, with what, until when, and what its end means. Running it is the sandbox's.
//!
//! Nothing here waits for a lock or the disk: a hook comes from a snapshot in memory, and its log entry goes into a queue.

mod answer;
mod detach_on_drop;
mod event;
mod job;
mod limit;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::{Context, ContextError, HookType};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use self::detach_on_drop::{DetachOnDrop, Panicked};
use self::event::Event;
use self::job::{Job, Shared};
use crate::clock::Clock;
use crate::directory::{Account, Hook};
use crate::error::ServiceError;
use crate::limits::ServiceLimits;
use crate::logs::LogWriter;
use crate::metrics::Metrics;

pub use answer::Answer;
pub(crate) use limit::named;

/// Runs hooks.
pub(crate) struct Dispatcher(Arc<Shared>);

impl Dispatcher {
    /// A dispatcher that logs to `log`.
    pub(crate) fn new(log: LogWriter, clock: Arc<dyn Clock>, limits: ServiceLimits, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Shared { log, clock, limits, metrics }))
    }

    /// Runs the live hook of an account, or says what is decided without one.
    pub(crate) async fn trigger(
        &self,
        account: &Account,
        hook_type: HookType,
        body: &Bytes,
        read_at: Instant,
    ) -> Result<Answer, ServiceError> {
        let plan = match account.live(hook_type) {
            Some(hook) => self.plan(account, hook, body, None, read_at)?,
            None => {
                let event = Event::new(account, &self.context(hook_type, body)?, hook_type, body, read_at)?;
                let answer = event.without_hook(account.record.settings.without_hook(hook_type));
                self.0.metrics.executed(hook_type, answer.outcome, since(read_at), 0);
                Plan::Answered(answer)
            }
        };
        Ok(plan.carry_out().await)
    }

    /// Runs a hook of an account, disabled or not, on the context in `{"context": {...}, "roles": [...]}`.
    pub(crate) async fn fire(&self, account: &Account, hook: &Hook, body: &Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        let wrapped = Wrapped::parse(body)?;
        let plan = self.plan(account, hook, &body.slice_ref(wrapped.context.get().as_bytes()), wrapped.roles, read_at)?;
        Ok(plan.carry_out().await)
    }

    fn plan(&self, account: &Account, hook: &Hook, body: &Bytes, roles: Option<&RawValue>, read_at: Instant) -> Result<Plan, ServiceError> {
        let hook_type = hook.record.hook_type;
        let context = self.context(hook_type, body)?;
        let event = Event::new(account, &context, hook_type, body, read_at)?;
        let roles = roles.map(hookbox_host_api::roles).transpose().map_err(invalid_body)?;
        let roles = roles.as_deref().or(context.roles()).unwrap_or_default();
        if !hook.conditions().iter().all(|condition| condition.holds(roles)) {
            return Ok(Plan::Answered(self.0.skipped(account.record.id, hook, &event)));
        }
        let Some(serving) = hook.serving.clone() else {
            return Ok(Plan::Answered(self.0.not_ready(account.record.id, &hook.record, &event)));
        };
        let visible = match context.visible(serving.view) {
            Cow::Borrowed(_) => body.clone(),
            Cow::Owned(text) => text.into(),
        };
        Ok(Plan::Run(Arc::new(Job { shared: self.0.clone(), account: account.record.id, serving, event }), visible))
    }

    fn context<'a>(&self, hook_type: HookType, body: &'a [u8]) -> Result<Context<'a>, ServiceError> {
        let limit = self.0.limits.context_bytes;
        if body.len() > limit {
            return Err(ServiceError::TooLarge { what: "the context", limit });
        }
        Context::parse(hook_type, body).map_err(invalid_body)
    }
}

/// What is to be done about an event.
enum Plan {
    /// Nothing more.
    Answered(Answer),
    /// A run, on the context as the function sees it.
    Run(Arc<Job>, Bytes),
}

impl Plan {
    async fn carry_out(self) -> Answer {
        let (job, context) = match self {
            Self::Answered(answer) => return answer,
            Self::Run(job, context) => (job, context),
        };
        // To the end, so that the execution is logged even if the caller hangs up.
        match DetachOnDrop::new(job.clone().run(context)).await {
            Ok(answer) => answer,
            Err(Panicked) => job.broke_off(),
        }
    }
}

/// Microseconds since then.
fn since(moment: Instant) -> u64 {
    u64::try_from(moment.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn invalid_body(error: ContextError) -> ServiceError {
    ServiceError::Invalid { field: error.field, message: error.message }
}

/// A context and what goes with it, as an author fires it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the key \"context\"")]
struct Wrapped<'a> {
    /// The very bytes.
    #[serde(borrow)]
    context: &'a RawValue,
    #[serde(borrow, default)]
    roles: Option<&'a RawValue>,
}

impl<'a> Wrapped<'a> {
    fn parse(body: &'a [u8]) -> Result<Self, ServiceError> {
        serde_json::from_slice(body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => ServiceError::invalid_body(format!("The body is not usable: {error}")),
            _ => ServiceError::BadRequest(format!("The body is not valid JSON: {error}")),
        })
    }
}
