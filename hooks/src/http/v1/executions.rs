//! `/v1/hooks/{id}/executions`: the results of a hook's executions.

use hookbox_host_api::Outcome;
use http::Method;

use super::follow;
use crate::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, Query, respond};
use crate::error::ServiceError;
use crate::resources::{ExecutionView, Scope};
use crate::service::{ExecutionFilter, ExecutionForm};

const EXECUTIONS: &[&str] = &["request_id", "correlation_id", "outcome", "limit", "page", "cursor"];
const FOLLOW: &[&str] = &["request_id", "correlation_id", "outcome", "since", "limit"];

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/v1/hooks/{id}/executions",
        id: "listExecutions",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "List the executions of a hook, newest first",
            query: EXECUTIONS,
            answers: &[(200, "A page of executions", Some("ExecutionPage"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/v1/hooks/{id}/executions/stream",
        id: "followExecutions",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(stream(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "Follow the executions of a hook: the last ones, oldest first, then each as it ends, without a gap; an empty line now and then",
            query: FOLLOW,
            answers: &[(200, "Executions, one a line, until the reader goes, the token ends or the server stops", Some("Execution"))],
            lines: true,
            ..Doc::NONE
        },
    },
];

/// The page as all lists of this API have it.
const FORM: ExecutionForm<ExecutionView> = ExecutionForm { start: "{\"items\":[", show: |one| one, end };

fn end(page: &mut Vec<u8>, next: Option<&str>) {
    // A cursor holds nothing that JSON would escape.
    let next = next.map_or_else(|| "null".to_owned(), |next| format!("\"{next}\""));
    page.extend_from_slice(format!("],\"next_cursor\":{next}}}").as_bytes());
}

async fn list(core: &Core, call: Call<'_>) -> Answered {
    let filter = filter(&call.query)?;
    let page = core.service.executions(call.account()?, call.id(), filter, call.query.page()?, FORM).await?;
    Ok(respond::written(page.body))
}

async fn stream(core: &Core, call: Call<'_>) -> Answered {
    follow::follow(core, filter(&call.query)?, &call).await
}

/// The filter that a list of executions takes.
fn filter(query: &Query<'_>) -> Result<ExecutionFilter, ServiceError> {
    let text = |name: &str| query.get(name).map(str::to_owned);
    let outcome = query.get("outcome").map(outcome).transpose()?;
    Ok(ExecutionFilter { request_id: text("request_id"), correlation_id: text("correlation_id"), outcome })
}

fn outcome(name: &str) -> Result<Outcome, ServiceError> {
    let names = || Outcome::ALL.map(Outcome::as_str).join(",");
    let unknown = || ServiceError::invalid("outcome", format!("outcome is not one of enum values: {}", names()));
    Outcome::ALL.into_iter().find(|one| one.as_str() == name).ok_or_else(unknown)
}
