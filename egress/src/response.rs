//! An answer as a hook reads it: the head at once, the body chunk by chunk.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

use crate::calls::Ticket;
use crate::counters::Counters;
use crate::error::Error;
use crate::http::{Reply, ReplyBody, Wire, answer_too_long, latin1};
use crate::scene::Scene;
use crate::stream::Ends;
use crate::tls::TlsFacts;

/// An answer. Dropped before its end, it ends the exchange.
pub struct Response {
    /// 200 to 999.
    pub status: u16,
    /// What HTTP/1 says beside it; else empty.
    pub status_text: String,
    /// `1.0`, `1.1` or `2`.
    pub version: &'static str,
    /// Names and values in Latin-1; names from HTTP/1 in the case and the order of the answer, others in lower case.
    pub headers: Vec<(String, String)>,
    /// The address that answered, without a fragment.
    pub url: String,
    /// Whether a redirect led there.
    pub redirected: bool,
    /// Both ends of the connection, if the network answered.
    pub ends: Option<Ends>,
    /// What TLS agreed on, if the network answered in it.
    pub tls: Option<Arc<TlsFacts>>,
    body: Option<ReplyBody>,
    counted: Counted,
}

/// What is counted while a body is read. It holds the call's place among those at a time.
pub(crate) struct Counted {
    pub(crate) scene: Arc<Scene>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) ticket: Ticket,
    pub(crate) until: Instant,
    pub(crate) places: Vec<OwnedSemaphorePermit>,
    pub(crate) received: u64,
}

impl Response {
    pub(crate) fn new(reply: Reply, url: String, redirected: bool, bodiless: bool, mut counted: Counted) -> Self {
        let Wire { spelling, ends, facts: tls } = reply.wire;
        let headers = spelling.of(&reply.headers).into_iter().map(|(name, value)| (name.to_owned(), latin1(value.as_bytes()))).collect();
        let body = (!bodiless && !reply.body.is_end_stream()).then_some(reply.body);
        if body.is_none() {
            counted.places.clear();
        }
        let (status, status_text, version) = (reply.status, reply.reason, reply.version);
        Self { status, status_text, version, headers, url, redirected, ends, tls, body, counted }
    }

    /// Whether there is something to read, as far as is known.
    pub fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// The length of the body as the head says it: of one that was packed, before it was unpacked.
    pub fn announced(&self) -> Option<u64> {
        let (_, length) = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
        length.parse().ok()
    }

    /// The next bytes of the body; `None` at its end. Nothing is read from the network beyond what is asked for here, but for small buffers.
    ///
    /// # Errors
    /// What the connection or the body failed with; `ERR_HOOK_LIMIT`: it is too long, or takes too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(body) = &mut self.body else { return Ok(None) };
        let next = loop {
            let frame = timeout_at(self.counted.until, body.frame()).await;
            match frame.map_err(|_| self.counted.scene.late(self.counted.until)) {
                Err(error) | Ok(Some(Err(error))) => break Err(error),
                Ok(None) => break Ok(None),
                // Trailers are for nobody.
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => break self.counted.count(data).map(Some),
                    _ => {}
                },
            }
        };
        if let Err(error) = &next {
            self.counted.fail(error);
        }
        if !matches!(next, Ok(Some(_))) {
            self.body = None;
            self.counted.places.clear();
        }
        next
    }

    /// The whole body.
    ///
    /// # Errors
    /// As [`Response::chunk`].
    pub async fn bytes(&mut self) -> Result<Bytes, Error> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.into())
    }
}

impl Counted {
    fn count(&mut self, data: Bytes) -> Result<Bytes, Error> {
        self.received = self.received.saturating_add(data.len() as u64);
        if self.received > self.scene.limits.response_bytes {
            return Err(answer_too_long(self.scene.limits.response_bytes));
        }
        self.ticket.received(self.received);
        Counters::add(&self.counters.received, data.len() as u64);
        Ok(data)
    }

    fn fail(&self, error: &Error) {
        self.ticket.failed(error);
        Counters::add(&self.counters.failures, 1);
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("version", &self.version).finish_non_exhaustive()
    }
}
