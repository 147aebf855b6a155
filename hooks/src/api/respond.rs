//! Builds successful answers: status, body, headers. Errors are made in `errors`.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::lines::LineReceiver;
use super::reply_body::ReplyBody;
use crate::service::Paged;

/// An answer.
pub type Reply = Response<ReplyBody>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The body if an answer cannot be serialised. It has the server's own form of errors.
const UNWRITABLE: &[u8] = br#"{"statusCode":500,"name":"InternalError","message":"The server failed; its log tells why"}"#;

/// An answer with a JSON body, which is written once.
pub fn json<T: Serialize + ?Sized>(status: StatusCode, body: &T) -> Reply {
    match serde_json::to_vec(body) {
        Ok(bytes) => with_body(status, bytes.into()),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            with_body(StatusCode::INTERNAL_SERVER_ERROR, Bytes::from_static(UNWRITABLE))
        }
    }
}

/// 200 with a JSON body.
pub fn ok<T: Serialize + ?Sized>(body: &T) -> Reply {
    json(StatusCode::OK, body)
}

/// 201 with a JSON body.
pub fn created<T: Serialize + ?Sized>(body: &T) -> Reply {
    json(StatusCode::CREATED, body)
}

/// 200 with JSON that is written already.
pub fn written(bytes: Bytes) -> Reply {
    with_body(StatusCode::OK, bytes)
}

/// An answer without a body. It has no content type either, because a client would try to read a body of that type.
pub fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new().into());
    *reply.status_mut() = status;
    reply
}

/// 200 with lines of JSON that are sent as they are made. Its headers ask proxies not to buffer them.
pub(crate) fn lines(chunks: LineReceiver) -> Reply {
    let mut reply = Response::new(ReplyBody::Stream { chunks, _busy: None });
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    reply
}

fn with_body(status: StatusCode, bytes: Bytes) -> Reply {
    let mut reply = Response::new(bytes.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, JSON);
    reply
}

/// A page as Hookbox's own API has it.
pub fn page<T: Serialize>(page: &Paged<T>) -> Reply {
    ok(&page.view())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_answer_has_no_content_type() {
        assert!(empty(StatusCode::ACCEPTED).headers().is_empty());
    }
}
