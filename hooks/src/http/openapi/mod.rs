//! Writes the OpenAPI file. Endpoints give paths, methods, security, the errors that follow from them, and their documentation;
//! `components.json` and the dialects give the schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::gateway;
use super::router::{Match, Row, parameters, template};
use super::v1;
use crate::api::{Access, BINARY, BodyKind, Doc, ErrorStyle};
use crate::dialect::{self, Dialect};

const COMPONENTS: &str = include_str!("components.json");

const DESCRIPTION: &str = "Self-hosted identity hooks. /v1 is Hookbox's own; what stands beside it is what the clients of a dialect know.";

/// The whole document, as JSON text.
///
/// # Errors
/// The dialects contradict each other, or a schema is not JSON.
pub fn document(dialects: &[&'static dyn Dialect]) -> Result<String, OpenApiError> {
    let written = |error: serde_json::Error| OpenApiError(error.to_string());
    let mut tree = tree(dialects)?;
    tree.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&tree).map_err(written)?;
    text.push('\n');
    Ok(text)
}

/// Why the document cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenApiError(String);

/// The whole document, as a JSON value.
///
/// # Errors
/// As of [`document`].
pub fn tree(dialects: &[&'static dyn Dialect]) -> Result<Value, OpenApiError> {
    let failed = |error: &dyn std::fmt::Display| OpenApiError(error.to_string());
    let router = gateway::router(dialects).map_err(|error| failed(&error))?;
    let components = components(dialects)?;
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in v1::endpoints().chain(dialects.iter().flat_map(|dialect| dialect.endpoints())) {
        // The router knows which form of errors covers the path.
        let Match::Found(row, _) = router.find(&endpoint.method, endpoint.path) else { continue };
        if let Value::Object(path) = paths.entry(template(endpoint.path)).or_insert_with(|| json!({})) {
            path.insert(endpoint.method.as_str().to_lowercase(), operation(row));
        }
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {"title": "Hookbox", "version": env!("CARGO_PKG_VERSION"), "description": DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "http://127.0.0.1:8080"}],
        "paths": paths,
        "components": components,
    }))
}

/// What the document's `components` are: schemas, parameters, answers.
///
/// # Errors
/// As of [`document`].
pub fn components(dialects: &[&'static dyn Dialect]) -> Result<Value, OpenApiError> {
    let failed = |error: &dyn std::fmt::Display| OpenApiError(error.to_string());
    let registry = dialect::registry(dialects).map_err(|error| failed(&error))?;
    let mut components: Value = serde_json::from_str(COMPONENTS).map_err(|error| failed(&error))?;
    for dialect in dialects {
        let theirs: Value = serde_json::from_str(dialect.schemas()).map_err(|error| failed(&error))?;
        merge(&mut components, json!({"schemas": theirs}));
    }
    let names: Vec<&str> = registry.types().iter().map(|one| one.id).collect();
    merge(&mut components, json!({"schemas": {"HookType": {"enum": names}}}));
    Ok(components)
}

/// Merges `over` into `under`: objects are merged, lists are concatenated, anything else is replaced.
fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(under), Value::Array(over)) => under.extend(over),
        (under, over) => *under = over,
    }
}

fn operation(row: &Row) -> Value {
    let (endpoint, doc) = (row.endpoint, &row.endpoint.doc);
    let mut operation = json!({
        "operationId": endpoint.id,
        "tags": [doc.tag],
        "summary": doc.summary,
        "security": security(endpoint.access),
        "responses": responses(row),
    });
    let query = doc.query.iter().map(|name| reference("parameters", name));
    let all: Vec<_> = parameters(endpoint.path).map(path_parameter).chain(query).collect();
    if let Value::Object(fields) = &mut operation {
        if !all.is_empty() {
            fields.insert("parameters".into(), all.into());
        }
        if let Some(schema) = doc.request {
            fields.insert("requestBody".into(), request(row.style, schema, doc.optional));
        }
    }
    operation
}

/// The credentials of a client may stand in the body, so a request without a header is possible too.
fn security(access: Access) -> Value {
    match access {
        Access::Open | Access::Dialect(_) => json!([]),
        Access::Client => json!([{"client": []}, {}]),
        Access::Token => json!([{"token": []}]),
        Access::Scope(scope) => json!([{"token": [scope.as_str()]}]),
    }
}

