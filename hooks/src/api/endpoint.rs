//! Endpoints: one value holds everything about one operation of the API. The router, the 405 answers, the log, the metrics, the OpenAPI
//! file and the tests read it. To add an endpoint, add a value to the table of its module.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::Method;

use super::call::{Call, Core, Head};
use super::errors::ApiError;
use super::respond::Reply;
use crate::auth::Caller;
use crate::resources::Scope;

/// One operation of the API.
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path; `{name}` is a parameter, which stands for one segment that is not empty, and `{*name}` at the end for the rest, slashes and all,
    /// which may be empty.
    pub path: &'static str,
    /// The operation's name in the log, the metrics and the OpenAPI file; unique.
    pub id: &'static str,
    /// Who may call.
    pub access: Access,
    /// How long the body may be.
    pub body: BodyKind,
    /// Carries out the operation.
    pub handler: Handler,
    /// What callers read about it.
    pub doc: Doc,
}

/// Carries out an operation.
pub type Handler = for<'a> fn(&'a Core, Call<'a>) -> Answering<'a>;

/// The future of an answer.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answered> + Send + 'a>>;

/// An answer, or the error in its place.
pub type Answered = Result<Reply, ApiError>;

/// Who may call.
#[derive(Clone, Copy)]
pub enum Access {
    /// Everybody, without a token.
    Open,
    /// A client that sends its id and secret, which the handler checks.
    Client,
    /// The bearer of any token.
    Token,
    /// The bearer of a token of this scope.
    Scope(Scope),
    /// Callers whom the dialect authenticates by the head of the request, before the body is read.
    Dialect(Authenticate),
}

/// Finds out who calls, by the head of a request.
pub type Authenticate = for<'a> fn(&'a Core, &'a Head<'a>) -> Authenticating<'a>;

/// The future of a caller.
pub type Authenticating<'a> = Pin<Box<dyn Future<Output = Result<Caller, ApiError>> + Send + 'a>>;

/// How long a request's body may be. The numbers come from the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// The body is not read.
    None,
    /// A few fields.
    Fields,
    /// A hook with its function.
    Function,
    /// An event, bare.
    Context,
    /// An event in an object.
    WrappedContext,
}

/// What the OpenAPI file says of an endpoint beyond its path, access and body.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// The group that it is listed in.
    pub tag: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Names of query parameters, as the components have them.
    pub query: &'static [&'static str],
    /// The schema of the body.
    pub request: Option<&'static str>,
    /// Whether an empty body means an empty object.
    pub optional: bool,
    /// Status, meaning and schema of the answers that are not errors, or errors of a shape of their own.
    pub answers: &'static [(u16, &'static str, Option<&'static str>)],
    /// Errors that do not follow from access, body and query.
    pub errors: &'static [u16],
    /// Whether the answer is a stream of such values, one a line.
    pub lines: bool,
    /// Whether the answer's headers describe its page.
    pub paged: bool,
}

impl Doc {
    /// The empty documentation.
    pub const NONE: Self =
        Self { tag: "", summary: "", query: &[], request: None, optional: false, answers: &[], errors: &[], lines: false, paged: false };
}

/// The query parameters of a list that is read page by page.
pub const PAGE: &[&str] = &["limit", "page", "cursor"];

/// The schema of an answer that is bytes instead of JSON.
pub const BINARY: &str = "Binary";

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.id)
    }
}
