//! The HTTP server: accepts connections, keeps each within its limits, and closes them in order. It alone names hyper's server; the gateway
//! interprets requests.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Request, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::accept::{accept, raise_descriptor_limit};
use super::activity::{Activity, Over};
use super::ended::{self, Served};
use super::forwarded::Proxies;
use super::gateway::Gateway;
use super::keep_alive::{announce, asks_to_close, keep_alive};
use super::metrics;
use super::patience::Patience;
use super::places::{Place, Places};
use super::router::TableError;
use super::socket::Socket;
use super::tls::{Tls, TlsError};
use crate::api::Reply;
use crate::config::Config;
use crate::dialect::Dialect;
use crate::metrics::{ConnectionMetrics, CutOff, RequestMetrics};
use crate::service::Service;

/// How long requests may take to end after a stop: the longest timeout of a hook, and a margin for the answer.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(12);
const MAX_HEADERS: usize = 64;
const MAX_HEAD_BYTES: usize = 64 * 1024;
const MAX_STREAMS: u32 = 128;
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Connections at a time to the metrics: enough for a few scrapers.
const METRICS_CONNECTIONS: u32 = 16;
/// Connections at a time that are told that there is no place for them; more are closed without a word.
const REFUSALS: usize = 64;
/// What they are told. It is said before a request is read.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// How much longer than announced a connection takes a request, so that a request that is already on its way is served.
const GRACE: Duration = Duration::from_secs(1);
/// The same when the server stops.
const GRACE_AT_STOP: Duration = Duration::from_millis(250);
/// How long the other side may take to close a connection that is idle.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The server cannot listen on the address.
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
    /// The endpoints contradict each other.
    #[error("the route table is wrong: {0}")]
    Routes(String),
}

impl From<TableError> for ServerError {
    fn from(error: TableError) -> Self {
        Self::Routes(error.to_string())
    }
}

/// A socket that listens. Connections wait in it until [`Listener::serve`].
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    metrics: Option<TcpListener>,
}

impl Listener {
    /// Listens on the configured addresses.
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

