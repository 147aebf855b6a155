//! Servers that note what reaches them, names that lead where a test says, and clients.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{Client, Egress, Grant, Lookup, LookupError, Policy, Request, Resolve, Response, Settings};
use http::HeaderMap;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

pub(crate) type Answer = http::Response<UnsyncBoxBody<Bytes, Infallible>>;

/// A request that reached a server.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Of the URI: HTTP/2 has the host there.
    pub(crate) authority: Option<String>,
    pub(crate) version: http::Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// An HTTP server.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::with(None, answer).await
    }

    pub(crate) async fn with(tls: Option<TlsAcceptor>, answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub = Self { address: listener.local_addr().unwrap(), connections: Arc::default(), seen: Arc::default() };
        let (own, answer) = (stub.clone(), Arc::new(answer));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                own.connections.fetch_add(1, Ordering::SeqCst);
                let (own, answer, tls) = (own.clone(), Arc::clone(&answer), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => own.serve(stream, answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                own.serve(stream, answer).await;
                            }
                        }
                    }
                });
            }
        });
        stub
    }

    async fn serve(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        answer: Arc<impl Fn(&Seen) -> Answer + Send + Sync + 'static>,
    ) {
        let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
            let (seen, answer) = (Arc::clone(&self.seen), Arc::clone(&answer));
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
                let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
                let authority = head.uri.authority().map(ToString::to_string);
                let one = Seen { method: head.method.to_string(), path, authority, version: head.version, headers: head.headers, body };
                seen.lock().unwrap().push(one.clone());
                Ok::<_, Infallible>(answer(&one))
            }
        });
        drop(auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Nothing came, not even a connection.
    pub(crate) fn assert_untouched(&self) {
        assert_eq!((self.connections(), self.seen().len()), (0, 0), "something reached the stub");
    }
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let mut builder = http::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(body.into()).boxed_unsync()).unwrap()
}

pub(crate) async fn ok() -> Stub {
    Stub::start(|_| answer(200, &[], "ok")).await
}

/// A server of streams: each is given to the function.
pub(crate) async fn raw<F: Future<Output = ()> + Send>(serve: impl Fn(TcpStream, usize) -> F + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            let serve = Arc::clone(&serve);
            tokio::spawn(async move { serve(stream, number).await });
        }
    });
    address
}

/// A server that reads the head of a request, says something, and closes.
pub(crate) async fn says(text: impl Into<Vec<u8>>) -> SocketAddr {
    let text: Arc<Vec<u8>> = Arc::new(text.into());
    raw(move |mut stream, _| {
        let text = Arc::clone(&text);
        async move {
            head(&mut stream).await;
            drop(stream.write_all(&text).await);
            drop(stream.shutdown().await);
        }
    })
    .await
}

/// Reads up to an empty line.
pub(crate) async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// Names and the addresses that each look-up of them finds, one list after the other.
#[derive(Clone, Default)]
pub(crate) struct Names(Arc<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>>, Arc<AtomicUsize>);

impl Names {
    pub(crate) fn new(names: &[(&str, &[&str])]) -> Self {
        let read = |text: &&str| text.split(' ').map(|address| address.parse().unwrap()).collect();
        let names = names.iter().map(|(name, turns)| ((*name).to_owned(), turns.iter().map(read).collect())).collect();
        Self(Arc::new(Mutex::new(names)), Arc::default())
    }

    pub(crate) fn lookups(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

impl Resolve for Names {
    fn resolve(&self, name: String) -> Lookup {
        self.1.fetch_add(1, Ordering::SeqCst);
        let found = self.0.lock().unwrap().get_mut(&name).map(|turns| {
            turns.rotate_left(1);
            turns.last().unwrap().clone()
        });
        Box::pin(async move { found.ok_or(LookupError::NotFound) })
    }
}

pub(crate) fn settings(names: &Names) -> Settings {
    Settings { resolver: Arc::new(names.clone()), system_roots: false, ..Settings::default() }
}

pub(crate) fn egress() -> Egress {
    Egress::new(settings(&Names::default())).unwrap()
}

pub(crate) fn grant(entries: &[&str]) -> Grant {
    Grant::new(Arc::new(Policy::parse(entries).unwrap()), 1, Instant::now() + Duration::from_secs(20))
}

pub(crate) fn client(entries: &[&str]) -> Client {
    egress().client(grant(entries))
}

/// A client that may call the loopback address.
pub(crate) fn local() -> Client {
    client(&["127.0.0.1"])
}

pub(crate) fn get(url: impl Into<String>) -> Request {
    Request::new("GET", url)
}

pub(crate) fn post(url: impl Into<String>, kind: &str, body: impl Into<Bytes>) -> Request {
    let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
    Request { headers, body: hookbox_egress::Body::Bytes(body.into()), ..Request::new("POST", url) }
}

pub(crate) fn with_headers(request: Request, headers: &[(&str, &str)]) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request { headers, ..request }
}

pub(crate) async fn text(mut response: Response) -> String {
    String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap()
}
