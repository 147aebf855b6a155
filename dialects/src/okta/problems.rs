//! The forms of errors: Okta's own below `/api/v1`, and next to nothing at the doors, which strangers try.

use hookbox_hooks::api::{ApiError, ErrorStyle, Problem, Reply};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::json;

pub(super) static STYLES: [ErrorStyle; 2] = [
    ErrorStyle { root: "/okta", write: at_door, schema: "OktaDoorError", missing_scope: 403, checks_fields: true, forms: false },
    ErrorStyle { root: "/api/v1", write: of_api, schema: "OktaError", missing_scope: 403, checks_fields: true, forms: false },
];

/// A status that Okta logs, and what is wrong with an event for who has shown that it may bring one.
fn at_door(error: &ApiError, problem: Problem) -> Reply {
    let problem = match error {
        // The same for every reason, and without a word on what would be let in.
        ApiError::Unauthenticated => Problem { message: "Unauthorized".into(), header: None, ..problem },
        _ => as_okta_does(problem),
    };
    let summary = problem.message.clone().into_owned();
    problem.reply(&json!({"error": {"errorSummary": summary}}))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OktaError {
    error_code: &'static str,
    error_summary: String,
    error_link: &'static str,
    error_id: String,
    error_causes: Vec<Cause>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cause {
    error_summary: String,
}

fn of_api(_: &ApiError, problem: Problem) -> Reply {
    let problem = Problem { header: problem.header.clone().filter(|(name, _)| name != header::WWW_AUTHENTICATE), ..as_okta_does(problem) };
    let said = problem.message.clone().into_owned();
    let (code, summary) = match problem.status.as_u16() {
        400 | 413 => ("E0000001", format!("Api validation failed: {}", problem.field.as_deref().unwrap_or("request"))),
        401 => ("E0000011", "Invalid token provided".to_owned()),
        403 => ("E0000006", "You do not have permission to perform the requested action".to_owned()),
        404 => ("E0000007", "Not found: Resource not found".to_owned()),
        405 => ("E0000022", "The endpoint does not support the provided HTTP method".to_owned()),
        409 => ("E0000001", "Api validation failed: request".to_owned()),
        429 => ("E0000047", "API call exceeded rate limit due to too many requests.".to_owned()),
        _ => ("E0000009", "Internal Server Error".to_owned()),
    };
    let body = OktaError {
        error_code: code,
        error_summary: summary,
        error_link: code,
        error_id: format!("oae{}", problem.status.as_u16()),
        error_causes: vec![Cause { error_summary: said }],
    };
    problem.reply(&body)
}

/// A field that breaks a rule is a bad request to Okta.
fn as_okta_does(problem: Problem) -> Problem {
    match problem.status {
        StatusCode::UNPROCESSABLE_ENTITY => Problem { status: StatusCode::BAD_REQUEST, ..problem },
        _ => problem,
    }
}