    /// The address of the metrics, if they are served.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|socket| socket.local_addr().ok())
    }

    /// The certificate, if there is one.
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Serves until `stop`. Then it accepts no more connections, waits for running requests, and shuts the service down.
    pub async fn serve(
        self,
        service: Arc<Service>,
        dialects: &[&'static dyn Dialect],
        config: &Config,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServerError> {
        let gateway = Gateway::new(Arc::clone(&service), dialects, config)?;
        let requests = gateway.requests();
        let counts = gateway.connections();
        let (abort, aborted) = watch::channel(());
        // The metrics stay readable until the end: only the abort ends a connection to them.
        let (_watched, watching) = watch::channel(());
        let metrics = Connections::new(
            Listening::Metrics(Arc::clone(&service), requests, Arc::clone(&counts)),
            config,
            METRICS_CONNECTIONS,
            (None, Arc::default()),
            watching,
            aborted.clone(),
        );
        let metrics = self.metrics.map(|socket| tokio::spawn(async move { metrics.accept_all(&socket).await }));
        let (end, ending) = watch::channel(());
        let connections = Connections::new(Listening::Api(gateway), config, config.http.connections, (self.tls, counts), ending, aborted);
        let stop = pin!(stop);
        tokio::select! {
            biased;
            () = stop => {}
            () = connections.accept_all(&self.socket) => {}
        }
        drop((self.socket, connections));
        service.end_streams();
        tracing::info!(connections = end.receiver_count(), "stopping");
        end.send_replace(());
        if tokio::time::timeout(DRAIN_TIMEOUT, end.closed()).await.is_err() {
            tracing::warn!("connections were cut off that did not end in time");
        }
        drop(abort);
        service.shutdown().await;
        // The metrics stay readable until here.
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
enum Listening {
    Api(Gateway),
    Metrics(Arc<Service>, Arc<RequestMetrics>, Arc<ConnectionMetrics>),
}

impl Listening {
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr, activity: &Activity) -> Reply {
        match self {
            Self::Api(gateway) => gateway.handle(request, peer.ip(), activity).await,
            Self::Metrics(service, requests, connections) => {
                let page = || service.metrics() + &requests.page() + &connections.page();
                metrics::answer(page, request.method(), request.uri().path())
            }
        }
    }
}

/// What all connections to a listener share.
#[derive(Clone)]
struct Connections {
    listening: Arc<Listening>,
    tls: Option<Tls>,
    http: Arc<Builder<TokioExecutor>>,
    places: Arc<Places>,
    counts: Arc<ConnectionMetrics>,
    proxies: Arc<Proxies>,
    refusals: Arc<Semaphore>,
    idle: Duration,
    first: Duration,
    patience: Duration,
    /// The header that announces `idle`; `None` if that is less than a second.
    keep_alive: Option<HeaderValue>,
    /// Changes when the server stops. The stop waits until all receivers are dropped.
    ending: watch::Receiver<()>,
    /// Closed when the drain is over.
    aborted: watch::Receiver<()>,
}

impl Connections {
    fn new(
        listening: Listening,
        config: &Config,
        most: u32,
        (tls, counts): (Option<Tls>, Arc<ConnectionMetrics>),
        ending: watch::Receiver<()>,
        aborted: watch::Receiver<()>,
    ) -> Self {
        Self {
            listening: Arc::new(listening),
            tls,
            http: Arc::new(protocol()),
            places: Arc::new(Places::new(usize::try_from(most).unwrap_or(usize::MAX))),
            counts,
            proxies: Arc::new(Proxies::new(&config.http)),
            refusals: Arc::new(Semaphore::new(REFUSALS)),
            idle: config.http.idle_timeout,
            first: config.http.header_timeout,
            patience: config.http.write_timeout,
            keep_alive: keep_alive(config.http.idle_timeout),
            ending,
            aborted,
        }
    }

    /// Accepts connections until it is dropped.
    async fn accept_all(&self, socket: &TcpListener) {
        loop {
            let (stream, peer) = accept(socket).await;
            let activity = Arc::new(Activity::new());
            match self.places.take(peer.ip(), self.proxies.trusts(peer.ip()), &activity) {
                Some(place) => drop(tokio::spawn(self.clone().run(stream, peer, activity, place))),
                None => self.refuse(stream, peer),
            }
        }
    }

    /// Tells a client that there is no place for its connection. Over TLS it could not be read, and nothing is said.
    fn refuse(&self, stream: TcpStream, peer: SocketAddr) {
        self.counts.refused();
        tracing::debug!(%peer, "there is no place for a connection");
        let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() else { return };
        if self.tls.is_some() {
            return;
        }
        tokio::spawn(async move {
            let mut socket = Socket::new(stream, Arc::new(Activity::new()));
            // The few bytes fit into the buffer of a new socket, so they do not wait for the client.
            if socket.write_all(NO_PLACE).await.is_ok() {
                let _ = socket.shutdown().await;
            }
            drop(permit);
        });
    }

    async fn run(self, stream: TcpStream, peer: SocketAddr, activity: Arc<Activity>, place: Place) {
        // Answers are written whole, so waiting for more bytes gains nothing.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.carry(stream, peer, activity).await,
            Some(tls) => {
                let handshake = tokio::select! {
                    biased;
                    () = activity.asked_to_give_way() => return self.counts.cut_off(CutOff::Displaced),
                    // The handshake has the time limit of a request's head.
                    handshake = tokio::time::timeout(self.first, tls.accept(stream)) => handshake,
                };
                match handshake {
                    Ok(Ok(stream)) => self.carry(stream, peer, activity).await,
                    Ok(Err(error)) => tracing::debug!(%peer, %error, "a handshake failed"),
                    Err(_) => self.slow(peer, "a handshake took too long"),
                }
            }
        }
        drop(place);
    }

    async fn carry<S>(mut self, stream: S, peer: SocketAddr, activity: Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (listening, seen, keep_alive) = (Arc::clone(&self.listening), Arc::clone(&activity), self.keep_alive.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let version = request.version();
            let (listening, busy) = (Arc::clone(&listening), seen.begin(version == Version::HTTP_2));
            let (seen, keep_alive, last) = (Arc::clone(&seen), keep_alive.clone(), asks_to_close(&request));
            async move {
                let mut reply = listening.answer(request, peer, &seen).await;
                if version == Version::HTTP_11 {
                    announce(&mut reply, seen.is_closing(), last, keep_alive);
                }
                Ok::<_, Infallible>(reply.map(|body| body.holding(busy)))
            }
        });
        let http = Arc::clone(&self.http);
        let stream = Patience::new(stream, self.patience);
        let mut connection = pin!(http.serve_connection(TokioIo::new(Socket::new(stream, Arc::clone(&activity))), service));
        let grace = tokio::select! {
            biased;
            ended = connection.as_mut() => return ended::note(&ended, &activity, &self.counts, peer),
            () = activity.asked_to_give_way() => {
                self.counts.cut_off(CutOff::Displaced);
                match activity.is_known() {
                    true => GRACE_AT_STOP,
                    false => return tracing::debug!(%peer, "a connection without a token made room for another"),
                }
            }
            over = activity.over(self.first, self.idle) => match over {
                Over::Slow => return self.slow(peer, "the head of a request took too long"),
                Over::Idle => GRACE,
            },
            _ = self.ending.changed() => GRACE_AT_STOP,
            _ = self.aborted.changed() => return,
        };
        tokio::select! {
            biased;
            ended = close_gracefully(connection, &activity, grace, self.first) => match ended {
                Closed::Ended(ended) => ended::note(&ended, &activity, &self.counts, peer),
                Closed::Slow => self.slow(peer, "the last head of a connection took too long"),
            },
            _ = self.aborted.changed() => {}
        }
    }

    fn slow(&self, peer: SocketAddr, what: &str) {
        self.counts.cut_off(CutOff::SlowHead);
        tracing::debug!(%peer, "{what}");
    }
}

/// How a connection was closed.
enum Closed {
    Ended(Served),
    /// It waited for a head that was not complete in time.
    Slow,
}

/// Ends a connection without losing a request that is already on its way: a request that arrives within the grace is served, and its answer
/// says that it is the last. HTTP/2 has a frame for this, and needs no grace.
async fn close_gracefully<C>(mut connection: Pin<&mut C>, activity: &Activity, grace: Duration, first: Duration) -> Closed
where
    C: GracefulConnection<Error = Box<dyn Error + Send + Sync>>,
{
    activity.close();
    if activity.has_served() && !activity.is_shared() {
        tokio::select! {
            biased;
            ended = connection.as_mut() => return Closed::Ended(ended),
            () = tokio::time::sleep(grace) => {}
        }
    }
    if activity.has_head() {
        tokio::select! {
            biased;
            ended = connection.as_mut() => return Closed::Ended(ended),
            over = activity.over(first, grace) => if over == Over::Slow { return Closed::Slow },
        }
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        biased;
        ended = connection.as_mut() => Closed::Ended(ended),
        _ = activity.over(first, CLOSE_TIMEOUT) => Closed::Ended(Ok(())),
    }
}

/// Both versions of HTTP with every limit except those of time, which `activity` keeps.
fn protocol() -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(None).max_headers(MAX_HEADERS).max_buf_size(MAX_HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL);
    http
}
