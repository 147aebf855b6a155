//! Whether the server lives, and whether it is ready: for load balancers and supervisors, without a token.

use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;

use crate::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, RETRY_AFTER, respond};

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/healthz",
        id: "healthz",
        access: Access::Open,
        body: BodyKind::None,
        handler: |core, call| Box::pin(healthz(core, call)),
        doc: Doc { tag: "health", summary: "The process answers", answers: &[(200, "It does", Some("Healthy"))], ..Doc::NONE },
    },
    Endpoint {
        method: Method::GET,
        path: "/readyz",
        id: "readyz",
        access: Access::Open,
        body: BodyKind::None,
        handler: |core, call| Box::pin(readyz(core, call)),
        doc: Doc {
            tag: "health",
            summary: "The service can serve",
            answers: &[(200, "It can", Some("Ready")), (503, "It cannot, and why", Some("Unready"))],
            ..Doc::NONE
        },
    },
];

/// The process answers.
async fn healthz(_: &Core, _: Call<'_>) -> Answered {
    Ok(respond::ok(&json!({"status": "ok"})))
}

/// Whether the service is ready, or why it is not. Trouble that leaves the hooks that serve to serve is told, and is no reason to send logins
/// elsewhere.
async fn readyz(core: &Core, _: Call<'_>) -> Answered {
    let reasons = core.service.readiness();
    if reasons.is_empty() {
        return Ok(respond::ok(&json!({"status": "ready", "troubles": core.service.troubles()})));
    }
    let mut reply = respond::json(
        StatusCode::SERVICE_UNAVAILABLE,
        &json!({"status": "unready", "reasons": reasons, "troubles": core.service.troubles()}),
    );
    reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    Ok(reply)
}
