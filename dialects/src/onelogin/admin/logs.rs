//! The log entries of a hook.

use hookbox_hooks::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, respond};
use hookbox_hooks::{ExecutionFilter, ExecutionForm, ExecutionView, Scope, Timestamp};
use hookbox_host_api::log::Events;
use http::Method;
use serde::Serialize;

use super::hooks::check;
use super::list;
use super::page::{Paging, paged};

const LOGS_QUERY: &[&str] = &["request_id", "correlation_id", "limit", "page", "cursor"];

pub(in crate::onelogin) static ENDPOINTS: &[Endpoint] = &[Endpoint {
    method: Method::GET,
    path: "/api/2/hooks/{id}/logs",
    id: "oneLoginGetHookLogs",
    access: Access::Scope(Scope::Read),
    body: BodyKind::None,
    handler: |core, call| Box::pin(logs(core, call)),
    doc: Doc {
        tag: "OneLogin: hooks",
        summary: "List the log entries of a hook, newest first, one for each execution",
        query: LOGS_QUERY,
        answers: &[(200, "A page of log entries", Some("OneLoginLogList"))],
        paged: true,
        ..Doc::NONE
    },
}];

/// An execution as these clients read it.
#[derive(Serialize)]
struct LogEntry {
    request_id: String,
    correlation_id: String,
    created_at: Timestamp,
    events: Events,
}

impl From<ExecutionView> for LogEntry {
    fn from(one: ExecutionView) -> Self {
        Self { request_id: one.request_id, correlation_id: one.correlation_id, created_at: one.created_at, events: one.events }
    }
}

const FORM: ExecutionForm<LogEntry> = ExecutionForm { start: "[", show: LogEntry::from, end: |page, _| page.push(b']') };

async fn logs(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    let text = |name: &str| call.query.get(name).map(str::to_owned);
    let filter = ExecutionFilter { request_id: text("request_id"), correlation_id: text("correlation_id"), outcome: None };
    let page = core.service.executions(call.account()?, call.id(), filter, call.query.page()?, FORM).await?;
    let paging = Paging {
        page: page.page,
        items: page.items,
        limit: page.limit,
        total: None,
        next: page.next.as_deref(),
        previous: page.previous.as_deref(),
    };
    Ok(paged(respond::written(page.body), &paging, &list(&call)))
}
