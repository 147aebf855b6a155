//! What one execution calls with: its policies, its limits, and the list of what it called.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Method;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::answer::Answerer;
use crate::calls::{Call, Calls, Ticket};
use crate::connection::{self, Connection};
use crate::counters::Counters;
use crate::error::Error;
use crate::http::{Body, Hop, Last, Manner, Redirect, Request, next_hop, read_headers, redirects, request_too_long};
use crate::limits::{Limits, bytes_text};
use crate::policy::{Host, Scheme, Target};
use crate::response::{self, Response};
use crate::scene::Scene;
use crate::tls::TlsOptions;

/// The client of one execution; its clones are the same one.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(crate) struct Inner {
    scene: Arc<Scene>,
    answerer: Arc<dyn Answerer>,
    counters: Arc<Counters>,
    calls: Calls,
    begun: AtomicU32,
    at_a_time: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    /// The account's share of what is under way, over all executions.
    share: Option<Arc<Semaphore>>,
}

/// The longest URL that is read.
const LONGEST_URL: usize = 16 << 10;

impl Client {
    pub(crate) fn new(scene: Scene, answerer: Arc<dyn Answerer>, counters: Arc<Counters>, share: Option<Arc<Semaphore>>) -> Self {
        let places = |count: u32| Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(0).min(Semaphore::MAX_PERMITS)));
        let (at_a_time, sockets) = (places(scene.limits.calls_at_a_time), places(scene.limits.sockets));
        let (scene, calls, begun) = (Arc::new(scene), Calls::default(), AtomicU32::new(0));
        Self(Arc::new(Inner { scene, answerer, counters, calls, begun, at_a_time, sockets, share }))
    }

    /// What was called up to now, for the log of the execution.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls.list()
    }

    /// The limits of the execution.
    pub fn limits(&self) -> &Limits {
        &self.0.scene.limits
    }

    /// The addresses of a name, of IPv4 (`4`), IPv6 (`6`) or both (`0`): those that may be connected to.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED`: no policy names it, or all of its addresses are refused. `ENOTFOUND`, `EAI_AGAIN`, `ERR_HOOK_LIMIT`.
    pub async fn lookup(&self, name: &str, family: u8) -> Result<Vec<IpAddr>, Error> {
        self.0.spend()?;
        let host = Host::parse(name)?;
        let ticket = self.0.calls.begin("LOOKUP", host.to_string());
        let work = async {
            self.0.scene.layers.judge_lookup(&host)?;
            let until = self.0.scene.call_by();
            let found = self.0.answerer.lookup(&host, &self.0.scene, until).await?;
            let family_fits =
                |address: &IpAddr| matches!((family, address), (4, IpAddr::V4(_)) | (6, IpAddr::V6(_))) || !matches!(family, 4 | 6);
            let fitting: Vec<IpAddr> = found.into_iter().filter(family_fits).collect();
            if fitting.is_empty() { Err(Error::lookup("ENOTFOUND", &host.to_string())) } else { Ok(fitting) }
        };
        let found = work.await;
        self.0.outcome(&ticket, found)
    }

    /// Makes a request and follows its redirects, each under the whole policy.
    ///
    /// # Errors
    /// Everything that can go wrong, with the codes of Node; none is a fault of the host.
    pub async fn fetch(&self, request: Request) -> Result<Response, Error> {
        self.0.spend()?;
        let until = self.0.scene.call_by();
        let redirect = request.redirect;
        let mut hop = self.0.first_hop(request)?;
        let mut places = Vec::new();
        let mut followed = 0;
        loop {
            let ticket = self.0.calls.begin(hop.method.as_str(), hop.target.to_string());
            let last = Last::of(&hop);
            let (sent, head) = (Arc::clone(&hop.sent), hop.method == Method::HEAD);
            let answered = self.0.exchange(hop, &mut places, until).await;
            let sent = sent.load(Ordering::Relaxed);
            ticket.sent(sent);
            Counters::add(&self.0.counters.sent, sent);
            let reply = self.0.outcome(&ticket, answered)?;
            ticket.status(reply.status);
            if reply.cached {
                ticket.cached();
            }
            let url = without_fragment(last.url());
            if redirects(reply.status) && redirect != Redirect::Manual {
                let next = self.0.outcome(&ticket, self.0.next(last, redirect, followed, &reply))?;
                if let Some(next) = next {
                    hop = next;
                    followed += 1;
                    continue;
                }
            }
            let bodiless = head || matches!(reply.status, 204 | 205 | 304);
            let (scene, counters) = (Arc::clone(&self.0.scene), Arc::clone(&self.0.counters));
            let counted = response::Counted { scene, counters, ticket, until, places, received: 0 };
            return Ok(Response::new(reply, url, followed > 0, bodiless, counted));
        }
    }

    /// Makes a raw connection, in TLS from its first byte if there are options for it.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED`, `ERR_HOOK_LIMIT`, and what the look-up, the connection or the handshake failed with.
    pub async fn connect(&self, host: &str, port: u16, tls: Option<&TlsOptions>) -> Result<Connection, Error> {
        self.0.spend()?;
        let scheme = if tls.is_some() { Scheme::Tls } else { Scheme::Tcp };
        if port == 0 {
            return Err(Error::invalid("ERR_SOCKET_BAD_PORT", "the port must be 1 to 65535"));
        }
        let target = Target { scheme, host: Host::parse(host)?, port };
        let ticket = self.0.calls.begin(if tls.is_some() { "TLS" } else { "TCP" }, target.to_string());
        let work = async {
            self.0.scene.layers.judge(&target)?;
            let limit = || Error::limit("there are too many open connections", self.0.scene.limits.sockets, "egress.sockets");
            let mut places = vec![Arc::clone(&self.0.sockets).try_acquire_owned().map_err(|_| limit())?];
            let until = self.0.scene.call_by();
            places.extend(self.0.share(until).await?);
            let stream = self.0.answerer.connect(&target, tls, &self.0.scene, until).await?;
            Ok((stream, places))
        };
        let worked = work.await;
        let (stream, places) = self.0.outcome(&ticket, worked)?;
        let (scene, counters) = (Arc::clone(&self.0.scene), Arc::clone(&self.0.counters));
        Ok(Connection::new(stream, target, connection::Counted { scene, counters, ticket, _places: places }))
    }
}

