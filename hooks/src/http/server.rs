//! The HTTP server: accepts connections, keeps each within its limits, and lets go of them in good order. It alone names hyper's
//! server; what a request means is the gateway's.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::activity::Activity;
use super::gateway::Gateway;
use super::metrics;
use super::respond::Reply;
use super::router::TableError;
use super::tls::{Tls, TlsError};
use crate::config::Config;
use crate::service::Service;

/// The longest timeout that a hook may have, and a margin to answer in.
const DRAIN: Duration = Duration::from_secs(12);
/// How long to wait when the process is out of file descriptors or memory: connections end meanwhile.
const BACK_OFF: Duration = Duration::from_millis(100);
const HEADERS: usize = 64;
const HEAD_BYTES: usize = 64 * 1024;
const STREAMS: u32 = 128;
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// Connections at a time to the metrics: a few scrapers.
const METRICS_CONNECTIONS: u32 = 16;
const PING: Duration = Duration::from_secs(20);

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The route table contradicts itself.
    #[error("the route table is wrong: {0}")]
    Routes(String),
}

impl From<TableError> for ServerError {
    fn from(error: TableError) -> Self {
        Self::Routes(error.to_string())
    }
}

/// A socket that is listened on. Connections wait in it until [`Listener::serve`].
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    metrics: Option<TcpListener>,
}

impl Listener {
    /// Listens where the configuration says.
    pub async fn bind(config: &Config) -> Result<Self, ServerError> {
        raise_descriptor_limit();
        let tls = Tls::open(config.tls.cert.as_deref(), config.tls.key.as_deref())?;
        let (socket, address) = listen(config.listen).await?;
        let metrics = match config.metrics.listen {
            Some(address) => Some(listen(address).await?.0),
            None => None,
        };
        Ok(Self { socket, address, tls, metrics })
    }

    /// The address, with the port that was picked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the metrics, where they have one.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|socket| socket.local_addr().ok())
    }

    /// The certificate, where there is one.
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Serves until `stop`; then accepts no more, lets what runs come to its end, and shuts the service down.
    pub async fn serve(self, service: Arc<Service>, config: &Config, stop: impl Future<Output = ()>) -> Result<(), ServerError> {
        let gateway = Door::Api(Gateway::new(Arc::clone(&service), config)?);
        let graceful = GracefulShutdown::new();
        let (abort, aborted) = watch::channel(());
        let metrics = Connections::new(Door::Metrics(Arc::clone(&service)), config, METRICS_CONNECTIONS, None, aborted.clone());
        let metrics = self.metrics.map(|socket| tokio::spawn(async move { metrics.accept_all(&socket, &GracefulShutdown::new()).await }));
        let connections = Connections::new(gateway, config, config.http.connections, self.tls, aborted);
        let stop = pin!(stop);
        tokio::select! {
            biased;
            () = stop => {}
            () = connections.accept_all(&self.socket, &graceful) => {}
        }
        drop(self.socket);
        service.end_streams();
        tracing::info!(connections = graceful.count(), "stopping");
        if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("connections were cut off that did not end in time");
        }
        drop(abort);
        service.shutdown().await;
        // Until here the metrics could be watched.
        if let Some(metrics) = metrics {
            metrics.abort();
        }
        Ok(())
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServerError> {
    let failed = |cause| ServerError::Listen { address, cause };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    Ok((socket, address))
}

/// What is behind a listener.
#[allow(clippy::large_enum_variant, reason = "there are two of them in a process")]
enum Door {
    Api(Gateway),
    Metrics(Arc<Service>),
}

impl Door {
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Reply {
        match self {
            Self::Api(gateway) => gateway.handle(request, peer.ip().to_canonical()).await,
            Self::Metrics(service) => metrics::answer(service, request.method(), request.uri().path()),
        }
    }
}

/// What all connections to a listener share.
#[derive(Clone)]
struct Connections {
    door: Arc<Door>,
    tls: Option<Tls>,
    http: Arc<Builder<TokioExecutor>>,
    slots: Arc<Semaphore>,
    idle: Duration,
    first: Duration,
    /// Closed when the drain is over.
    aborted: watch::Receiver<()>,
}

impl Connections {
    fn new(door: Door, config: &Config, most: u32, tls: Option<Tls>, aborted: watch::Receiver<()>) -> Self {
        let slots = usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            door: Arc::new(door),
            tls,
            http: Arc::new(protocol(config.http.header_timeout)),
            slots: Arc::new(Semaphore::new(slots)),
            idle: config.http.idle_timeout,
            first: config.http.header_timeout,
            aborted,
        }
    }

    /// Accepts connections for ever.
    async fn accept_all(&self, socket: &TcpListener, graceful: &GracefulShutdown) {
        loop {
            let (stream, peer, permit) = self.accept(socket).await;
            tokio::spawn(self.clone().run(stream, peer, permit, graceful.watcher()));
        }
    }

    /// The next connection. It is accepted only when there is a slot for it; until then it waits in the kernel.
    async fn accept(&self, socket: &TcpListener) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed, so there always is a permit.
        let permit = Arc::clone(&self.slots).acquire_owned().await.ok();
        loop {
            match socket.accept().await {
                Ok((stream, peer)) => return (stream, peer, permit),
                Err(error) if is_about_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    }

    async fn run(self, stream: TcpStream, peer: SocketAddr, permit: Option<OwnedSemaphorePermit>, watcher: Watcher) {
        // Answers are written whole, so there is nothing to gain from waiting for more.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.carry(stream, peer, watcher).await,
            // Whoever does not shake hands in the time for a request's head sends none.
            Some(tls) => match tokio::time::timeout(self.first, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.carry(stream, peer, watcher).await,
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake took too long"),
            },
        }
        drop(permit);
    }

    async fn carry<S>(mut self, stream: S, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::new());
        let (door, seen) = (Arc::clone(&self.door), Arc::clone(&activity));
        let service = service_fn(move |request: Request<Incoming>| {
            let (door, busy) = (Arc::clone(&door), seen.begin());
            async move {
                let reply = door.answer(request, peer).await;
                Ok::<_, Infallible>(reply.map(|body| body.holding(busy)))
            }
        });
        let connection = watcher.watch(self.http.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            ended = connection => {
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection broke off");
                }
            }
            () = activity.idle(self.first, self.idle) => tracing::debug!("a connection was idle for too long"),
            _ = self.aborted.changed() => {}
        }
    }
}

/// Every connection takes a file descriptor and every hook may take another; the usual soft limit is for smaller programs.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Both versions of HTTP, every limit set. hyper checks no time without a timer.
fn protocol(header_timeout: Duration) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout).max_headers(HEADERS).max_buf_size(HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    http
}

/// Whether only the connection that was about to be accepted is lost, as against the process being short of something.
fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused)
}
