//! Answers from a recording.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::gather;
use super::mocks::no_streams;
use super::recording::{RecordedExchange, RecordedReply, Recording};
use super::veil::{Drawn, Veil};
use super::{Answerer, Answering};
use crate::error::Error;
use crate::http::{Hop, Reply, Wire, reply_body};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// Answers each exchange once: the first one with the same method, URL and body. What is not in the recording is an error, and remembered.
pub struct Replay {
    recording: Arc<Recording>,
    veil: Veil,
    state: Mutex<State>,
}

struct State {
    left: Recording,
    missed: Vec<String>,
}

/// The code of what a recording does not have.
const NOT_RECORDED: &str = "ERR_NOT_RECORDED";
/// What is remembered of what was missed, at most.
const MOST_MISSED: usize = 100;

impl Replay {
    /// Answers from this recording, with the values that are under the veil now.
    pub fn new(recording: Recording, veil: Veil) -> Self {
        Self::of(Arc::new(recording), veil)
    }

    fn of(recording: Arc<Recording>, veil: Veil) -> Self {
        let state = State { left: (*recording).clone(), missed: Vec::new() };
        Self { recording, veil, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was not asked for.
    pub fn unused(&self) -> Recording {
        self.state().left.clone()
    }

    /// What was asked for and is not in the recording, or no more: method and URL of each, in the order in which they came.
    pub fn missed(&self) -> Vec<String> {
        self.state().missed.clone()
    }

    fn take(&self, hop: &Hop, body: &Bytes, drawn: &Drawn) -> Result<RecordedExchange, Error> {
        let (url, body) = (drawn.text_over(hop.url.as_str()), drawn.over(body));
        let asks = |one: &RecordedExchange| one.method == hop.method.as_str() && one.url == url;
        let same = |one: &RecordedExchange| asks(one) && one.body.bytes().is_some_and(|kept| kept == body);
        let mut state = self.state();
        if let Some(at) = state.left.exchanges.iter().position(same) {
            return Ok(state.left.exchanges.remove(at));
        }
        let but = if state.left.exchanges.iter().any(asks) { " with this body" } else { "" };
        Err(state.miss(format!("{} {}{but}", hop.method, hop.url)))
    }
}

impl State {
    fn miss(&mut self, what: String) -> Error {
        let error = Error::new(NOT_RECORDED, format!("the recording has no further {what}"));
        if self.missed.len() < MOST_MISSED {
            self.missed.push(what);
        }
        error
    }
}

fn reply(recorded: &RecordedReply, drawn: &Drawn) -> Result<Reply, Error> {
    let damaged = || Error::new(NOT_RECORDED, "the recording is damaged");
    let mut headers = HeaderMap::new();
    for (name, value) in &recorded.headers {
        let value: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let value = value.and_then(|bytes| HeaderValue::from_bytes(&drawn.back(&bytes)).ok()).ok_or_else(damaged)?;
        headers.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| damaged())?, value);
    }
    let version = match recorded.version.as_str() {
        "2" => "2",
        "1.0" => "1.0",
        _ => "1.1",
    };
    let body = reply_body(drawn.back(&recorded.body.bytes().ok_or_else(damaged)?));
    Ok(Reply { status: recorded.status, reason: recorded.reason.clone(), version, headers, body, wire: Wire::default(), cached: false })
}

impl Answerer for Replay {
    fn exchange<'a>(&'a self, mut hop: Hop, scene: &'a Scene, _until: Instant) -> Answering<'a, Reply> {
        Box::pin(async move {
            let drawn = self.veil.drawn(scene);
            let body = gather::request(&mut hop, scene).await?;
            let recorded = self.take(&hop, &body, &drawn)?;
            reply(&recorded.outcome.again().await?, &drawn)
        })
    }

    fn lookup<'a>(&'a self, host: &'a Host, _scene: &'a Scene, _until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move {
            let name = host.to_string();
            let found = {
                let mut state = self.state();
                match state.left.lookups.iter().position(|one| one.name == name) {
                    Some(at) => state.left.lookups.remove(at),
                    None => {
                        state.miss(format!("look-up of {name}"));
                        return Err(Error::lookup("ENOTFOUND", &name));
                    }
                }
            };
            found.outcome.again().await
        })
    }

    fn connect<'a>(
        &'a self,
        target: &'a Target,
        _tls: Option<&'a TlsOptions>,
        _scene: &'a Scene,
        _until: Instant,
    ) -> Answering<'a, Stream> {
        Box::pin(async move {
            self.state().miss(format!("connection to {target} (raw connections are not recorded)"));
            Err(no_streams(target))
        })
    }

    fn again(&self) -> Option<Arc<dyn Answerer>> {
        Some(Arc::new(Self::of(Arc::clone(&self.recording), self.veil.clone())))
    }
}
