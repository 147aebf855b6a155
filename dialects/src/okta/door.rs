//! The doors: where Okta brings events. Who calls is found out by the head; an event that comes again is answered what it was answered, for the
//! types of which Okta sends events again.

use bytes::Bytes;
use hookbox_hooks::api::{Access, Answered, ApiError, Authenticating, BodyKind, Call, Caller, Core, Doc, Endpoint, Head, Reply, respond};
use hookbox_hooks::hook_type::{Request, Settings};
use hookbox_hooks::{Answer, Brought, DoorAnswer, FoundHook, ServiceError};
use hookbox_host_api::{Decision, Outcome};
use http::{HeaderValue, Method, StatusCode};
use serde_json::json;

use super::authentication::Authentication;
use super::kind::{DIALECT, Kind};
use super::names::AUTHENTICATION;
use super::rules::app_path;

/// The header with which Okta asks whether an endpoint knows it.
const CHALLENGE: &str = "x-okta-verification-challenge";

/// What Okta is told of events that are to be delivered once more.
const NOT_DEALT_WITH: &str = r#"{"error":{"errorSummary":"The events were not dealt with"}}"#;

/// The longest challenge that is answered, in bytes.
const LONGEST_CHALLENGE: usize = 1024;

const INLINE: Doc = Doc {
    tag: "Okta: doors",
    summary: "Where Okta calls an inline hook; the hook's `authentication` says how",
    request: Some("OktaEvent"),
    answers: &[(200, "What Okta is to do", Some("OktaResponse")), (204, "Okta goes on as if there were no hook", None)],
    errors: &[404],
    ..Doc::NONE
};
const VERIFY: Doc = Doc {
    tag: "Okta: doors",
    summary: "Where Okta verifies an event hook once: the challenge of its header comes back",
    answers: &[(200, "The challenge", Some("OktaVerification"))],
    errors: &[400, 404],
    ..Doc::NONE
};
const EVENT: Doc = Doc {
    tag: "Okta: doors",
    summary: "Where Okta delivers events",
    request: Some("OktaEvent"),
    answers: &[(204, "They are dealt with", None)],
    errors: &[404, 500],
    ..Doc::NONE
};

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::POST,
        path: "/okta/inline-hooks/{hook_id}",
        id: "oktaInlineHook",
        access: Access::Dialect(authenticate),
        body: BodyKind::Context,
        handler: |core, call| Box::pin(inline(core, call)),
        doc: INLINE,
    },
    Endpoint {
        method: Method::POST,
        path: "/okta/inline-hooks/{hook_id}/{*path}",
        id: "oktaInlineHookPath",
        access: Access::Dialect(authenticate),
        body: BodyKind::Context,
        handler: |core, call| Box::pin(inline(core, call)),
        doc: Doc { summary: "The same, for an app that has its route at `path`", ..INLINE },
    },
    Endpoint {
        method: Method::GET,
        path: "/okta/event-hooks/{hook_id}",
        id: "oktaVerifyEventHook",
        access: Access::Dialect(authenticate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(verify(core, call)),
        doc: VERIFY,
    },
    Endpoint {
        method: Method::GET,
        path: "/okta/event-hooks/{hook_id}/{*path}",
        id: "oktaVerifyEventHookPath",
        access: Access::Dialect(authenticate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(verify(core, call)),
        doc: Doc { summary: "The same, for an app that has its route at `path`; no app is asked", ..VERIFY },
    },
    Endpoint {
        method: Method::POST,
        path: "/okta/event-hooks/{hook_id}",
        id: "oktaEventHook",
        access: Access::Dialect(authenticate),
        body: BodyKind::Context,
        handler: |core, call| Box::pin(event(core, call)),
        doc: EVENT,
    },
    Endpoint {
        method: Method::POST,
        path: "/okta/event-hooks/{hook_id}/{*path}",
        id: "oktaEventHookPath",
        access: Access::Dialect(authenticate),
        body: BodyKind::Context,
        handler: |core, call| Box::pin(event(core, call)),
        doc: Doc { summary: "The same, for an app that has its route at `path`", ..EVENT },
    },
];

/// Lets in who shows what the hook asks for. Whoever does not is told nothing, not even whether there is such a hook.
fn authenticate<'a>(core: &'a Core, head: &'a Head<'a>) -> Authenticating<'a> {
    Box::pin(async move {
        let found = core.service.find_hook(head.params.get("hook_id")).map_err(|_| ApiError::Unauthenticated)?;
        let authentication = Authentication::of(found.settings.get(AUTHENTICATION)).filter(|_| found.hook_type.dialect == DIALECT);
        let authentication = authentication.ok_or(ApiError::Unauthenticated)?;
        for means in authentication.valid(core.service.now()) {
            if means.admits(core, found.account, head).await {
                return Ok(Caller::of(found.account));
            }
        }
        Err(ApiError::Unauthenticated)
    })
}

