//! What all parts of the service share, and the one way to change it: one change at a time, durable first, then visible.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hookbox_runtime::FunctionDigest;
use tokio::sync::Mutex;

use crate::clock::{Clock, Timestamp};
use crate::directory::Directory;
use crate::error::ServiceError;
use crate::ids::AccountId;
use crate::limits::ServiceLimits;
use crate::metrics::Metrics;
use crate::resources::Build;
use crate::sandbox::{Function, FunctionCompiler};
use crate::store::{Batch, Digest, Functions, Store};
use crate::vault::Vault;

/// The parts that the service shares.
pub(crate) struct State {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) functions: Functions,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) compiler: Arc<dyn FunctionCompiler>,
    pub(crate) limits: ServiceLimits,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) directory: ArcSwap<Directory>,
    /// Held during every change.
    pub(crate) write_lock: Arc<Mutex<()>>,
}

/// A change in progress: a copy of the directory, and the batch that makes the store agree with it.
pub(crate) struct Transaction {
    pub(crate) directory: Directory,
    pub(crate) batch: Batch,
    /// Functions that may have become unused on this machine.
    released: Vec<FunctionDigest>,
    /// Whether a function was deleted whose bytes lie in a separate file.
    sweep: bool,
}

impl State {
    /// The present time, as records have it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// Makes a change. `change` checks the request against a copy of the directory and edits copy and batch; the batch is committed; the
    /// copy becomes the directory. If anything fails, nothing has changed.
    ///
    /// With the write lock, it runs on a blocking thread to the end, even if the caller goes away, so that store and directory agree.
    pub(crate) async fn write<T, F>(self: &Arc<Self>, change: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError> + Send + 'static,
    {
        self.exclusively(move |state| state.apply(change)).await
    }

    /// Makes a change and discards it. Returns what it would be, or why it cannot be made.
    pub(crate) async fn dry_run<T, F>(self: &Arc<Self>, change: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError> + Send + 'static,
    {
        let dry_run = move |state: &Self| {
            let mut made = Transaction::new(Directory::clone(&state.directory.load()));
            let value = change(state, &mut made);
            // Files that were written for it are without a reference now.
            state.remove_released(&[], true);
            value
        };
        self.exclusively(dry_run).await
    }

    /// Runs blocking work while nothing else changes the state.
    async fn exclusively<T, F>(self: &Arc<Self>, work: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, ServiceError> + Send + 'static,
    {
        let lock = self.write_lock.clone().lock_owned().await;
        self.read(move |state| {
            let _lock = lock;
            work(state)
        })
        .await
    }

    fn apply<T>(&self, edit: impl FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError>) -> Result<T, ServiceError> {
        let directory = Directory::clone(&self.directory.load());
        let mut change = Transaction::new(directory);
        let value = edit(self, &mut change)?;
        if !change.batch.is_empty() {
            self.store.commit(change.batch)?;
        }
        self.directory.store(Arc::new(change.directory));
        self.remove_released(&change.released, change.sweep);
        Ok(value)
    }

    /// Removes what the change left without an owner. It is not part of the change: a failure leaves files that do no harm.
    fn remove_released(&self, released: &[FunctionDigest], sweep: bool) {
        released.iter().for_each(|name| self.compiler.forget(*name));
        // Uploads write their files only under the write lock, which this call holds.
        if sweep && let Err(error) = self.functions.sweep(Duration::ZERO) {
            tracing::warn!(%error, "the bytes of deleted functions could not be removed yet");
        }
    }

    /// Reads a function's bytes. Blocks.
    pub(crate) fn function(&self, account: AccountId, digest: &Digest) -> Result<Vec<u8>, ServiceError> {
        let bytes = self.functions.get(account.get(), digest)?;
        bytes.ok_or_else(|| ServiceError::Internal(format!("the function {digest} of account {account} is missing")))
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
        Self { directory, batch: Batch::new(), released: Vec::new(), sweep: false }
    }

    /// Releases a version's function from an account, unless a hook in the changed directory still needs it.
    pub(crate) fn release(&mut self, state: &State, account: AccountId, build: Build) -> Result<(), ServiceError> {
        let Build { digest, runtime, entries } = build;
        if !self.directory.uses(build) {
            // The name is made of the bytes. If they are gone, nothing can be released by name.
            let bytes = state.function(account, &digest).ok();
            let name = |bytes: Vec<u8>| state.compiler.name(&Function { bytes: bytes.into(), runtime, entries, env: Arc::default() });
            self.released.extend(bytes.map(name));
        }
        if !self.directory.account(account)?.uses_function(digest) {
            state.functions.delete(account.get(), &digest, &mut self.batch);
            self.sweep = true;
        }
        Ok(())
    }

    /// Releases what this machine kept of a function, unless a hook in the changed directory still needs it.
    pub(crate) fn forget(&mut self, build: Build, name: FunctionDigest) {
        if !self.directory.uses(build) {
            self.released.push(name);
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
