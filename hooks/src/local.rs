//! One run of a hook on its author's machine, by what a server runs it with: its rules for hooks, its dispatcher, its sandbox. What a server
//! keeps on a disk is in memory here, and gone with the run: an account with this one hook and the env vars that are given. No HTTP.

mod answers;
mod function;
mod hook;
mod supply;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookbox_egress::{Call, Veil};
use hookbox_host_api::Secret;
use hookbox_host_api::log::Events;
use hookbox_packages::Progress as PackagesProgress;
use hookbox_runtime::{
    Admission, AdmissionConfig, AdmissionError, Outside, PagemapUse, Profile, ProfileError, Sandbox, SandboxConfig, SandboxError,
};
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::cache::LocalCache;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::directory::{Account, Directory, EnvVar, Hook};
use crate::dispatch::{Answer, Brought, Dispatcher, ExecutionLog};
use crate::error::ServiceError;
use crate::hook_type::{Registry, RequestBody};
use crate::ids::{AccountId, EnvId, HookId};
use crate::limits::ServiceLimits;
use crate::logs::LogEntry;
use crate::metrics::Metrics;
use crate::outside::EgressConfig;
use crate::packages::{Dependencies, FunctionFiles, Npm, PackagesConfig};
use crate::resources::{AccountRecord, AccountSettings, Build, EnvRecord, HookRecord, NewEnv, Ready, Spec, Status};
use crate::sandbox::{AUTHORS_KEY, Function, prepare};
use crate::sources::Sources;
use answers::Watched;
pub use answers::{Answers, RecordedRun};
use function::LocalFunction;
pub use hook::CheckedHook;
pub use supply::PackageSupply;

/// What to run, and on what.
#[derive(Debug)]
pub struct LocalRun {
    /// The hook.
    pub hook: CheckedHook,
    /// The known hook types.
    pub registry: Registry,
    /// The event as the identity provider sends it, JSON text.
    pub context: Vec<u8>,
    /// The roles of the user, for conditions; `None` for those that the event holds.
    pub roles: Option<Vec<String>>,
    /// The request that a function which is a server gets.
    pub request: Option<RequestBody>,
    /// The account's env vars. The function sees those that the hook is linked to.
    pub env: Vec<(String, Secret)>,
    /// Of these, those of which the function sees a placeholder, each with the hosts that get the value.
    pub sealed: Vec<(String, Vec<String>)>,
    /// What the author tries in the place of the hook's own limits.
    pub overrides: Overrides,
    /// Who answers.
    pub answers: Answers,
    /// Told how far packages are resolved and fetched.
    pub on_packages: fn(PackagesProgress),
    /// The program and arguments that compile ([`crate::compile_worker`]).
    pub compile_worker: (PathBuf, Vec<String>),
    /// A folder for compiled code, so that a second run begins at once.
    pub cache_dir: PathBuf,
}

/// Limits in the place of a hook's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Fuel budget.
    pub fuel: Option<u64>,
    /// Linear memory, in MiB.
    pub memory_mib: Option<u32>,
    /// Wall time, in seconds.
    pub timeout: Option<u8>,
}

/// The result of a local run.
#[derive(Debug)]
pub struct LocalOutcome {
    /// What the identity provider would be answered.
    pub answer: Answer,
    /// What the function returned, also what its type does not allow.
    pub returned: Option<Box<RawValue>>,
    /// What the function called outside, in order.
    pub calls: Vec<Call>,
    /// The run, if it was to be kept.
    pub recorded: Option<RecordedRun>,
    /// In a replay: how many of the recorded calls it did not ask for.
    pub not_asked: usize,
    /// Its log.
    pub log: Events,
}

