//! Requests as a hook makes them, and the single exchanges that they consist of.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, Method};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use url::Url;

use super::spelling::Spelling;
use super::upload::Body;
use crate::error::Error;
use crate::policy::{Host, Scheme, Target};
use crate::stream::Ends;
use crate::tls::{TlsFacts, TlsOptions};

/// What becomes of an answer that redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// The next address is asked, under the same policy.
    #[default]
    Follow,
    /// The answer is given as it is.
    Manual,
    /// It is an error.
    Error,
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// `GET`, `POST` ...: any token but `CONNECT` and `TRACE`.
    pub method: String,
    /// An absolute URL of `http` or `https`, without a user.
    pub url: String,
    /// Names and values, in the order and the case in which they are sent (over HTTP/1); each character is a byte (ISO 8859-1). Those that
    /// belong to the connection are left out. A `Host` is sent where the policy allows its name, too; it does not change who is called.
    /// `Content-Length` is for bodies that are streams, which must then be as long; else it is set by what is sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// What becomes of redirects.
    pub redirect: Redirect,
    /// Whether bodies in gzip, deflate and Brotli are unpacked; then, if no header says otherwise, they are asked for.
    pub decompress: bool,
    /// What is said of TLS; `None` for the trust and the certificates of the account.
    pub tls: Option<TlsOptions>,
}

impl Request {
    /// A request without headers and a body that follows redirects and unpacks the answer.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        let (method, url, headers) = (method.into(), url.into(), Vec::new());
        Self { method, url, headers, body: Body::None, redirect: Redirect::Follow, decompress: true, tls: None }
    }
}

/// One exchange: a request to one target, which was judged.
#[derive(Debug)]
pub struct Hop {
    /// The method.
    pub method: Method,
    /// The whole address, without a fragment.
    pub url: Url,
    /// Where it goes.
    pub target: Target,
    /// The headers, with placeholders of sealed values and without those of the connection.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// Whether the answer's body is unpacked.
    pub decompress: bool,
    /// What is to be the same on the wire.
    pub(crate) manner: Manner,
    /// How many bytes of the body were sent.
    pub sent: Arc<AtomicU64>,
}

/// How a request is sent, beside what it says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    pub(crate) spelling: Spelling,
    /// The `Host`, if it is another than the URL's.
    pub(crate) host: Option<Named>,
    /// How long a body is that is a stream.
    pub(crate) length: Option<u64>,
    pub(crate) tls: Option<Arc<TlsOptions>>,
}

/// A host that is named in a request without being who is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// As it is written.
    pub(crate) text: Authority,
    /// As policies read it, with the scheme and the port of who is called.
    pub(crate) target: Target,
}

impl Manner {
    /// Everyone that the request names: who is called, and whom else its `Host` or its TLS says. Policies must allow them all, since servers of
    /// many names choose by these.
    pub(crate) fn named(&self, target: &Target) -> Result<Vec<Target>, Error> {
        let mut all = vec![target.clone()];
        all.extend(self.host.as_ref().map(|host| host.target.clone()));
        if let Some(tls) = self.tls.as_ref().filter(|_| target.scheme == Scheme::Https) {
            all.push(Target { host: Host::parse(&tls.name)?, ..target.clone() });
        }
        all.dedup();
        Ok(all)
    }

    /// Whether the options of TLS let somebody pass for the server whom the account would not.
    pub(crate) fn weakens_trust(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| !tls.verify || !tls.ca.is_empty())
    }
}

/// The body of an answer, chunk by chunk.
pub type ReplyBody = UnsyncBoxBody<Bytes, Error>;

/// The answer to one exchange.
#[derive(Debug)]
pub struct Reply {
    /// 200 to 999.
    pub status: u16,
    /// What HTTP/1 says beside it; else empty.
    pub reason: String,
    /// `1.0`, `1.1` or `2`.
    pub version: &'static str,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked where that was asked for.
    pub body: ReplyBody,
    /// Whether the body comes out of a cache.
    pub cached: bool,
    /// How it came; the default for what did not come over the network.
    pub wire: Wire,
}

/// How an answer came over the network.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    pub(crate) spelling: Spelling,
    pub(crate) ends: Option<Ends>,
    pub(crate) facts: Option<Arc<TlsFacts>>,
}

/// A body of known bytes.
pub fn reply_body(bytes: impl Into<Bytes>) -> ReplyBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
