//! The hooks, as OneLogin's clients write and read them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hookbox_hooks::api::{Access, Answered, ApiError, BodyKind, Call, Core, Doc, Endpoint, Query, respond};
use hookbox_hooks::{Condition, EnvView, HookFilter, HookId, HookView, LimitsView, Scope, ServiceError, Status, Timestamp, read_body};
use hookbox_host_api::Decision;
use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::input;
use super::page::bare_page;
use super::{client, list};
use crate::onelogin::account;
use crate::onelogin::client::EnvShape;
use crate::onelogin::kind::DIALECT;

const FILTERS: &[&str] = &["type", "disabled", "limit", "page", "cursor"];

pub(in crate::onelogin) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/api/2/hooks",
        id: "oneLoginListHooks",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list_hooks(core, call)),
        doc: Doc {
            tag: "OneLogin: hooks",
            summary: "List the account's hooks, oldest first",
            query: FILTERS,
            answers: &[(200, "A page of hooks", Some("OneLoginHookList"))],
            paged: true,
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/api/2/hooks",
        id: "oneLoginCreateHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Function,
        handler: |core, call| Box::pin(create(core, call)),
        doc: Doc {
            tag: "OneLogin: hooks",
            summary: "Make a hook; it is prepared afterwards, as its status tells",
            request: Some("OneLoginHookInput"),
            answers: &[(201, "The hook", Some("OneLoginHook"))],
            errors: &[409],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/api/2/hooks/{id}",
        id: "oneLoginGetHook",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(get(core, call)),
        doc: Doc { tag: "OneLogin: hooks", summary: "Get a hook", answers: &[(200, "The hook", Some("OneLoginHook"))], ..Doc::NONE },
    },
    Endpoint {
        method: Method::PUT,
        path: "/api/2/hooks/{id}",
        id: "oneLoginUpdateHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Function,
        handler: |core, call| Box::pin(update(core, call)),
        doc: Doc {
            tag: "OneLogin: hooks",
            summary: "Transaction a hook; the version before serves until the new one is ready",
            request: Some("OneLoginHookUpdate"),
            answers: &[(200, "The hook", Some("OneLoginHook"))],
            errors: &[409],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::DELETE,
        path: "/api/2/hooks/{id}",
        id: "oneLoginDeleteHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::None,
        handler: |core, call| Box::pin(delete(core, call)),
        doc: Doc {
            tag: "OneLogin: hooks",
            summary: "Delete a hook; its type is free again at once",
            answers: &[(202, "It is deleted", None)],
            errors: &[503],
            ..Doc::NONE
        },
    },
];

/// A hook as these clients read it.
#[derive(Serialize)]
struct Hook {
    id: HookId,
    r#type: Cow<'static, str>,
    disabled: bool,
    runtime: Cow<'static, str>,
    context_version: Value,
    retries: u8,
    timeout: u8,
    options: Value,
    env_vars: EnvLinks,
    packages: BTreeMap<String, String>,
    conditions: Vec<Condition>,
    limits: LimitsView,
    on_error: Decision,
    expose_errors: bool,
    allowed_hosts: Vec<String>,
    http_cache: bool,
    version: u32,
    status: Status,
    status_message: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    function: String,
}

/// The env vars of a hook, in the form that the client reads.
#[derive(Serialize)]
#[serde(untagged)]
enum EnvLinks {
    Names(Vec<String>),
    /// Objects without the values.
    Objects(Vec<super::env_vars::EnvVar>),
}

/// A hook in the form that the caller's client reads.
fn client_view(core: &Core, call: &Call<'_>, hook: HookView) -> Result<Hook, ApiError> {
    let env_vars = match client(core, call)?.env_shape() {
        EnvShape::Names => EnvLinks::Names(hook.env_vars),
        EnvShape::Objects { with_value } => {
            let named: Vec<EnvView> = core.service.envs_named(call.account()?, &hook.env_vars)?;
            let value = with_value.then_some("");
            EnvLinks::Objects(named.into_iter().map(|env| super::env_vars::EnvVar::new(env, value)).collect())
        }
    };
    let mut settings = hook.settings;
    let mut setting = |name: &str| settings.remove(name).unwrap_or(Value::Null);
    Ok(Hook {
        id: hook.id,
        r#type: hook.hook_type,
        disabled: hook.disabled,
        runtime: hook.runtime,
        context_version: setting("context_version"),
        retries: hook.retries,
        timeout: hook.timeout,
        options: setting("options"),
        env_vars,
        packages: hook.packages,
        conditions: hook.conditions,
        limits: hook.limits,
        on_error: hook.on_error,
        expose_errors: hook.expose_errors,
        allowed_hosts: hook.allowed_hosts,
        http_cache: hook.http_cache,
        version: hook.version,
        status: hook.status,
        status_message: hook.status_message,
        created_at: hook.created_at,
        updated_at: hook.updated_at,
        function: hook.function.unwrap_or_default(),
    })
}

/// Refuses a hook of another dialect with the error for a missing one. A hook's type never changes, so the check stays valid.
pub(super) fn check(core: &Core, call: &Call<'_>) -> Result<(), ApiError> {
    match core.service.type_of(call.account()?, call.id())?.dialect {
        DIALECT => Ok(()),
        _ => Err(ServiceError::NotFound.into()),
    }
}

/// The filter of the list. Clients send unused filters empty, so an empty one counts as absent.
fn filter(core: &Core, query: &Query<'_>) -> Result<HookFilter, ServiceError> {
    let types = core.service.registry().of_dialect(DIALECT);
    let unknown = || ServiceError::invalid("type", "type is not one of enum values: pre-authentication,user-migration");
    let find = |name: &str| types.iter().find(|one| one.id == name).copied().ok_or_else(unknown);
    let hook_type = query.get("type").map(find).transpose()?;
    Ok(HookFilter { hook_type, dialect: Some(DIALECT), disabled: query.parsed("disabled", "is not of a type(s) boolean")? })
}

async fn list_hooks(core: &Core, call: Call<'_>) -> Answered {
    let page = core.service.list_hooks(call.account()?, filter(core, &call.query)?, call.query.page()?, true).await?;
    Ok(bare_page(&page.try_map(|hook| client_view(core, &call, hook))?, &list(&call)))
}

async fn create(core: &Core, call: Call<'_>) -> Answered {
    let input = read(core, &call).await?;
    let hook = core.service.create_hook(call.account()?, input).await?;
    Ok(respond::created(&client_view(core, &call, hook)?))
}

async fn get(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    let hook = core.service.get_hook(call.account()?, call.id()).await?;
    Ok(respond::ok(&client_view(core, &call, hook)?))
}

async fn update(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    let input = read(core, &call).await?;
    let hook = core.service.update_hook(call.account()?, call.id(), input).await?;
    Ok(respond::ok(&client_view(core, &call, hook)?))
}

/// 202 and not 204: one client makes up a body for a 204, and then reads it as an error.
async fn delete(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    core.service.delete_hook(call.account()?, call.id()).await?;
    Ok(respond::empty(StatusCode::ACCEPTED))
}

async fn read(core: &Core, call: &Call<'_>) -> Result<hookbox_hooks::HookInput, ApiError> {
    let strict = account::is_strict(&core.service.settings(call.account()?)?.dialects);
    let mut rules = core.service.input_rules(core.service.registry().of_dialect(DIALECT));
    rules.lenient = !strict;
    Ok(read_body(call.body.clone(), move |body| input::parse(body, &rules)).await?)
}