/// Why the function was not run.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The function would not be admitted.
    #[error("the function is refused: {0}")]
    Function(#[from] AdmissionError),
    /// The event or the hook breaks a rule of the server's.
    #[error(transparent)]
    Refused(#[from] ServiceError),
    /// The sandbox cannot be set up.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// An env var cannot be used.
    #[error("the env var {0} cannot be used: {1}")]
    Env(String, String),
    /// An env var cannot be sealed.
    #[error("{0} cannot be sealed: {1}")]
    Sealed(String, String),
    /// Nothing can be called from this machine.
    #[error("{0}")]
    Outside(String),
}

/// The most of an image, in bytes: what a server has unless its settings say otherwise.
const IMAGE_BYTES: usize = 16 << 20;
const MEMORY_BUDGET_BYTES: usize = 8 << 30;

/// The one account and the version of its one hook.
const ACCOUNT: AccountId = AccountId::OPERATOR;
const VERSION: u32 = 1;

impl LocalRun {
    /// Prepares and runs the hook once.
    ///
    /// # Errors
    /// The hook could not be run. A run that fails is an outcome.
    pub async fn run(self) -> Result<LocalOutcome, LocalError> {
        let prepared = self.prepared(Sandbox::new).await?;
        prepared.run().await
    }

    /// The same, followed by a profile of its fuel, for which the function is run some hundred times more; `None` if the hook's conditions
    /// leave the user out. `progress` receives the number of samples taken and the number of all samples.
    ///
    /// # Errors
    /// As [`LocalRun::run`]. A failure of the profile is part of the result and does not affect the run's outcome.
    pub async fn run_with_profile(self, progress: impl FnMut(u64, u64)) -> Result<(LocalOutcome, Option<Profiled>), LocalError> {
        let prepared = self.prepared(Sandbox::for_profiles).await?;
        let outcome = prepared.run().await?;
        Ok((outcome, prepared.function.profile(progress).await))
    }

    async fn prepared(mut self, sandbox: impl FnOnce(SandboxConfig) -> Result<Sandbox, SandboxError>) -> Result<Prepared, LocalError> {
        let spec = self.spec();
        let limits = ServiceLimits::default();
        let sandbox = sandbox(SandboxConfig {
            concurrency: 1,
            max_memory_bytes: (spec.memory_mib as usize) << 20,
            memory_budget_bytes: MEMORY_BUDGET_BYTES,
            max_result_bytes: limits.result_bytes,
            pagemap: PagemapUse::Scan,
        })?;
        let hook_type = self.hook.hook_type;
        let mut account = self.account()?;
        let Build { runtime, entries, dependencies, .. } = spec.build(hook_type);
        let env = Arc::new(account.values(&spec.env_vars));
        let function = Function { bytes: self.hook.function.clone(), runtime, entries, env, dependencies };
        let install = install(self.cache_dir.join("packages"), self.on_packages);
        let admission = Admission::new(sandbox.clone(), self.admission());
        let (prepared, _) = prepare(&admission, install, function).await?;
        let outside = match (spec.allowed_hosts.is_empty(), &self.answers) {
            (true, Answers::Network) => Outside::default(),
            _ => EgressConfig::default().open().map_err(LocalError::Outside)?,
        };
        let outside = Arc::new(outside.with_cache(Arc::new(LocalCache::default())));
        let timeout = Duration::from_secs(spec.timeout.into());
        let watched = Watched::new(&self.answers, outside.egress(), self.veil(), timeout).map_err(LocalError::Outside)?;
        let function = Arc::new(LocalFunction::new(sandbox, prepared, outside, watched, timeout));
        let now = Timestamp::from(SystemClock.now());
        let record = HookRecord {
            id: HookId::random(),
            hook_type,
            disabled: false,
            version: VERSION,
            ready: Some(Ready { version: VERSION, spec: spec.clone() }),
            spec,
            status: Status::Ready,
            status_message: None,
            created_at: now,
            updated_at: now,
        };
        let id = record.id;
        account.serve(record, function.clone())?;
        let hook = account.hook(id)?.clone();
        let log = Arc::new(OneEntry::default());
        let metrics = Arc::new(Metrics::new(&self.registry));
        let dispatcher = Dispatcher::new(log.clone(), Arc::new(SystemClock), limits, metrics);
        let event = std::mem::take(&mut self.context).into();
        let brought = Brought { event, roles: self.roles, request: None, asked: self.request };
        Ok(Prepared { account, hook, function, dispatcher, log, brought })
    }

    /// The version of the hook that is run.
    fn spec(&self) -> Spec {
        let Overrides { fuel, memory_mib, timeout } = self.overrides;
        let spec = self.hook.spec.clone();
        Spec {
            fuel: fuel.unwrap_or(spec.fuel),
            memory_mib: memory_mib.unwrap_or(spec.memory_mib),
            timeout: timeout.unwrap_or(spec.timeout),
            retries: if self.answers.are_of_one_run() { 0 } else { spec.retries },
            // What is fresh is a question of the time of day, which is another one when the run is repeated.
            http_cache: spec.http_cache && !self.answers.are_of_one_run(),
            ..spec
        }
    }

    /// An account with the env vars.
    fn account(&self) -> Result<Account, LocalError> {
        let now = Timestamp::from(SystemClock.now());
        let settings = AccountSettings::default();
        let record = AccountRecord { id: ACCOUNT, name: None, settings, client_keys: Default::default(), created_at: now, updated_at: now };
        let mut directory = Directory::new(self.registry.clone());
        directory.put_account(record, None)?;
        let account = directory.account_mut(ACCOUNT)?;
        for (name, value) in &self.env {
            let sealed_for = self.sealed.iter().find(|(sealed, _)| sealed == name).map(|(_, hosts)| hosts);
            let body = serde_json::json!({"name": name, "value": value.expose(), "sealed_for": sealed_for});
            let unfit = |error: ServiceError| match sealed_for {
                Some(_) => LocalError::Sealed(name.clone(), error.to_string()),
                None => LocalError::Env(name.clone(), error.to_string()),
            };
            let NewEnv { name, value, sealed_for } = NewEnv::parse(body.to_string().as_bytes()).map_err(unfit)?;
            // Nothing is sealed that is not kept.
            let sealed = String::new();
            let record = EnvRecord { id: EnvId::random(), name, sealed, sealed_for, created_at: now, updated_at: now };
            account.put_env(EnvVar { record, value })?;
        }
        match self.sealed.iter().find(|(name, _)| self.env.iter().all(|(known, _)| known != name)) {
            None => Ok(account.clone()),
            Some((name, _)) => Err(LocalError::Sealed(name.clone(), "it has no value".to_owned())),
        }
    }

    /// Hides values that only the host knows from what is kept of calls.
    fn veil(&self) -> Veil {
        Veil::new(self.env.iter().filter(|(name, _)| self.sealed.iter().all(|(sealed, _)| sealed != name)).cloned())
    }

    fn admission(&self) -> AdmissionConfig {
        AdmissionConfig {
            worker: self.compile_worker.clone(),
            cache_dir: self.cache_dir.clone(),
            cache_key: AUTHORS_KEY,
            compile_timeout: Duration::from_secs(60),
            compile_memory_bytes: 2 << 30,
            compile_workers: 1,
            samples: self.registry.samples(),
            max_image_bytes: IMAGE_BYTES,
        }
    }
}

/// A profile, or why there is none.
pub type Profiled = Result<Profile, ProfileError>;

/// Files as a run has them: npm packages come from where npm would get them, and are kept in the author's cache.
fn install(
    folder: PathBuf,
    told: fn(PackagesProgress),
) -> impl FnOnce(Dependencies, Sources) -> Result<FunctionFiles, AdmissionError> + Send + 'static {
    move |dependencies, sources| {
        let npm = Npm::open(&PackagesConfig::default(), &folder).map_err(|error| AdmissionError::Host(format!("packages: {error}")))?;
        npm.files(&dependencies, &sources, &|progress| told(progress))
    }
}

/// A hook that is ready to run.
struct Prepared {
    account: Account,
    hook: Arc<Hook>,
    function: Arc<LocalFunction>,
    dispatcher: Dispatcher,
    log: Arc<OneEntry>,
    brought: Brought,
}

impl Prepared {
    async fn run(&self) -> Result<LocalOutcome, LocalError> {
        let answer = self.dispatcher.run(&self.account, &self.hook, self.brought.clone(), Instant::now()).await?;
        let entry = self.log.take();
        let (calls, log) = entry.map(|entry| (entry.calls, entry.events)).unwrap_or_default();
        let function = &self.function;
        let (returned, recorded, not_asked) = (function.returned(), function.recorded(), function.not_asked());
        Ok(LocalOutcome { answer, returned, calls, recorded, not_asked, log })
    }
}

/// The log of one execution.
#[derive(Default)]
struct OneEntry(Mutex<Option<LogEntry>>);

impl OneEntry {
    fn take(&self) -> Option<LogEntry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ExecutionLog for OneEntry {
    fn append(&self, entry: LogEntry) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(entry);
    }
}
