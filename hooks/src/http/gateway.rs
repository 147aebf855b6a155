//! Takes a request through the route table: finds its row, finds out who calls, reads the body, and hands over to the operation.

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

use super::body::{BodyRules, linger};
use super::errors::ApiError;
use super::query::Query;
use super::respond::Reply;
use super::router::{Match, Router, TableError};
use super::routes::{Access, Dialect, ROUTES, Route, RouteSpec};
use super::{follow, health, onelogin, own, tokens};
use crate::auth::{AuthError, Authenticator, Caller};
use crate::config::Config;
use crate::ids::AccountId;
use crate::resources::Scope;
use crate::service::Service;
use crate::uuid_pool;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything that requests have in common.
pub(crate) struct Gateway {
    pub(super) service: Arc<Service>,
    pub(super) auth: Arc<Authenticator>,
    router: Router<'static>,
    bodies: BodyRules,
}

/// One request on its way to its operation.
pub(crate) struct Call<'a> {
    /// Set where the route wants a token.
    caller: Option<Caller>,
    /// Who is at the other end of the connection.
    pub(super) peer: IpAddr,
    pub(super) path: &'a str,
    pub(super) query: Query<'a>,
    pub(super) authorization: Option<&'a str>,
    /// What the client says of itself.
    pub(super) user_agent: Option<&'a str>,
    pub(super) body: Bytes,
    /// When the body was there: deadlines count from here.
    pub(super) read_at: Instant,
}

impl Call<'_> {
    /// The caller's account. A route that forgot to ask for a token gets none.
    pub(super) fn account(&self) -> Result<AccountId, ApiError> {
        self.caller.map(|caller| caller.account).ok_or(ApiError::Unauthenticated)
    }

    /// Whether the caller may do more than the route asks for.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.caller.is_some_and(|caller| caller.may(scope))
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Token => Self::Unauthenticated,
            AuthError::Client => Self::WrongClient,
            AuthError::Throttled(wait) => Self::Throttled(wait),
            AuthError::Scope(scope) => Self::MissingScope(scope),
        }
    }
}

impl Gateway {
    /// A gateway to this service.
    pub(crate) fn new(service: Arc<Service>, config: &Config) -> Result<Self, TableError> {
        let auth = Arc::new(Authenticator::new(service.token_key(), &config.throttle));
        Ok(Self { service, auth, router: Router::new(ROUTES)?, bodies: BodyRules::new(config) })
    }

    /// Answers one request. Whatever happens, there is an answer, and it has the request's id.
    pub(crate) async fn handle<B>(&self, request: Request<B>, peer: IpAddr) -> Reply
    where
        B: Body<Data = Bytes> + Unpin + Send + 'static,
    {
        let (parts, mut body) = request.into_parts();
        let started = Started::now();
        let id = request_id(&parts);
        let found = self.router.find(&parts.method, parts.uri.path());
        let (operation, dialect) = match &found {
            Match::Found(spec, _) => (spec.operation, spec.dialect),
            Match::WrongMethod(_) | Match::Nothing => ("none", Dialect::of_path(parts.uri.path())),
        };
        let http_request_id = id.clone();
        let span = || {
            let http_request_id = http_request_id.to_str().unwrap_or_default();
            tracing::info_span!("request", operation, http_request_id, execution_id = Empty, request_id = Empty, correlation_id = Empty)
        };
        // Writing a span costs a login more than reading its token. Unless every request is spoken of, only one that fails has a span.
        let around = if tracing::enabled!(Level::DEBUG) { span() } else { Span::none() };
        let bare = around.is_none();
        let answer = async {
            let answered = self.answer(found, &parts, &mut body, peer).await;
            if answered.is_err() && sends_regardless(&parts) {
                linger(body);
            }
            let mut reply = match answered {
                Ok(reply) => reply,
                Err(error) if bare => span().in_scope(|| error.reply(dialect)),
                Err(error) => error.reply(dialect),
            };
            reply.headers_mut().insert(REQUEST_ID, id);
            tracing::debug!(status = reply.status().as_u16(), duration_us = elapsed_us(started), "answered");
            reply
        };
        answer.instrument(around).await
    }

