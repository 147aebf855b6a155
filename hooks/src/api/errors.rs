//! The one place that turns errors into statuses and bodies. There is no catch-all arm: a new error does not compile until its status and
//! body are chosen. A dialect may write the result in its own form.

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::respond::{Reply, json};
use crate::error::ServiceError;
use crate::resources::Scope;

/// Why a request is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The service refused.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The path does not exist.
    #[error("no such route")]
    NoRoute,
    /// The path has other methods: these, as in the `Allow` header.
    #[error("the path has other methods: {0}")]
    WrongMethod(String),
    /// The token is missing or not valid.
    #[error("no valid token")]
    Unauthenticated,
    /// The client id and secret are missing or wrong.
    #[error("no valid client credentials")]
    WrongClient,
    /// Too many wrong secrets; the client must wait this long.
    #[error("too many failures")]
    Throttled(Duration),
    /// The token is valid but lacks this scope.
    #[error("the scope {} is missing", .0.as_str())]
    MissingScope(Scope),
    /// The caller is known, but must not call from here. The text says what must not be used from which address.
    #[error("{0}")]
    WrongAddress(String),
    /// The head or the form is not as HTTP or OAuth has it.
    #[error("{0}")]
    Malformed(&'static str),
    /// There is no room for the body, or for the answer.
    #[error("The server holds as many requests as it can; try again")]
    NoRoom,
    /// The token request has another grant type than client credentials.
    #[error("grant_type is incorrect/absent")]
    GrantType,
    /// The token to be revoked is not a valid one of the caller's.
    #[error("access_token is incorrect/absent")]
    ForeignToken,
    /// The body is longer than this many bytes.
    #[error("the body is longer than {0} bytes")]
    BodyTooLong(usize),
    /// The body did not come in time.
    #[error("the body did not arrive in time")]
    BodyTooSlow,
    /// The body ended too early.
    #[error("the body broke off")]
    BodyBroken,
    /// The server failed. The text goes to the log only.
    #[error("{0}")]
    Internal(String),
}

/// An error as the client reads it.
#[derive(Debug)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The error's name: `NotFoundError`.
    pub name: &'static str,
    /// The same in words: `not found`.
    pub kind: &'static str,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// The field that breaks a rule.
    pub field: Option<String>,
    /// A header that goes with the status: `Retry-After`, `WWW-Authenticate` or `Allow`.
    pub header: Option<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem without a field or a header.
    pub fn new(status: StatusCode, name: &'static str, kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, name, kind, message: message.into(), field: None, header: None }
    }

    /// 404.
    pub fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFoundError", "not found", message)
    }

    /// 400.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequestError", "bad request", message)
    }

    fn too_large(what: &str, limit: usize) -> Self {
        let message = format!("{what} must not be longer than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeError", "payload too large", message)
    }

    fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableError", "service unavailable", message);
        problem.with(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER))
    }

    fn internal() -> Self {
        let message = "The server failed; its log tells why";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "internal error", message)
    }

    /// The answer with this body.
    pub fn reply(self, body: &impl Serialize) -> Reply {
        let mut reply = json(self.status, body);
        if let Some((name, value)) = self.header {
            reply.headers_mut().insert(name, value);
        }
        reply
    }

    /// The answer in the server's own form.
    pub fn plain(self) -> Reply {
        let body = Plain { status_code: self.status.as_u16(), name: self.name, message: self.message.clone(), field: self.field.clone() };
        self.reply(&body)
    }

    /// The same with a header.
    pub fn with(self, name: header::HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }
}

/// Seconds after which a client may ask an overloaded server again.
pub const RETRY_AFTER: &str = "1";

impl ApiError {
    /// The error as the client reads it, in the server's own form.
    pub(crate) fn problem(&self) -> Problem {
        let text = self.to_string();
        match self {
            Self::Service(error) => service_problem(error),
            Self::NoRoute => Problem::not_found("There is no such route"),
            Self::WrongMethod(allowed) => wrong_method(allowed),
            Self::Unauthenticated => unauthorized("The request requires user authentication."),
            Self::WrongClient => unauthorized("The client credentials are not valid."),
            Self::Throttled(wait) => throttled(*wait),
            Self::MissingScope(_) | Self::WrongAddress(_) => Problem::new(StatusCode::FORBIDDEN, "ForbiddenError", "forbidden", text),
            Self::GrantType | Self::ForeignToken | Self::Malformed(_) => Problem::bad_request(text),
            Self::NoRoom => Problem::unavailable(text),
            Self::BodyTooLong(limit) => Problem::too_large("The body", *limit),
            Self::BodyTooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeoutError", "request timeout", text),
            Self::BodyBroken => Problem::bad_request(text),
            Self::Internal(_) => Problem::internal(),
        }
    }

    /// Logs the details that the client does not receive.
    pub(crate) fn log(&self) {
        if let Self::Internal(error) | Self::Service(ServiceError::Internal(error)) = self {
            tracing::error!(error, "a request failed");
        }
    }
}

fn service_problem(error: &ServiceError) -> Problem {
    match error {
        ServiceError::NotFound => Problem::not_found("The resource with the given id could not be found"),
        ServiceError::Conflict(message) => Problem::new(StatusCode::CONFLICT, "ConflictError", "conflict", message.clone()),
        ServiceError::Invalid { field, message } => {
            let (name, kind) = ("UnprocessableEntityError", "unprocessable entity");
            Problem { field: field.clone(), ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, name, kind, message.clone()) }
        }
        ServiceError::BadRequest(message) => Problem::bad_request(message.clone()),
        ServiceError::TooLarge { what, limit } => Problem::too_large(what, *limit),
        ServiceError::StoreFull => Problem::unavailable("The server has no room to store this"),
        ServiceError::Unavailable(message) => Problem::unavailable(message.clone()),
        ServiceError::Internal(_) => Problem::internal(),
    }
}

fn wrong_method(allowed: &str) -> Problem {
    let message = format!("The route does not have this method; it has {allowed}");
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedError", "method not allowed", message);
    match HeaderValue::try_from(allowed) {
        Ok(value) => problem.with(header::ALLOW, value),
        Err(_) => problem,
    }
}

fn unauthorized(message: &'static str) -> Problem {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "UnauthorizedError", "Unauthorized", message);
    problem.with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn throttled(wait: Duration) -> Problem {
    // Rounded up, so that a client that waits this long does not come too early.
    let seconds = wait.as_secs().saturating_add(1);
    let message = "Too many failed attempts; wait before the next one";
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError", "too many requests", message);
    problem.with(header::RETRY_AFTER, HeaderValue::from(seconds))
}

/// The server's own form of an error.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plain {
    status_code: u16,
    name: &'static str,
    message: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}
