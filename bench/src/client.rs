//! What an admin does before anything can be measured: JSON in, JSON out, over one connection.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::connection::{Connection, request};

/// An admin of a server.
pub(crate) struct Admin {
    connection: Connection,
    token: String,
}

/// How long a hook may take to become ready.
const READY_WITHIN: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(1);

impl Admin {
    pub(crate) async fn log_in(address: SocketAddr, id: &str, secret: &str) -> Result<Self> {
        let mut admin = Self { connection: Connection::open(address).await?, token: String::new() };
        let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
        let answer = admin.call("POST", "/auth/oauth2/v2/token", &body).await?;
        admin.token = answer.get("access_token").and_then(Value::as_str).context("the server sent no token")?.to_owned();
        Ok(admin)
    }

    /// Makes an account, and its admin.
    pub(crate) async fn account(&mut self, address: SocketAddr) -> Result<Self> {
        let account = self.call("POST", "/v1/accounts", &json!({"name": "bench"})).await?;
        let wanted = json!({"account_id": account.get("id"), "scopes": ["manage", "fire", "read"]});
        let made = self.call("POST", "/v1/credentials", &wanted).await?;
        let text = |name| made.get(name).and_then(Value::as_str).with_context(|| format!("the server sent no {name}"));
        Self::log_in(address, text("client_id")?, text("client_secret")?).await
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) async fn call(&mut self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let token = Some(self.token.as_str()).filter(|token| !token.is_empty());
        let answer = self.connection.exchange(&request(method, path, token, &body)).await?;
        let text = String::from_utf8_lossy(answer.body);
        ensure!((200..300).contains(&answer.status), "{method} {path}: {} {text}", answer.status);
        if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) }
    }

    /// Lets the account have so many hooks of a type.
    pub(crate) async fn allow_hooks(&mut self, most: u32) -> Result<()> {
        self.call("PUT", "/v1/accounts/1", &json!({"hooks_per_type": most})).await.map(drop)
    }

    /// Uploads a pre-authentication hook and waits until it is ready: its id, and how long that took.
    pub(crate) async fn deploy(&mut self, function: &[u8], more: Value) -> Result<(String, Duration)> {
        let mut body = json!({
            "type": "pre-authentication", "runtime": "wasm", "timeout": 1, "disabled": true,
            "options": {"risk_enabled": true, "location_enabled": true}, "function": BASE64.encode(function),
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let started = Instant::now();
        let created = self.call("POST", "/api/2/hooks", &body).await?;
        let id = created.get("id").and_then(Value::as_str).context("the server sent no id")?.to_owned();
        loop {
            let hook = self.call("GET", &format!("/api/2/hooks/{id}"), &Value::Null).await?;
            match hook.get("status").and_then(Value::as_str) {
                Some("ready") => return Ok((id, started.elapsed())),
                Some("create-failed") => bail!("the hook was refused: {hook}"),
                _ => ensure!(started.elapsed() < READY_WITHIN, "the hook did not become ready: {hook}"),
            }
            tokio::time::sleep(POLL).await;
        }
    }

    pub(crate) async fn delete_hook(&mut self, id: &str) -> Result<()> {
        self.call("DELETE", &format!("/api/2/hooks/{id}"), &Value::Null).await.map(drop)
    }
}
