//! What the network answered, kept to be answered again: the file's form. [`super::Recorder`] writes it, [`super::Replay`] reads it.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::gather::Content;
use crate::error::Error;
use crate::http::latin1;

/// The calls of an execution and their answers. Values of headers that are credentials are left out; env values and the placeholders of sealed
/// ones are names in angle brackets. Bodies are as they were otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Exchanges, in the order in which they began.
    #[serde(default)]
    pub exchanges: Vec<RecordedExchange>,
    /// Look-ups, in the order in which they began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<RecordedLookup>,
    /// Raw connections that were made. What went through them is not kept, and a replay refuses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<String>,
}

/// An exchange: a request, and an answer or an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
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
    Error(RecordedError),
    /// Nothing, until it was no longer waited for.
    Nothing,
}

/// An error, with all that a function can see of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedError {
    code: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    syscall: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
}

/// The system's calls that errors name.
const SYSCALLS: [&str; 5] = ["connect", "getaddrinfo", "read", "write", "shutdown"];

impl<T> Recorded<T> {
    pub(super) fn of(outcome: Result<T, &Error>) -> Self {
        match outcome {
            Ok(answer) => Self::Answer(answer),
            Err(error) => Self::Error(RecordedError {
                code: error.code.clone().into_owned(),
                message: error.message.clone(),
                syscall: error.syscall.map(str::to_owned),
                hostname: error.hostname.clone(),
                address: error.address,
                port: error.port,
            }),
        }
    }

    /// What came of it, once more. Where nothing came, it never ends.
    pub(super) async fn again(self) -> Result<T, Error> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Error(RecordedError { code, message, syscall, hostname, address, port }) => {
                let syscall = SYSCALLS.into_iter().find(|known| syscall.as_deref() == Some(known));
                Err(Error { syscall, hostname, address, port, ..Error::new(code, message) })
            }
            Self::Nothing => std::future::pending().await,
        }
    }
}

/// What is written in the place of a credential that is sent.
const MASK: &str = "(masked)";
/// Headers that are credentials, and parts of the names of others.
const SECRET: [&str; 8] = ["authorization", "cookie", "token", "secret", "api-key", "apikey", "password", "signature"];

fn is_secret(name: &HeaderName) -> bool {
    SECRET.iter().any(|part| name.as_str().contains(part))
}

/// The headers of a request, without credentials.
pub(super) fn sent(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.to_string(), if is_secret(name) { MASK.to_owned() } else { latin1(value.as_bytes()) })
    };
    headers.iter().map(text).collect()
}

/// The headers of an answer, with stars for credentials: as many as they have characters, so that a replay costs the same.
pub(super) fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = latin1(value.as_bytes());
        let value = if !is_secret(name) {
            value
        } else if let Some((cookie, rest)) = value.split_once('=') {
            let (secret, attributes) = rest.find(';').map_or((rest, ""), |at| rest.split_at_checked(at).unwrap_or((rest, "")));
            format!("{cookie}={}{attributes}", stars(secret))
        } else {
            stars(&value)
        };
        (name.to_string(), value)
    };
    headers.iter().map(text).collect()
}

fn stars(text: &str) -> String {
    "*".repeat(text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_an_answer_keep_their_length() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("set-cookie", "sid=hush; Path=/; Max-Age=5"), ("x-api-key", "hush"), ("etag", "hush")] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let shown: Vec<String> = received(&headers).into_iter().map(|(_, value)| value).collect();
        assert_eq!(shown, ["sid=****; Path=/; Max-Age=5", "****", "hush"]);
        let shown: Vec<String> = sent(&headers).into_iter().map(|(_, value)| value).collect();
        assert_eq!(shown, [MASK, MASK, "hush"]);
    }

    #[tokio::test]
    async fn an_error_is_the_same_again() {
        for error in [
            Error::at("ECONNREFUSED", "connect", "192.0.2.1:80".parse().unwrap()),
            Error::lookup("ENOTFOUND", "api.example"),
            Error::hung_up(),
        ] {
            let kept = serde_json::to_string(&Recorded::<()>::of(Err(&error))).unwrap();
            let again = serde_json::from_str::<Recorded<()>>(&kept).unwrap().again().await;
            assert_eq!(again.unwrap_err(), error);
        }
    }
}
