//! The network itself.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use http::header::{ACCEPT_ENCODING, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Version};
use http_body_util::BodyExt as _;
use hyper::ext::ReasonPhrase;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::{Answerer, Answering};
use crate::dialler::Dialler;
use crate::error::Error;
use crate::http::{
    Body, Changed, Download, Hop, Kept, Key, Line, Lost, Pool, Reply, ReplyBody, Spelling, Upload, Wire, check_answer, decoder, latin1,
};
use crate::limits::time_text;
use crate::policy::{Host, Scheme, Target};
use crate::scene::Scene;
use crate::sealed::{Masker, Masks};
use crate::stream::Stream;
use crate::tls::{Offer, TlsOptions};

/// Connections of the server, new ones and idle ones.
pub(crate) struct Network {
    dialler: Dialler,
    pool: Arc<Pool>,
}

impl Network {
    pub(crate) fn new(dialler: Dialler, pool: Arc<Pool>) -> Self {
        Self { dialler, pool }
    }

    /// A stream to a target, in TLS if there is something to offer.
    async fn stream(&self, target: &Target, offer: Option<Offer>, scene: &Scene, until: Instant) -> Result<Stream, Error> {
        if self.dialler.is_full() {
            self.pool.close_oldest();
        }
        let by = scene.connect_by(until);
        let stream = self.dialler.dial(target, &scene.layers, by).await;
        let secured = match (stream, offer) {
            (Ok(stream), Some(offer)) => {
                timeout_at(by, stream.secure(offer)).await.unwrap_or_else(|_| Err(Error::new("ETIMEDOUT", "connect ETIMEDOUT")))
            }
            (stream, _) => stream,
        };
        secured.map_err(|error| late(error, target, scene))
    }

    /// A connection that speaks HTTP: an idle one, unless a new one is wanted, and whether it was idle.
    async fn line(&self, key: &Arc<Key>, fresh: bool, scene: &Scene, until: Instant) -> Result<(Line, bool), Error> {
        while let Some(line) = if fresh { None } else { self.pool.take(key) } {
            // The policy may have changed since the connection was made.
            if scene.layers.judge_address(line.ends().remote.ip(), &key.target).is_ok() {
                return Ok((line, true));
            }
        }
        let target = &key.target;
        let offer = match &key.options {
            _ if target.scheme != Scheme::Https => None,
            Some(options) => Some(Offer::request(&scene.tls, options, target)?),
            None => Some(Offer::https(&scene.tls, target)?),
        };
        let stream = self.stream(target, offer, scene, until).await?;
        let line = Line::open(stream, &scene.limits).await?;
        if let Some(shared) = line.share() {
            self.pool.put(key, shared);
        }
        Ok((line, false))
    }

    async fn send(&self, hop: Hop, scene: &Scene, until: Instant) -> Result<Reply, Error> {
        let (tls, options) = match hop.target.scheme {
            Scheme::Https => (scene.tls.number(&hop.target), hop.manner.tls.clone()),
            _ => ((0, 0), None),
        };
        let key = Arc::new(Key { owner: scene.owner, target: hop.target.clone(), tls, options });
        let (mut request, masks, decompress) = prepare(hop, scene)?;
        let mut fresh = false;
        loop {
            let (mut line, reused) = self.line(&key, fresh, scene, until).await?;
            let again = request.again();
            let told = request.told.clone();
            match line.send(request.into_http(), &told.spelling, &scene.limits).await {
                Ok((response, wire)) => {
                    let lifeline = line.lifeline();
                    let kept = self.keep(&key, line);
                    let (head, incoming) = response.into_parts();
                    let mut body = Download::new(incoming, scene.limits.clone(), kept, lifeline);
                    body.settle().await;
                    return reply(head, body, wire, (masks, decompress), scene);
                }
                Err(lost) => request = after(*lost, again, reused, told)?,
            }
            fresh = true;
        }
    }

    /// Puts a connection of HTTP/1 back when its answer is read; one of HTTP/2 is there already.
    fn keep(&self, key: &Arc<Key>, mut line: Line) -> Option<Kept> {
        if line.share().is_some() {
            return None;
        }
        let (pool, key) = (Arc::clone(&self.pool), Arc::clone(key));
        let (told, kept) = oneshot::channel();
        tokio::spawn(async move {
            if line.ready().await {
                pool.put(&key, line);
            }
            drop(told);
        });
        Some(kept)
    }
}

/// A time that ran out while connecting names the setting.
fn late(error: Error, target: &Target, scene: &Scene) -> Error {
    if error.code != "ETIMEDOUT" {
        return error;
    }
    let message = format!("connect ETIMEDOUT {} (egress.connect_time is {})", target.place(), time_text(scene.limits.connect_time));
    Error { syscall: Some("connect"), port: Some(target.port), message, ..error }
}

/// A request that may have to be sent once more.
struct Outgoing {
    head: http::request::Parts,
    body: Body,
    told: Told,
}

/// What stays the same each time that it is sent.
#[derive(Clone)]
struct Told {
    spelling: Spelling,
    length: Option<u64>,
    most: u64,
    sent: Arc<AtomicU64>,
}

