//! Where a redirect leads, by the rules of the Fetch standard (section HTTP-redirect fetch), and never from https to http.

use std::sync::Arc;

use http::Method;
use http::header::{self, HeaderMap};
use url::Url;

use super::message::{Hop, Manner};
use super::upload::Body;
use crate::error::Error;
use crate::policy::{Scheme, Target};

/// What is needed of a hop to make the next one: its body is sent away with it.
pub(crate) struct Last {
    method: Method,
    url: Url,
    target: Target,
    headers: HeaderMap,
    /// `None`: a stream, which cannot be sent again.
    body: Option<Body>,
    decompress: bool,
    manner: Manner,
}

/// Headers that say something of a body.
const OF_BODY: [header::HeaderName; 5] =
    [header::CONTENT_ENCODING, header::CONTENT_LANGUAGE, header::CONTENT_LOCATION, header::CONTENT_TYPE, header::CONTENT_LENGTH];
/// Headers that are meant for one origin.
const OF_ORIGIN: [header::HeaderName; 3] = [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION];

impl Last {
    pub(crate) fn of(hop: &Hop) -> Self {
        let body = match &hop.body {
            Body::None => Some(Body::None),
            Body::Bytes(bytes) => Some(Body::Bytes(bytes.clone())),
            Body::Stream(_) => None,
        };
        let (url, target, headers) = (hop.url.clone(), hop.target.clone(), hop.headers.clone());
        Self { method: hop.method.clone(), url, target, headers, body, decompress: hop.decompress, manner: hop.manner.clone() }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }
}

