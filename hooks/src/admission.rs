//! Admission: prepares what was uploaded, one hook at a time, off the request path, and says what became of it.
//!
//! The queue holds names only. What is to be done for a hook is in its record, so an update that overtakes another is prepared once,
//! and a restart needs no queue: pending records are found in the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_runtime::{AdmissionError, FunctionDigest};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::directory::{Account, records};
use crate::dispatch::{Function, Guest, masked};
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::resources::{Build, HookRecord, Runtime, Spec};
use crate::service::{Change, State};

/// How often, and after which waits, a preparation that failed for the host's own reasons is tried again.
const RETRIES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// When a result that could not be stored is worked out again.
const STORE_RETRY: Duration = Duration::from_secs(5);

type Name = (AccountId, HookId);

/// The queue and its worker, which stops when this is dropped.
pub(crate) struct AdmissionQueue {
    names: UnboundedSender<Name>,
    waking: Arc<AtomicUsize>,
    worker: JoinHandle<()>,
}

impl AdmissionQueue {
    /// Starts the worker: it first prepares what was ready before, which compiles nothing, and then what was still waiting.
    pub(crate) fn start(state: Arc<State>) -> Self {
        let (names, waiting) = unbounded_channel();
        let directory = state.directory.load_full();
        let mut ready = Vec::new();
        for account in directory.accounts() {
            let name = |id| (account.record.id, id);
            ready.extend(account.hooks().filter(|hook| hook.record.ready.is_some()).map(|hook| name(hook.record.id)));
            for hook in account.hooks().filter(|hook| hook.record.status.is_pending()) {
                // The receiver is right here.
                let _ = names.send(name(hook.record.id));
            }
        }
        let waking = Arc::new(AtomicUsize::new(ready.len()));
        let worker = Worker { state, names: names.clone() };
        let left = waking.clone();
        let worker = tokio::spawn(async move {
            for (account, hook) in ready {
                worker.wake(account, hook).await;
                left.fetch_sub(1, Ordering::Release);
            }
            worker.work(waiting).await;
        });
        Self { names, waking, worker }
    }

    /// Asks for a hook to be looked at.
    pub(crate) fn queue(&self, account: AccountId, hook: HookId) {
        // A worker that is gone means that the server stops; the record says what is to be done at the next start.
        let _ = self.names.send((account, hook));
    }

    /// Hooks that served before the start and do not serve yet.
    pub(crate) fn waking(&self) -> usize {
        self.waking.load(Ordering::Acquire)
    }

    /// Stops the worker. What it was preparing is prepared at the next start.
    pub(crate) fn stop(&self) {
        self.worker.abort();
    }
}

impl Drop for AdmissionQueue {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What became of a preparation.
enum Prepared {
    Guest(Arc<dyn Guest>),
    Refused(String),
}

/// A version that is to be prepared.
struct Task {
    account: AccountId,
    hook: HookId,
    version: u32,
    build: Build,
    /// The values that its env vars have when it begins.
    env: Arc<EnvVars>,
}

impl Task {
    fn new(account: &Account, hook: HookId, version: u32, spec: &Spec) -> Self {
        let env = Arc::new(account.values(&spec.env_vars));
        Self { account: account.record.id, hook, version, build: spec.build(), env }
    }

