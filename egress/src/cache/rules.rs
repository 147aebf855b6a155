//! What RFC 9111 says of an answer, for the cache of a single user. Only what a server says counts: nothing is guessed from `Last-Modified`.

use std::time::{Duration, SystemTime};

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};

const OPTIONS: CacheOptions =
    CacheOptions { shared: false, cache_heuristic: 0.0, immutable_min_time_to_live: Duration::ZERO, ignore_cargo_cult: false };

/// Headers that belong to a connection.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers of the kept body, which an answer without a body cannot change.
const OF_BODY: [HeaderName; 5] =
    [header::CONTENT_ENCODING, header::CONTENT_LENGTH, header::CONTENT_RANGE, header::CONTENT_TYPE, header::TRANSFER_ENCODING];

/// A request and its answer without a body.
pub(super) struct Exchange<'a> {
    pub(super) request: &'a Request<()>,
    pub(super) status: u16,
    pub(super) headers: &'a HeaderMap,
    /// When the answer came.
    pub(super) at: SystemTime,
}

/// What may be done with a kept answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It is this old, and good.
    Fresh(Duration),
    /// The server has to be asked, with these headers, whether it still holds.
    Ask(HeaderMap),
    /// It is no answer to this request.
    Other,
}

impl Exchange<'_> {
    fn response(&self) -> Option<Response<()>> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(self.status).ok()?;
        *response.headers_mut() = self.headers.clone();
        Some(response)
    }

    /// `None`: its headers make no sense.
    fn policy(&self) -> Option<CachePolicy> {
        let mut ages = self.headers.get_all(header::AGE).iter();
        // An age is added to, so it must be far from what overflows.
        let sane = |age: &HeaderValue| age.to_str().is_ok_and(|age| age.trim().parse::<u32>().is_ok());
        if !ages.all(sane) {
            return None;
        }
        Some(CachePolicy::new_options(self.request, &self.response()?, self.at, OPTIONS))
    }

    /// For how long it is worth keeping; `None`: it must not be kept, or is of no use. An answer that can be asked about stays `most`.
    pub(super) fn time(&self, most: Duration) -> Option<Duration> {
        let policy = self.policy().filter(CachePolicy::is_storable)?;
        if self.headers.get_all(header::VARY).iter().any(|vary| vary.as_bytes().contains(&b'*')) {
            return None;
        }
        let fresh = policy.time_to_live(self.at).min(most);
        let can_be_asked_about = self.request.method() == Method::GET
            && (self.headers.contains_key(header::ETAG) || self.headers.contains_key(header::LAST_MODIFIED));
        if can_be_asked_about { Some(most) } else { (fresh > Duration::ZERO).then_some(fresh) }
    }

    /// What may be done with it for a request that is made `now`.
    pub(super) fn use_for(&self, request: &Request<()>, now: SystemTime) -> Use {
        let Some(policy) = self.policy() else { return Use::Other };
        match policy.before_request(request, now) {
            BeforeRequest::Fresh(_) => Use::Fresh(policy.age(now)),
            BeforeRequest::Stale { matches: false, .. } => Use::Other,
            BeforeRequest::Stale { request, .. } => {
                let conditions = [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
                let mut asked = HeaderMap::new();
                for name in conditions {
                    if let Some(value) = request.headers.get(&name) {
                        asked.insert(name, value.clone());
                    }
                }
                if asked.is_empty() { Use::Other } else { Use::Ask(asked) }
            }
        }
    }

    /// The headers after the server has said, with these headers, that nothing has changed; `None`: it spoke of another answer.
    pub(super) fn renewed(&self, request: &Request<()>, said: &HeaderMap, now: SystemTime) -> Option<HeaderMap> {
        let unchanged = Exchange { request, status: 304, headers: said, at: now };
        unchanged.policy()?;
        match self.policy()?.after_response(request, &unchanged.response()?, now) {
            AfterResponse::Modified(..) => None,
            AfterResponse::NotModified(..) => Some(merged(self.headers, said)),
        }
    }
}

