//! An answer as it is kept: its head in JSON, then its body.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::Request;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::name::Question;
use super::rules::{Exchange, Use, without_hop_by_hop};
use crate::http::{Reply, Wire, latin1, reply_body};

/// A kept answer, or one that is to be kept.
pub(crate) struct Stored {
    head: Head,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Serialize, Deserialize)]
struct Head {
    status: u16,
    reason: String,
    version: String,
    /// Names, and values in Latin-1.
    headers: Vec<(String, String)>,
    /// The headers of the request for which `Vary` decides.
    asked: Vec<(String, String)>,
    /// When it came, in milliseconds since 1970.
    at: u64,
}

/// What may be done with a kept answer.
pub(crate) enum Found {
    /// It is the answer.
    Answer(Reply),
    /// The server is to be asked, with these headers besides, whether it still is.
    Ask(HeaderMap),
    /// It is none.
    Nothing,
}

impl Stored {
    /// The head of an answer that has just come, and for how long it is kept; `None`: it is not.
    pub(crate) fn of(question: &Question, reply: &Reply, most: Duration) -> Option<(Self, Duration)> {
        let headers = without_hop_by_hop(&reply.headers);
        let stored = Self::new(question, reply.status, &reply.reason, reply.version, headers);
        Some((stored.time(most)?, stored)).map(|(time, stored)| (stored, time))
    }

    fn new(question: &Question, status: u16, reason: &str, version: &str, headers: HeaderMap) -> Self {
        let at = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or_default();
        let (listed, asked) = (list(&headers), list(question.request.headers()));
        let head = Head { status, reason: reason.to_owned(), version: version.to_owned(), headers: listed, asked, at };
        Self { head, headers, body: Bytes::new() }
    }

    /// The same with its body.
    pub(crate) fn with_body(self, body: Bytes) -> Self {
        Self { body, ..self }
    }

    /// Its headers as one text, to be searched.
    pub(crate) fn text(&self) -> String {
        let mut text = self.head.reason.clone();
        self.head.headers.iter().for_each(|(_, value)| text.push_str(&format!("\n{value}")));
        text
    }

    fn time(&self, most: Duration) -> Option<Duration> {
        self.exchange(&self.request(&Request::new(()))?).time(most)
    }

    fn exchange<'a>(&'a self, request: &'a Request<()>) -> Exchange<'a> {
        let at = UNIX_EPOCH.checked_add(Duration::from_millis(self.head.at)).unwrap_or(UNIX_EPOCH);
        Exchange { request, status: self.head.status, headers: &self.headers, at }
    }

    /// The request that it answered. The name under which it was found says that method and URL are those of the present one.
    fn request(&self, present: &Request<()>) -> Option<Request<()>> {
        let mut request = Request::new(());
        *request.method_mut() = present.method().clone();
        *request.uri_mut() = present.uri().clone();
        *request.headers_mut() = map(&self.head.asked)?;
        Some(request)
    }

    /// What it is to this request.
    pub(crate) fn found(self, question: &Question) -> Found {
        let Some(request) = self.request(&question.request) else { return Found::Nothing };
        match self.exchange(&request).use_for(&question.request, SystemTime::now()) {
            Use::Fresh(age) => Found::Answer(self.reply(age)),
            Use::Ask(conditions) => Found::Ask(conditions),
            Use::Other => Found::Nothing,
        }
    }

    /// The same after the server has said that it still holds; `None`: it spoke of another.
    pub(crate) fn renewed(self, question: &Question, said: &HeaderMap, most: Duration) -> Option<(Self, Option<Duration>)> {
        let request = self.request(&question.request)?;
        let headers = self.exchange(&request).renewed(&question.request, said, SystemTime::now())?;
        let renewed = Self::new(question, self.head.status, &self.head.reason, &self.head.version, headers).with_body(self.body);
        let time = renewed.time(most);
        Some((renewed, time))
    }

    /// The answer that is given for it.
    pub(crate) fn reply(self, age: Duration) -> Reply {
        let mut headers = self.headers;
        headers.insert(header::AGE, age.as_secs().into());
        let version = match self.head.version.as_str() {
            "2" => "2",
            "1.0" => "1.0",
            _ => "1.1",
        };
        Reply {
            status: self.head.status,
            reason: self.head.reason,
            version,
            headers,
            body: reply_body(self.body),
            wire: Wire::default(),
            cached: true,
        }
    }

    /// The bytes that are kept; `None` where they would be more than that.
    pub(crate) fn write(&self, most: usize) -> Option<Bytes> {
        let head = serde_json::to_vec(&self.head).ok()?;
        let mut bytes = BytesMut::with_capacity(4 + head.len() + self.body.len());
        bytes.put_u32(u32::try_from(head.len()).ok()?);
        bytes.put_slice(&head);
        bytes.put_slice(&self.body);
        (bytes.len() <= most).then(|| bytes.freeze())
    }

    /// Reads what [`Stored::write`] wrote.
    pub(crate) fn read(bytes: &Bytes) -> Option<Self> {
        let (len, rest) = bytes.split_first_chunk::<4>()?;
        let len = u32::from_be_bytes(*len) as usize;
        let (head, _) = rest.split_at_checked(len)?;
        let head: Head = serde_json::from_slice(head).ok()?;
        let headers = map(&head.headers)?;
        Some(Self { head, headers, body: bytes.slice(4 + len..) })
    }
}

fn list(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes()))).collect()
}

fn map(list: &[(String, String)]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in list {
        let value: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(&value?).ok()?);
    }
    Some(headers)
}
