//! The `/api/2/hooks` routes, as OneLogin's own clients know them: bare arrays and objects, paging in headers. Where the clients exclude
//! each other, the table of `resources::Client` decides.

use hookbox_host_api::log::Events;
use http::StatusCode;
use serde::Serialize;

use super::errors::ApiError;
use super::gateway::Call;
use super::query::Query;
use super::respond::{self, Reply};
use crate::clock::Timestamp;
use crate::error::ServiceError;
use crate::resources::{Client, EnvShape, EnvView, ExecutionView, HookView};
use crate::service::{ExecutionFilter, HookFilter, Service};

type Answered = Result<Reply, ApiError>;

/// The filter that a list of hooks takes.
pub(super) fn hook_filter(query: &Query<'_>) -> Result<HookFilter, ServiceError> {
    Ok(HookFilter {
        hook_type: query.picked("type", "is not one of enum values: pre-authentication,user-migration")?,
        disabled: query.parsed("disabled", "is not of a type(s) boolean")?,
    })
}

/// How the caller reads what not all clients read alike.
fn client(service: &Service, call: &Call<'_>) -> Result<Client, ApiError> {
    let set = service.settings(call.account()?)?.client;
    Ok(set.unwrap_or_else(|| call.user_agent.map(Client::of_user_agent).unwrap_or_default()))
}

/// A hook as the caller reads it.
fn shown(service: &Service, call: &Call<'_>, hook: HookView) -> Result<HookView, ApiError> {
    Ok(match client(service, call)?.env_shape() {
        EnvShape::Names => hook,
        EnvShape::Objects { with_value } => service.with_env_objects(call.account()?, hook, with_value.then_some("")),
    })
}

/// What the caller asks for, whatever the page.
fn list(call: &Call<'_>) -> String {
    call.query.without_page(call.path)
}

/// An env var as the caller reads it.
fn shown_env(service: &Service, call: &Call<'_>, env: EnvView) -> Result<EnvView, ApiError> {
    Ok(EnvView { value: client(service, call)?.env_value(), ..env })
}

pub(super) async fn list_hooks(service: &Service, call: &Call<'_>) -> Answered {
    let page = service.list_hooks(call.account()?, hook_filter(&call.query)?, call.query.page()?).await?;
    Ok(respond::bare_page(&page.try_map(|hook| shown(service, call, hook))?, &list(call)))
}

pub(super) async fn create_hook(service: &Service, call: Call<'_>) -> Answered {
    let hook = service.create_hook(call.account()?, call.body.clone()).await?;
    Ok(respond::created(&shown(service, &call, hook)?))
}

pub(super) async fn get_hook(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    let hook = service.get_hook(call.account()?, id).await?;
    Ok(respond::ok(&shown(service, call, hook)?))
}

pub(super) async fn update_hook(service: &Service, id: &str, call: Call<'_>) -> Answered {
    let hook = service.update_hook(call.account()?, id, call.body.clone()).await?;
    Ok(respond::ok(&shown(service, &call, hook)?))
}

/// 202 and not 204: there is a client that makes a body of its own out of a 204, and then takes it for an error.
pub(super) async fn delete_hook(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    service.delete_hook(call.account()?, id).await?;
    Ok(respond::empty(StatusCode::ACCEPTED))
}

pub(super) async fn hook_logs(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    let text = |name: &str| call.query.get(name).map(str::to_owned);
    let filter = ExecutionFilter { request_id: text("request_id"), correlation_id: text("correlation_id"), outcome: None };
    let page = service.executions(call.account()?, id, filter, call.query.page()?).await?;
    Ok(respond::bare_page(&page.try_map(|one| Ok::<_, ApiError>(LogEntry::from(one)))?, &list(call)))
}

/// An execution as these clients know it.
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

pub(super) async fn list_envs(service: &Service, call: &Call<'_>) -> Answered {
    let page = service.list_envs(call.account()?, call.query.page()?).await?;
    Ok(respond::bare_page(&page.try_map(|env| shown_env(service, call, env))?, &list(call)))
}

pub(super) async fn create_env(service: &Service, call: Call<'_>) -> Answered {
    let env = service.create_env(call.account()?, call.body.clone()).await?;
    Ok(respond::created(&shown_env(service, &call, env)?))
}

pub(super) async fn get_env(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    let env = service.get_env(call.account()?, id).await?;
    Ok(respond::ok(&shown_env(service, call, env)?))
}

pub(super) async fn update_env(service: &Service, id: &str, call: Call<'_>) -> Answered {
    let env = service.update_env(call.account()?, id, call.body.clone()).await?;
    Ok(respond::ok(&shown_env(service, &call, env)?))
}

pub(super) async fn delete_env(service: &Service, id: &str, call: &Call<'_>) -> Answered {
    service.delete_env(call.account()?, id).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}
