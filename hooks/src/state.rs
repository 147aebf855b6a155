//! What all parts of the service share, and the one way to change it: in turn, durable first, then visible.

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

/// The service's parts.
pub(crate) struct State {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) functions: Functions,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) compiler: Arc<dyn FunctionCompiler>,
    pub(crate) limits: ServiceLimits,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) directory: ArcSwap<Directory>,
    /// Held by whoever changes something.
    pub(crate) write_lock: Arc<Mutex<()>>,
}

/// A change that is being made: a copy of the directory, and the batch that makes the store agree with it.
pub(crate) struct Transaction {
    pub(crate) directory: Directory,
    pub(crate) batch: Batch,
    /// Functions that may have become unused on this machine.
    released: Vec<FunctionDigest>,
    /// Whether a function went whose bytes lie in a file of their own.
    sweep: bool,
}

impl State {
    /// The time, as records have it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// Makes a change: `change` checks the request against a copy of the directory and edits copy and batch; the batch is
    /// committed; the copy becomes the directory. Where anything fails, nothing has happened.
    ///
    /// From its turn on it runs on a blocking thread to the end, even if the caller goes away, so that store and directory agree.
    pub(crate) async fn write<T, F>(self: &Arc<Self>, change: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError> + Send + 'static,
    {
        self.exclusively(move |state| state.apply(change)).await
    }

    /// Makes a change and forgets it: what it would be, and whether it could be made.
    pub(crate) async fn dry_run<T, F>(self: &Arc<Self>, change: F) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction) -> Result<T, ServiceError> + Send + 'static,
    {
        let dry_run = move |state: &Self| {
            let mut made = Transaction::new(Directory::clone(&state.directory.load()));
            let value = change(state, &mut made);
            // Files that were written for it belong to nothing.
            state.clean(&[], true);
            value
        };
        self.exclusively(dry_run).await
    }

    /// Runs something that blocks while nobody changes anything.
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
        self.clean(&change.released, change.sweep);
        Ok(value)
    }

    /// Removes what the change left without an owner. It is no part of the change: a failure leaves files that do no harm.
    fn clean(&self, released: &[FunctionDigest], sweep: bool) {
        released.iter().for_each(|name| self.compiler.forget(*name));
        // Uploads write their files only while they have the turn, which is ours now.
        if sweep && let Err(error) = self.functions.sweep(Duration::ZERO) {
            tracing::warn!(%error, "the bytes of deleted functions could not be removed yet");
        }
    }

    /// Reads a function's bytes. Blocks.
    pub(crate) fn function(&self, account: AccountId, digest: &Digest) -> Result<Vec<u8>, ServiceError> {
        let bytes = self.functions.get(account.get(), digest)?;
        bytes.ok_or_else(|| ServiceError::Internal(format!("the function {digest} of account {account} is missing")))
    }

    /// Runs something that blocks, with the state at hand.
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

    /// Takes a version's function off an account, unless a hook in the changed directory still needs it.
    pub(crate) fn release(&mut self, state: &State, account: AccountId, build: Build) -> Result<(), ServiceError> {
        let Build { digest, runtime, entries } = build;
        if !self.directory.uses(build) {
            // Bytes that are already gone leave nothing to be told apart by.
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

    /// Drops what the machine kept of a function, unless a hook in the changed directory still needs it.
    pub(crate) fn forget(&mut self, build: Build, name: FunctionDigest) {
        if !self.directory.uses(build) {
            self.released.push(name);
        }
    }
}

/// Runs something on a thread where it may block.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, ServiceError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, ServiceError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ServiceError::Internal(format!("a task broke off: {error}"))))
}
