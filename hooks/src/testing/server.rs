//! The server over real sockets: a service on a store in memory, a listener on a free port, a client that checks every answer against
//! the OpenAPI file.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::answered::Answered;
use super::schema::Checker;
use super::world::World;
use crate::api::Endpoint;
use crate::config::Config;
use crate::dialect::Dialect;
use crate::http::{Listener, ServerError};
use crate::service::Service;

pub const ADMIN: &str = "admin";
pub const SECRET: &str = "a secret of thirty-two characters";

/// A server, and what it runs on.
pub struct TestServer {
    pub world: World,
    pub service: Arc<Service>,
    pub address: SocketAddr,
    pub dialects: Vec<&'static dyn Dialect>,
    checker: Checker,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    pub ended: JoinHandle<Result<(), ServerError>>,
    /// The operations that were answered with success.
    pub seen: Mutex<BTreeSet<String>>,
}

/// An answer that is read as it comes.
pub struct Stream {
    pub answered: Answered,
    body: hyper::body::Incoming,
    read: Vec<u8>,
    /// Keeps the connection open.
    _client: hyper::client::conn::http1::SendRequest<Full<Bytes>>,
}

impl Stream {
    /// The next line that is not empty.
    pub async fn line(&mut self) -> Value {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                if line.len() > 1 {
                    self.answered.body = [&self.answered.body[..], &line].concat().into();
                    return serde_json::from_slice(&line).unwrap();
                }
                continue;
            }
            let frame = self.body.frame().await.expect("the stream goes on").unwrap();
            self.read.extend_from_slice(&frame.into_data().unwrap());
        }
    }

    /// Reads to the end, and checks the whole answer.
    pub async fn end(mut self, server: &TestServer, path: &str) {
        while let Some(frame) = self.body.frame().await {
            self.read.extend_from_slice(&frame.unwrap().into_data().unwrap());
        }
        assert!(self.read.iter().all(|byte| *byte == b'\n'), "{:?}", String::from_utf8_lossy(&self.read));
        let path = path.split('?').next().unwrap();
        server.seen.lock().unwrap().extend(server.checker.check(&http::Method::GET, path, &self.answered));
    }
}

impl TestServer {
    pub async fn start(dialects: &[&'static dyn Dialect]) -> Self {
        Self::with(dialects, |_| {}).await
    }

    pub async fn with(dialects: &[&'static dyn Dialect], change: impl FnOnce(&mut Config)) -> Self {
        let mut world = World::with(dialects);
        let dialects = dialects.to_vec();
        let mut config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
        config.limits.context_bytes = world.limits.context_bytes;
        change(&mut config);
        world.limits = config.limits;
        let service = world.first_start().await;
        let listener = Listener::bind(&config).await.unwrap();
        let address = listener.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = Arc::clone(&service);
        let served = dialects.clone();
        let ended = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap_or_default() };
            listener.serve(serving, &served, &config, stopped).await
        });
        let checker = Checker::new(&dialects);
        Self { world, service, address, dialects, checker, stop: Mutex::new(Some(stop)), ended, seen: Mutex::default() }
    }

    /// Sends a request on a connection of its own, and checks the answer.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answered {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let (parts, body) = client.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answered = Answered { status: parts.status, headers: parts.headers, body };
        assert!(answered.header("x-request-id").is_some_and(|id| !id.is_empty()));
        if let Some(operation) = self.checker.check(&method, &path, &answered)
            && answered.status.is_success()
        {
            self.seen.lock().unwrap().insert(operation);
        }
        answered
    }

    /// Starts to read an answer that comes line by line.
    pub async fn stream(&self, token: &str, path: &str) -> Stream {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get(path).header("host", "localhost").header("authorization", format!("Bearer {token}"));
        let (parts, body) = client.send_request(request.body(Full::<Bytes>::default()).unwrap()).await.unwrap().into_parts();
        Stream {
            answered: Answered { status: parts.status, headers: parts.headers, body: Bytes::new() },
            body,
            read: Vec::new(),
            _client: client,
        }
    }

    /// A request with a token and, perhaps, a JSON body.
    pub async fn call(&self, token: &str, target: &str, body: impl Into<Option<Value>>) -> Answered {
        let (method, path) = target.split_once(' ').unwrap();
        let body = body.into().map_or_else(Bytes::new, |body| body.to_string().into());
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        self.send(request.header("authorization", format!("Bearer {token}")).body(Full::new(body)).unwrap()).await
    }

    /// A request with these headers and nothing else.
    pub async fn raw(&self, target: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let (method, path) = target.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap()).await
    }

    pub async fn token_of(&self, id: &str, secret: &str) -> Answered {
        self.raw("POST /v1/tokens", &[("authorization", &basic(id, secret))], "").await
    }

    /// A token of the first credential, which may operate and manage.
    pub async fn admin(&self) -> String {
        text(&self.token_of(ADMIN, SECRET).await.expect(200)["access_token"])
    }

    /// A token of a new credential.
    pub async fn token_for(&self, admin: &str, account: u64, scopes: &[&str]) -> String {
        let made = self.call(admin, "POST /v1/credentials", json!({"account_id": account, "scopes": scopes})).await.expect(201);
        let token = self.token_of(&text(&made["client_id"]), &text(&made["client_secret"])).await.expect(200);
        text(&token["access_token"])
    }

    /// Signals the server to stop.
    pub fn stop_now(&self) {
        drop(self.stop.lock().unwrap().take());
    }

    /// Stops the server and waits for its end.
    pub async fn stop(self) {
        self.stop_now();
        self.ended.await.unwrap().unwrap();
    }

    /// All endpoints of the server.
    pub fn endpoints(&self) -> Vec<&'static Endpoint> {
        crate::http::all_endpoints(&self.dialects)
    }

    /// A token that this server did not sign, of a credential that it knows.
    pub fn forged_token(&self) -> String {
        let foreign = crate::auth::Authenticator::new(&[3; 32], &Config::default().throttle, &Config::default().access);
        let record = crate::auth::Clients::credential(&*self.service, ADMIN).unwrap();
        foreign.issue(&record, self.service.now()).unwrap().token
    }
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
