//! A request as the engine writes it: the length of a header, the header as JSON, then what the operation carries.

use bytes::Bytes;
use hookbox_egress::{Redirect, TlsOptions};
use serde::Deserialize;

/// What a guest can begin.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::host) enum Operation {
    /// Waits.
    Sleep {
        /// Microseconds.
        us: f64,
    },
    /// Looks up the addresses of a name.
    Lookup {
        name: String,
        /// 4, 6, or 0 for both.
        #[serde(default)]
        family: u8,
    },
    /// Makes a request over HTTP. The answer's body is read by `Read`; a body that is a stream is written by `Write` and `End`.
    Fetch(Box<Fetch>),
    /// Opens a connection over TCP, in TLS from its first byte where there are options for it.
    Connect { host: String, port: u16, tls: Option<Box<TlsOptions>> },
    /// Lets a connection speak TLS from here on.
    Secure { of: i32, tls: Box<TlsOptions> },
    /// Reads some bytes of an answer's body or of a connection; none at the end.
    Read { of: i32, max: usize },
    /// Writes the payload to a request's body or to a connection.
    Write { of: i32 },
    /// Writes nothing more.
    End { of: i32 },
    /// What is kept under a key.
    CacheGet {
        key: String,
        #[serde(default)]
        shared: bool,
    },
    /// Keeps the payload under a key.
    CacheSet {
        key: String,
        #[serde(default)]
        ttl_ms: Option<u64>,
        #[serde(default)]
        shared: bool,
    },
    /// Removes what is kept under a key.
    CacheDelete {
        key: String,
        #[serde(default)]
        shared: bool,
    },
}

/// A request over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::host) struct Fetch {
    pub(in crate::host) method: String,
    pub(in crate::host) url: String,
    #[serde(default)]
    pub(in crate::host) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(in crate::host) body: BodyKind,
    #[serde(default)]
    pub(in crate::host) redirect: RedirectMode,
    #[serde(default)]
    pub(in crate::host) decompress: bool,
    /// A body of which the head says that it has at most so many bytes is a part of the answer.
    #[serde(default)]
    pub(in crate::host) whole: Option<u32>,
    /// What is said of TLS; without it, it is as the account has it.
    #[serde(default)]
    pub(in crate::host) tls: Option<Box<TlsOptions>>,
}

/// Where the body of a request comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::host) enum BodyKind {
    #[default]
    None,
    /// It is the payload.
    Bytes,
    /// It is written later.
    Stream,
}

/// What is done about redirects.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::host) enum RedirectMode {
    #[default]
    Follow,
    Manual,
    Error,
}

impl From<RedirectMode> for Redirect {
    fn from(mode: RedirectMode) -> Self {
        match mode {
            RedirectMode::Follow => Self::Follow,
            RedirectMode::Manual => Self::Manual,
            RedirectMode::Error => Self::Error,
        }
    }
}

/// The operation and its payload.
///
/// # Errors
/// When the request is none: the engine writes it, so a guest that gets this wrong is broken.
pub(in crate::host) fn split(request: Bytes) -> wasmtime::Result<(Operation, Bytes)> {
    let malformed = || wasmtime::Error::msg("an operation's request is cut off");
    let (len, rest) = request.split_first_chunk().ok_or_else(malformed)?;
    let len = u32::from_le_bytes(*len) as usize;
    let operation = serde_json::from_slice(rest.get(..len).ok_or_else(malformed)?)?;
    Ok((operation, request.slice(LEN_BYTES + len..)))
}

/// The length of the header's length.
const LEN_BYTES: usize = 4;