    async fn answer<B>(&self, found: Match<'_, '_>, parts: &Parts, body: &mut B, peer: IpAddr) -> Result<Reply, ApiError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (spec, parameter) = match found {
            Match::Found(spec, parameter) => (spec, parameter),
            Match::WrongMethod(methods) => return Err(ApiError::WrongMethod(allow(&methods))),
            Match::Nothing => return Err(ApiError::NoRoute),
        };
        let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let (authorization, user_agent) = (text(header::AUTHORIZATION), text(header::USER_AGENT));
        // Before the body: nobody makes the server hold one without a right to.
        let caller = self.caller(spec, authorization)?;
        let body = self.bodies.read(spec.body, body).await?;
        let query = Query::parse(parts.uri.query());
        let call = Call { caller, peer, path: parts.uri.path(), query, authorization, user_agent, body, read_at: Instant::now() };
        self.operate((spec.route)(parameter), call).await
    }

    fn caller(&self, spec: &RouteSpec, authorization: Option<&str>) -> Result<Option<Caller>, ApiError> {
        match spec.access {
            Access::Open | Access::Client => Ok(None),
            Access::Token => Ok(Some(self.auth.caller(&*self.service, authorization, self.service.now())?)),
            Access::Scope(scope) => {
                let caller = self.auth.caller(&*self.service, authorization, self.service.now())?;
                caller.require(scope)?;
                Ok(Some(caller))
            }
        }
    }

    async fn operate(&self, route: Route<'_>, call: Call<'_>) -> Result<Reply, ApiError> {
        let service = &*self.service;
        match route {
            Route::Healthz => Ok(health::healthz()),
            Route::Readyz => Ok(health::readyz(service)),
            Route::GenerateToken => tokens::generate(self, &call),
            Route::GenerateTokenV1 => tokens::generate_v1(self, &call),
            Route::RateLimit => Ok(tokens::rate_limit()),
            Route::RevokeToken => tokens::revoke(self, &call).await,
            Route::ListHooks => onelogin::list_hooks(service, &call).await,
            Route::CreateHook => onelogin::create_hook(service, call).await,
            Route::GetHook(id) => onelogin::get_hook(service, id, &call).await,
            Route::UpdateHook(id) => onelogin::update_hook(service, id, call).await,
            Route::DeleteHook(id) => onelogin::delete_hook(service, id, &call).await,
            Route::HookLogs(id) => onelogin::hook_logs(service, id, &call).await,
            Route::ListEnvs => onelogin::list_envs(service, &call).await,
            Route::CreateEnv => onelogin::create_env(service, call).await,
            Route::GetEnv(id) => onelogin::get_env(service, id, &call).await,
            Route::UpdateEnv(id) => onelogin::update_env(service, id, call).await,
            Route::DeleteEnv(id) => onelogin::delete_env(service, id, &call).await,
            Route::ListAccounts => own::list_accounts(service, &call).await,
            Route::CreateAccount => own::create_account(service, call).await,
            Route::GetAccount(id) => own::get_account(service, id).await,
            Route::UpdateAccount(id) => own::update_account(service, id, call).await,
            Route::ListCredentials => own::list_credentials(service, &call).await,
            Route::CreateCredential => own::create_credential(service, call).await,
            Route::DeleteCredential(id) => own::delete_credential(service, id).await,
            Route::Backup => own::backup(service, &call).await,
            Route::Trigger(name) => own::trigger(service, name, call).await,
            Route::ListHooksV1 => own::list_hooks(service, &call).await,
            Route::GetHookV1(id) => own::get_hook(service, id, &call).await,
            Route::FireHook(id) => own::fire_hook(service, id, call).await,
            Route::HookExecutions(id) => own::executions(service, id, &call).await,
            Route::Apply => own::apply(service, call).await,
            Route::FollowExecutions(id) => follow::follow(self, id, &call).await,
        }
    }
}

/// The caller's own id of the request where it is a safe one, else a new one.
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

/// Whether the client sends its body without waiting for leave, and cannot be told to stop as in HTTP/2.
fn sends_regardless(parts: &Parts) -> bool {
    parts.version <= Version::HTTP_11 && !parts.headers.contains_key(header::EXPECT)
}

fn allow(methods: &[&http::Method]) -> String {
    methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ")
}

fn elapsed_us(started: Started) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
