//! What all parts of the service share, and the one way to change it: durable first, then visible.
//!
//! Changes of one account wait for each other, and for nobody else. What they leave without an owner is removed afterwards.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use bytes::Bytes;
use hookbox_runtime::FunctionDigest;
use tokio::sync::watch;

use crate::cache::HookCache;
use crate::clock::{Clock, Timestamp};
use crate::directory::Directory;
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::limits::ServiceLimits;
use crate::metrics::Metrics;
use crate::resources::{Build, Runtime};
use crate::sandbox::{Function, FunctionCompiler};
use crate::store::{Batch, Digest, Functions, HeldBlob, Store, StoreError};
use crate::vault::Vault;

/// Whether this machine has kept what it made of the function with this name.
pub(crate) type IsKept = Arc<dyn Fn(FunctionDigest) -> bool + Send + Sync>;

/// The parts that the service shares.
pub(crate) struct State {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) functions: Functions,
    pub(crate) vault: Vault,
    pub(crate) cache: HookCache,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) compiler: Arc<dyn FunctionCompiler>,
    pub(crate) is_kept: IsKept,
    pub(crate) limits: ServiceLimits,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) directory: ArcSwap<Directory>,
    pub(crate) locks: Locks,
    pub(crate) under_way: UnderWay,
    pub(crate) garbage: Garbage,
}

/// What a change may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Area {
    /// One account, with all that is in it but its credentials.
    Account(AccountId),
    /// Which accounts there are, and all credentials.
    Server,
}

/// A lock for each area, held during a change. The number of locks is that of accounts.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<Area, Arc<tokio::sync::Mutex<()>>>>);

/// Counts changes and removals that have begun and not ended.
#[derive(Debug)]
pub(crate) struct UnderWay(watch::Sender<usize>);

/// Counts as under way until it is dropped.
struct Begun(watch::Sender<usize>);

/// Blobs whose removal has to wait for an upload or a backup.
#[derive(Debug, Default)]
pub(crate) struct Garbage(Mutex<Vec<Digest>>);

/// A change in progress: a copy of the directory, and the batch that makes the store agree with it.
pub(crate) struct Transaction {
    pub(crate) directory: Directory,
    pub(crate) batch: Batch,
    released: Released,
    /// Functions whose bytes have to be on disk before the batch is.
    uploads: Vec<(Digest, Bytes)>,
}

/// What may have become unused.
#[derive(Default)]
struct Released {
    /// What this machine kept of functions, by its name.
    kept: Vec<(Build, FunctionDigest)>,
    /// Bytes in files of their own.
    blobs: Vec<Digest>,
    /// Hooks that are gone.
    hooks: Vec<(AccountId, HookId)>,
}

impl Locks {
    fn of(&self, area: Area) -> Arc<tokio::sync::Mutex<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(area).or_default().clone()
    }
}

impl Default for UnderWay {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl UnderWay {
    fn begin(&self) -> Begun {
        self.0.send_modify(|count| *count += 1);
        Begun(self.0.clone())
    }

