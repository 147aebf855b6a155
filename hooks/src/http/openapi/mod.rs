//! Writes the OpenAPI file: the route table gives paths, methods, security and the errors that follow from them; `operations` and
//! `components.json` the rest.

mod operations;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use self::operations::{BINARY, DOCS, Doc};
use super::routes::{Access, BodyKind, Dialect, ROUTES, RouteSpec};

const COMPONENTS: &str = include_str!("components.json");

const DESCRIPTION: &str = "Self-hosted identity hooks. /api/2 and /auth are what OneLogin's clients know; /v1 is Hookbox's own.";

/// The whole document, as JSON text.
pub fn document() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&tree()?)?;
    text.push('\n');
    Ok(text)
}

/// The whole document.
pub(super) fn tree() -> Result<Value, serde_json::Error> {
    let components: Value = serde_json::from_str(COMPONENTS)?;
    let mut paths: Map<String, Value> = Map::new();
    for spec in ROUTES {
        let doc = DOCS.iter().find(|doc| doc.operation == spec.operation);
        let path = paths.entry(spec.pattern).or_insert_with(|| json!({}));
        if let (Some(doc), Value::Object(path)) = (doc, path) {
            path.insert(spec.method.as_str().to_lowercase(), operation(spec, doc));
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

fn operation(spec: &RouteSpec, doc: &Doc) -> Value {
    let mut operation = json!({
        "operationId": spec.operation,
        "tags": [doc.tag],
        "summary": doc.summary,
        "security": security(spec.access),
        "responses": responses(spec, doc),
    });
    let parameters: Vec<_> = path_parameter(spec).into_iter().chain(doc.query.iter().map(|name| reference("parameters", name))).collect();
    if let Value::Object(fields) = &mut operation {
        if !parameters.is_empty() {
            fields.insert("parameters".into(), parameters.into());
        }
        if let Some(schema) = doc.request {
            fields.insert("requestBody".into(), request(spec, schema, doc.optional));
        }
    }
    operation
}

/// The credentials of a client may stand in the body, so none in a header is a possibility too.
fn security(access: Access) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Client => json!([{"client": []}, {}]),
        Access::Token => json!([{"token": []}]),
        Access::Scope(scope) => json!([{"token": [scope.as_str()]}]),
    }
}

fn path_parameter(spec: &RouteSpec) -> Option<Value> {
    let (_, rest) = spec.pattern.split_once('{')?;
    let (name, _) = rest.split_once('}')?;
    let schema = match name {
        "type" => reference("schemas", "HookType"),
        _ => json!({"type": "string"}),
    };
    Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
}

fn request(spec: &RouteSpec, schema: &str, optional: bool) -> Value {
    let schema = json!({"schema": reference("schemas", schema)});
    let mut content = json!({"application/json": schema});
    if let (Dialect::Envelope, Value::Object(content)) = (spec.dialect, &mut content) {
        content.insert("application/x-www-form-urlencoded".into(), schema);
    }
    json!({"required": !optional, "content": content})
}

fn responses(spec: &RouteSpec, doc: &Doc) -> Value {
    let mut responses = Map::new();
    for status in errors(spec, doc) {
        responses.insert(status.to_string(), error(spec.dialect, status));
    }
    for (status, meaning, schema) in doc.answers {
        // Where an error shares the status with an answer, a reader has to be ready for both.
        let shared = responses.contains_key(&status.to_string());
        responses.insert(status.to_string(), answer(doc, *status, meaning, *schema, shared));
    }
    responses.into()
}

/// The errors that follow from the route's row, and those that do not.
fn errors(spec: &RouteSpec, doc: &Doc) -> BTreeSet<u16> {
    let mut errors: BTreeSet<u16> = doc.errors.iter().copied().collect();
    errors.insert(500);
    match (spec.access, spec.dialect) {
        (Access::Open, _) => {}
        (Access::Client, _) => errors.extend([400, 401, 429]),
        (Access::Token, _) => errors.extend([401]),
        (Access::Scope(_), Dialect::OneLogin) => errors.extend([400, 401]),
        (Access::Scope(_), Dialect::Own | Dialect::Envelope) => errors.extend([401, 403]),
    }
    if spec.body != BodyKind::None {
        errors.extend([400, 408, 413]);
        if spec.dialect != Dialect::Envelope {
            errors.extend([422, 503]);
        }
    }
    if !doc.query.is_empty() {
        errors.insert(422);
    }
    if spec.pattern.contains('{') {
        errors.insert(404);
    }
    errors
}

fn error(dialect: Dialect, status: u16) -> Value {
    let schema = match dialect {
        Dialect::Envelope => "EnvelopeError",
        Dialect::OneLogin | Dialect::Own => "Error",
    };
    json!({"description": meaning(status), "headers": headers(status, false), "content": {"application/json": {"schema": reference("schemas", schema)}}})
}

fn answer(doc: &Doc, status: u16, meaning: &str, schema: Option<&str>, shared: bool) -> Value {
    let mut answer = json!({"description": meaning, "headers": headers(status, doc.paged)});
    if let (Some(schema), Value::Object(answer)) = (schema, &mut answer) {
        let own = reference("schemas", schema);
        let content = |written| match schema {
            BINARY => json!({"application/octet-stream": {}}),
            _ if doc.lines => json!({"application/x-ndjson": {"schema": written}}),
            _ => json!({"application/json": {"schema": written}}),
        };
        let schema = if shared { json!({"oneOf": [own, reference("schemas", "Error")]}) } else { own };
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
        403 => "The token's scope does not suffice",
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Run with `HOOKBOX_UPDATE_GOLDEN=1` to write the file anew.
    #[test]
    fn the_checked_in_file_is_what_the_table_writes() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
        let written = document().unwrap();
        if std::env::var_os("HOOKBOX_UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &written).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == written, "docs/openapi.json is out of date");
    }

    #[test]
    fn every_route_is_in_the_file() {
        let tree = tree().unwrap();
        for spec in ROUTES {
            let operation = &tree["paths"][spec.pattern][spec.method.as_str().to_lowercase()];
            assert_eq!(operation["operationId"], spec.operation, "{} {}", spec.method, spec.pattern);
            assert!(operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2')));
        }
        assert_eq!(DOCS.len(), ROUTES.len());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn check(tree: &Value, value: &Value) {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(target)) = fields.get("$ref") {
                        assert!(tree.pointer(target.trim_start_matches('#')).is_some(), "{target}");
                    }
                    fields.values().for_each(|one| check(tree, one));
                }
                Value::Array(items) => items.iter().for_each(|one| check(tree, one)),
                _ => {}
            }
        }
        let tree = tree().unwrap();
        check(&tree, &tree);
    }
}
