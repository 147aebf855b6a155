//! The form of errors for a caller: the server's own, and those that dialects define for their paths.

use std::fmt;

use super::errors::{ApiError, Problem};
use super::respond::Reply;

/// The form of errors below a path.
pub struct ErrorStyle {
    /// The path: `/auth` covers itself and all paths that begin with `/auth/`. An empty one covers every path.
    pub root: &'static str,
    /// Writes an error. The problem is the error in the server's own form.
    pub write: fn(&ApiError, Problem) -> Reply,
    /// The schema of such an answer.
    pub schema: &'static str,
    /// The status for a valid token that lacks a scope.
    pub missing_scope: u16,
    /// Whether bodies are checked field by field, with 422 for a field that breaks a rule.
    pub checks_fields: bool,
    /// Whether bodies may be forms as well as JSON.
    pub forms: bool,
}

impl ErrorStyle {
    /// The answer for an error.
    pub(crate) fn reply(&self, error: &ApiError) -> Reply {
        (self.write)(error, error.problem())
    }

    /// Whether the style covers a path.
    pub(crate) fn holds(&self, path: &str) -> bool {
        path.strip_prefix(self.root).is_some_and(|rest| self.root.is_empty() || rest.is_empty() || rest.starts_with('/'))
    }
}

/// The form of errors outside the paths of dialects.
pub(crate) static PLAIN: ErrorStyle =
    ErrorStyle { root: "", write: |_, problem| problem.plain(), schema: "Error", missing_scope: 403, checks_fields: true, forms: false };

impl fmt::Debug for ErrorStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorStyle").field("root", &self.root).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use std::time::Duration;

    use http::HeaderValue;

    use super::*;
    use crate::error::ServiceError;
    use crate::resources::Scope;

    async fn written(error: ApiError) -> (u16, String) {
        let reply = PLAIN.reply(&error);
        let status = reply.status().as_u16();
        let bytes = reply.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn resource_routes_have_plain_errors() {
        for (error, status, body) in [
            (
                ServiceError::NotFound.into(),
                404,
                r#"{"statusCode":404,"name":"NotFoundError","message":"The resource with the given id could not be found"}"#,
            ),
            (ServiceError::Conflict("taken".into()).into(), 409, r#"{"statusCode":409,"name":"ConflictError","message":"taken"}"#),
            (
                ServiceError::invalid("limits.fuel", "too much").into(),
                422,
                r#"{"statusCode":422,"name":"UnprocessableEntityError","message":"too much","field":"limits.fuel"}"#,
            ),
            (ServiceError::invalid_body("no").into(), 422, r#"{"statusCode":422,"name":"UnprocessableEntityError","message":"no"}"#),
            (ServiceError::BadRequest("no JSON".into()).into(), 400, r#"{"statusCode":400,"name":"BadRequestError","message":"no JSON"}"#),
            (
                ServiceError::TooLarge { what: "The context", limit: 7 }.into(),
                413,
                r#"{"statusCode":413,"name":"PayloadTooLargeError","message":"The context must not be longer than 7 bytes"}"#,
            ),
            (
                ApiError::Unauthenticated,
                401,
                r#"{"statusCode":401,"name":"UnauthorizedError","message":"The request requires user authentication."}"#,
            ),
            (
                ApiError::WrongMethod("GET, PUT".into()),
                405,
                r#"{"statusCode":405,"name":"MethodNotAllowedError","message":"The route does not have this method; it has GET, PUT"}"#,
            ),
        ] {
            assert_eq!(written(error).await, (status, body.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_missing_scope_is_forbidden() {
        assert_eq!(written(ApiError::MissingScope(Scope::Manage)).await.0, 403);
    }

    #[tokio::test]
    async fn a_client_learns_nothing_of_an_internal_error() {
        for error in [ServiceError::Internal("/var/secret".into()).into(), ApiError::Internal("/var/secret".into())] {
            let (status, body) = written(error).await;
            assert_eq!((status, body.contains("secret")), (500, false));
        }
    }

    #[test]
    fn what_passes_says_when_to_come_back() {
        for error in [ServiceError::StoreFull.into(), ServiceError::Unavailable("busy".into()).into()] {
            let reply = PLAIN.reply(&error);
            assert_eq!((reply.status().as_u16(), &reply.headers()["retry-after"]), (503, &HeaderValue::from(1)));
        }
        let reply = PLAIN.reply(&ApiError::Throttled(Duration::from_millis(5500)));
        assert_eq!((reply.status().as_u16(), &reply.headers()["retry-after"]), (429, &HeaderValue::from(6)));
    }

    #[test]
    fn another_method_is_told_the_right_ones() {
        assert_eq!(PLAIN.reply(&ApiError::WrongMethod("GET, POST".into())).headers()["allow"], "GET, POST");
    }
}
