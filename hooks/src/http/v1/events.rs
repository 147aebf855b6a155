//! `/v1/triggers` and `/v1/hooks/{id}/fire`: events, and the answers to them.

use hookbox_host_api::Outcome;
use http::{HeaderValue, Method, StatusCode, header};
use tracing::{Level, Span};

use crate::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, RETRY_AFTER, Reply, respond};
use crate::dispatch::Answer;
use crate::error::ServiceError;
use crate::resources::Scope;

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::POST,
        path: "/v1/triggers/{type}",
        id: "trigger",
        access: Access::Scope(Scope::Fire),
        body: BodyKind::Context,
        handler: |core, call| Box::pin(trigger(core, call)),
        doc: Doc {
            tag: "events",
            summary: "Fire an event: run the account's live hook of the type on the context in the body",
            request: Some("Context"),
            answers: &[
                (200, "The decision, whatever the outcome", Some("Answer")),
                (503, "There was no free slot before the timeout", Some("Answer")),
            ],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/v1/hooks/{id}/fire",
        id: "fireHook",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::WrappedContext,
        handler: |core, call| Box::pin(fire(core, call)),
        doc: Doc {
            tag: "events",
            summary: "Run one hook, live or not, on a context",
            request: Some("FireInput"),
            answers: &[
                (200, "The decision, whatever the outcome", Some("Answer")),
                (503, "There was no free slot before the timeout", Some("Answer")),
            ],
            ..Doc::NONE
        },
    },
];

async fn trigger(core: &Core, call: Call<'_>) -> Answered {
    let hook_type = core.service.registry().find(call.param("type")).ok_or(ServiceError::NotFound)?;
    let (account, reads) = (call.account()?, call.may(Scope::Read));
    let answer = core.service.trigger(account, hook_type, call.body, call.read_at).await?;
    Ok(answered(&if reads { answer } else { answer.without_particulars() }))
}

async fn fire(core: &Core, call: Call<'_>) -> Answered {
    let (account, id) = (call.account()?, call.id());
    Ok(answered(&core.service.fire(account, id, call.body, call.read_at).await?))
}

/// An answer is 200 whatever the outcome, except that a server without a free slot answers 503, which proxies understand.
fn answered(answer: &Answer) -> Reply {
    name_span(answer);
    if answer.outcome() != Outcome::Overloaded {
        return respond::ok(answer);
    }
    let mut reply = respond::json(StatusCode::SERVICE_UNAVAILABLE, answer);
    reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    reply
}

/// Records the answer's ids in the request's span. Only an event of level debug follows, so without that level a login does not pay for
/// them.
fn name_span(answer: &Answer) {
    if !tracing::enabled!(target: "hookbox_hooks::http::gateway", Level::DEBUG) {
        return;
    }
    let span = Span::current();
    span.record("execution_id", answer.execution_id().as_str());
    span.record("request_id", answer.request_id());
    span.record("correlation_id", answer.correlation_id());
}
