//! The way out of the sandbox, as a server grants it: what all hooks share of it, and the client of one execution.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hookbox_egress::{Answerer, Client, Egress, Limits, Sealed};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::grant::Grant;
use crate::scheduler::Share;

/// The way out of a server, and its bounds.
#[derive(Debug)]
pub struct Outside {
    egress: Egress,
    limits: Limits,
    /// The most calls and connections of an account that are under way.
    account_calls: usize,
    /// What is left of that, for the accounts of which some are.
    places: Mutex<HashMap<u64, Weak<Semaphore>>>,
}

/// Accounts whose places are looked through for those that nobody holds any more.
const SWEPT: usize = 1024;

impl Outside {
    /// The way out, with the limits of each execution and the most calls and connections that an account may have under way.
    pub fn new(egress: Egress, limits: Limits, account_calls: usize) -> Self {
        Self { egress, limits, account_calls, places: Mutex::default() }
    }

    /// The way out itself.
    pub fn egress(&self) -> &Egress {
        &self.egress
    }

    /// The client of one execution.
    pub(crate) fn client(
        &self,
        grant: &Grant,
        share: Share,
        deadline: Instant,
        sealed: Vec<Sealed>,
        answerer: Option<Arc<dyn Answerer>>,
    ) -> Client {
        self.egress.client(hookbox_egress::Grant {
            hook: grant.hosts.clone(),
            account: grant.ceiling.clone(),
            owner: share.hook.wrapping_add(grant.version.into()),
            limits: self.limits.clone(),
            deadline,
            tls: None,
            sealed,
            share: Some(self.places(share.owner)),
            answerer,
        })
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
