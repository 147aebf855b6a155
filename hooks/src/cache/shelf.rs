//! The parts of the cache put together: memory, what each account has, and the store.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use hookbox_runtime::Place;
use tokio::sync::Notify;

use super::account::AccountCache;
use super::memory::Memory;
use super::refusal::{Refusal, check_key, check_value};
use super::row::{RowKey, expires, hook_key};
use crate::clock::Clock;
use crate::limits::CacheConfig;
use crate::store::{Batch, Key, KeyRange, Kind, Order, Store, StoreError};
use crate::vault::CacheKeys;

/// The most bytes that wait to be written, and of one account.
const WAITING: i64 = 64 << 20;
const ACCOUNT_WAITING: u64 = 8 << 20;
/// The most rows that one commit removes.
const CHUNK: usize = 1024;

/// The cache of a server.
pub(super) struct Shelf {
    pub(super) store: Arc<dyn Store>,
    pub(super) keys: CacheKeys,
    pub(super) config: CacheConfig,
    clock: Arc<dyn Clock>,
    memory: Memory,
    accounts: Mutex<HashMap<u64, Arc<OneAccount>>>,
    /// Accounts with changes that are not on disk yet.
    changed: Mutex<HashSet<u64>>,
    /// The bytes of these changes.
    waiting: AtomicI64,
    pub(super) wake: Notify,
}

/// What is held of one account.
#[derive(Default)]
pub(super) struct OneAccount {
    /// Held by who looks for what the store has, so that this is done once.
    loading: tokio::sync::Mutex<()>,
    held: Mutex<AccountCache>,
}

