//! A client of Hookbox's own API: JSON in, JSON out, with the token asked for once.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use ureq::http::Method;

/// A server and the right to use it.
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
    token: String,
}

impl Client {
    /// Asks `url` for a token with these credentials.
    pub(crate) fn connect(url: &str, id: &str, secret: &str) -> Result<Self> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut client = Self { agent, url: url.to_owned(), token: String::new() };
        let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
        let answer = client.call(Method::POST, "/auth/oauth2/v2/token", &body)?;
        client.token = answer.get("access_token").and_then(Value::as_str).context("the server sent no token")?.to_owned();
        Ok(client)
    }

    /// `GET path`.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, &Value::Null)
    }

    /// `POST path` with a JSON body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, path, body)
    }

    /// `DELETE path`.
    pub(crate) fn delete(&self, path: &str) -> Result<Value> {
        self.call(Method::DELETE, path, &Value::Null)
    }

    /// One call. An empty answer is `null`; an error's message is the server's.
    fn call(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let what = format!("{method} {path}");
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header("content-type", "application/json").body(body)?;
        let mut answer = self.agent.run(request).with_context(|| format!("{what}: no answer from {}", self.url))?;
        let text = answer.body_mut().read_to_string()?;
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).with_context(|| what.clone())? };
        if !answer.status().is_success() {
            let message = json.get("message").and_then(Value::as_str).unwrap_or(&text);
            bail!("{what}: {} {message}", answer.status().as_u16());
        }
        Ok(json)
    }
}
