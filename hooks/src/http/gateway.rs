//! Takes a request to its endpoint: finds the endpoint and the caller, reads the body, and calls the handler.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant as Started;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Version, header};
use hyper::body::Body;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span};
use uuid::Uuid;

use super::activity::Activity;
use super::body::{Bodies, Sender, linger};
use super::budget::Holder;
use super::forwarded::Proxies;
use super::router::{Match, Router, TableError};
use super::v1;
use crate::api::{Access, ApiError, Call, Core, Endpoint, Head, PLAIN, Query, Reply};
use crate::auth::{Authenticator, Caller};
use crate::config::Config;
use crate::dialect::Dialect;
use crate::metrics::{ConnectionMetrics, CutOff, RequestMetrics};
use crate::service::Service;
use crate::uuid_pool;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The entry of all requests: the router, and what handlers work with.
pub(crate) struct Gateway {
    core: Core,
    router: Router,
    bodies: Bodies,
    proxies: Proxies,
    requests: Arc<RequestMetrics>,
    connections: Arc<ConnectionMetrics>,
}

/// The router of the server's own endpoints and those of its dialects.
pub(crate) fn router(dialects: &[&'static dyn Dialect]) -> Result<Router, TableError> {
    let endpoints = dialects.iter().flat_map(|dialect| dialect.endpoints());
    let styles = dialects.iter().flat_map(|dialect| dialect.error_styles()).collect();
    Router::new(v1::endpoints().chain(endpoints), styles, &PLAIN)
}

impl Gateway {
    /// A gateway to this service.
    pub(crate) fn new(service: Arc<Service>, dialects: &[&'static dyn Dialect], config: &Config) -> Result<Self, TableError> {
        let auth = Arc::new(Authenticator::new(service.token_key(), &config.throttle, &config.access));
        let router = router(dialects)?;
        let requests = Arc::new(RequestMetrics::new(router.ids().iter().copied()));
        let (bodies, proxies) = (Bodies::new(config), Proxies::new(&config.http));
        Ok(Self { core: Core { service, auth }, router, bodies, proxies, requests, connections: Arc::default() })
    }

    /// The counts of requests, for the page of metrics.
    pub(super) fn requests(&self) -> Arc<RequestMetrics> {
        self.requests.clone()
    }

    /// The counts of what was refused and cut off.
    pub(super) fn connections(&self) -> Arc<ConnectionMetrics> {
        self.connections.clone()
    }

    /// Answers one request of a connection. Every request gets an answer, which carries the request's id.
    pub(super) async fn handle<B>(&self, request: Request<B>, peer: IpAddr, connection: &Activity) -> Reply
    where
        B: Body<Data = Bytes> + Unpin + Send + 'static,
    {
        let (parts, mut body) = request.into_parts();
        let started = Started::now();
        let id = request_id(&parts);
        let found = self.router.find(&parts.method, parts.uri.path());
        let (operation, style, place) = match &found {
            Match::Found(row, _) => (row.endpoint.id, row.style, Some(row.place)),
            Match::WrongMethod(_) | Match::Nothing => ("none", self.router.style(parts.uri.path()).unwrap_or(&PLAIN), None),
        };
        let http_request_id = id.clone();
        let client = self.proxies.client(peer, &parts.headers);
        let span = || {
            let http_request_id = http_request_id.to_str().unwrap_or_default();
            tracing::info_span!(
                "request",
                operation,
                http_request_id,
                %client,
                execution_id = Empty,
                request_id = Empty,
                correlation_id = Empty
            )
        };
        // A span costs a login more than the check of its token. Unless every request is logged, only one that fails has a span.
        let request_span = if tracing::enabled!(Level::DEBUG) { span() } else { Span::none() };
        let bare = request_span.is_none();
        let answer = async {
            let answered = self.answer(found, &parts, &mut body, client, connection).await;
            if answered.is_err() && sends_regardless(&parts) {
                linger(body);
            }
            if matches!(answered, Err(ApiError::BodyTooSlow)) {
                self.connections.cut_off(CutOff::SlowBody);
            }
            let mut reply = match answered {
                Ok(reply) => reply,
                Err(error) => {
                    if bare {
                        span().in_scope(|| error.log());
                    } else {
                        error.log();
                    }
                    style.reply(&error)
                }
            };
            self.requests.answered(place, reply.status().as_u16());
            reply.headers_mut().insert(REQUEST_ID, id);
            tracing::debug!(status = reply.status().as_u16(), duration_us = elapsed_us(started), "answered");
            reply
        };
        answer.instrument(request_span).await
    }

    async fn answer<B>(
        &self,
        found: Match<'_, '_>,
        parts: &Parts,
        body: &mut B,
        client: IpAddr,
        connection: &Activity,
    ) -> Result<Reply, ApiError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        check_head(parts)?;
        let (endpoint, params) = match found {
            Match::Found(row, params) => (row.endpoint, params),
            Match::WrongMethod(methods) => return Err(ApiError::WrongMethod(allow(&methods))),
            Match::Nothing => return Err(ApiError::NoRoute),
        };
        let head = Head { path: parts.uri.path(), query: parts.uri.query(), params, headers: &parts.headers, client };
        // Before the body: a caller without access cannot make the server hold one.
        let caller = self.caller(endpoint, &head).await?;
        if caller.is_some() {
            connection.recognise();
        }
        let holder = caller.map_or(Holder::Stranger(client), |caller| Holder::Account(caller.account));
        let body = self.bodies.read(endpoint.body, body, Sender { holder, headers: &parts.headers }).await?;
        let call = Call { caller, head, query: Query::parse(parts.uri.query()), body, read_at: Instant::now() };
        let reply = (endpoint.handler)(&self.core, call).await?;
        if matches!(endpoint.access, Access::Client) {
            // It showed a secret.
            connection.recognise();
        }
        self.bodies.hold(reply, holder)
    }

    async fn caller(&self, endpoint: &Endpoint, head: &Head<'_>) -> Result<Option<Caller>, ApiError> {
        match endpoint.access {
            Access::Open | Access::Client => Ok(None),
            Access::Token => self.core.bearer(head).map(Some),
            Access::Scope(scope) => {
                let caller = self.core.bearer(head)?;
                self.core.auth.require(&caller, scope, head.client)?;
                Ok(Some(caller))
            }
            Access::Dialect(authenticate) => authenticate(&self.core, head).await.map(Some),
        }
    }
}

/// Refuses a head that proxies and servers may read differently.
fn check_head(parts: &Parts) -> Result<(), ApiError> {
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && parts.version == Version::HTTP_11) {
        return Err(ApiError::Malformed("The request must have one Host header"));
    }
    if parts.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
        return Err(ApiError::Malformed("The request has more than one Authorization header"));
    }
    Ok(())
}

/// The caller's own id of the request if it is safe, else a new one.
fn request_id(parts: &Parts) -> HeaderValue {
    let safe = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=128).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(byte))
    };
    parts.headers.get(REQUEST_ID).filter(safe).cloned().unwrap_or_else(|| {
        let mut buffer = Uuid::encode_buffer();
        let text = uuid_pool::uuid().hyphenated().encode_lower(&mut buffer);
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("none"))
    })
}

/// Whether the client sends its body without waiting for `100 Continue`, and cannot be stopped as in HTTP/2.
fn sends_regardless(parts: &Parts) -> bool {
    parts.version <= Version::HTTP_11 && !parts.headers.contains_key(header::EXPECT)
}

fn allow(methods: &[&http::Method]) -> String {
    methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ")
}

fn elapsed_us(started: Started) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