    /// Waits until no change is being made, and nothing is being removed after one.
    pub(crate) async fn ended(&self) {
        // The sender is in `self`, so it is there.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Garbage {
    fn list(&self) -> MutexGuard<'_, Vec<Digest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The present time, as records have it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// Makes a change. `edit` checks the request against a copy of the directory and edits copy and batch; the batch is committed; what was
    /// edited in the copy is put into the directory. If anything fails, nothing has changed.
    ///
    /// It runs on a blocking thread to the end, even if the caller goes away, so that store and directory agree. Changes of the same area wait
    /// for it; `edit` touches nothing outside of the area.
    pub(crate) async fn write<T, F>(self: &Arc<Self>, area: Area, edit: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError> + Send + 'static,
    {
        let begun = self.under_way.begin();
        let lock = self.locks.of(area).lock_owned().await;
        let state = self.clone();
        blocking(move || {
            let (value, released) = state.apply(edit)?;
            drop(lock);
            state.remove_later(released, begun);
            Ok(value)
        })
        .await
    }

    /// Waits until a change of an account that is being made is in the directory, or was given up.
    pub(crate) async fn published(&self, account: AccountId) {
        drop(self.locks.of(Area::Account(account)).lock_owned().await);
    }

    /// Makes a change and discards it. Returns what it would be, or why it cannot be made. It waits for nobody.
    pub(crate) async fn dry_run<T, F>(self: &Arc<Self>, edit: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError> + Send + 'static,
    {
        self.read(move |state| edit(state, &mut Transaction::new(Directory::clone(&state.directory.load())))).await
    }

    fn apply<T>(&self, edit: impl FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError>) -> Result<(T, Released), ServiceError> {
        let before = self.directory.load_full();
        let mut change = Transaction::new(Directory::clone(&before));
        let value = edit(self, &mut change)?;
        let Transaction { directory, batch, released, uploads } = change;
        let directory = directory.indexed(&before);
        if let Err(error) = self.commit(batch, &uploads) {
            self.garbage.list().extend(uploads.into_iter().map(|(digest, _)| digest));
            return Err(error.into());
        }
        self.directory.rcu(|current| match Arc::ptr_eq(current, &before) {
            true => directory.clone(),
            false => current.with_changes(&before, &directory),
        });
        before.stopped(&directory).into_iter().for_each(|(hook, version)| self.compiler.stopped(hook.number(), version));
        Ok((value, released))
    }

    /// Commits a batch, after the bytes of functions that it refers to are on disk.
    fn commit(&self, batch: Batch, uploads: &[(Digest, Bytes)]) -> Result<(), StoreError> {
        let written = uploads.iter().map(|(digest, bytes)| self.functions.write(*digest, bytes));
        let _held: Vec<HeldBlob> = written.collect::<Result<_, _>>()?;
        if batch.is_empty() { Ok(()) } else { self.store.commit(batch) }
    }

    /// Removes what a change left without an owner. It is not part of the change: a failure leaves files that do no harm.
    fn remove_later(self: &Arc<Self>, released: Released, begun: Begun) {
        let Released { mut kept, blobs, hooks } = released;
        self.garbage.list().extend(blobs);
        if kept.is_empty() && hooks.is_empty() && self.garbage.list().is_empty() {
            return;
        }
        let state = self.clone();
        tokio::task::spawn_blocking(move || {
            let _begun = begun;
            state.directory.load().retain_unused(&mut kept);
            kept.into_iter().for_each(|(_, name)| state.compiler.forget(name));
            hooks.into_iter().for_each(|(account, hook)| state.cache.remove_hook(account.get(), hook.number()));
            state.collect_garbage();
        });
    }

    /// Removes the blobs that were released, those that nobody holds or uses.
    pub(crate) fn collect_garbage(&self) {
        let released = std::mem::take(&mut *self.garbage.list());
        for digest in released {
            match self.functions.remove_unused(&digest) {
                Ok(true) => {}
                Ok(false) => self.garbage.list().push(digest),
                // The next start looks at all files.
                Err(error) => tracing::warn!(%digest, %error, "the bytes of a deleted function could not be removed yet"),
            }
        }
    }

    /// Reads a function's bytes. Blocks.
    pub(crate) fn function(&self, account: AccountId, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        self.functions.get(account.get(), digest)
    }

    /// Runs blocking work with the state at hand.
    pub(crate) async fn read<T, F>(self: &Arc<Self>, read: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, ServiceError> + Send + 'static,
    {
        let state = self.clone();
        blocking(move || read(&state)).await
    }
}

impl Transaction {
    fn new(directory: Directory) -> Self {
        Self { directory, batch: Batch::new(), released: Released::default(), uploads: Vec::new() }
    }

    /// Adds a function that a record of the account refers to.
    pub(crate) fn upload(&mut self, account: AccountId, digest: Digest, bytes: &Bytes) {
        if Functions::put(account.get(), &digest, bytes, &mut self.batch) {
            self.uploads.push((digest, bytes.clone()));
        }
    }

    /// Releases a version's function from an account, unless a hook of it in the changed directory still needs it. Whether other accounts do
    /// is looked at afterwards.
    pub(crate) fn release(&mut self, state: &State, account: AccountId, build: Build) -> Result<(), ServiceError> {
        let owner = self.directory.account(account)?;
        if owner.builds().all(|used| used != build) {
            self.released.kept.extend(name(state, account, build.clone()).map(|name| (build.clone(), name)));
        }
        if !owner.uses_function(build.digest) {
            Functions::delete(account.get(), &build.digest, &mut self.batch);
            self.released.blobs.push(build.digest);
        }
        Ok(())
    }

    /// Releases what the functions of a hook kept, which is gone.
    pub(crate) fn release_hook(&mut self, account: AccountId, hook: HookId) {
        self.released.hooks.push((account, hook));
    }

    /// Releases what this machine kept of a function, unless a hook still needs it.
    pub(crate) fn forget(&mut self, build: Build, name: FunctionDigest) {
        self.released.kept.push((build, name));
    }
}

/// The name under which this machine keeps what it made of a function. That of JavaScript is made of the source: if that is gone, nothing can
/// be released by name.
fn name(state: &State, account: AccountId, build: Build) -> Option<FunctionDigest> {
    let Build { digest, runtime, entries, dependencies } = build;
    match runtime {
        Runtime::Wasm => Some(FunctionDigest::from_bytes(*digest.as_bytes())),
        Runtime::Node(_) => {
            let bytes = state.function(account, &digest).ok()?.into();
            Some(state.compiler.name(&Function { bytes, runtime, entries, env: Arc::default(), dependencies }))
        }
    }
}

/// Runs work on a thread where it may block.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, ServiceError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, ServiceError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ServiceError::Internal(format!("a task broke off: {error}"))))
}
