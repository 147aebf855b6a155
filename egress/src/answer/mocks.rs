//! Answers that a test wrote down. What they are asked for is kept, so that the test can look at it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::gather::{self, Content};
use super::{Answerer, Answering, pattern};
use crate::error::Error;
use crate::http::{Hop, Reply, Wire, latin1, reply_body};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

/// One answer and what it is for: `{"request": {...}, "respond": {...}, "times": 1}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mock {
    /// Which requests it answers.
    #[serde(default)]
    pub request: Matcher,
    /// What it answers.
    #[serde(default)]
    pub respond: Respond,
    /// How often, and then never again; without it once where mocks are asked in order, else always.
    #[serde(default)]
    pub times: Option<u32>,
}

/// What a request must be like. Texts may have stars, each of which stands for any text; what is absent may be anything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matcher {
    /// The method, in any case.
    pub method: Option<String>,
    /// The whole URL.
    pub url: Option<String>,
    /// Headers that must be there.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as a text.
    pub body: Option<String>,
    /// The body as JSON: each member of an object must be there and fit, everything else must be equal.
    pub json: Option<Value>,
}

/// An answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// The status; 200 without it.
    pub status: Option<u16>,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as a text.
    pub body: Option<String>,
    /// The body as JSON, with its `Content-Type`.
    pub json: Option<Value>,
    /// How long the answer takes, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// The code of an error, such as `ECONNRESET`, instead of an answer.
    pub error: Option<String>,
}

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
    asked: Vec<Asked>,
}

/// Mocks in the place of the network. Look-ups find nothing and raw connections are refused.
pub struct Mocks {
    mocks: Vec<Mock>,
    in_order: bool,
    state: Mutex<State>,
}

impl Mocks {
    /// The first mock that fits answers; in order, only the next one may.
    pub fn new(mocks: Vec<Mock>, in_order: bool) -> Self {
        let used = vec![0; mocks.len()];
        Self { mocks, in_order, state: Mutex::new(State { used, asked: Vec::new() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked, in the order in which it came.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// The numbers of the mocks that did not answer, or not as often as they say.
    pub fn unused(&self) -> Vec<usize> {
        let state = self.state();
        let short =
            |(index, mock): (usize, &Mock)| (state.used.get(index).copied().unwrap_or(0) < mock.times.unwrap_or(1)).then_some(index);
        self.mocks.iter().enumerate().filter_map(short).collect()
    }

    /// How often a mock may answer.
    fn most(&self, mock: &Mock) -> u32 {
        mock.times.unwrap_or(if self.in_order { 1 } else { u32::MAX })
    }

    /// The mock that answers, noted with what was asked.
    fn pick(&self, hop: &Hop, body: &Bytes) -> Result<Respond, Error> {
        let mut state = self.state();
        let free = |(index, mock): &(usize, &Mock)| state.used.get(*index).copied().unwrap_or(0) < self.most(mock);
        let mut candidates = self.mocks.iter().enumerate().filter(free);
        let fitting = if self.in_order {
            candidates.next().filter(|(_, mock)| mock.request.fits(hop, body))
        } else {
            candidates.find(|(_, mock)| mock.request.fits(hop, body))
        };
        let mock = fitting.map(|(index, mock)| (index, mock.respond.clone()));
        let headers = hop.headers.iter().map(|(name, value)| (name.to_string(), latin1(value.as_bytes()))).collect();
        let (method, url, body) = (hop.method.to_string(), hop.url.to_string(), Content::of(body));
        state.asked.push(Asked { method, url, headers, body, mock: mock.as_ref().map(|(index, _)| *index) });
        let (index, respond) = mock.ok_or_else(|| Error::new("ERR_NO_MOCK", format!("no mock answers {} {}", hop.method, hop.url)))?;
        if let Some(used) = state.used.get_mut(index) {
            *used += 1;
        }
        Ok(respond)
    }
}

impl Matcher {
    fn fits(&self, hop: &Hop, body: &[u8]) -> bool {
        let text = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern::fits(pattern, text));
        let header = |(name, value): (&String, &String)| {
            let found = hop.headers.get_all(name.to_ascii_lowercase());
            found.iter().any(|one| pattern::fits(value, &latin1(one.as_bytes())))
        };
        self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(hop.method.as_str()))
            && text(&self.url, hop.url.as_str())
            && self.headers.iter().all(header)
            && text(&self.body, &String::from_utf8_lossy(body))
            && self.json.as_ref().is_none_or(|json| serde_json::from_slice(body).is_ok_and(|body| has(&body, json)))
    }
}

/// Whether a value has all that is expected of it.
fn has(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) => {
            expected.iter().all(|(name, expected)| value.get(name).is_some_and(|value| has(value, expected)))
        }
        (value, expected) => value == expected,
    }
}

impl Respond {
    fn reply(self) -> Result<Reply, Error> {
        if let Some(code) = self.error {
            let message = format!("{code} (a mock)");
            return Err(Error::new(code, message));
        }
        let unfit = |what: &str| Error::new("ERR_INVALID_MOCK", format!("a mock cannot answer with this {what}"));
        let status = http::StatusCode::from_u16(self.status.unwrap_or(200)).ok().filter(|status| status.as_u16() >= 200);
        let status = status.ok_or_else(|| unfit("status"))?;
        let mut headers = HeaderMap::new();
        if self.json.is_some() {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit("header"))?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| unfit("header"))?);
        }
        let body = self.json.map(|json| json.to_string()).or(self.body).unwrap_or_default();
        let reason = status.canonical_reason().unwrap_or_default().to_owned();
        Ok(Reply { status: status.as_u16(), reason, version: "1.1", headers, body: reply_body(body), wire: Wire::default(), cached: false })
    }
}

impl Answerer for Mocks {
    fn exchange<'a>(&'a self, mut hop: Hop, scene: &'a Scene, _until: Instant) -> Answering<'a, Reply> {
        Box::pin(async move {
            let body = gather::request(&mut hop, scene).await?;
            let respond = self.pick(&hop, &body)?;
            tokio::time::sleep(Duration::from_millis(respond.delay_ms)).await;
            respond.reply()
        })
    }

    fn lookup<'a>(&'a self, host: &'a Host, _scene: &'a Scene, _until: Instant) -> Answering<'a, Vec<IpAddr>> {
        Box::pin(async move { Err(Error::lookup("ENOTFOUND", &host.to_string())) })
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

/// What a raw connection fails with where only requests are answered.
pub(super) fn no_streams(target: &Target) -> Error {
    let message = format!("connect ECONNREFUSED {} (only requests are answered here, raw connections are not)", target.place());
    Error { syscall: Some("connect"), port: Some(target.port), ..Error::new("ECONNREFUSED", message) }
}
