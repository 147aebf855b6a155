//! Requests as a hook makes them, and the single exchanges that they consist of.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use url::Url;

use super::upload::Body;
use crate::error::Error;
use crate::policy::Target;

/// What becomes of an answer that redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// The next address is asked, under the same policy.
    #[default]
    Follow,
    /// The answer is given as it is.
    Manual,
    /// It is an error.
    Error,
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// `GET`, `POST` ...: any token but `CONNECT` and `TRACE`.
    pub method: String,
    /// An absolute URL of `http` or `https`, without a user.
    pub url: String,
    /// Names and values, the latter in Latin-1. Those that belong to the connection, `Host` and `Content-Length` among them, are left out: they
    /// are set by what is sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// What becomes of redirects.
    pub redirect: Redirect,
    /// Whether bodies in gzip, deflate and Brotli are unpacked; then, if no header says otherwise, they are asked for.
    pub decompress: bool,
}

impl Request {
    /// A request without headers and a body that follows redirects and unpacks the answer.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body: Body::None, redirect: Redirect::Follow, decompress: true }
    }
}

/// One exchange: a request to one target, which was judged.
#[derive(Debug)]
pub struct Hop {
    /// The method.
    pub method: Method,
    /// The whole address, without a fragment.
    pub url: Url,
    /// Where it goes.
    pub target: Target,
    /// The headers, with placeholders of sealed values and without those of the connection.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// Whether the answer's body is unpacked.
    pub decompress: bool,
    /// How many bytes of the body were sent.
    pub sent: Arc<AtomicU64>,
}

/// The body of an answer, chunk by chunk.
pub type ReplyBody = UnsyncBoxBody<Bytes, Error>;

/// The answer to one exchange.
#[derive(Debug)]
pub struct Reply {
    /// 200 to 999.
    pub status: u16,
    /// What HTTP/1 says beside it; else empty.
    pub reason: String,
    /// `1.0`, `1.1` or `2`.
    pub version: &'static str,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked where that was asked for.
    pub body: ReplyBody,
    /// Whether the body comes out of a cache.
    pub cached: bool,
}

/// A body of known bytes.
pub fn reply_body(bytes: impl Into<Bytes>) -> ReplyBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
