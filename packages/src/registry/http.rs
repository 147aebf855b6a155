//! One exchange with a registry: through the right proxy, with the secret that is for it and no other, following redirects by hand.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookbox_host_api::Secret;
use rustls::crypto::aws_lc_rs::default_provider;
use ureq::http::{Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Proxy};
use url::Url;

use super::names::Names;
use super::retry::Failure;
use crate::error::Error;
use crate::limits::Limits;
use crate::npmrc::{NpmConfig, shown};

/// Connections to registries, directly and through proxies.
pub(super) struct Http {
    config: NpmConfig,
    request_time: Duration,
    redirects: u32,
    direct: Agent,
    by_http_proxy: Option<Agent>,
    by_https_proxy: Option<Agent>,
}

/// What is asked for, and for whom.
pub(super) struct Ask<'a> {
    /// The package, for messages.
    pub(super) what: &'a str,
    pub(super) url: Url,
    pub(super) registry: &'a Url,
    pub(super) accept: &'static str,
    /// Whether the answer may be compressed on its way.
    pub(super) gzip: bool,
    pub(super) until: Instant,
}

/// Says in requests who asks.
const AGENT: &str = concat!("hookbox/", env!("CARGO_PKG_VERSION"));

impl Http {
    pub(super) fn new(config: NpmConfig, limits: &Limits) -> Result<Self, Error> {
        let roots = match &config.authorities {
            Some(text) => RootCerts::Specific(Arc::new(certificates(text)?)),
            None => RootCerts::PlatformVerifier,
        };
        let tls = TlsConfig::builder().root_certs(roots).disable_verification(!config.strict_tls);
        let tls = tls.unversioned_rustls_crypto_provider(Arc::new(default_provider())).build();
        let agent = |proxy: Option<Proxy>| -> Agent {
            let builder = Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false);
            let builder = builder.tls_config(tls.clone()).proxy(proxy).user_agent(AGENT).timeout_connect(Some(limits.request_time));
            let builder = builder.max_idle_connections(limits.connections).max_idle_connections_per_host(limits.connections);
            Agent::with_parts(builder.build(), DefaultConnector::new(), Names::default())
        };
        let proxied = |secret: &Option<Secret>| secret.as_ref().map(|secret| proxy(secret).map(|proxy| agent(Some(proxy)))).transpose();
        let (by_http_proxy, by_https_proxy) = (proxied(&config.proxies.http)?, proxied(&config.proxies.https)?);
        let Limits { request_time, redirects, .. } = *limits;
        Ok(Self { request_time, redirects, direct: agent(None), by_http_proxy, by_https_proxy, config })
    }

    fn agent(&self, url: &Url) -> &Agent {
        let proxied = if url.scheme() == "https" { &self.by_https_proxy } else { &self.by_http_proxy };
        proxied.as_ref().filter(|_| self.config.proxies.for_url(url).is_some()).unwrap_or(&self.direct)
    }

    /// The answer, if it is one of success.
    pub(super) fn get(&self, ask: &Ask<'_>) -> Result<Response<Body>, Failure> {
        let mut url = ask.url.clone();
        let mut secret = self.config.credentials.header_for(&url, ask.registry);
        for _ in 0..=self.redirects {
            let answer = self.send(ask, &url, secret)?;
            if !answer.status().is_redirection() || answer.status() == StatusCode::NOT_MODIFIED {
                return accepted(answer, ask.what, &url);
            }
            let next = target(&answer, &url).ok_or_else(|| refused(ask.what, format!("{} redirects to nowhere", shown(&url))))?;
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(refused(ask.what, format!("{} redirects to an address without TLS", shown(&url))));
            }
            secret = secret.and_then(|_| self.config.credentials.header_after(&url, &next, ask.registry));
            url = next;
        }
        Err(refused(ask.what, format!("{} redirects more than {} times", shown(&ask.url), self.redirects)))
    }

    fn send(&self, ask: &Ask<'_>, url: &Url, secret: Option<&Secret>) -> Result<Response<Body>, Failure> {
        let left = ask.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(refused(ask.what, "there is no time left (network_time)"));
        }
        let encoding = if ask.gzip { "gzip" } else { "identity" };
        let mut request = ureq::http::Request::get(url.as_str()).header("accept", ask.accept).header("accept-encoding", encoding);
        if let Some(secret) = secret {
            request = request.header("authorization", secret.expose());
        }
        let request = request.body(()).map_err(|_| refused(ask.what, format!("{} cannot be asked for", shown(url))))?;
        let agent = self.agent(url);
        let request = agent.configure_request(request).timeout_global(Some(self.request_time.min(left))).build();
        agent.run(request).map_err(|error| {
            let error = Error::registry(ask.what, format!("no answer from {}: {}", host(url), reason(&error)));
            Failure::Passing(error, None)
        })
    }
}

/// What a connection failed with, without an address that might hold a password.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) => "its address is not usable".to_owned(),
        other => other.to_string(),
    }
}

fn host(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

fn refused(what: &str, reason: impl Into<String>) -> Failure {
    Failure::Final(Error::registry(what, reason))
}

fn target(answer: &Response<Body>, url: &Url) -> Option<Url> {
    let location = answer.headers().get("location")?.to_str().ok()?;
    url.join(location).ok().filter(|next| matches!(next.scheme(), "http" | "https"))
}

fn accepted(answer: Response<Body>, what: &str, url: &Url) -> Result<Response<Body>, Failure> {
    let status = answer.status();
    let host = host(url);
    match status.as_u16() {
        200 => Ok(answer),
        404 | 410 => Err(Failure::Final(Error::package(what, format!("{host} does not have it")))),
        401 | 403 => Err(refused(what, format!("{host} refuses it to us ({status}): the server's .npmrc has no right credentials for it"))),
        408 | 429 | 500..=599 => {
            let wish = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_secs);
            Err(Failure::Passing(Error::registry(what, format!("{host} answers {status}")), wish))
        }
        _ => Err(refused(what, format!("{host} answers {status}"))),
    }
}

fn certificates(text: &str) -> Result<Vec<ureq::tls::Certificate<'static>>, Error> {
    let invalid = |reason: &str| Error::Config { place: "ca or cafile".to_owned(), reason: reason.to_owned() };
    let items: Result<Vec<_>, _> = parse_pem(text.as_bytes()).collect();
    let items = items.map_err(|_| invalid("it is not a certificate in PEM"))?;
    let certificates: Vec<_> =
        items.into_iter().filter_map(|item| if let PemItem::Certificate(one) = item { Some(one) } else { None }).collect();
    if certificates.is_empty() { Err(invalid("there is no certificate in it")) } else { Ok(certificates) }
}

fn proxy(secret: &Secret) -> Result<Proxy, Error> {
    Proxy::new(secret.expose())
        .map_err(|_| Error::Config { place: "proxy".to_owned(), reason: "it is written as http://host:port".to_owned() })
}

/// A body that remembers whether it was its connection that failed.
pub(super) struct Watched<R> {
    inner: R,
    pub(super) failed: Option<io::Error>,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, failed: None }
    }

    pub(super) fn inner(&self) -> &R {
        &self.inner
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|error| self.failed = Some(io::Error::new(error.kind(), error.to_string())))
    }
}
