//! One connection that speaks HTTP, and the task that drives it.

use std::sync::Arc;

use http::{HeaderValue, Version, header};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::task::AbortHandle;

use super::faults::error_of;
use super::heads::{Heads, Spelled};
use super::message::Wire;
use super::spelling::Spelling;
use super::upload::Upload;
use crate::error::Error;
use crate::limits::Limits;
use crate::stream::{Ends, Stream};
use crate::tls::TlsFacts;

/// Ends the connection when nobody holds it any more.
#[derive(Debug)]
pub(crate) struct Lifeline(AbortHandle);

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.0.abort();
    }
}

enum Sender {
    Http1(http1::SendRequest<Upload>, Heads),
    Http2(http2::SendRequest<Upload>),
}

/// A connection that speaks HTTP.
pub(crate) struct Line {
    sender: Sender,
    ends: Ends,
    /// Of TLS.
    facts: Option<Arc<TlsFacts>>,
    lifeline: Arc<Lifeline>,
}

/// A request that had no answer.
pub(crate) struct Lost {
    /// Why.
    pub(crate) error: Error,
    /// The request, if nothing of it was sent.
    pub(crate) unsent: Option<http::Request<Upload>>,
    /// Whether the connection ended before the answer began.
    pub(crate) hung_up: bool,
}

/// Bytes of an answer that wait in a stream of HTTP/2, and in a connection, until they are read.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 1 << 20;
/// HTTP/2 counts headers in its own way, and its error for too many of them says nothing: only what is far beyond the limit is left to it.
const HEADER_ROOM: usize = 4;
/// Bytes of a connection of HTTP/1 that are held; heads are held to [`Limits::header_bytes`] within it.
const BUFFER: usize = 64 << 10;

impl Line {
    /// Begins HTTP on a stream: HTTP/2 if TLS agreed on it, else HTTP/1.1.
    pub(crate) async fn open(stream: Stream, limits: &Limits) -> Result<Self, Error> {
        let ends = stream.ends();
        let facts = stream.facts().cloned().map(Arc::new);
        let http2 = facts.as_ref().is_some_and(|facts| facts.alpn.as_deref() == Some("h2"));
        let failed = |error: hyper::Error| error_of(&error, limits);
        let (sender, task) = if http2 {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder
                .timer(TokioTimer::new())
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW)
                .max_header_list_size(u32::try_from(limits.header_bytes.saturating_mul(HEADER_ROOM)).unwrap_or(u32::MAX));
            let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(failed)?;
            (Sender::Http2(sender), tokio::spawn(async move { drop(connection.await) }))
        } else {
            let heads = Heads::default();
            let mut builder = http1::Builder::new();
            builder
                .title_case_headers(true)
                .max_buf_size(BUFFER.max(limits.header_bytes))
                .max_headers(limits.headers.max(1))
                .max_header_size(limits.header_bytes.max(64));
            let io = TokioIo::new(Spelled::new(stream, heads.clone()));
            let (sender, connection) = builder.handshake(io).await.map_err(failed)?;
            (Sender::Http1(sender, heads), tokio::spawn(async move { drop(connection.await) }))
        };
        Ok(Self { sender, ends, facts, lifeline: Arc::new(Lifeline(task.abort_handle())) })
    }

    /// Where it leads.
    pub(crate) fn ends(&self) -> Ends {
        self.ends
    }

    /// What keeps it alive.
    pub(crate) fn lifeline(&self) -> Arc<Lifeline> {
        Arc::clone(&self.lifeline)
    }

    /// The same connection again, if it carries many requests at once.
    pub(crate) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1(..) => None,
            Sender::Http2(sender) => {
                let (sender, facts) = (Sender::Http2(sender.clone()), self.facts.clone());
                Some(Self { sender, ends: self.ends, facts, lifeline: self.lifeline() })
            }
        }
    }

    /// Whether the connection has ended.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender, _) => sender.is_closed(),
            Sender::Http2(sender) => sender.is_closed(),
        }
    }

    /// Waits until the connection takes another request: until the answer is read, for HTTP/1. `false`: it has ended.
    pub(crate) async fn ready(&mut self) -> bool {
        match &mut self.sender {
            Sender::Http1(sender, _) => sender.ready().await.is_ok(),
            Sender::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    /// Sends a request with an absolute URI, over HTTP/1 with its names spelled so. With the answer comes how it was spelled.
    pub(crate) async fn send(
        &mut self,
        mut request: http::Request<Upload>,
        spelling: &Spelling,
        limits: &Limits,
    ) -> Result<(http::Response<Incoming>, Wire), Box<Lost>> {
        let sent = match &mut self.sender {
            Sender::Http1(sender, heads) => {
                to_http1(&mut request);
                heads.expect(spelling.clone());
                let answered = sender.try_send_request(request).await;
                answered.map(|response| (response, heads.answer()))
            }
            Sender::Http2(sender) => {
                *request.version_mut() = Version::HTTP_2;
                sender.try_send_request(request).await.map(|response| (response, Spelling::default()))
            }
        };
        let sent = sent.map(|(response, spelling)| (response, Wire { spelling, ends: Some(self.ends), facts: self.facts.clone() }));
        sent.map_err(|mut lost| {
            let error = lost.error();
            let hung_up =
                error.is_incomplete_message() || error.is_closed() || error.is_canceled() || error_of(error, limits).code == "ECONNRESET";
            Box::new(Lost { error: error_of(error, limits), hung_up, unsent: lost.take_message() })
        })
    }
}

/// HTTP/1 has the host in a header and the path alone in its first line.
fn to_http1(request: &mut http::Request<Upload>) {
    let uri = request.uri().clone();
    if let Some(host) = uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
    if request.body().size_hint().exact().is_none() {
        // hyper sends no body of unknown length with a GET by itself.
        request.headers_mut().insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    if let Some(path) = uri.path_and_query().and_then(|path| http::Uri::builder().path_and_query(path.clone()).build().ok()) {
        *request.uri_mut() = path;
    }
}