fn path_parameter(name: &str) -> Value {
    let schema = match name {
        "type" => reference("schemas", "HookType"),
        _ => json!({"type": "string"}),
    };
    json!({"name": name, "in": "path", "required": true, "schema": schema})
}

fn request(style: &ErrorStyle, schema: &str, optional: bool) -> Value {
    let schema = json!({"schema": reference("schemas", schema)});
    let mut content = json!({"application/json": schema});
    if let (true, Value::Object(content)) = (style.forms, &mut content) {
        content.insert("application/x-www-form-urlencoded".into(), schema);
    }
    json!({"required": !optional, "content": content})
}

fn responses(row: &Row) -> Value {
    let doc = &row.endpoint.doc;
    let mut responses = Map::new();
    for status in errors(row) {
        responses.insert(status.to_string(), error(row.style, status));
    }
    for (status, meaning, schema) in doc.answers {
        // Where an error shares the status with an answer, a client must accept both schemas.
        let shared = responses.contains_key(&status.to_string()).then_some(row.style.schema);
        responses.insert(status.to_string(), answer(doc, *status, meaning, *schema, shared));
    }
    responses.into()
}

/// The errors that follow from the endpoint's access, body, query and path, and those that do not.
fn errors(row: &Row) -> BTreeSet<u16> {
    let (endpoint, style) = (row.endpoint, row.style);
    let mut errors: BTreeSet<u16> = endpoint.doc.errors.iter().copied().collect();
    errors.extend([400, 500]);
    match endpoint.access {
        Access::Open => {}
        Access::Client => errors.extend([401, 403, 429, 503]),
        Access::Dialect(_) => errors.extend([401, 503]),
        Access::Token | Access::Scope(_) => errors.extend([401, style.missing_scope, 503]),
    }
    if endpoint.body != BodyKind::None {
        errors.extend([408, 413]);
        if style.checks_fields {
            errors.insert(422);
        }
    }
    if !endpoint.doc.query.is_empty() {
        errors.insert(422);
    }
    if endpoint.path.contains('{') {
        errors.insert(404);
    }
    errors
}

fn error(style: &ErrorStyle, status: u16) -> Value {
    let schema = json!({"application/json": {"schema": reference("schemas", style.schema)}});
    json!({"description": meaning(status), "headers": headers(status, false), "content": schema})
}

fn answer(doc: &Doc, status: u16, meaning: &str, schema: Option<&str>, shared: Option<&str>) -> Value {
    let mut answer = json!({"description": meaning, "headers": headers(status, doc.paged)});
    if let (Some(schema), Value::Object(answer)) = (schema, &mut answer) {
        let own = reference("schemas", schema);
        let content = |written| match schema {
            BINARY => json!({"application/octet-stream": {}}),
            _ if doc.lines => json!({"application/x-ndjson": {"schema": written}}),
            _ => json!({"application/json": {"schema": written}}),
        };
        let schema = match shared {
            Some(error) => json!({"oneOf": [own, reference("schemas", error)]}),
            None => own,
        };
        answer.insert("content".into(), content(schema));
    }
    answer
}

fn headers(status: u16, paged: bool) -> Value {
    let mut names = vec![("x-request-id", "RequestId")];
    if status == 429 || status == 503 {
        names.push(("Retry-After", "RetryAfter"));
    }
    if paged {
        names.extend([("Current-Page", "CurrentPage"), ("Page-Items", "PageItems"), ("Total-Count", "TotalCount")]);
        names.extend([("Total-Pages", "TotalPages"), ("After-Cursor", "AfterCursor"), ("Before-Cursor", "BeforeCursor"), ("Link", "Link")]);
    }
    names.into_iter().map(|(name, component)| (name.to_owned(), reference("headers", component))).collect::<Map<_, _>>().into()
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read, or the token's scope does not suffice",
        401 => "No valid token or client credentials",
        403 => "The token's scope does not suffice, or it must not be used from this address",
        404 => "There is no such thing in the caller's account",
        408 => "The body did not arrive in time",
        409 => "It does not go together with what there is",
        413 => "The body is too long",
        422 => "A field breaks a rule",
        429 => "Too many wrong secrets",
        503 => "Not now; perhaps later",
        _ => "The server failed",
    }
}

fn reference(section: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{section}/{name}")})
}
