//! `/v1/hooks`: the hooks of an account, of every dialect, in one neutral shape with the dialect's own settings below it.

use http::{Method, StatusCode};

use crate::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, Query, respond};
use crate::error::ServiceError;
use crate::hook_type::Registry;
use crate::resources::Scope;
use crate::service::HookFilter;

const FILTERS: &[&str] = &["type", "disabled", "limit", "page", "cursor"];

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/v1/hooks",
        id: "listHooks",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "List the account's hooks, oldest first, without their functions",
            query: FILTERS,
            answers: &[(200, "A page of hooks", Some("HookPage"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/v1/hooks",
        id: "createHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Function,
        handler: |core, call| Box::pin(create(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "Make a hook; it is prepared afterwards, as its status tells",
            request: Some("HookInput"),
            answers: &[(201, "The hook", Some("Hook"))],
            errors: &[409],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/v1/hooks/{id}",
        id: "getHook",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(get(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "Get a hook with its serving version and what its function is",
            answers: &[(200, "The hook", Some("Hook"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::PUT,
        path: "/v1/hooks/{id}",
        id: "updateHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Function,
        handler: |core, call| Box::pin(update(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "Change a hook; the version before serves until the new one is ready",
            query: &["absent"],
            request: Some("HookUpdate"),
            answers: &[(200, "The hook", Some("Hook"))],
            errors: &[409],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::DELETE,
        path: "/v1/hooks/{id}",
        id: "deleteHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::None,
        handler: |core, call| Box::pin(delete(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "Delete a hook; its type is free again at once",
            answers: &[(204, "It is deleted", None)],
            errors: &[503],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/v1/apply",
        id: "apply",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Function,
        handler: |core, call| Box::pin(apply(core, call)),
        doc: Doc {
            tag: "hooks",
            summary: "Make the account's hooks and env vars equal to what the body says, as a whole or not at all",
            request: Some("ApplyInput"),
            answers: &[(200, "What was done, or would be", Some("Applied"))],
            errors: &[409],
            ..Doc::NONE
        },
    },
];

async fn list(core: &Core, call: Call<'_>) -> Answered {
    let filter = filter(&call.query, core.service.registry())?;
    Ok(respond::page(&core.service.list_hooks(call.account()?, filter, call.query.page()?, false).await?))
}

/// The filter that a list of hooks takes.
fn filter(query: &Query<'_>, registry: &Registry) -> Result<HookFilter, ServiceError> {
    let unknown = || ServiceError::invalid("type", format!("type is not one of enum values: {}", registry.names()));
    let hook_type = query.get("type").map(|name| registry.find(name).ok_or_else(unknown)).transpose()?;
    Ok(HookFilter { hook_type, dialect: None, disabled: query.parsed("disabled", "is not of a type(s) boolean")? })
}

async fn create(core: &Core, call: Call<'_>) -> Answered {
    let input = core.service.read_hook(call.body.clone()).await?;
    Ok(respond::created(&core.service.create_hook(call.account()?, input).await?))
}

async fn get(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::ok(&core.service.get_hook(call.account()?, call.id()).await?))
}

async fn update(core: &Core, call: Call<'_>) -> Answered {
    // A missing hook is reported before an invalid body.
    core.service.type_of(call.account()?, call.id())?;
    let whole = absent_is_default(&call.query)?;
    let input = core.service.read_hook(call.body.clone()).await?;
    let input = if whole { input.replacing() } else { input };
    Ok(respond::ok(&core.service.update_hook(call.account()?, call.id(), input).await?))
}

/// Whether fields that an update does not have take their default, as in a new hook.
fn absent_is_default(query: &Query<'_>) -> Result<bool, ServiceError> {
    match query.get("absent") {
        None | Some("keep") => Ok(false),
        Some("default") => Ok(true),
        Some(_) => Err(ServiceError::invalid("absent", "absent is not one of enum values: keep,default")),
    }
}

async fn delete(core: &Core, call: Call<'_>) -> Answered {
    core.service.delete_hook(call.account()?, call.id()).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}

async fn apply(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::ok(&core.service.apply(call.account()?, call.body).await?))
}
