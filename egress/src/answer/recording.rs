//! What the network answered, kept to be answered again.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::gather::{self, Content};
use super::mocks::no_streams;
use super::{Answerer, Answering};
use crate::error::Error;
use crate::http::{Hop, Reply, Wire, latin1, reply_body};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// The calls of an execution and their answers. Values of headers that are credentials are left out; sealed values are placeholders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// Exchanges, in the order in which they ended.
    #[serde(default)]
    pub exchanges: Vec<RecordedExchange>,
    /// Look-ups, in the order in which they ended.
    #[serde(default)]
    pub lookups: Vec<RecordedLookup>,
}

/// An exchange: a request, and an answer or an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedExchange {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers of the request.
    pub headers: Vec<(String, String)>,
    /// The body of the request.
    pub body: Content,
    /// What came of it.
    pub outcome: Recorded<RecordedReply>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedReply {
    /// The status.
    pub status: u16,
    /// What stood beside it.
    pub reason: String,
    /// `1.0`, `1.1` or `2`.
    pub version: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked if the request wanted that.
    pub body: Content,
}

/// A look-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedLookup {
    /// The name.
    pub name: String,
    /// What came of it.
    pub outcome: Recorded<Vec<IpAddr>>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recorded<T> {
    /// An answer.
    Answer(T),
    /// An error.
    Error {
        /// Its code.
        code: String,
        /// Its message.
        message: String,
    },
}

impl<T> Recorded<T> {
    fn of(outcome: Result<T, &Error>) -> Self {
        match outcome {
            Ok(answer) => Self::Answer(answer),
            Err(error) => Self::Error { code: error.code.clone().into_owned(), message: error.message.clone() },
        }
    }

    fn again(self) -> Result<T, Error> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Error { code, message } => Err(Error::new(code, message)),
        }
    }
}

/// What is written in the place of a credential.
const MASK: &str = "(masked)";
/// Headers that are credentials, and parts of the names of others.
const SECRET: [&str; 8] = ["authorization", "cookie", "token", "secret", "api-key", "apikey", "password", "signature"];

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let masked = |name: &str| SECRET.iter().any(|part| name.contains(part));
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if masked(name.as_str()) { MASK.to_owned() } else { latin1(value.as_bytes()) };
        (name.to_string(), value)
    };
    headers.iter().map(text).collect()
}

/// Asks another answerer and keeps what it says. Bodies are whole before they are passed on, both ways; raw connections are passed on and not
/// kept.
pub struct Recorder {
    inner: Arc<dyn Answerer>,
    recording: Mutex<Recording>,
}

impl Recorder {
    /// Keeps what this answerer says.
    pub fn new(inner: Arc<dyn Answerer>) -> Self {
        Self { inner, recording: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept up to now.
    pub fn recording(&self) -> Recording {
        self.kept().clone()
    }

    async fn ask(&self, hop: Hop, scene: &Scene, until: Instant) -> Result<(Reply, Bytes), Error> {
        let mut reply = self.inner.exchange(hop, scene, until).await?;
        let body = gather::answer(&mut reply.body, scene).await?;
        Ok((reply, body))
    }
}

impl Answerer for Recorder {
    fn exchange<'a>(&'a self, mut hop: Hop, scene: &'a Scene, until: Instant) -> Answering<'a, Reply> {
        Box::pin(async move {
            let body = Content::of(&gather::request(&mut hop, scene).await?);
            let (method, url, headers) = (hop.method.to_string(), hop.url.to_string(), texts(&hop.headers));
            let answered = self.ask(hop, scene, until).await;
            let kept = answered.as_ref().map(|(reply, body)| RecordedReply {
                status: reply.status,
                reason: reply.reason.clone(),
                version: reply.version.to_owned(),
                headers: texts(&reply.headers),
                body: Content::of(body),
            });
            self.kept().exchanges.push(RecordedExchange { method, url, headers, body, outcome: Recorded::of(kept) });
            answered.map(|(reply, body)| Reply { body: reply_body(body), ..reply })
        })
    }

    fn lookup<'a>(&'a self, host: &'a Host, scene: &'a Scene, until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move {
            let found = self.inner.lookup(host, scene, until).await;
            self.kept().lookups.push(RecordedLookup { name: host.to_string(), outcome: Recorded::of(found.as_ref().cloned()) });
            found
        })
    }

    fn connect<'a>(&'a self, target: &'a Target, tls: Option<&'a TlsOptions>, scene: &'a Scene, until: Instant) -> Answering<'a, Stream> {
        self.inner.connect(target, tls, scene, until)
    }
}

/// Answers from a recording: each exchange once, the first one with the same method, URL and body. Raw connections are refused.
pub struct Replay(Mutex<Recording>);

impl Replay {
    /// Answers from this recording.
    pub fn new(recording: Recording) -> Self {
        Self(Mutex::new(recording))
    }

    fn left(&self) -> MutexGuard<'_, Recording> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was not asked for.
    pub fn unused(&self) -> Recording {
        self.left().clone()
    }

    fn take(&self, hop: &Hop, body: &Bytes) -> Result<RecordedReply, Error> {
        let mut left = self.left();
        let same = |one: &RecordedExchange| {
            one.method == hop.method.as_str() && one.url == hop.url.as_str() && one.body.bytes().is_some_and(|kept| kept == *body)
        };
        match left.exchanges.iter().position(same) {
            Some(at) => left.exchanges.remove(at).outcome.again(),
            None => Err(Error::new("ERR_NOT_RECORDED", format!("the recording has no further {} {} with this body", hop.method, hop.url))),
        }
    }
}

fn reply(recorded: RecordedReply) -> Result<Reply, Error> {
    let damaged = || Error::new("ERR_NOT_RECORDED", "the recording is damaged");
    let mut headers = HeaderMap::new();
    for (name, value) in &recorded.headers {
        let value: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let value = value.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()).ok_or_else(damaged)?;
        headers.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| damaged())?, value);
    }
    let version = match recorded.version.as_str() {
        "2" => "2",
        "1.0" => "1.0",
        _ => "1.1",
    };
    let body = reply_body(recorded.body.bytes().ok_or_else(damaged)?);
    Ok(Reply { status: recorded.status, reason: recorded.reason, version, headers, body, wire: Wire::default(), cached: false })
}

impl Answerer for Replay {
    fn exchange<'a>(&'a self, mut hop: Hop, scene: &'a Scene, _until: Instant) -> Answering<'a, Reply> {
        Box::pin(async move {
            let body = gather::request(&mut hop, scene).await?;
            reply(self.take(&hop, &body)?)
        })
    }

    fn lookup<'a>(&'a self, host: &'a Host, _scene: &'a Scene, _until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move {
            let name = host.to_string();
            let mut left = self.left();
            match left.lookups.iter().position(|one| one.name == name) {
                Some(at) => left.lookups.remove(at).outcome.again(),
                None => Err(Error::lookup("ENOTFOUND", &name)),
            }
        })
    }

    fn connect<'a>(
        &'a self,
        target: &'a Target,
        _tls: Option<&'a TlsOptions>,
        _scene: &'a Scene,
        _until: Instant,
    ) -> Answering<'a, Stream> {
        Box::pin(async move { Err(no_streams(target)) })
    }
}
