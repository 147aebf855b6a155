//! The `/v1` routes, Hookbox's own: events, executions, and what an operator does with accounts, credentials and
//! backups.

use hookbox_host_api::{HookType, Outcome};
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use tracing::{Level, Span};

use super::errors::{ApiError, RETRY_AFTER};
use super::gateway::Call;
use super::onelogin::hook_filter;
use super::query::Query;
use super::reply_body::ReplyBody;
use super::respond::{self, Reply};
use crate::dispatch::Answer;
use crate::error::ServiceError;
use crate::resources::{CredentialView, Scope};
use crate::service::{Backup, ExecutionFilter, Service};

type Answered = Result<Reply, ApiError>;

pub(super) async fn trigger(service: &Service, name: &str, call: Call<'_>) -> Answered {
    let hook_type: HookType = name.parse().map_err(|_| ServiceError::NotFound)?;
    let (account, reads) = (call.account()?, call.may(Scope::Read));
    let answer = service.trigger(account, hook_type, call.body, call.read_at).await?;
    Ok(answered(&if reads { answer } else { answer.without_trace() }))
}

pub(super) async fn fire_hook(service: &Service, id: &str, call: Call<'_>) -> Answered {
    let answer = service.fire(call.account()?, id, call.body, call.read_at).await?;
    Ok(answered(&answer))
}

/// An answer is 200 whatever the outcome, except that a server without a free slot says so in the way that proxies understand.
fn answered(answer: &Answer) -> Reply {
    name_span(answer);
    if answer.outcome() != Outcome::Overloaded {
        return respond::ok(answer);
    }
    let mut reply = respond::json(StatusCode::SERVICE_UNAVAILABLE, answer);
    reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    reply
}

/// Puts the answer's ids into the request's span. The one event that comes after them is of level debug; where nobody listens to that, a
/// login is not made to pay for the writing.
fn name_span(answer: &Answer) {
    if !tracing::enabled!(target: "hookbox_hooks::http::gateway", Level::DEBUG) {
        return;
    }
    let span = Span::current();
    span.record("execution_id", answer.execution_id().as_str());
    span.record("request_id", answer.request_id());
    span.record("correlation_id", answer.correlation_id());
}

pub(super) async fn list_hooks(service: &Service, call: &Call<'_>) -> Answered {
    let page = service.list_hooks(call.account()?, hook_filter(&call.query)?, call.query.page()?).await?;
    Ok(respond::own_page(&page))
}

pub(super) async fn get_hook(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    Ok(respond::ok(&service.hook_detail(call.account()?, id).await?))
}

pub(super) async fn executions(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    let filter = execution_filter(&call.query)?;
    Ok(respond::own_page(&service.executions(call.account()?, id, filter, call.query.page()?).await?))
}

/// The filter that a list of executions takes.
pub(super) fn execution_filter(query: &Query<'_>) -> Result<ExecutionFilter, ServiceError> {
    let text = |name: &str| query.get(name).map(str::to_owned);
    let outcome = query.get("outcome").map(outcome).transpose()?;
    Ok(ExecutionFilter { request_id: text("request_id"), correlation_id: text("correlation_id"), outcome })
}

pub(super) async fn apply(service: &Service, call: Call<'_>) -> Answered {
    Ok(respond::ok(&service.apply(call.account()?, call.body).await?))
}

fn outcome(name: &str) -> Result<Outcome, ServiceError> {
    let names = || Outcome::ALL.map(Outcome::as_str).join(",");
    let unknown = || ServiceError::invalid("outcome", format!("outcome is not one of enum values: {}", names()));
    Outcome::ALL.into_iter().find(|one| one.as_str() == name).ok_or_else(unknown)
}

pub(super) async fn list_accounts(service: &Service, call: &Call<'_>) -> Answered {
    Ok(respond::own_page(&service.list_accounts(call.query.page()?).await?))
}

pub(super) async fn create_account(service: &Service, call: Call<'_>) -> Answered {
    Ok(respond::created(&service.create_account(call.body).await?))
}

pub(super) async fn get_account(service: &Service, id: &str) -> Answered {
    Ok(respond::ok(&service.get_account(id).await?))
}

pub(super) async fn update_account(service: &Service, id: &str, call: Call<'_>) -> Answered {
    Ok(respond::ok(&service.update_account(id, call.body).await?))
}

pub(super) async fn list_credentials(service: &Service, call: &Call<'_>) -> Answered {
    let account = call.query.parsed("account_id", "is not the id of an account")?;
    Ok(respond::own_page(&service.list_credentials(account, call.query.page()?).await?))
}

/// The one answer that shows a client secret.
#[derive(Serialize)]
struct NewCredential<'a> {
    #[serde(flatten)]
    credential: CredentialView,
    client_secret: &'a str,
}

pub(super) async fn create_credential(service: &Service, call: Call<'_>) -> Answered {
    let (credential, secret) = service.create_credential(call.account()?, call.body).await?;
    let mut reply = respond::created(&NewCredential { credential, client_secret: secret.expose() });
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply)
}

pub(super) async fn backup(service: &Service, call: &Call<'_>) -> Answered {
    let with_logs = call.query.parsed("logs", "is not of a type(s) boolean")?.unwrap_or(true);
    let Backup { file, length, permit } = service.backup(with_logs).await?;
    let mut reply = Response::new(ReplyBody::file(file, length, permit));
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply)
}

pub(super) async fn delete_credential(service: &Service, client_id: &str) -> Answered {
    service.delete_credential(client_id).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}
