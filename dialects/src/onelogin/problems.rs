//! The forms of errors for OneLogin's clients: the envelope of the token endpoints, and the plain form of `/api/2`. There, a valid token is
//! never answered with a 401 or a 403, because one client repeats such a request without end.

use hookbox_hooks::api::{ApiError, ErrorStyle, Problem};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

pub(super) static STYLES: [ErrorStyle; 2] = [
    ErrorStyle {
        root: "/auth",
        write: |error, problem| {
            let problem = in_envelope(error, problem);
            let (code, kind, message) = (problem.status.as_u16(), problem.kind, problem.message.clone().into_owned());
            problem.reply(&Envelope { status: Status { error: true, code, r#type: kind, message } })
        },
        schema: "EnvelopeError",
        missing_scope: 403,
        checks_fields: false,
        forms: true,
    },
    ErrorStyle {
        root: "/api/2",
        write: |error, problem| match error {
            ApiError::MissingScope(_) | ApiError::WrongAddress(_) => Problem::bad_request(error.to_string()).plain(),
            _ => problem.plain(),
        },
        schema: "Error",
        missing_scope: 400,
        checks_fields: true,
        forms: false,
    },
];

#[derive(Serialize)]
struct Envelope {
    status: Status,
}

#[derive(Serialize)]
struct Status {
    error: bool,
    code: u16,
    r#type: &'static str,
    message: String,
}

/// The token endpoints have no 405, because their clients expect a 404. They do not report why credentials are wrong.
fn in_envelope(error: &ApiError, problem: Problem) -> Problem {
    const NO_ROUTE: &str = "No Route Exists";
    match error {
        ApiError::NoRoute | ApiError::WrongMethod(_) => Problem::not_found(NO_ROUTE),
        ApiError::Unauthenticated | ApiError::WrongClient => {
            let problem = Problem::new(StatusCode::UNAUTHORIZED, problem.name, problem.kind, "Authentication Failure");
            problem.with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"hookbox\""))
        }
        _ => problem,
    }
}
