//! The keys of issuers as they were fetched last. A set is fetched again after a while, and when a token names a key that is not in it, but
//! not more often than every some seconds: callers whom nobody knows yet choose what their tokens name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hookbox_egress::{Egress, Grant, Limits, Policy, Redirect, Request};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::issuer::Issuer;
use super::keys::Keys;
use super::refusal::TokenRefusal;
use crate::ids::AccountId;

/// After this time a set is fetched again.
const FRESH: Duration = Duration::from_secs(15 * 60);
/// For so long a set is used while it cannot be fetched again.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(10);
/// For one attempt. The caller waits for it.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most bytes of a set.
const LONGEST: u64 = 256 << 10;
/// The most sets.
const MOST: usize = 1024;

/// The keys of issuers.
pub(crate) struct Shelf {
    /// `None`: nothing goes out.
    egress: Option<Egress>,
    sets: Mutex<HashMap<(AccountId, String), Arc<Set>>>,
}

/// The keys at one URL, as an account may fetch them.
#[derive(Default)]
struct Set {
    held: Mutex<Held>,
    /// Held by who fetches, so that this is done once.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    keys: Option<(Arc<Keys>, Instant)>,
    attempted: Option<Instant>,
}

impl Shelf {
    pub(crate) fn new(egress: Option<Egress>) -> Self {
        Self { egress, sets: Mutex::default() }
    }

    /// The claims of a token that the issuer has signed. `ceiling` is whom hooks of the account may call at most.
    ///
    /// # Errors
    /// Why the token is refused.
    pub(crate) async fn verify(
        &self,
        account: AccountId,
        ceiling: Option<&Policy>,
        issuer: &Issuer,
        token: &str,
        now: SystemTime,
    ) -> Result<Map<String, Value>, TokenRefusal> {
        let token = issuer.reads(token, now)?;
        let set = self.set(account, &issuer.keys_url);
        let find = |keys: &Keys| keys.find(token.key_id.as_deref(), token.algorithm).map(<[u8]>::to_vec);
        let mut found = set.keys(FRESH).and_then(|keys| find(&keys));
        if found.is_none() {
            self.fetch(&set, ceiling, issuer, &|keys| find(keys).is_some()).await;
            found = set.keys(USABLE).and_then(|keys| find(&keys));
        }
        let key = found.ok_or(TokenRefusal::Key)?;
        match token.algorithm.verifies(&key, token.signed.as_bytes(), &token.signature) {
            true => Ok(token.claims),
            false => Err(TokenRefusal::Signature),
        }
    }

    fn set(&self, account: AccountId, url: &str) -> Arc<Set> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (account, url.to_owned());
        if sets.len() >= MOST && !sets.contains_key(&name) {
            // They are fetched again where they are needed.
            sets.clear();
        }
        sets.entry(name).or_default().clone()
    }

    /// Fetches a set, unless somebody else has just done it or tried to. `suffices` says whether what is held by then is enough.
    async fn fetch(&self, set: &Set, ceiling: Option<&Policy>, issuer: &Issuer, suffices: &(dyn Fn(&Keys) -> bool + Sync)) {
        let _fetching = set.fetching.lock().await;
        if set.keys(FRESH).is_some_and(|keys| suffices(&keys)) || set.attempted_within(PAUSE) {
            return;
        }
        set.note(|held| held.attempted = Some(Instant::now()));
        match self.get(ceiling, &issuer.keys_url).await {
            Ok(keys) => set.note(|held| held.keys = Some((Arc::new(keys), Instant::now()))),
            Err(error) => tracing::warn!(url = issuer.keys_url, error, "the keys of an issuer of tokens cannot be fetched"),
        }
    }

    async fn get(&self, ceiling: Option<&Policy>, url: &str) -> Result<Keys, String> {
        let egress = self.egress.as_ref().ok_or("nothing goes out")?;
        let hosts = Policy::parse(&[origin(url)]).map_err(|error| error.to_string())?;
        let limits = Limits { response_bytes: LONGEST, total_time: PATIENCE, connect_time: PATIENCE, ..Limits::default() };
        let grant = Grant { account: ceiling.cloned().map(Arc::new), limits, ..Grant::new(hosts.into(), 0, Instant::now() + PATIENCE) };
        let request = Request { redirect: Redirect::Error, ..Request::new("GET", url) };
        let mut answer = egress.client(grant).fetch(request).await.map_err(|error| error.message)?;
        if answer.status != 200 {
            return Err(format!("the status is {}", answer.status));
        }
        let bytes = answer.bytes().await.map_err(|error| error.message)?;
        Keys::parse(&bytes).ok_or_else(|| "the answer is no set of keys".to_owned())
    }
}

/// The scheme and the host of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| host + at);
    url.get(..end).unwrap_or(url)
}

impl Set {
    /// The keys, if they are not older than that.
    fn keys(&self, age: Duration) -> Option<Arc<Keys>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.keys.as_ref().filter(|(_, at)| at.elapsed() < age).map(|(keys, _)| keys.clone())
    }

    fn attempted_within(&self, time: Duration) -> bool {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).attempted.is_some_and(|at| at.elapsed() < time)
    }

    fn note(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_s_origin_is_what_may_be_called() {
        assert_eq!(origin("https://a.example/oauth2/keys?x"), "https://a.example");
        assert_eq!(origin("http://127.0.0.1:80"), "http://127.0.0.1:80");
        assert_eq!(origin("https://[::1]:8443/x"), "https://[::1]:8443");
        assert_eq!(origin("nonsense"), "nonsense");
    }
}
