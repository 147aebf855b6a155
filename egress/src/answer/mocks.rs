//! Answers that a test wrote down. What they are asked for is kept, so that the test can look at it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::time::Instant;

use super::gather::{self, Content};
use super::mock::{Mock, Respond};
use super::{Answerer, Answering};
use crate::error::Error;
use crate::http::{Hop, Reply, latin1};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// A request that came, with placeholders where sealed values would be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Content,
    /// The number of the mock that answered, from 0.
    pub mock: Option<usize>,
}

#[derive(Default)]
struct State {
    used: Vec<u32>,
    /// In order: the first mock that may still answer.
    first: usize,
    asked: Vec<Asked>,
    unanswered: Vec<String>,
}

/// Mocks in the place of the network. Look-ups find nothing and raw connections are refused.
pub struct Mocks {
    mocks: Arc<[Mock]>,
    in_order: bool,
    state: Mutex<State>,
}

/// What a mock did not answer is remembered so often at most.
const MOST_UNANSWERED: usize = 100;

impl Mocks {
    /// The first mock that fits answers; in order, only the next one may, and those before which there are only optional ones.
    pub fn new(mocks: Vec<Mock>, in_order: bool) -> Self {
        Self::of(mocks.into(), in_order)
    }

    fn of(mocks: Arc<[Mock]>, in_order: bool) -> Self {
        let used = vec![0; mocks.len()];
        Self { mocks, in_order, state: Mutex::new(State { used, ..State::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked, in the order in which it came.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// What no mock answered, in the order in which it came: method, URL, and what the mocks for the same would have wanted.
    pub fn unanswered(&self) -> Vec<String> {
        self.state().unanswered.clone()
    }

    /// The numbers of the mocks that did not answer, or not as often as they say, and should have; and how often they did.
    pub fn unused(&self) -> Vec<(usize, u32)> {
        let state = self.state();
        let used = |index: usize| state.used.get(index).copied().unwrap_or(0);
        let short = |(index, mock): (usize, &Mock)| (!mock.optional && used(index) < mock.least()).then(|| (index, used(index)));
        self.mocks.iter().enumerate().filter_map(short).collect()
    }

    /// How often a mock may answer.
    fn most(&self, mock: &Mock) -> u32 {
        mock.times.map_or(if self.in_order { 1 } else { u32::MAX }, u32::from)
    }

    /// The number of the mock that answers.
    fn fitting(&self, state: &State, hop: &Hop, body: &[u8]) -> Option<usize> {
        let used = |index: usize| state.used.get(index).copied().unwrap_or(0);
        for (index, mock) in self.mocks.iter().enumerate().skip(state.first) {
            if used(index) >= self.most(mock) {
                continue;
            }
            if mock.request.misfit(hop, body).is_none() {
                return Some(index);
            }
            if self.in_order && !(mock.optional || used(index) >= mock.least()) {
                return None;
            }
        }
        None
    }

    /// The mock that answers, noted with what was asked.
    fn pick(&self, hop: &Hop, body: &Bytes) -> Result<Respond, Error> {
        let mut state = self.state();
        let index = self.fitting(&state, hop, body);
        let headers = hop.headers.iter().map(|(name, value)| (name.to_string(), latin1(value.as_bytes()))).collect();
        let (method, url) = (hop.method.to_string(), hop.url.to_string());
        state.asked.push(Asked { method, url, headers, body: Content::of(body), mock: index });
        let Some((index, mock)) = index.and_then(|index| Some((index, self.mocks.get(index)?))) else {
            let what = format!("{} {}", hop.method, hop.url);
            let why = self.why(&state, hop, body);
            state.miss(format!("{what}{why}"));
            return Err(Error::new("ERR_NO_MOCK", format!("no mock answers {what}")));
        };
        if let Some(used) = state.used.get_mut(index) {
            *used += 1;
        }
        if self.in_order {
            state.first = index;
        }
        Ok(mock.respond.clone())
    }

    /// Why the mocks for this method and URL do not answer.
    fn why(&self, state: &State, hop: &Hop, body: &[u8]) -> String {
        let mut why = String::new();
        for (index, mock) in self.mocks.iter().enumerate().filter(|(_, mock)| mock.request.is_about(hop)) {
            let reason = match mock.request.misfit(hop, body) {
                Some(part) => format!("another {part}"),
                None if state.used.get(index).is_some_and(|used| *used >= self.most(mock)) => "no further call".to_owned(),
                None => "other calls before".to_owned(),
            };
            why.push_str(&format!("; http[{index}] wants {reason}"));
        }
        why
    }
}

impl State {
    fn miss(&mut self, what: String) {
        if self.unanswered.len() < MOST_UNANSWERED {
            self.unanswered.push(what);
        }
    }
}

impl Answerer for Mocks {
    fn exchange<'a>(&'a self, mut hop: Hop, scene: &'a Scene, _until: Instant) -> Answering<'a, Reply> {
        Box::pin(async move {
            let body = gather::request(&mut hop, scene).await?;
            let respond = self.pick(&hop, &body)?;
            tokio::time::sleep(Duration::from_millis(respond.delay_ms)).await;
            respond.reply(&hop.target)
        })
    }

    fn lookup<'a>(&'a self, host: &'a Host, _scene: &'a Scene, _until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move {
            self.state().miss(format!("look-up of {host}"));
            Err(Error::lookup("ENOTFOUND", &host.to_string()))
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
            self.state().miss(format!("connection to {target} (only requests are answered here)"));
            Err(no_streams(target))
        })
    }

    fn again(&self) -> Option<Arc<dyn Answerer>> {
        Some(Arc::new(Self::of(Arc::clone(&self.mocks), self.in_order)))
    }
}

/// What a raw connection fails with where only requests are answered.
pub(super) fn no_streams(target: &Target) -> Error {
    let message = format!("connect ECONNREFUSED {} (only requests are answered here, raw connections are not)", target.place());
    Error { syscall: Some("connect"), port: Some(target.port), ..Error::new("ECONNREFUSED", message) }
}
