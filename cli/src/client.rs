//! A client of Hookbox's own API: JSON in, JSON out, with the token asked for once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::aws_lc_rs::default_provider;
use serde_json::{Value, json};
use ureq::http::Method;
use ureq::tls::{RootCerts, TlsConfig};

const TIMEOUT: Duration = Duration::from_secs(60);

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
        const LIMIT: usize = 100;
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
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("authorization", &self.authorization);
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
