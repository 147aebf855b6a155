//! A registry that speaks npm's protocol.

use std::io::{self, Read};
use std::time::Instant;

use flate2::read::MultiGzDecoder;
use ureq::http::Response;
use ureq::{Body, BodyReader};
use url::Url;

use super::address;
use super::http::{Ask, Http, Watched};
use super::retry::{Failure, retried};
use super::source::{Consume, Source};
use crate::error::Error;
use crate::limits::{Limits, bytes_text};
use crate::lock::Entry;
use crate::name::PackageName;
use crate::npmrc::NpmConfig;
use crate::packument::Packument;

/// Asks for the document without what only people read.
const ABBREVIATED: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";
const FULL: &str = "application/json";
const ANY: &str = "*/*";

pub(super) struct Client {
    http: Http,
    config: NpmConfig,
    limits: Limits,
}

impl Client {
    pub(super) fn new(config: NpmConfig, limits: &Limits) -> Result<Self, Error> {
        Ok(Self { http: Http::new(config.clone(), limits)?, config, limits: limits.clone() })
    }

    /// Where a tarball is fetched from. A lock may be anybody's, so what it says is believed only if it is what everybody would guess, or what the
    /// registry says: otherwise it could make this server ask any address of its network.
    fn address_of(&self, entry: &Entry, until: Instant) -> Result<Url, Error> {
        let url = address::tarball(&self.config, entry)?;
        if url == address::conventional(&self.config, entry)? {
            return Ok(url);
        }
        let document = self.document(&entry.name, false, until)?;
        let place = document.tarball_of(&entry.version).map(|place| address::said(&self.config, entry, place)).transpose()?;
        if place.as_ref() == Some(&url) {
            return Ok(url);
        }
        Err(Error::package(entry.title(), "the lock has its tarball at another address than the registry"))
    }

    fn document_once(&self, ask: &Ask<'_>) -> Result<Packument, Failure> {
        let answer = self.http.get(ask)?;
        let limit = self.limits.document;
        let too_large =
            || Failure::Final(Error::limit(format!("{}: the registry's document is too large", ask.what), bytes_text(limit), "document"));
        if announced(&answer).is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let packed = answer.headers().get("content-encoding").is_some_and(|value| value == "gzip");
        let mut bytes = Vec::new();
        let mut body = body(answer);
        // The limit is on what comes out, so that a small answer cannot become a large one.
        let read = if packed {
            MultiGzDecoder::new(&mut body).take(limit + 1).read_to_end(&mut bytes)
        } else {
            (&mut body).take(limit + 1).read_to_end(&mut bytes)
        };
        read.map_err(|error| broken(ask.what, &error))?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        Packument::parse(&bytes).map_err(|_| Failure::Final(Error::registry(ask.what, "the registry's document cannot be read")))
    }

    fn tarball_once(&self, ask: &Ask<'_>, consume: Consume<'_>) -> Result<(), Failure> {
        let answer = self.http.get(ask)?;
        let limit = self.limits.tarball;
        let too_large = || Failure::Final(Error::limit(format!("{}: the tarball is too large", ask.what), bytes_text(limit), "tarball"));
        if announced(&answer).is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = Watched::new(Capped { inner: body(answer), left: limit, crossed: false });
        let result = consume(&mut body);
        if body.inner().crossed {
            return Err(too_large());
        }
        match (result, &body.failed) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(error)) => Err(broken(ask.what, error)),
            (Err(error), None) => Err(Failure::Final(error)),
        }
    }
}

fn announced(answer: &Response<Body>) -> Option<u64> {
    answer.headers().get("content-length")?.to_str().ok()?.parse().ok()
}

fn body(answer: Response<Body>) -> BodyReader<'static> {
    // The caps of this file take the place of the library's.
    answer.into_body().into_with_config().limit(u64::MAX).reader()
}

fn broken(what: &str, error: &io::Error) -> Failure {
    Failure::Passing(Error::registry(what, format!("the registry's answer broke off: {error}")), None)
}

/// Gives so many bytes and then fails.
struct Capped<R> {
    inner: R,
    left: u64,
    crossed: bool,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => {
                self.crossed = true;
                return Err(io::Error::other("too many bytes"));
            }
        }
        Ok(count)
    }
}

impl Source for Client {
    fn document(&self, name: &PackageName, full: bool, until: Instant) -> Result<Packument, Error> {
        let url = address::document(&self.config, name)?;
        let accept = if full { FULL } else { ABBREVIATED };
        let ask = Ask { what: name.as_str(), url, registry: self.config.registry_of(name), accept, gzip: true, until };
        retried(&self.limits, until, || self.document_once(&ask))
    }

    fn tarball(&self, entry: &Entry, until: Instant, consume: Consume<'_>) -> Result<(), Error> {
        let title = entry.title();
        let url = self.address_of(entry, until)?;
        let ask = Ask { what: &title, url, registry: self.config.registry_of(&entry.name), accept: ANY, gzip: false, until };
        retried(&self.limits, until, || self.tarball_once(&ask, &mut *consume))
    }

    fn locked(&self, name: &PackageName, tarball: &str) -> Option<String> {
        address::locked(&self.config, name, tarball)
    }
}