    /// Whether the result is of values that are no longer those of the version.
    fn is_outdated(&self, account: &Account, spec: &Spec, prepared: &Prepared) -> bool {
        let depends = match prepared {
            Prepared::Guest(guest) => guest.holds_env(),
            // It may have failed for one of them, and the message may quote it, which the account's mask no longer hides.
            Prepared::Refused(_) => self.build.runtime != Runtime::Wasm,
        };
        depends && !self.env.iter().eq(account.values(&spec.env_vars).iter())
    }
}

/// Whether a result was taken, or is to be worked out once more.
enum Taken {
    Yes,
    Outdated,
}

struct Worker {
    state: Arc<State>,
    names: UnboundedSender<Name>,
}

impl Worker {
    async fn work(&self, mut waiting: UnboundedReceiver<Name>) {
        while let Some((account, hook)) = waiting.recv().await {
            if let Err(error) = self.admit(account, hook).await {
                tracing::error!(%account, %hook, %error, "the result of an admission could not be kept; it is tried again");
                let names = self.names.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(STORE_RETRY).await;
                    // A worker that is gone has no use for it.
                    let _ = names.send((account, hook));
                });
            }
        }
    }

    /// Prepares the newest version of a hook, if that is still to be done.
    async fn admit(&self, account: AccountId, hook: HookId) -> Result<(), ServiceError> {
        loop {
            let Some(task) = self.state.write(move |_, change| Ok(claim(change, account, hook))).await? else { return Ok(()) };
            let (prepared, kept) = self.prepare(&task).await;
            if let Taken::Yes = self.state.write(move |state, change| conclude(state, change, &task, prepared, kept)).await? {
                return Ok(());
            }
        }
    }

    /// Prepares the version of a hook that served before the start. Its record in the store stays as it is: this is about this
    /// start of this server only.
    async fn wake(&self, account: AccountId, hook: HookId) {
        while let Some(task) = self.asleep(account, hook) {
            let (prepared, _) = self.prepare(&task).await;
            match self.state.write(move |state, change| serve_again(state, change, &task, prepared)).await {
                Ok(Taken::Outdated) => {}
                Ok(Taken::Yes) => return,
                Err(error) => {
                    tracing::error!(%account, %hook, %error, "a hook does not serve");
                    return;
                }
            }
        }
    }

    /// What is to be done for a hook that served before the start, unless it does again.
    fn asleep(&self, account: AccountId, hook: HookId) -> Option<Task> {
        let directory = self.state.directory.load();
        let account = directory.account(account).ok()?;
        let hook = account.hook(hook).ok().filter(|hook| hook.serving.is_none())?;
        hook.record.ready.as_ref().map(|ready| Task::new(account, hook.record.id, ready.version, &ready.spec))
    }

    /// The function, ready to run: the one that serves already, or a new one. Beside it the workshop's name for what it keeps.
    async fn prepare(&self, task: &Task) -> (Prepared, Option<FunctionDigest>) {
        let Build { digest, runtime } = task.build;
        // What was made of JavaScript may hold the values of one hook's env vars.
        if runtime == Runtime::Wasm
            && let Some(guest) = self.state.directory.load().guest(task.build)
        {
            return (Prepared::Guest(guest), None);
        }
        let account = task.account;
        let bytes = match self.state.read(move |state| state.function(account, &digest)).await {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) => {
                // An update that overtook the version took its bytes with it.
                if self.is_wanted(task) {
                    tracing::error!(%account, hook = %task.hook, %error, "a function cannot be read");
                }
                return (Prepared::Refused("the function could not be read back from the server's storage: upload it again".into()), None);
            }
        };
        let function = Function { bytes, runtime, env: task.env.clone() };
        let kept = self.state.workshop.name(&function);
        (self.try_to_prepare(task, function).await, Some(kept))
    }

    /// Whether the hook still has the version, be it to come or to serve: nobody waits for another.
    fn is_wanted(&self, task: &Task) -> bool {
        let directory = self.state.directory.load();
        let hook = directory.account(task.account).and_then(|account| account.hook(task.hook));
        hook.is_ok_and(|hook| {
            let serves = hook.record.ready.as_ref().map(|ready| ready.version);
            hook.record.version == task.version || serves == Some(task.version)
        })
    }

    async fn try_to_prepare(&self, task: &Task, function: Function) -> Prepared {
        let mut waits = RETRIES.into_iter();
        loop {
            match self.state.workshop.clone().prepare(function.clone()).await {
                Ok(guest) => return Prepared::Guest(guest),
                Err(AdmissionError::Rejected(message)) => return Prepared::Refused(message),
                Err(AdmissionError::Host(problem)) if !self.is_wanted(task) => return Prepared::Refused(problem),
                Err(AdmissionError::Host(problem)) => {
                    tracing::warn!(account = %task.account, hook = %task.hook, problem, "a function could not be prepared");
                    match waits.next() {
                        Some(wait) => tokio::time::sleep(wait).await,
                        None => {
                            let tries = RETRIES.len() + 1;
                            return Prepared::Refused(format!("the server could not prepare the function, in {tries} tries: {problem}"));
                        }
                    }
                }
            }
        }
    }
}

