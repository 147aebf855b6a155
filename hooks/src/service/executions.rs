//! Executions: runs hooks, and reads the results of earlier runs.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{ExecutionFilter, Page, Service};
use crate::clock::Timestamp;
use crate::directory::{Account, Hook};
use crate::dispatch::{Answer, Brought};
use crate::error::ServiceError;
use crate::hook_type::{HookType, RequestBody};
use crate::ids::{AccountId, HookId};
use crate::logs::{HookLog, LogCursor, LogEntry, LogFilter, Stopped, Wanted, moment};
use crate::resources::{ExecutionView, read_roles};

/// The size from which a page takes no more executions, in bytes.
const PAGE_BYTES: usize = 1 << 20;

impl Service {
    /// Runs the account's live hook of a type on the context in `body`, which was read at `read_at`.
    ///
    /// # Errors
    /// Events of the type say which hook they are for, or the body is no event of the type.
    pub async fn trigger(&self, account: AccountId, hook_type: HookType, body: Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        if hook_type.addressed.is_some() {
            let rule = format!("events of the type '{hook_type}' go to the endpoint of the hook that they are for");
            return Err(ServiceError::invalid("type", rule));
        }
        let account = self.loaded(account, |account| account.live(hook_type), read_at).await?;
        self.dispatcher.trigger(&account, hook_type, &body, read_at).await
    }

    /// Runs one hook, live or not, on an event.
    pub async fn run_hook(&self, account: AccountId, id: &str, brought: Brought, read_at: Instant) -> Result<Answer, ServiceError> {
        let id = id.parse().map_err(|_| ServiceError::NotFound)?;
        let account = self.loaded(account, |account| account.hook(id).ok(), read_at).await?;
        self.dispatcher.run(&account, account.hook(id)?, brought, read_at).await
    }

    /// Runs one hook, live or not, on the context in `{"context": {...}, "roles": [...], "request": {...}}`.
    pub async fn fire(&self, account: AccountId, id: &str, body: Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        let wrapped = Wrapped::parse(&body)?;
        let roles = wrapped.roles.map(read_roles).transpose()?;
        let event = body.slice_ref(wrapped.context.get().as_bytes());
        self.run_hook(account, id, Brought { event, roles, request: None, asked: wrapped.request }, read_at).await
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

    /// The executions of a hook, newest first, including all that ended before this call, written in a form.
    ///
    /// A page ends when it has as many executions or as many bytes as it may, or after so much searching; its cursor leads on. The work is done
    /// on a thread of the reads' own, and the page counts in their bound until it has been sent.
    pub async fn executions<T: Serialize + 'static>(
        &self,
        account: AccountId,
        id: &str,
        filter: ExecutionFilter,
        page: Page,
        form: ExecutionForm<T>,
    ) -> Result<ExecutionPage, ServiceError> {
        let hook_id = self.hook(account, id)?.record.id;
        let after = match page.after().map(LogCursor::parse) {
            Some(None) => return Err(ServiceError::invalid("cursor", "cursor is not one that this server made")),
            after => after.flatten(),
        };
        let (place, room) = self.reads.place(account).await?;
        self.log.caught_up().await;
        let (reader, now) = (self.reader.clone(), self.state.clock.now());
        // A position says where the page begins. Without one, the earlier pages are skipped by count.
        let skip = if after.is_some() { 0 } else { page.skip() };
        let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let wanted = Wanted { filter: filter.into(), after, skip, limit };
        let read = self.reads.run(place, move |given_up| {
            let hook_id_text = hook_id.to_string();
            let log = reader.hook(account.get(), &hook_id_text, now, given_up);
            let written = Written::read(&log, &wanted, hook_id, &form)?;
            let next = written.next.map(|position| page.following(Some(position.encode())).encode());
            let mut bytes = written.bytes;
            (form.end)(&mut bytes, next.as_deref());
            Ok((bytes, ExecutionPage::new(written.items, &page, next)))
        });
        let (bytes, page) = read.await?;
        Ok(ExecutionPage { body: room.fill(bytes)?, ..page })
    }
}

/// How executions are written as JSON.
#[derive(Clone, Copy, Debug)]
pub struct ExecutionForm<T> {
    /// What precedes them.
    pub start: &'static str,
    /// What is written of each.
    pub show: fn(ExecutionView) -> T,
    /// Writes what follows them, given the cursor of the next page.
    pub end: fn(&mut Vec<u8>, Option<&str>),
}

/// A page of executions, written in a form.
#[derive(Clone, Debug)]
pub struct ExecutionPage {
    /// The JSON.
    pub body: Bytes,
    /// How many executions are on it.
    pub items: usize,
    /// The page's number, from 1.
    pub page: u32,
    /// The most executions on the page.
    pub limit: u32,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<String>,
    /// The cursor of the previous page; `None` on the first one.
    pub previous: Option<String>,
}

impl ExecutionPage {
    fn new(items: usize, page: &Page, next: Option<String>) -> Self {
        let previous = page.preceding().map(|page| page.encode());
        Self { body: Bytes::new(), items, page: page.number(), limit: page.limit(), next, previous }
    }
}

/// A page as it is written.
struct Written {
    bytes: Vec<u8>,
    items: usize,
    next: Option<LogCursor>,
}

impl Written {
    fn read<T: Serialize>(log: &HookLog<'_>, wanted: &Wanted, hook: HookId, form: &ExecutionForm<T>) -> Result<Self, ServiceError> {
        let (mut bytes, mut items, mut failed) = (form.start.as_bytes().to_vec(), 0, None);
        let stopped = log.page(wanted, &mut |entry| {
            if items > 0 {
                bytes.push(b',');
            }
            items += 1;
            failed = serde_json::to_writer(&mut bytes, &(form.show)(view(entry, hook))).err();
            if failed.is_some() || bytes.len() >= PAGE_BYTES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let Some(error) = failed {
            return Err(ServiceError::Internal(format!("an execution cannot be written: {error}")));
        }
        let next = match stopped {
            Stopped::End => None,
            Stopped::At(position) => Some(position),
            Stopped::TooFar => {
                return Err(ServiceError::invalid("page", "page is too far back: follow the cursors of the pages before it"));
            }
        };
        Ok(Self { bytes, items, next })
    }
}

impl From<ExecutionFilter> for LogFilter {
    fn from(filter: ExecutionFilter) -> Self {
        let ExecutionFilter { request_id, correlation_id, outcome } = filter;
        Self { request_id, correlation_id, outcome }
    }
}

/// The line that followers of the log get of an entry.
pub(super) fn line(entry: &LogEntry) -> Vec<u8> {
    let Ok(hook) = entry.hook_id.parse() else { return Vec::new() };
    let mut line = serde_json::to_vec(&view(entry.clone(), hook)).unwrap_or_default();
    line.push(b'\n');
    line
}

fn view(entry: LogEntry, hook_id: HookId) -> ExecutionView {
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
        calls: entry.calls,
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
    #[serde(default)]
    request: Option<RequestBody>,
}

impl<'a> Wrapped<'a> {
    fn parse(body: &'a [u8]) -> Result<Self, ServiceError> {
        serde_json::from_slice(body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => ServiceError::invalid_body(format!("The body is not usable: {error}")),
            _ => ServiceError::BadRequest(format!("The body is not valid JSON: {error}")),
        })
    }
}
