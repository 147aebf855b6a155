//! Addresses of hosts, each looked up once for many connections. The system's resolver is asked as always; but a dozen threads that ask it for the
//! same name at once lose answers of some name servers, and wait five seconds for each one lost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an answer is good. A deployment takes less.
const GOOD_FOR: Duration = Duration::from_secs(30);

/// The library's resolver with a memory.
#[derive(Debug, Default)]
pub(super) struct Names {
    inner: DefaultResolver,
    known: Mutex<HashMap<String, (Instant, ResolvedSocketAddrs)>>,
}

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let place = |authority| DefaultResolver::host_and_port(uri.scheme()?, authority);
        let Some(key) = uri.authority().and_then(place) else { return self.inner.resolve(uri, config, timeout) };
        // Held while somebody asks, so that the others wait for that answer.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, addresses)) = known.get(&key).filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return Ok(addresses.clone());
        }
        let addresses = self.inner.resolve(uri, config, timeout)?;
        known.insert(key, (Instant::now(), addresses.clone()));
        Ok(addresses)
    }
}
