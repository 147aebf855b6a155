//! What is outside of the sandbox, as a server grants it: what all hooks share of it, and the client and the cache of one execution.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hookbox_egress::{ACCESS_DENIED, Answerer, Client, Egress, Error, Keep, Limits, Sealed, TlsError};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::cache::{Cache, OwnCache};
use crate::grant::Grant;
use crate::scheduler::Share;

/// What is outside of a server's sandboxes: the way out with its bounds, and the cache.
#[derive(Default)]
pub struct Outside {
    /// `None`: nothing goes out.
    egress: Option<Egress>,
    cache: Option<Arc<dyn Cache>>,
    limits: Limits,
    /// The most calls and connections of an account that are under way.
    account_calls: usize,
    /// What is left of that, for the accounts of which some are.
    places: Mutex<HashMap<u64, Weak<Semaphore>>>,
}

/// Who uses a connection again: hooks are numbered at random, so that the versions of two are never the same.
fn connection_owner(hook: u128, version: u32) -> u128 {
    hook.wrapping_add(version.into())
}

/// Accounts whose places are looked through for those that nobody holds any more.
const SWEPT: usize = 1024;

impl Outside {
    /// The way out, with the limits of each execution and the most calls and connections that an account may have under way.
    pub fn new(egress: Egress, limits: Limits, account_calls: usize) -> Self {
        Self { egress: Some(egress), limits, account_calls, ..Self::default() }
    }

    /// The same with a cache.
    #[must_use]
    pub fn with_cache(self, cache: Arc<dyn Cache>) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// The same for an execution that is repeated, which finds the cache empty.
    pub(crate) fn emptied(&self) -> Self {
        let (limits, account_calls) = (self.limits.clone(), self.account_calls);
        let cache = self.cache.as_ref().and_then(|cache| cache.emptied());
        Self { egress: self.egress.clone(), cache, limits, account_calls, places: Mutex::default() }
    }

    /// The way out itself; `None`: nothing goes out.
    pub fn egress(&self) -> Option<&Egress> {
        self.egress.as_ref()
    }

    /// The cache of one hook.
    pub(crate) fn cache(&self, share: Share) -> Option<OwnCache> {
        self.cache.as_ref().map(|cache| OwnCache::new(cache.clone(), share.owner, share.hook))
    }

    /// Closes the connections that are kept for a version of a hook, which does not serve any more.
    pub fn forget(&self, hook: u128, version: u32) {
        self.egress.iter().for_each(|egress| egress.forget(connection_owner(hook, version)));
    }

    /// The client of one execution.
    ///
    /// # Errors
    /// `ERR_ACCESS_DENIED`: nothing goes out. The account's certificates cannot be used.
    pub(crate) fn client(
        &self,
        grant: &Grant,
        share: Share,
        deadline: Instant,
        sealed: Vec<Sealed>,
        answerer: Option<Arc<dyn Answerer>>,
    ) -> Result<Client, Error> {
        let egress = self.egress.as_ref().ok_or_else(|| Error::new(ACCESS_DENIED, "nothing goes out of this sandbox"))?;
        let unfit = |error: TlsError| Error::new("ERR_TLS_INVALID_CONTEXT", format!("of the account's certificates, {error}"));
        let tls = grant.tls.as_ref().map(|tls| tls.config(egress)).transpose().map_err(unfit)?;
        let cache = grant.http_cache.then(|| self.cache(share)).flatten();
        Ok(egress.client(hookbox_egress::Grant {
            hook: grant.hosts.clone(),
            account: grant.ceiling.clone(),
            owner: connection_owner(share.hook, grant.version),
            limits: self.limits.clone(),
            deadline,
            tls,
            sealed,
            share: Some(self.places(share.owner)),
            answerer,
            cache: cache.map(|cache| Arc::new(cache) as Arc<dyn Keep>),
        }))
    }

    fn places(&self, owner: u64) -> Arc<Semaphore> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = places.get(&owner).and_then(Weak::upgrade) {
            return found;
        }
        if places.len() >= SWEPT {
            places.retain(|_, places| places.strong_count() > 0);
        }
        let made = Arc::new(Semaphore::new(self.account_calls));
        places.insert(owner, Arc::downgrade(&made));
        made
    }
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").field("egress", &self.egress).field("cache", &self.cache.is_some()).finish_non_exhaustive()
    }
}