impl Inner {
    /// Counts a call, whatever becomes of it.
    fn spend(&self) -> Result<(), Error> {
        Counters::add(&self.counters.calls, 1);
        let most = self.scene.limits.calls;
        let spent = self.begun.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |begun| (begun < most).then_some(begun + 1));
        spent.map(drop).map_err(|_| {
            Counters::add(&self.counters.failures, 1);
            Error::limit("there are too many calls", most, "egress.calls")
        })
    }

    /// Notes an error.
    fn outcome<T>(&self, ticket: &Ticket, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &outcome {
            ticket.failed(error);
            if error.is_refusal() {
                Counters::add(&self.counters.refusals, 1);
                tracing::debug!(reason = %error.message, "a hook's call is refused");
            } else {
                Counters::add(&self.counters.failures, 1);
                tracing::debug!(code = %error.code, "a hook's call failed");
            }
        }
        outcome
    }

    fn first_hop(&self, request: Request) -> Result<Hop, Error> {
        let limits = &self.scene.limits;
        if request.url.len() > LONGEST_URL {
            return Err(Error::invalid("ERR_INVALID_URL", format!("a URL has at most {}", bytes_text(LONGEST_URL as u64))));
        }
        let url = Url::parse(&request.url).map_err(|_| Error::invalid("ERR_INVALID_URL", "Invalid URL"))?;
        let target = Target::of_url(&url)?;
        let method = method_of(&request.method)?;
        let given = read_headers(&request.headers, limits)?;
        let host = given.named(&target)?;
        let Request { body, decompress, tls, .. } = request;
        let length = given.length.filter(|_| matches!(body, Body::Stream(_)));
        if body.len().max(length.unwrap_or_default()) > limits.request_bytes {
            return Err(request_too_long(limits.request_bytes));
        }
        let manner = Manner { spelling: given.spelling, host, length, tls: tls.map(Arc::new) };
        Ok(Hop { method, url, target, headers: given.map, body, decompress, manner, sent: Arc::default() })
    }

    async fn share(&self, until: Instant) -> Result<Option<OwnedSemaphorePermit>, Error> {
        let Some(share) = &self.share else { return Ok(None) };
        let place = timeout_at(until, Arc::clone(share).acquire_owned()).await;
        place
            .ok()
            .and_then(Result::ok)
            .map(Some)
            .ok_or_else(|| Error::limit("the account has too many calls under way", "its share", "egress.account_calls"))
    }

    /// One exchange, in its turn.
    async fn exchange(&self, hop: Hop, places: &mut Vec<OwnedSemaphorePermit>, until: Instant) -> Result<crate::http::Reply, Error> {
        for target in hop.manner.named(&hop.target)? {
            self.scene.layers.judge(&target)?;
        }
        if places.is_empty() {
            let limits = &self.scene.limits;
            let turn = timeout_at(until, Arc::clone(&self.at_a_time).acquire_owned()).await.ok().and_then(Result::ok);
            places.push(turn.ok_or_else(|| Error::limit("too many calls at a time", limits.calls_at_a_time, "egress.calls_at_a_time"))?);
            places.extend(self.share(until).await?);
        }
        let answered = timeout_at(until, self.answerer.exchange(hop, &self.scene, until)).await;
        answered.unwrap_or_else(|_| Err(self.scene.late(until)))
    }

    /// The hop that an answer leads to; `None`: it is an ordinary answer.
    fn next(&self, last: Last, redirect: Redirect, followed: u32, reply: &crate::http::Reply) -> Result<Option<Hop>, Error> {
        let Some(next) = next_hop(last, reply.status, &reply.headers)? else { return Ok(None) };
        if redirect == Redirect::Error {
            return Err(Error::new("ERR_UNEXPECTED_REDIRECT", "unexpected redirect"));
        }
        let most = self.scene.limits.redirects;
        if followed >= most {
            return Err(Error::limit("there are too many redirects", most, "egress.redirects"));
        }
        Ok(Some(next))
    }
}

fn method_of(text: &str) -> Result<Method, Error> {
    let invalid = || Error::invalid("ERR_INVALID_HTTP_TOKEN", "Method must be a valid HTTP token");
    let upper = text.to_ascii_uppercase();
    if matches!(upper.as_str(), "CONNECT" | "TRACE" | "TRACK") {
        return Err(Error::refused(format!("the method {upper} is refused")));
    }
    let known = matches!(upper.as_str(), "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT");
    let text = if known { upper.as_str() } else { text };
    if text.len() > 64 { Err(invalid()) } else { Method::from_bytes(text.as_bytes()).map_err(|_| invalid()) }
}

fn without_fragment(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Client").field(&self.0.scene).finish()
    }
}
