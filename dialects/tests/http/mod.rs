//! The APIs of the dialects over real sockets: every answer is checked against the OpenAPI file.

mod access;
mod clients;
mod events;
mod flow;
mod limits;
mod okta;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use ::http::Request;
use bytes::Bytes;
use hookbox_dialects::ALL;
use hookbox_hooks::config::Config;
use hookbox_hooks::testing::{self, ADMIN, ONE, SECRET, TestServer, World, basic, deploy, settled, text};
use hookbox_hooks::{Listener, ServerError};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// A server with all dialects.
async fn start() -> TestServer {
    TestServer::start(ALL).await
}

/// The same with other settings.
async fn with(change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::with(ALL, change).await
}

/// The least that makes a hook.
fn new_hook(script: &str) -> Value {
    json!({"type": "pre-authentication", "runtime": "wasm", "function": testing::encoded(script)})
}

/// The least that makes a JavaScript hook.
fn new_javascript(script: &str) -> Value {
    let mut hook = testing::new_javascript(script);
    hook["type"] = "pre-authentication".into();
    hook
}

/// The least that a login's context has.
fn login() -> Value {
    json!({"user": {"user_identifier": "jim", "policy_id": 1}, "device": {}})
}
