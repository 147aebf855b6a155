//! The operations on inline hooks.

use hookbox_hooks::api::{Access, Answered, ApiError, BodyKind, Call, Core, Doc, Endpoint, respond};
use hookbox_hooks::{HookFilter, HookView, Page, ServiceError};
use hookbox_host_api::Outcome;
use http::{Method, StatusCode};
use serde_json::json;

use super::access::{manages, reads};
use super::input::Input;
use super::view::View;
use crate::okta::inline_hook;
use crate::okta::kind::{DIALECT, Kind};

const TAG: &str = "Okta: inline hooks";
const ONE: &[(u16, &str, Option<&str>)] = &[(200, "The inline hook", Some("OktaInlineHook"))];

macro_rules! endpoint {
    ($method:ident $path:literal, $id:literal, $access:ident, $body:ident, $handler:ident, $doc:expr) => {
        Endpoint {
            method: Method::$method,
            path: concat!("/api/v1/inlineHooks", $path),
            id: $id,
            access: Access::Dialect($access),
            body: BodyKind::$body,
            handler: |core, call| Box::pin($handler(core, call)),
            doc: $doc,
        }
    };
}

pub(in crate::okta) static ENDPOINTS: &[Endpoint] = &[
    endpoint!(GET "", "oktaListInlineHooks", reads, None, list, Doc {
        tag: TAG,
        summary: "List the account's inline hooks, oldest first, all or those of a `type`",
        answers: &[(200, "The inline hooks", Some("OktaInlineHookList"))],
        errors: &[400, 403],
        ..Doc::NONE
    }),
    endpoint!(POST "", "oktaCreateInlineHook", manages, Fields, create, Doc {
        tag: TAG,
        summary: "Make an inline hook with a function that says nothing; `PUT /v1/hooks/{id}` brings its function",
        request: Some("OktaInlineHookInput"),
        answers: ONE,
        errors: &[400, 403, 409],
        ..Doc::NONE
    }),
    endpoint!(GET "/{id}", "oktaGetInlineHook", reads, None, get, Doc {
        tag: TAG,
        summary: "Get an inline hook",
        answers: ONE,
        errors: &[403, 404],
        ..Doc::NONE
    }),
    endpoint!(POST "/{id}", "oktaUpdateInlineHook", manages, Fields, update, Doc {
        tag: TAG,
        summary: "Change what is said of an inline hook",
        request: Some("OktaInlineHookInput"),
        answers: ONE,
        errors: &[400, 403, 404, 409],
        ..Doc::NONE
    }),
    endpoint!(PUT "/{id}", "oktaReplaceInlineHook", manages, Fields, update, Doc {
        tag: TAG,
        summary: "Replace an inline hook; a secret that is not said stays",
        request: Some("OktaInlineHookInput"),
        answers: ONE,
        errors: &[400, 403, 404, 409],
        ..Doc::NONE
    }),
    endpoint!(DELETE "/{id}", "oktaDeleteInlineHook", manages, None, delete, Doc {
        tag: TAG,
        summary: "Delete an inline hook, which must be inactive",
        answers: &[(204, "It is deleted", None)],
        errors: &[400, 403, 404],
        ..Doc::NONE
    }),
    endpoint!(POST "/{id}/execute", "oktaExecuteInlineHook", manages, Context, execute, Doc {
        tag: TAG,
        summary: "Run an inline hook on an event that no flow waits for",
        request: Some("OktaEvent"),
        answers: &[(200, "What Okta would be answered", Some("OktaResponse"))],
        errors: &[400, 403, 404],
        ..Doc::NONE
    }),
    endpoint!(POST "/{id}/lifecycle/activate", "oktaActivateInlineHook", manages, None, activate, Doc {
        tag: TAG,
        summary: "Let an inline hook run",
        answers: ONE,
        errors: &[403, 404],
        ..Doc::NONE
    }),
    endpoint!(POST "/{id}/lifecycle/deactivate", "oktaDeactivateInlineHook", manages, None, deactivate, Doc {
        tag: TAG,
        summary: "Keep an inline hook from running",
        answers: ONE,
        errors: &[403, 404],
        ..Doc::NONE
    }),
];

