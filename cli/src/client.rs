//! A client of the server's API: JSON in, JSON out, with the token asked for once. Which server and whose credentials is for `login`.

use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::aws_lc_rs::default_provider;
use serde_json::{Value, json};
use ureq::http::{Method, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Body, BodyReader};

use crate::exit::Problem;

const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a stream may be silent: several times the pause between the server's signs of life.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a server may take to make a file that is asked for.
const PREPARATION: Duration = Duration::from_secs(30 * 60);
/// A page of hooks with their functions is large, and the server is one that was chosen.
const MOST_BYTES: u64 = 1 << 30;
const LIMIT: usize = 100;

/// A server and the right to use it.
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
    /// What says who calls.
    authorization: String,
}

impl Client {
    /// Asks `url` for a token with these credentials.
    pub(crate) fn connect(url: &str, id: &str, secret: &str) -> Result<Self> {
        let tls =
            TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).unversioned_rustls_crypto_provider(Arc::new(default_provider()));
        let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls.build()).timeout_global(Some(TIMEOUT));
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let mut client = Self { agent: config.build().into(), url: url.trim_end_matches('/').to_owned(), authorization: basic };
        let answer = client.call(Method::POST, "/auth/oauth2/v2/token", &json!({"grant_type": "client_credentials"}))?;
        let token = answer.get("access_token").and_then(Value::as_str).context("the server sent no token")?;
        client.authorization = format!("Bearer {token}");
        Ok(client)
    }

    /// Every item of a list of OneLogin's kind: a bare array a page.
    pub(crate) fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        for page in 1_u32.. {
            let Value::Array(found) = self.get(&format!("{path}?limit={LIMIT}&page={page}"))? else {
                bail!("GET {path}: the answer is no list")
            };
            let last = found.len() < LIMIT;
            items.extend(found);
            if last {
                break;
            }
        }
        Ok(items)
    }

    /// Items of a list of Hookbox's own kind, page by page, until `visit` says that it has enough.
    pub(crate) fn walk(&self, path: &str, query: &[(&str, String)], visit: &mut dyn FnMut(Value) -> bool) -> Result<()> {
        let mut cursor = None;
        loop {
            let mut all = query.to_vec();
            match &cursor {
                None => all.push(("limit", LIMIT.to_string())),
                Some(cursor) => all.push(("cursor", String::clone(cursor))),
            }
            let mut page = self.get(&with_query(path, &all))?;
            let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) else { bail!("GET {path}: the answer is no list") };
            if !items.into_iter().all(&mut *visit) {
                return Ok(());
            }
            match page.get("next_cursor").and_then(Value::as_str) {
                // A cursor is made to stand in a URL as it is; the query's encoding of its percent signs is undone by the server.
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(()),
            }
        }
    }

    /// Every item of a list of Hookbox's own kind.
    pub(crate) fn all(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        self.walk(path, query, &mut |item| {
            items.push(item);
            true
        })?;
        Ok(items)
    }

    /// `GET path`.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, &Value::Null)
    }

    /// `POST path` with a JSON body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, path, body)
    }

    /// `PUT path` with a JSON body.
    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::PUT, path, body)
    }

    /// `DELETE path`.
    pub(crate) fn delete(&self, path: &str) -> Result<Value> {
        self.call(Method::DELETE, path, &Value::Null)
    }

    /// `POST path`, where an answer of 503 is as good as any if it has an outcome: the server had no room for this run.
    pub(crate) fn fire(&self, path: &str, body: &Value) -> Result<Value> {
        let mut answer = self.send(Method::POST, path, body)?;
        let json = read(&mut answer)?;
        if json.get("outcome").is_some() { Ok(json) } else { check(&answer, json, path) }
    }

    /// A stream of lines, which lasts until the server ends it.
    pub(crate) fn stream(&self, path: &str) -> Result<BufReader<BodyReader<'static>>> {
        self.open(path, SILENCE)
    }

    /// A file, which the server may have to make first.
    pub(crate) fn download(&self, path: &str) -> Result<BufReader<BodyReader<'static>>> {
        self.open(path, PREPARATION)
    }

    /// An answer of any length; the server is silent for no longer than this.
    fn open(&self, path: &str, silence: Duration) -> Result<BufReader<BodyReader<'static>>> {
        let request = ureq::http::Request::get(format!("{}{path}", self.url)).header("authorization", &self.authorization).body(())?;
        let request = self.agent.configure_request(request).timeout_global(None).timeout_per_read(Some(silence));
        let request = request.build();
        let mut answer = self.agent.run(request).map_err(|error| self.unreachable(&error))?;
        if !answer.status().is_success() {
            let json = read(&mut answer)?;
            check(&answer, json, path)?;
        }
        Ok(BufReader::new(answer.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    /// One call. An empty answer is `null`; an error's message is the server's.
    fn call(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let what = format!("{method} {path}");
        let mut answer = self.send(method, path, body)?;
        let json = read(&mut answer).with_context(|| what.clone())?;
        check(&answer, json, &what)
    }

    fn send(&self, method: Method, path: &str, body: &Value) -> Result<Response<Body>> {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("authorization", &self.authorization);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header("content-type", "application/json").body(body);
        let request = request.map_err(|error| Problem::Usage(format!("{} is no usable URL: {error}", self.url)))?;
        self.agent.run(request).map_err(|error| self.unreachable(&error).into())
    }

    fn unreachable(&self, error: &ureq::Error) -> Problem {
        match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Problem::Usage(format!("{} is no usable URL: {error}", self.url)),
            _ => Problem::Unreachable(format!("no answer from {}: {error}", self.url)),
        }
    }
}

/// The body, which is JSON or a text of somebody who is not Hookbox.
fn read(answer: &mut Response<Body>) -> Result<Value> {
    let text = answer.body_mut().with_config().limit(MOST_BYTES).read_to_string()?;
    if text.is_empty() {
        return Ok(Value::Null);
    }
    match serde_json::from_str(&text) {
        Ok(json) => Ok(json),
        Err(error) if answer.status().is_success() => Err(error).context("the answer is no JSON: is this a Hookbox server?"),
        Err(_) => Ok(Value::String(text.chars().take(200).collect())),
    }
}

/// The answer, unless its status is an error.
fn check(answer: &Response<Body>, json: Value, what: &str) -> Result<Value> {
    let status = answer.status().as_u16();
    if answer.status().is_success() {
        return Ok(json);
    }
    // The token endpoints wrap what the others say plainly.
    let said = json.get("message").or_else(|| json.pointer("/status/message")).unwrap_or(&json);
    let said = said.as_str().unwrap_or("the server gives no reason");
    let message = format!("{what}: {status} {said}");
    Err(match status {
        401 | 403 => Problem::Forbidden(message),
        // This is how the API of OneLogin says it, since its clients repeat the other two for ever.
        400 if said.contains("the scope ") && said.contains(" is missing") => Problem::Forbidden(message),
        404 => Problem::NotFound(message),
        _ => Problem::Refused { status, message },
    }
    .into())
}

/// A path with a query.
pub(crate) fn with_query(path: &str, query: &[(&str, String)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(query);
    format!("{path}?{}", text.finish())
}
