//! `GET /metrics`, on a separate listener. It takes no token, so every client that reaches the address may read it. The caller makes
//! the page.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};

use crate::api::Reply;
use crate::metrics::CONTENT_TYPE;

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// Answers a request to the listener with the page, if it asks for it.
pub(super) fn answer(page: impl FnOnce() -> String, method: &Method, path: &str) -> Reply {
    if path != "/metrics" {
        return reply(StatusCode::NOT_FOUND, "there is /metrics here, and nothing else\n");
    }
    if method != Method::GET && method != Method::HEAD {
        let mut refusal = reply(StatusCode::METHOD_NOT_ALLOWED, "only GET\n");
        refusal.headers_mut().insert(header::ALLOW, ALLOWED);
        return refusal;
    }
    reply(StatusCode::OK, page())
}

fn reply(status: StatusCode, text: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(text.into().into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    reply
}