/// The most hooks that are listed. There are fewer: the types bound them.
const ALL: u64 = 1000;

fn shown(hook: &HookView) -> Answered {
    Ok(respond::ok(&View::of(hook).ok_or(ServiceError::NotFound)?))
}

/// Refuses a hook that is no inline hook of Okta with the error for a missing one.
fn check(core: &Core, call: &Call<'_>) -> Result<Kind, ApiError> {
    let kind = Kind::named(core.service.type_of(call.account()?, call.id())?.id);
    Ok(kind.filter(|kind| kind.is_inline()).ok_or(ServiceError::NotFound)?)
}

async fn list(core: &Core, call: Call<'_>) -> Answered {
    let wanted = call.query.get("type");
    let types = core.service.registry().of_dialect(DIALECT);
    let of_name =
        |name: &str| types.iter().find(|one| Kind::named(one.id).is_some_and(|kind| kind.is_inline() && kind.event_type() == name));
    let hook_type = wanted.map(|name| of_name(name).copied().ok_or_else(|| ServiceError::invalid("type", "type: no such type")));
    let filter = HookFilter { hook_type: hook_type.transpose()?, dialect: Some(DIALECT), disabled: None };
    let page = core.service.list_hooks(call.account()?, filter, Page::new(Some(ALL), None, None)?, false).await?;
    Ok(respond::ok(&page.items.iter().filter_map(View::of).collect::<Vec<_>>()))
}

async fn create(core: &Core, call: Call<'_>) -> Answered {
    let input = core.service.read_hook(Input::read(&call.body)?.create()?).await?;
    shown(&core.service.create_hook(call.account()?, input).await?)
}

async fn get(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    shown(&core.service.get_hook(call.account()?, call.id()).await?)
}

async fn update(core: &Core, call: Call<'_>) -> Answered {
    let kind = check(core, &call)?;
    let said = Input::read(&call.body)?;
    if said.kind.is_some_and(|said| said != kind) {
        return Err(ServiceError::invalid("type", "type: The type of a hook cannot be changed").into());
    }
    let before = core.service.get_hook(call.account()?, call.id()).await?;
    let input = core.service.read_hook(said.update(inline_hook::of(&before.settings))).await?;
    shown(&core.service.update_hook(call.account()?, call.id(), input).await?)
}

async fn delete(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    let hook = core.service.get_hook(call.account()?, call.id()).await?;
    if !hook.disabled {
        return Err(ServiceError::invalid("status", "status: The inline hook must be deactivated before it is deleted").into());
    }
    core.service.delete_hook(call.account()?, call.id()).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}

async fn execute(core: &Core, call: Call<'_>) -> Answered {
    check(core, &call)?;
    let (account, id) = (call.account()?, call.id());
    let answer = core.service.run_hook(account, id, call.body.clone().into(), call.read_at).await?;
    if answer.outcome() != Outcome::Completed {
        let why = answer.error().map_or("it failed", |failure| &failure.message);
        return Err(ServiceError::invalid_body(format!("The inline hook was not executed: {why}")).into());
    }
    match answer.body() {
        Some(body) => Ok(respond::ok(body)),
        None => Ok(respond::ok(&json!({}))),
    }
}

async fn activate(core: &Core, call: Call<'_>) -> Answered {
    set_disabled(core, &call, false).await
}

async fn deactivate(core: &Core, call: Call<'_>) -> Answered {
    set_disabled(core, &call, true).await
}

async fn set_disabled(core: &Core, call: &Call<'_>, disabled: bool) -> Answered {
    check(core, call)?;
    let input = core.service.read_hook(json!({"disabled": disabled}).to_string().into()).await?;
    shown(&core.service.update_hook(call.account()?, call.id(), input).await?)
}