/// The hook of a door, which is enabled and of a type that the door is for.
fn at_door(core: &Core, call: &Call<'_>, fits: impl Fn(Kind) -> bool) -> Result<(FoundHook, Kind), ApiError> {
    let found = core.service.find_hook(call.param("hook_id"))?;
    let kind = Kind::named(found.hook_type.id).filter(|kind| fits(*kind) && !found.disabled);
    Ok((found, kind.ok_or(ServiceError::NotFound)?))
}

async fn inline(core: &Core, call: Call<'_>) -> Answered {
    let (found, kind) = at_door(core, &call, Kind::is_inline)?;
    run(core, call, found, kind).await
}

async fn event(core: &Core, call: Call<'_>) -> Answered {
    let (found, kind) = at_door(core, &call, |kind| !kind.is_inline())?;
    run(core, call, found, kind).await
}

async fn verify(core: &Core, call: Call<'_>) -> Answered {
    at_door(core, &call, |kind| !kind.is_inline())?;
    let challenge = call.head.text(CHALLENGE).filter(|text| (1..=LONGEST_CHALLENGE).contains(&text.len()));
    let challenge = challenge.ok_or(ApiError::Malformed("The request has no x-okta-verification-challenge"))?;
    Ok(respond::ok(&json!({"verification": challenge})))
}

async fn run(core: &Core, call: Call<'_>, found: FoundHook, kind: Kind) -> Answered {
    let target = target(&call, &found.settings);
    let request = request(&call.head, &target, &found.settings);
    let (account, id, read_at, body) = (found.account, found.id, call.read_at, call.body);
    let (service, event) = (core.service.clone(), body.clone());
    let answer = async move {
        let brought = Brought { request: Some(request), ..event.into() };
        let answer = service.run_hook(account, &id.to_string(), brought, read_at).await?;
        Ok(written(kind, &answer))
    };
    let bytes = match kind.is_retried() {
        true => core.service.answer_once(account, id, &[target.as_bytes(), &body], answer).await?,
        false => answer.await?.bytes,
    };
    sent(&bytes)
}

/// The path and query that an app is asked for: what stands in the URL behind the hook's id, or else the path that is set.
fn target(call: &Call<'_>, settings: &Settings) -> String {
    let rest = call.param("path");
    let path = if rest.is_empty() { app_path(settings).unwrap_or("/").to_owned() } else { format!("/{rest}") };
    match call.head.query {
        Some(query) => format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' }),
        None => path,
    }
}

/// What an app hears of the request: all that Okta sent. Who may not come in has been sent away already.
fn request(head: &Head<'_>, target: &str, settings: &Settings) -> Request {
    // As Node reads them, a byte is a character.
    let text = |value: &HeaderValue| value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    let authentication = Authentication::of(settings.get(AUTHENTICATION));
    Request::new(target, headers, &authentication.as_ref().map(Authentication::headers).unwrap_or_default())
}

/// An answer as it is kept: its status, and its body if it has one.
fn written(kind: Kind, answer: &Answer) -> DoorAnswer {
    let (status, body) = match answer.body().filter(|_| kind.is_inline()) {
        Some(body) => (StatusCode::OK, Some(body.get())),
        // Okta delivers events once more after this.
        None if !kind.is_inline() && answer.decision() == Decision::Deny => (StatusCode::INTERNAL_SERVER_ERROR, Some(NOT_DEALT_WITH)),
        None => (StatusCode::NO_CONTENT, None),
    };
    let ran = !matches!(answer.outcome(), Outcome::NotReady | Outcome::Overloaded);
    let bytes = [&status.as_u16().to_be_bytes(), body.unwrap_or_default().as_bytes()].concat();
    DoorAnswer { bytes: bytes.into(), again: ran && status.is_success() }
}

fn sent(kept: &Bytes) -> Answered {
    let (status, _) = kept.split_first_chunk().ok_or_else(unreadable)?;
    let status = StatusCode::from_u16(u16::from_be_bytes(*status)).map_err(|_| unreadable())?;
    let body = kept.slice(size_of::<u16>()..);
    let mut reply: Reply = if body.is_empty() { respond::empty(status) } else { respond::written(body) };
    *reply.status_mut() = status;
    Ok(reply)
}

fn unreadable() -> ApiError {
    ApiError::Internal("an answer that was kept cannot be read".to_owned())
}
