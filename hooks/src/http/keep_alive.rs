//! What an answer of HTTP/1.1 says about its connection: how long it may stay, or that it ends.

use std::time::Duration;

use http::header::{CONNECTION, HeaderName};
use http::{HeaderValue, Request};

use crate::api::Reply;

/// The header that announces how long a client may leave a connection idle. Many connection pools follow it.
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// The header that announces this time; `None` if it is less than a second.
pub(super) fn keep_alive(idle: Duration) -> Option<HeaderValue> {
    let seconds = Some(idle.as_secs()).filter(|seconds| *seconds > 0)?;
    HeaderValue::try_from(format!("timeout={seconds}")).ok()
}

/// Announces how long the connection may stay, unless the server or the client ends it.
pub(super) fn announce(reply: &mut Reply, closing: bool, asked_to_close: bool, keep_alive: Option<HeaderValue>) {
    if closing {
        reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    } else if let (Some(keep_alive), false) = (keep_alive, asked_to_close) {
        reply.headers_mut().insert(KEEP_ALIVE, keep_alive);
    }
}

/// Whether the client sends no request after this one.
pub(super) fn asks_to_close<B>(request: &Request<B>) -> bool {
    let tokens = request.headers().get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tokens.map(str::trim).any(|token| token.eq_ignore_ascii_case("close"))
}