impl Outgoing {
    /// The request, if it does no harm to send it twice.
    fn again(&self) -> Option<Self> {
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE].contains(&self.head.method);
        let body = match &self.body {
            Body::None => Body::None,
            Body::Bytes(bytes) => Body::Bytes(bytes.clone()),
            Body::Stream(_) => return None,
        };
        safe.then(|| Self { head: self.head.clone(), body, told: self.told.clone() })
    }

    fn into_http(self) -> http::Request<Upload> {
        let Told { length, most, sent, .. } = self.told;
        http::Request::from_parts(self.head, Upload::new(self.body, most, length, sent))
    }
}

/// The request to send after one that was lost: on a connection that had been idle, if nothing of it was sent or sending it again is safe.
fn after(lost: Lost, again: Option<Outgoing>, reused: bool, told: Told) -> Result<Outgoing, Error> {
    let Lost { error, unsent, hung_up } = lost;
    if !reused {
        return Err(error);
    }
    if let Some(unsent) = unsent {
        let (mut head, upload) = unsent.into_parts();
        // It is put together for its next connection.
        if let Some(again) = again {
            return Ok(again);
        }
        head.headers.remove(TRANSFER_ENCODING);
        return Ok(Outgoing { head, body: upload.into_body(), told });
    }
    again.filter(|_| hung_up).ok_or(error)
}

fn prepare(hop: Hop, scene: &Scene) -> Result<(Outgoing, Masks, bool), Error> {
    let Hop { method, url, target, mut headers, mut body, decompress, manner, sent } = hop;
    if decompress && !headers.contains_key(ACCEPT_ENCODING) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate, br"));
    }
    // Values go to those that are certain to be who they are for.
    let named = if manner.weakens_trust() { Vec::new() } else { manner.named(&target)? };
    let masks = scene.sealed.put_in(&named, &mut headers, &mut body)?;
    let invalid = |_| Error::invalid("ERR_INVALID_URL", "the URL cannot be requested");
    // The name as it was judged, so that nothing else can be read out of it.
    let authority = match manner.host {
        Some(host) => host.text,
        None => target.authority().parse().map_err(|_| Error::invalid("ERR_INVALID_URL", "the URL cannot be requested"))?,
    };
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let uri = http::Uri::builder().scheme(target.scheme.text()).authority(authority).path_and_query(path).build().map_err(invalid)?;
    let request = http::Request::builder().method(method).uri(uri).body(()).map_err(invalid)?;
    let (mut head, ()) = request.into_parts();
    head.headers = headers;
    let told = Told { spelling: manner.spelling, length: manner.length, most: scene.limits.request_bytes, sent };
    Ok((Outgoing { head, body, told }, masks, decompress))
}

fn reply(
    head: http::response::Parts,
    download: Download,
    wire: Wire,
    (masks, decompress): (Masks, bool),
    scene: &Scene,
) -> Result<Reply, Error> {
    if head.status.is_informational() {
        return Err(Error::new("HPE_UNEXPECTED_UPGRADE", "Parse Error: the server switches protocols without being asked"));
    }
    check_answer(&head.headers, &scene.limits)?;
    let reason = match head.extensions.get::<ReasonPhrase>() {
        Some(reason) => reason.as_bytes(),
        None if head.version == Version::HTTP_2 => b"",
        None => head.status.canonical_reason().unwrap_or_default().as_bytes(),
    };
    let mut reason = reason.to_vec();
    let mut body: ReplyBody = download.boxed_unsync();
    if let Some(decoder) = decompress.then(|| decoder(&head.headers, scene.limits.response_bytes)).flatten() {
        body = Changed::new(body, decoder).boxed_unsync();
    }
    let mut headers = head.headers;
    if let Some(masker) = Masker::new(masks) {
        masker.headers(&mut headers);
        reason = masker.whole(&reason).unwrap_or(reason);
        body = Changed::new(body, Box::new(masker)).boxed_unsync();
    }
    let version = match head.version {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    };
    Ok(Reply { status: head.status.as_u16(), reason: latin1(&reason), version, headers, body, wire, cached: false })
}

impl Answerer for Network {
    fn exchange<'a>(&'a self, hop: Hop, scene: &'a Scene, until: Instant) -> Answering<'a, Reply> {
        Box::pin(self.send(hop, scene, until))
    }

    fn lookup<'a>(&'a self, host: &'a Host, scene: &'a Scene, until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move {
            let found =
                timeout_at(until, self.dialler.addresses(host)).await.map_err(|_| Error::lookup("EAI_AGAIN", &host.to_string()))??;
            let mut refusal = None;
            let mut told = Vec::new();
            for address in found {
                match scene.layers.judge_told(address, host) {
                    Ok(()) => told.push(address),
                    Err(error) => refusal = refusal.or(Some(error)),
                }
            }
            match refusal {
                Some(refusal) if told.is_empty() => Err(refusal),
                _ => Ok(told),
            }
        })
    }

    fn connect<'a>(&'a self, target: &'a Target, tls: Option<&'a TlsOptions>, scene: &'a Scene, until: Instant) -> Answering<'a, Stream> {
        Box::pin(async move {
            let offer = tls.map(|options| Offer::raw(&scene.tls, options, target)).transpose()?;
            self.stream(target, offer, scene, until).await
        })
    }
}
