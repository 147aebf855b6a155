//! What functions keep from one execution to another: values by key, of one hook or shared by the hooks of an account, and the answers that
//! are kept for a hook. It is never needed for correctness, so a change is not waited for: it is seen at once by this process, and on disk
//! after some 0.3 seconds. A process that is killed loses what it has not written; a wrong value is never given.
//!
//! Reads come from `memory`, from what waits to be written, or from the store, in this order. Two nodes on one store see each other's changes
//! when these are on disk, and at most two seconds later (`memory`). The bounds of an account (`account`) count what a node has found at its first
//! change in the account and what it has changed since.
//!
//! Values are sealed, and names are not kept (`row`). Backups leave them out, and with a new master key they are gone.

mod account;
mod local;
mod memory;
mod refusal;
mod row;
mod shelf;
#[cfg(test)]
mod tests;
mod upkeep;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbox_runtime::{Cache, Caching, Place};

use self::shelf::Shelf;
use crate::clock::Clock;
use crate::limits::CacheConfig;
use crate::store::Store;
use crate::vault::CacheKeys;

pub(crate) use local::LocalCache;
pub(crate) use row::check_row;
pub(crate) use writer::Writing;

/// The cache of a server. Its clones are the same one.
#[derive(Clone)]
pub(crate) struct HookCache(Arc<Shelf>);

impl HookCache {
    pub(crate) fn new(store: Arc<dyn Store>, keys: CacheKeys, config: CacheConfig, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shelf::new(store, keys, config, clock)))
    }

    /// Starts the tasks that write and that remove what is over. They end with what is returned.
    pub(crate) fn start(&self) -> Writing {
        Writing::start(&self.0)
    }

    /// Removes everything of a hook that is gone. Blocks.
    pub(crate) fn remove_hook(&self, account: u64, hook: u128) {
        if let Err(error) = self.0.remove_hook(account, hook) {
            tracing::warn!(%error, "what a deleted hook kept could not be removed yet; its time will be over within a day");
        }
    }
}

impl Cache for HookCache {
    fn get(&self, place: Place, key: String) -> Caching<Option<Bytes>> {
        let shelf = self.0.clone();
        Box::pin(async move { shelf.get(place, &key).await.map_err(Into::into) })
    }

    fn set(&self, place: Place, key: String, value: Bytes, time: Option<Duration>) -> Caching<()> {
        let shelf = self.0.clone();
        Box::pin(async move { shelf.set(place, &key, value, time).await.map_err(Into::into) })
    }

    fn delete(&self, place: Place, key: String) -> Caching<()> {
        let shelf = self.0.clone();
        Box::pin(async move { shelf.delete(place, &key).await.map_err(Into::into) })
    }

    fn value_bytes(&self) -> usize {
        self.0.config.value_bytes
    }
}
