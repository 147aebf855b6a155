//! Executions: runs hooks, and reads the results of earlier runs.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{ExecutionFilter, Page, Paged, Service};
use crate::clock::Timestamp;
use crate::directory::{Account, Hook};
use crate::dispatch::Answer;
use crate::error::ServiceError;
use crate::hook_type::HookType;
use crate::ids::AccountId;
use crate::logs::{LogCursor, LogEntry, LogFilter, moment};
use crate::resources::{ExecutionView, read_roles};

impl Service {
    /// Runs the account's live hook of a type on the context in `body`, which was read at `read_at`.
    pub async fn trigger(&self, account: AccountId, hook_type: HookType, body: Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        let account = self.loaded(account, |account| account.live(hook_type), read_at).await?;
        self.dispatcher.trigger(&account, hook_type, &body, read_at).await
    }

    /// Runs one hook, live or not, on an event. `roles` are those of the user, for an event that does not hold them.
    pub async fn run_hook(
        &self,
        account: AccountId,
        id: &str,
        event: Bytes,
        roles: Option<Vec<String>>,
        read_at: Instant,
    ) -> Result<Answer, ServiceError> {
        let id = id.parse().map_err(|_| ServiceError::NotFound)?;
        let account = self.loaded(account, |account| account.hook(id).ok(), read_at).await?;
        self.dispatcher.run(&account, account.hook(id)?, &event, roles, read_at).await
    }

    /// Runs one hook, live or not, on the context in `{"context": {...}, "roles": [...]}`.
    pub async fn fire(&self, account: AccountId, id: &str, body: Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        let wrapped = Wrapped::parse(&body)?;
        let roles = wrapped.roles.map(read_roles).transpose()?;
        let event = body.slice_ref(wrapped.context.get().as_bytes());
        self.run_hook(account, id, event, roles, read_at).await
    }

    /// The account, after the picked hook in it has been loaded if the start left it unloaded. An event waits for that as long as it would
    /// wait for the hook itself.
    async fn loaded(
        &self,
        account: AccountId,
        pick: impl Fn(&Account) -> Option<&Arc<Hook>>,
        read_at: Instant,
    ) -> Result<Arc<Account>, ServiceError> {
        let found = self.state.directory.load().account(account)?.clone();
        let Some(hook) = pick(&found).filter(|hook| hook.serving.is_none()) else { return Ok(found) };
        let Some(ready) = &hook.record.ready else { return Ok(found) };
        let deadline = read_at + Duration::from_secs(ready.spec.timeout.into());
        match self.admission.load(account, hook.record.id, deadline).await {
            true => Ok(self.state.directory.load().account(account)?.clone()),
            false => Ok(found),
        }
    }

    /// The executions of a hook, newest first, including all that ended before this call.
    pub async fn executions(
        &self,
        account: AccountId,
        id: &str,
        filter: ExecutionFilter,
        page: Page,
    ) -> Result<Paged<ExecutionView>, ServiceError> {
        let hook_id = self.hook(account, id)?.record.id;
        let after = match page.after().map(LogCursor::parse) {
            Some(None) => return Err(ServiceError::invalid("cursor", "cursor is not one that this server made")),
            after => after.flatten(),
        };
        self.log.flush().await;
        let (reader, now) = (self.reader.clone(), self.state.clock.now());
        let ExecutionFilter { request_id, correlation_id, outcome } = filter;
        let read = move || {
            let filter = LogFilter { request_id, correlation_id, outcome };
            let hook_id_text = hook_id.to_string();
            let log = reader.hook(account.get(), &hook_id_text, now);
            // A position says where the page begins. Without one, the earlier pages are skipped by count.
            let skip = if after.is_some() { 0 } else { page.skip() };
            let found = log.page(&filter, after.as_ref(), skip, usize::try_from(page.limit()).unwrap_or(usize::MAX))?;
            let total = u64::try_from(log.count(&filter)?).unwrap_or(u64::MAX);
            let next = found.next.map(|position| page.following(Some(position.encode())));
            let items = found.entries.into_iter().map(|entry| view(entry, hook_id)).collect();
            Ok(Paged::new(items, &page, total, next))
        };
        crate::state::blocking(read).await
    }
}

pub(super) fn view(entry: LogEntry, hook_id: crate::ids::HookId) -> ExecutionView {
    ExecutionView {
        execution_id: entry.id,
        hook_id,
        version: entry.version,
        request_id: entry.request_id,
        correlation_id: entry.correlation_id,
        created_at: Timestamp::from(moment(entry.created_at)),
        outcome: entry.outcome,
        decision: entry.decision,
        usage: entry.usage,
        error: entry.failure,
        events: entry.events,
        truncated: entry.truncated,
    }
}

/// The body with which an author fires a hook.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the key \"context\"")]
struct Wrapped<'a> {
    /// The bytes of the context, unchanged.
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
