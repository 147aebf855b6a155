//! A client of an HTTP API in JSON, with the token asked for once: of Hookbox's own, in the service's types, and of a vendor's, which is
//! copied from. Which server and whose credentials is for `login`.

use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_hooks::{AnswerView, PageView};
use rustls::crypto::aws_lc_rs::default_provider;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use ureq::http::{Method, Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Body, BodyReader};

use crate::exit::Problem;

const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a stream may be silent: several times the pause between the server's signs of life.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a server may take to make a file that is asked for.
const PREPARATION: Duration = Duration::from_secs(30 * 60);
/// A hook with its function is large, and the server is one that was chosen.
const MOST_BYTES: u64 = 1 << 30;
/// Items of a page.
const LIMIT: usize = 100;
/// Where Hookbox gives tokens out.
const TOKENS: &str = "/v1/tokens";

/// A server and the right to use it.
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
    /// What says who calls.
    authorization: String,
}

/// What is read of the answer with a token, whoever gives it out.
#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// What vendors want to be told before they give a token out.
#[derive(Serialize)]
struct Grant {
    grant_type: &'static str,
}

/// No body.
const NOTHING: Option<&()> = None;

impl Client {
    /// Asks the Hookbox server at `url` for a token with these credentials.
    pub(crate) fn connect(url: &str, id: &str, secret: &str) -> Result<Self> {
        Self::with_token(url, TOKENS, id, secret, NOTHING)
    }

    /// Asks a vendor's server for a token, at a path of its own.
    pub(crate) fn connect_to_vendor(url: &str, token_path: &str, id: &str, secret: &str) -> Result<Self> {
        Self::with_token(url, token_path, id, secret, Some(&Grant { grant_type: "client_credentials" }))
    }