/// What is to be done for a hook, if anything; its status says that it is being done.
fn claim(change: &mut Change, account: AccountId, hook: HookId) -> Option<Task> {
    // A hook or account that is gone wants nothing.
    let owner = change.directory.account_mut(account).ok()?;
    let record = owner.hook(hook).ok()?.record.clone();
    if !record.status.is_pending() {
        return None;
    }
    let task = Task::new(owner, hook, record.version, &record.spec);
    // In memory only: to a restart, what runs is as good as what waits.
    owner.put_hook(record.with_status(record.status.running()));
    Some(task)
}

/// Keeps the result, if the version that was prepared is still the newest.
fn conclude(
    state: &State,
    change: &mut Change,
    task: &Task,
    prepared: Prepared,
    kept: Option<FunctionDigest>,
) -> Result<Taken, ServiceError> {
    let id = task.account;
    let newest = change.directory.account(id).and_then(|account| account.hook(task.hook)).map(|hook| hook.record.clone());
    // Else deleted, or overtaken by an update, which is in the queue.
    if let Ok(before) = newest
        && before.version == task.version
    {
        if task.is_outdated(change.directory.account(id)?, &before.spec, &prepared) {
            return Ok(Taken::Outdated);
        }
        decide(state, change, id, &before, prepared)?;
    }
    if let Some(kept) = kept {
        change.forget(task.build, kept);
    }
    Ok(Taken::Yes)
}

/// Lets the newest version of a hook serve, or says why it cannot.
fn decide(state: &State, change: &mut Change, id: AccountId, before: &HookRecord, prepared: Prepared) -> Result<(), ServiceError> {
    let account = change.directory.account_mut(id)?;
    match prepared {
        Prepared::Guest(guest) => {
            let record = before.admitted();
            account.serve(record.clone(), guest)?;
            records::put_hook(&mut change.batch, id, &record)?;
            match &before.ready {
                Some(former) => change.release(state, id, &former.spec),
                None => Ok(()),
            }
        }
        Prepared::Refused(message) => {
            let message = masked(&account.mask()?, &message, state.limits.error_bytes);
            let record = before.refused(message);
            account.put_hook(record.clone());
            records::put_hook(&mut change.batch, id, &record)
        }
    }
}

/// Lets a version serve that served before the start.
fn serve_again(state: &State, change: &mut Change, task: &Task, prepared: Prepared) -> Result<Taken, ServiceError> {
    let account = change.directory.account_mut(task.account)?;
    let before = account.hook(task.hook)?.record.clone();
    let Some(ready) = before.ready.as_ref().filter(|ready| ready.version == task.version) else { return Ok(Taken::Yes) };
    if task.is_outdated(account, &ready.spec, &prepared) {
        return Ok(Taken::Outdated);
    }
    match prepared {
        Prepared::Guest(guest) => {
            let record = before.revived();
            if record != before {
                records::put_hook(&mut change.batch, task.account, &record)?;
            }
            account.serve(record, guest)?;
        }
        Prepared::Refused(message) => {
            let message = masked(&account.mask()?, &message, state.limits.error_bytes);
            tracing::error!(account = %task.account, hook = %task.hook, message, "a hook that was ready no longer is");
            if before.version == task.version {
                account.put_hook(before.refused(message));
            }
        }
    }
    Ok(Taken::Yes)
}