/// Whether a status redirects.
pub(crate) fn redirects(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The hop that a redirect leads to; `None`: it has no `Location` and is an ordinary answer.
///
/// # Errors
/// The address cannot be requested, leads from https to http, or needs a body that is gone.
pub(crate) fn next_hop(last: Last, status: u16, answer: &HeaderMap) -> Result<Option<Hop>, Error> {
    let Some(location) = answer.get(header::LOCATION) else { return Ok(None) };
    let invalid = || Error::invalid("ERR_INVALID_URL", "the redirect leads to something that is no URL");
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| invalid())?;
    let mut url = last.url.join(location).map_err(|_| invalid())?;
    if url.fragment().is_none() {
        url.set_fragment(last.url.fragment());
    }
    let target = Target::of_url(&url)?;
    if last.target.scheme == Scheme::Https && target.scheme == Scheme::Http {
        return Err(Error::refused(format!("a redirect from https to {target} is refused: it would leave TLS")));
    }
    let (mut method, mut headers, mut manner) = (last.method, last.headers, last.manner);
    let to_get = match status {
        301 | 302 => method == Method::POST,
        303 => method != Method::GET && method != Method::HEAD,
        _ => false,
    };
    let body = if to_get {
        method = Method::GET;
        OF_BODY.iter().for_each(|name| drop(headers.remove(name)));
        Body::None
    } else {
        last.body.ok_or_else(|| Error::new("ERR_BODY_NOT_REPLAYABLE", "the redirect needs the body again, and it was a stream"))?
    };
    manner.length = None;
    if target != last.target {
        manner.host = None;
        manner.tls = manner.tls.map(|tls| Arc::new(tls.elsewhere(&target.host)));
        OF_ORIGIN.iter().for_each(|name| drop(headers.remove(name)));
    }
    Ok(Some(Hop { method, url, target, headers, body, decompress: last.decompress, manner, sent: Arc::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::headers::Given;
    use crate::tls::TlsOptions;
    use http::HeaderValue;

    fn hop(method: &str, url: &str, body: Body) -> Hop {
        let url = Url::parse(url).unwrap();
        let mut headers = HeaderMap::new();
        for name in ["authorization", "cookie", "content-type", "x-own"] {
            headers.insert(name, HeaderValue::from_static("v"));
        }
        Hop {
            method: method.parse().unwrap(),
            target: Target::of_url(&url).unwrap(),
            url,
            headers,
            body,
            decompress: true,
            manner: Manner::default(),
            sent: Arc::default(),
        }
    }

    fn after(hop: &Hop, status: u16, location: &str) -> Result<Option<Hop>, Error> {
        let mut answer = HeaderMap::new();
        answer.insert("location", HeaderValue::from_str(location).unwrap());
        next_hop(Last::of(hop), status, &answer)
    }

    #[test]
    fn the_method_changes_as_fetch_says() {
        for (method, status, next, keeps) in [
            ("POST", 301, "GET", false),
            ("POST", 302, "GET", false),
            ("POST", 303, "GET", false),
            ("PUT", 303, "GET", false),
            ("HEAD", 303, "HEAD", true),
            ("POST", 307, "POST", true),
            ("POST", 308, "POST", true),
            ("PUT", 301, "PUT", true),
            ("GET", 302, "GET", true),
        ] {
            let next_hop = after(&hop(method, "https://a.example/x", Body::Bytes("b".into())), status, "y?z").unwrap().unwrap();
            assert_eq!((next_hop.method.as_str(), next_hop.url.as_str()), (next, "https://a.example/y?z"), "{method} {status}");
            assert_eq!(matches!(next_hop.body, Body::Bytes(_)), keeps, "{method} {status}");
            assert_eq!(next_hop.headers.contains_key("content-type"), keeps);
            assert!(next_hop.headers.contains_key("authorization"));
        }
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        for other in ["https://b.example/", "https://a.example:8443/", "https://x.a.example/", "https://a.example.evil/"] {
            let next = after(&hop("GET", "https://a.example/", Body::None), 302, other).unwrap().unwrap();
            let mut left: Vec<&str> = next.headers.keys().map(|name| name.as_str()).collect();
            left.sort_unstable();
            assert_eq!(left, ["content-type", "x-own"], "{other}");
        }
        let up = after(&hop("GET", "http://a.example/", Body::None), 302, "https://a.example/").unwrap().unwrap();
        assert!(!up.headers.contains_key("authorization"));
    }

    #[test]
    fn what_is_said_of_one_origin_is_not_said_of_another() {
        let mut first = hop("GET", "https://a.example/", Body::None);
        let given = Given { host: Some(HeaderValue::from_static("v.example")), ..Given::default() };
        let own = TlsOptions { cert: Some("c".into()), key: Some("k".into()), ca: vec!["r".into()], ..TlsOptions::new("v.example") };
        first.manner.host = given.named(&first.target).unwrap();
        first.manner.tls = Some(Arc::new(own.clone()));
        let same = after(&first, 302, "/b").unwrap().unwrap().manner;
        assert_eq!((same.host.unwrap().text.as_str(), same.tls.as_deref()), ("v.example", Some(&own)));
        let other = after(&first, 302, "https://b.example/").unwrap().unwrap().manner;
        let expected = TlsOptions { cert: None, key: None, name: "b.example".into(), ..own };
        assert_eq!((other.host, other.tls.as_deref()), (None, Some(&expected)));
    }

    #[test]
    fn what_cannot_be_followed_is_an_error() {
        let from = hop("GET", "https://a.example/", Body::None);
        assert!(after(&from, 302, "http://a.example/").unwrap_err().is_refusal());
        for to in ["ftp://a.example/", "file:///etc/passwd", "https://user@a.example/", "https://"] {
            assert_eq!(after(&from, 302, to).unwrap_err().code, "ERR_INVALID_URL", "{to}");
        }
        let (_sender, body) = Body::channel();
        assert_eq!(after(&hop("POST", "https://a.example/", body), 307, "/x").unwrap_err().code, "ERR_BODY_NOT_REPLAYABLE");
        assert!(next_hop(Last::of(&from), 302, &HeaderMap::new()).unwrap().is_none());
    }
}