    fn with_token(url: &str, path: &str, id: &str, secret: &str, body: Option<&impl Serialize>) -> Result<Self> {
        let tls =
            TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).unversioned_rustls_crypto_provider(Arc::new(default_provider()));
        let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls.build()).timeout_global(Some(TIMEOUT));
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let mut client = Self { agent: config.build().into(), url: url.trim_end_matches('/').to_owned(), authorization: basic };
        let Token { access_token } = client.call(Method::POST, path, body)?;
        client.authorization = format!("Bearer {access_token}");
        Ok(client)
    }

    /// The token that was given.
    pub(crate) fn token(&self) -> &str {
        self.authorization.trim_start_matches("Bearer ")
    }

    /// Items of a list, page by page, until `visit` says that it has enough.
    pub(crate) fn walk<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)], visit: &mut dyn FnMut(T) -> bool) -> Result<()> {
        let mut cursor = None;
        loop {
            let mut all = query.to_vec();
            // A cursor is made to stand in a URL as it is; the query's encoding of its percent signs is undone by the server.
            all.push(cursor.map_or_else(|| ("limit", LIMIT.to_string()), |cursor| ("cursor", cursor)));
            let page: PageView<T> = self.get(&with_query(path, &all))?;
            if !page.items.into_iter().all(&mut *visit) {
                return Ok(());
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Every item of a list.
    pub(crate) fn pages<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<T>> {
        let mut items = Vec::new();
        self.walk(path, query, &mut |item| {
            items.push(item);
            true
        })?;
        Ok(items)
    }

    /// `GET path`.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.call(Method::GET, path, NOTHING)
    }

    /// `POST path` with a JSON body.
    pub(crate) fn post<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        self.call(Method::POST, path, Some(body))
    }

    /// `PUT path` with a JSON body.
    pub(crate) fn put<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        self.call(Method::PUT, path, Some(body))
    }

    /// `DELETE path`.
    pub(crate) fn delete(&self, path: &str) -> Result<()> {
        let answer = self.send(Method::DELETE, path, NOTHING)?;
        accepted(answer, &format!("DELETE {path}")).map(drop)
    }

    /// `POST path` of an event. An answer of 503 is as good as any if it has an outcome: the server had no room for this run.
    pub(crate) fn fire<B: Serialize>(&self, path: &str, event: &B) -> Result<AnswerView> {
        let mut answer = self.send(Method::POST, path, Some(event))?;
        let what = format!("POST {path}");
        let text = text(&mut answer).with_context(|| what.clone())?;
        match serde_json::from_str(&text) {
            Ok(view) => Ok(view),
            Err(error) if answer.status().is_success() => Err(error).context(STRANGE).context(what),
            Err(_) => Err(refusal(answer.status(), &text, &what).into()),
        }
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
        let answer = self.agent.run(request).map_err(|error| self.unreachable(&error))?;
        let answer = accepted(answer, path)?;
        Ok(BufReader::new(answer.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    /// One call; an error's message is the server's.
    fn call<B: Serialize, T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&B>) -> Result<T> {
        let what = format!("{method} {path}");
        let mut answer = accepted(self.send(method, path, body)?, &what)?;
        let text = text(&mut answer).with_context(|| what.clone())?;
        serde_json::from_str(&text).context(STRANGE).context(what)
    }

    fn send<B: Serialize>(&self, method: Method, path: &str, body: Option<&B>) -> Result<Response<Body>> {
        let body = body.map(serde_json::to_string).transpose()?.unwrap_or_default();
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("authorization", &self.authorization).header("content-type", "application/json").body(body);
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

/// What is said of an answer that cannot be read.
const STRANGE: &str = "the answer is not what is expected: is this a Hookbox server of this version?";

fn text(answer: &mut Response<Body>) -> Result<String> {
    Ok(answer.body_mut().with_config().limit(MOST_BYTES).read_to_string()?)
}

/// The answer, unless its status is an error.
fn accepted(mut answer: Response<Body>, what: &str) -> Result<Response<Body>> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let text = text(&mut answer).with_context(|| what.to_owned())?;
    Err(refusal(answer.status(), &text, what).into())
}

fn refusal(status: StatusCode, body: &str, what: &str) -> Problem {
    let (status, said) = (status.as_u16(), said(body));
    let message = format!("{what}: {status} {said}");
    match status {
        401 | 403 => Problem::Forbidden(message),
        // A server that is copied from may say it so, where its clients would repeat the other two for ever.
        400 if said.contains("the scope ") && said.contains(" is missing") => Problem::Forbidden(message),
        404 => Problem::NotFound(message),
        _ => Problem::Refused { status, message },
    }
}

/// The body of an error: Hookbox's own, and how token endpoints of vendors wrap it.
#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorBody {
    Plain { message: String },
    Wrapped { status: WrappedError },
    Text(String),
}

#[derive(Deserialize)]
struct WrappedError {
    message: String,
}

/// What an error's body says; it may be of somebody who is not Hookbox.
fn said(body: &str) -> String {
    match serde_json::from_str(body) {
        Ok(ErrorBody::Plain { message } | ErrorBody::Wrapped { status: WrappedError { message } } | ErrorBody::Text(message)) => message,
        Err(_) if body.is_empty() || serde_json::from_str::<IgnoredAny>(body).is_ok() => "the server gives no reason".to_owned(),
        Err(_) => body.chars().take(200).collect(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_in_the_servers_words() {
        for (body, says) in [
            (r#"{"statusCode":422,"name":"UnprocessableEntityError","message":"no","field":"timeout"}"#, "no"),
            (r#"{"status":{"error":true,"code":401,"message":"who"}}"#, "who"),
            (r#""plain""#, "plain"),
            ("<html>", "<html>"),
            ("{}", "the server gives no reason"),
            ("", "the server gives no reason"),
        ] {
            assert_eq!(said(body), says, "{body}");
        }
        assert_eq!(said(&"é".repeat(300)).chars().count(), 200);
    }

    #[test]
    fn a_status_decides_how_the_program_ends() {
        for (status, body, code) in [
            (401, "{}", 3),
            (403, "{}", 3),
            (400, r#"{"message":"the scope read is missing"}"#, 3),
            (400, r#"{"message":"something else"}"#, 1),
            (404, "{}", 4),
            (409, "{}", 1),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(refusal(status, body, "GET /").code(), code, "{status} {body}");
        }
    }
}
