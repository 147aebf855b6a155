//! The name under which an answer is kept: a digest of all that was asked.
//!
//! The rules tell answers apart by URL and by the headers that the server names in `Vary`. A hook speaks for many people, and servers forget
//! `Vary: Authorization`. So every header counts here, with sealed values in their places, but for those that only say in which form an
//! answer is wanted or that are new with each request; for these, `Vary` decides.

use http::header::{self, HeaderMap};
use http::{Method, Request};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::http::{Body, Hop};
use crate::scene::Scene;

/// Headers for which `Vary` decides.
const NEGOTIATED: [&str; 9] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "pragma",
    "traceparent",
    "tracestate",
    "user-agent",
];

/// A request with one of these asks for something that is not kept.
const CONDITIONAL: [header::HeaderName; 6] =
    [header::IF_MATCH, header::IF_MODIFIED_SINCE, header::IF_NONE_MATCH, header::IF_RANGE, header::IF_UNMODIFIED_SINCE, header::RANGE];

/// A request as the cache sees it.
pub(crate) struct Question {
    /// What the rules look at: method, URL, and the headers for which `Vary` decides.
    pub(crate) request: Request<()>,
    /// The digest of the rest.
    digest: [u8; 32],
}

impl Question {
    /// `None`: the cache has no part in it.
    pub(crate) fn of(hop: &Hop, scene: &Scene) -> Option<Self> {
        // All that a request says is named here, so that nothing new is said of one without a thought for what is kept.
        let Hop { method, url, target, headers, body, decompress: _, manner, sent: _ } = hop;
        // Who answers under another name, or to a connection of its own, is not who answers to the URL.
        let is_plain = manner.host.is_none() && manner.tls.is_none();
        let fits = is_plain && matches!(*method, Method::GET | Method::HEAD) && matches!(body, Body::None);
        if !fits || CONDITIONAL.iter().any(|name| headers.contains_key(name)) {
            return None;
        }
        let mut headers = headers.clone();
        scene.sealed.put_in(std::slice::from_ref(target), &mut headers, &mut Body::None).ok()?;
        let negotiated = headers.iter().filter(|(name, _)| NEGOTIATED.contains(&name.as_str()));
        let mut request = Request::builder().method(method.clone()).uri(without_fragment(url)).body(()).ok()?;
        *request.headers_mut() = negotiated.map(|(name, value)| (name.clone(), value.clone())).collect();
        Some(Self { request, digest: digest(hop, &headers) })
    }

    /// The name of the answer, of the present generation of its URL.
    pub(crate) fn name(&self, generation: &[u8]) -> String {
        let mut hash = Sha256::new();
        part(&mut hash, generation);
        part(&mut hash, &self.digest);
        format!("answer {}", hex(&hash.finalize()))
    }
}

fn digest(hop: &Hop, headers: &HeaderMap) -> [u8; 32] {
    let mut own: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    own.retain(|(name, _)| !NEGOTIATED.contains(name));
    // Values of one name keep their order.
    own.sort_by_key(|(name, _)| *name);
    let mut hash = Sha256::new();
    part(&mut hash, hop.method.as_str().as_bytes());
    part(&mut hash, &[u8::from(hop.decompress)]);
    for (name, value) in own {
        part(&mut hash, name.as_bytes());
        part(&mut hash, value);
    }
    hash.finalize().into()
}

/// The name of what is known of a URL, whatever the method and the headers. Another policy has other names, so that nothing is given that could
/// not be asked for under it, and so have other authorities and client certificates of the account.
pub(crate) fn url_name(hop: &Hop, scene: &Scene) -> String {
    let mut hash = Sha256::new();
    part(&mut hash, scene.layers.text().as_bytes());
    part(&mut hash, scene.tls.digest());
    part(&mut hash, without_fragment(&hop.url).as_bytes());
    format!("url {}", hex(&hash.finalize()))
}

fn without_fragment(url: &Url) -> &str {
    url.as_str().split('#').next().unwrap_or_default()
}

/// Adds a part. Its length goes before it, so that no two lists of parts look alike.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
