//! Whether the server lives, and whether it can do its work: for load balancers and supervisors, without a token.

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::errors::RETRY_AFTER;
use super::respond::{self, Reply};
use crate::service::Service;

/// The process answers.
pub(super) fn healthz() -> Reply {
    respond::ok(&json!({"status": "ok"}))
}

/// The service can serve, or why it cannot.
pub(super) fn readyz(service: &Service) -> Reply {
    let reasons = service.readiness();
    if reasons.is_empty() {
        return respond::ok(&json!({"status": "ready"}));
    }
    let mut reply = respond::json(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unready", "reasons": reasons}));
    reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    reply
}