impl OneAccount {
    pub(super) fn held(&self) -> MutexGuard<'_, AccountCache> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    pub(super) fn new(store: Arc<dyn Store>, keys: CacheKeys, config: CacheConfig, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            keys,
            config,
            clock,
            memory: Memory::new(config.memory_bytes),
            accounts: Mutex::default(),
            changed: Mutex::default(),
            waiting: AtomicI64::new(0),
            wake: Notify::new(),
        }
    }

    /// The present moment, in milliseconds since 1970.
    pub(super) fn now(&self) -> u64 {
        let since = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn account(&self, account: u64) -> Arc<OneAccount> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).entry(account).or_default().clone()
    }

    /// What an account has, complete.
    pub(super) async fn loaded(self: &Arc<Self>, account: u64) -> Result<Arc<OneAccount>, Refusal> {
        let one = self.account(account);
        if one.held().loaded {
            return Ok(one);
        }
        let loading = one.loading.lock().await;
        if !one.held().loaded {
            let shelf = self.clone();
            let found = tokio::task::spawn_blocking(move || shelf.find(account)).await.map_err(|_| Refusal::Unreadable)?;
            let found = found.map_err(|error| {
                tracing::warn!(%error, "the cache of an account cannot be read");
                Refusal::Unreadable
            })?;
            // Nothing has been changed meanwhile: every change waits for this.
            let mut held = one.held();
            found.iter().for_each(|(row, bytes, expires)| held.found(row, *bytes, *expires));
            held.loaded = true;
        }
        drop(loading);
        Ok(one)
    }

    /// The rows of an account: key, length and end.
    fn find(&self, account: u64) -> Result<Vec<(RowKey, u64, u64)>, StoreError> {
        let mut found = Vec::new();
        self.store.scan(Key::new(account, Kind::Cache).range(), Order::Ascending, &mut |key, value| {
            found.extend(RowKey::read(key).zip(expires(value)).map(|(row, expires)| (row, value.len() as u64, expires)));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    pub(super) async fn get(self: &Arc<Self>, place: Place, key: &str) -> Result<Option<Bytes>, Refusal> {
        check_key(&self.config, key)?;
        let (row, now) = (RowKey::new(&self.keys, place, key), self.now());
        if let Some(value) = self.memory.get(&row, now) {
            return Ok(Some(value));
        }
        let account = self.account(place.owner);
        let changes = {
            let held = account.held();
            if let Some(pending) = held.pending(&row) {
                return Ok(pending.value.clone().filter(|(_, expires)| *expires > now).map(|(value, _)| value));
            }
            held.changes
        };
        let shelf = self.clone();
        let read = tokio::task::spawn_blocking(move || shelf.read(&row)).await;
        let Some((value, expires)) = read.ok().flatten().filter(|(_, expires)| *expires > now) else { return Ok(None) };
        let held = account.held();
        // What was changed since is newer than what was read.
        if held.changes == changes {
            self.memory.put(row, value.clone(), expires);
        }
        drop(held);
        Ok(Some(value))
    }

    /// What cannot be read is not there.
    fn read(&self, row: &RowKey) -> Option<(Bytes, u64)> {
        let stored =
            self.store.get(row.key().as_bytes()).inspect_err(|error| tracing::warn!(%error, "a cached value cannot be read")).ok()??;
        row.open(&self.keys, &stored).inspect_err(|error| tracing::warn!(%error, "a cached value cannot be used")).ok()
    }

    pub(super) async fn set(self: &Arc<Self>, place: Place, key: &str, value: Bytes, time: Option<Duration>) -> Result<(), Refusal> {
        let time = check_value(&self.config, place, key, &value, time)?;
        let account = self.loaded(place.owner).await?;
        let (row, now) = (RowKey::new(&self.keys, place, key), self.now());
        let expires = now.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        let more = {
            let mut held = account.held();
            self.has_room(&held)?;
            let (more, gone) = held.set(&self.config, row, value.clone(), expires, now)?;
            gone.iter().for_each(|row| self.memory.remove(row));
            self.memory.put(row, value, expires);
            more
        };
        self.changed(place.owner, more);
        Ok(())
    }

    pub(super) async fn delete(self: &Arc<Self>, place: Place, key: &str) -> Result<(), Refusal> {
        check_key(&self.config, key)?;
        let account = self.loaded(place.owner).await?;
        let row = RowKey::new(&self.keys, place, key);
        let more = {
            let mut held = account.held();
            self.has_room(&held)?;
            self.memory.remove(&row);
            held.delete(row)
        };
        self.changed(place.owner, more);
        Ok(())
    }

    /// Whether a change more may wait to be written.
    fn has_room(&self, account: &AccountCache) -> Result<(), Refusal> {
        let full = account.pending_bytes() >= ACCOUNT_WAITING || self.waiting.load(Ordering::Relaxed) >= WAITING;
        if full { Err(Refusal::Busy) } else { Ok(()) }
    }

    /// Notes that an account has changes to be written.
    pub(super) fn changed(&self, account: u64, more_bytes: i64) {
        self.waiting.fetch_add(more_bytes, Ordering::Relaxed);
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(account);
        self.wake.notify_one();
    }

    /// Notes that changes are on disk, or are not wanted any more.
    pub(super) fn less_waits(&self, bytes: u64) {
        self.waiting.fetch_sub(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// The accounts with changes to be written, which are then noted no more.
    pub(super) fn take_changed(&self) -> HashSet<u64> {
        std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn remove_hook(&self, account: u64, hook: u128) -> Result<(), StoreError> {
        let less = self.account(account).held().forget_hook(hook);
        self.less_waits(less);
        self.remove_range(hook_key(account, hook).range())
    }

    fn remove_range(&self, range: KeyRange) -> Result<(), StoreError> {
        loop {
            let (mut batch, mut rows) = (Batch::new(), 0);
            self.store.scan(range.clone(), Order::Ascending, &mut |key, _| {
                batch.delete(Key::from(key));
                rows += 1;
                if rows < CHUNK { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            if batch.is_empty() {
                return Ok(());
            }
            self.store.commit(batch)?;
        }
    }
}