/// Kept headers, with those that were said anew in place of the old ones.
fn merged(kept: &HeaderMap, said: &HeaderMap) -> HeaderMap {
    let mut headers = kept.clone();
    // What was said before of its age is over.
    headers.remove(header::AGE);
    let said = without_hop_by_hop(said);
    for name in said.keys().filter(|name| !OF_BODY.contains(name)) {
        headers.remove(name);
        for value in said.get_all(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers
}

/// The headers that are kept.
pub(super) fn without_hop_by_hop(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    let named = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    for name in HOP_BY_HOP.into_iter().chain(named.map(str::trim)) {
        kept.remove(name);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn request(lines: &[(&'static str, &str)]) -> Request<()> {
        let mut request = Request::get("https://api.example/keys").body(()).unwrap();
        *request.headers_mut() = headers(lines);
        request
    }

    fn kept(status: u16, lines: &[(&'static str, &str)]) -> Option<u64> {
        let (request, headers) = (request(&[]), headers(lines));
        Exchange { request: &request, status, headers: &headers, at: SystemTime::now() }.time(DAY).map(|time| time.as_secs())
    }

    #[test]
    fn only_what_the_server_lets_be_kept_is_kept() {
        assert_eq!(kept(200, &[("cache-control", "max-age=60")]), Some(60));
        assert_eq!(kept(200, &[("cache-control", "private, max-age=60"), ("age", "50")]), Some(10));
        assert_eq!(kept(404, &[("cache-control", "max-age=60")]), Some(60));
        assert_eq!(kept(200, &[("cache-control", "max-age=60"), ("etag", "\"a\"")]), Some(86_400));
        assert_eq!(kept(200, &[("cache-control", "no-cache"), ("etag", "\"a\"")]), Some(86_400));
        assert_eq!(kept(200, &[("cache-control", "max-age=999999999")]), Some(86_400));
        for lines in [
            &[][..],
            &[("cache-control", "no-store, max-age=60"), ("etag", "\"a\"")],
            &[("cache-control", "no-cache")],
            &[("cache-control", "max-age=0")],
            &[("cache-control", "max-age=60"), ("vary", "accept, *")],
            &[("expires", "0")],
            &[("cache-control", "s-maxage=60")],
            &[("cache-control", "max-age=60"), ("age", "60")],
            &[("cache-control", "max-age=60"), ("age", "18446744073709551615")],
            &[("cache-control", "max-age=60"), ("age", "x")],
        ] {
            assert_eq!(kept(200, lines), None, "{lines:?}");
        }
        for status in [201, 206, 500, 503] {
            assert_eq!(kept(status, &[("cache-control", "max-age=60")]), None, "{status}");
        }
    }

    #[test]
    fn an_answer_is_fresh_then_asked_about_and_fits_by_vary() {
        let at = SystemTime::now();
        let (asked, lines) = (
            request(&[("accept-language", "de")]),
            headers(&[("cache-control", "max-age=60"), ("etag", "\"a\""), ("vary", "Accept-Language")]),
        );
        let exchange = Exchange { request: &asked, status: 200, headers: &lines, at };
        let after = |seconds: u64, lines: &[(&'static str, &str)]| exchange.use_for(&request(lines), at + Duration::from_secs(seconds));
        let german = [("accept-language", "de")];
        assert_eq!(after(59, &german), Use::Fresh(Duration::from_secs(59)));
        assert_eq!(after(60, &german), Use::Ask(headers(&[("if-none-match", "\"a\"")])));
        assert_eq!(after(1, &[("accept-language", "de"), ("cache-control", "no-cache")]), Use::Ask(headers(&[("if-none-match", "\"a\"")])));
        assert_eq!(after(1, &[("accept-language", "fr")]), Use::Other);
        assert_eq!(after(1, &[]), Use::Other);
    }

    #[test]
    fn an_answer_that_still_holds_has_the_new_headers_and_its_own_body() {
        let at = SystemTime::now();
        let asked = request(&[]);
        let lines = headers(&[("etag", "\"a\""), ("content-length", "3"), ("age", "9"), ("x-kept", "1")]);
        let exchange = Exchange { request: &asked, status: 200, headers: &lines, at };
        let said = headers(&[("etag", "\"a\""), ("content-length", "0"), ("cache-control", "max-age=5"), ("connection", "close")]);
        let renewed = exchange.renewed(&asked, &said, at).unwrap();
        assert_eq!(renewed, headers(&[("etag", "\"a\""), ("content-length", "3"), ("x-kept", "1"), ("cache-control", "max-age=5")]));
        assert_eq!(exchange.renewed(&asked, &headers(&[("etag", "\"b\"")]), at), None);
    }
}
