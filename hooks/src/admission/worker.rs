//! A worker: takes names from one lane's queue, prepares their hooks, and loads the lane's hooks after a start.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookbox_runtime::{AdmissionError, FunctionDigest};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;

use super::lane::{Lane, Name, Names};
use super::transitions::{Claim, Concluded, Prepared, Task, claim, conclude, serve_loaded};
use super::unloaded::Unloaded;
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::resources::{Build, Runtime};
use crate::sandbox::Function;
use crate::state::State;

/// The waits before the retries of a preparation that failed for the host's own reasons.
const RETRIES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// The wait before a preparation is repeated because its result could not be stored.
const STORE_RETRY: Duration = Duration::from_secs(5);

/// JavaScript hooks that are loaded at the start begin to serve in batches, so that thousands of hooks need fewer changes. A hook waits at
/// most this long for others.
const BATCH_WINDOW: Duration = Duration::from_millis(50);

pub(super) struct Worker {
    state: Arc<State>,
    lane: Lane,
    names: Names,
    unloaded: Arc<Unloaded>,
    /// Serialises on-demand loads, so that concurrent events load a hook once.
    load_lock: Mutex<()>,
}

impl Worker {
    pub(super) fn new(state: Arc<State>, lane: Lane, names: Names, unloaded: Arc<Unloaded>) -> Self {
        Self { state, lane, names, unloaded, load_lock: Mutex::new(()) }
    }

    /// Loads the hooks that were ready before, then prepares the hooks in the queue.
    pub(super) async fn run(self: Arc<Self>, unloaded_hooks: Vec<Name>, mut waiting: UnboundedReceiver<Name>) {
        self.load_all(unloaded_hooks).await;
        while let Some((account, hook)) = waiting.recv().await {
            if let Err(error) = self.admit(account, hook).await {
                tracing::error!(%account, %hook, %error, "the result of an admission could not be kept; it is tried again");
                let (names, lane) = (self.names.clone(), self.lane);
                tokio::spawn(async move {
                    tokio::time::sleep(STORE_RETRY).await;
                    names.send(lane, (account, hook));
                });
            }
        }
    }

    /// Prepares the newest version of a hook, if it is still pending.
    async fn admit(&self, account: AccountId, hook: HookId) -> Result<(), ServiceError> {
        let lane = self.lane;
        loop {
            let task = match self.state.write(move |_, change| Ok(claim(change, lane, account, hook))).await? {
                Claim::Task(task) => task,
                Claim::Nothing => return Ok(()),
                Claim::Elsewhere(lane) => {
                    self.names.send(lane, (account, hook));
                    return Ok(());
                }
            };
            let (prepared, kept) = self.prepare(&task).await;
            if let Concluded::Yes = self.state.write(move |state, change| conclude(state, change, &task, prepared, kept)).await? {
                return Ok(());
            }
        }
    }

    /// Loads hooks in order. A failure concerns this start of this server only, so it is not stored.
    async fn load_all(&self, unloaded_hooks: Vec<Name>) {
        // WebAssembly hooks serve at once, because later hooks with the same code share the function of the first.
        let window = if self.lane == Lane::JavaScript { BATCH_WINDOW } else { Duration::ZERO };
        let (mut done, mut begun) = (Vec::new(), Instant::now());
        for name in unloaded_hooks {
            if let Some(task) = self.task(name) {
                let (prepared, _) = self.prepare(&task).await;
                done.push((task, prepared));
            } else {
                self.unloaded.remove(name);
            }
            if begun.elapsed() >= window {
                self.let_serve(std::mem::take(&mut done)).await;
                begun = Instant::now();
            }
        }
        self.let_serve(done).await;
    }

    /// Loads one hook now, ahead of the others.
    pub(super) async fn load_now(&self, name: Name) {
        let _alone = self.load_lock.lock().await;
        if self.unloaded.contains(name) {
            self.load(name).await;
        }
    }

    async fn load(&self, name: Name) {
        while let Some(task) = self.task(name) {
            let (prepared, _) = self.prepare(&task).await;
            match self.state.write(move |state, change| serve_loaded(state, change, &task, prepared)).await {
                Ok(Concluded::Outdated) => {}
                Ok(Concluded::Yes) => break,
                Err(error) => {
                    tracing::error!(account = %name.0, hook = %name.1, %error, "a hook does not serve");
                    break;
                }
            }
        }
        self.unloaded.remove(name);
    }

    /// Puts prepared hooks into service. A hook whose result is outdated or could not be stored is loaded on its own.
    async fn let_serve(&self, done: Vec<(Task, Prepared)>) {
        if done.is_empty() {
            return;
        }
        let names: Vec<Name> = done.iter().map(|(task, _)| (task.account, task.hook)).collect();
        let serve = self.state.write(move |state, change| {
            let taken = done.into_iter().map(|(task, prepared)| serve_loaded(state, change, &task, prepared));
            Ok(taken.map(|taken| matches!(taken, Ok(Concluded::Yes))).collect::<Vec<bool>>())
        });
        let taken = serve.await.unwrap_or_default();
        for (index, name) in names.into_iter().enumerate() {
            match taken.get(index) {
                Some(true) => self.unloaded.remove(name),
                _ => self.load(name).await,
            }
        }
    }

    /// The work for a hook that served before the start; none if it serves again.
    fn task(&self, (account, hook): Name) -> Option<Task> {
        let directory = self.state.directory.load();
        let account = directory.account(account).ok()?;
        let hook = account.hook(hook).ok().filter(|hook| hook.serving.is_none())?;
        hook.record.ready.as_ref().map(|ready| Task::new(account, &hook.record, ready.version, &ready.spec))
    }

    /// The function, ready to run: the one that serves already, or a new one. The second value is the compiler's name for what it keeps.
    async fn prepare(&self, task: &Task) -> (Prepared, Option<FunctionDigest>) {
        let Build { digest, runtime, entries } = task.build;
        // A prepared JavaScript function may hold the env values of one hook, so hooks do not share it.
        if runtime == Runtime::Wasm
            && let Some(function) = self.state.directory.load().function(task.build)
        {
            return (Prepared::Ready(function), None);
        }
        let account = task.account;
        let bytes = match self.state.read(move |state| state.function(account, &digest)).await {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) => {
                // If an update has overtaken the version, its bytes are gone.
                if self.is_wanted(task) {
                    tracing::error!(%account, hook = %task.hook, %error, "a function cannot be read");
                }
                return (Prepared::Refused("the function could not be read back from the server's storage: upload it again".into()), None);
            }
        };
        let function = Function { bytes, runtime, entries, env: task.env.clone() };
        let kept = self.state.compiler.name(&function);
        let started = Instant::now();
        let prepared = self.try_to_prepare(task, function).await;
        self.state.metrics.admitted(matches!(prepared, Prepared::Ready(_)), started.elapsed());
        (prepared, Some(kept))
    }

    /// Whether the version is still the newest or the serving one. The result of any other version is not needed.
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
            match self.state.compiler.clone().prepare(function.clone()).await {
                Ok(function) => return Prepared::Ready(function),
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
