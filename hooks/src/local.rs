//! One run of a function file on the author's machine, in the sandbox that the server uses. No store, no accounts, no HTTP.

mod answers;
mod wanted;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hookbox_egress::{Call, Policy, PolicyError, Veil};
use hookbox_host_api::log::{Log, Mask};
use hookbox_host_api::{Decision, EnvVars, Failure, FailureKind, Outcome, Secret, Usage, json, surrogates};
use hookbox_packages::Progress as PackagesProgress;
use hookbox_runtime::{
    Admission, AdmissionConfig, AdmissionError, Grant, Identity, Invocation, JavaScript, Limits, MAIN, Outside, PagemapUse, PreparedHook,
    Profile, ProfileError, RequestHead, Sandbox, SandboxConfig, SandboxError, SealedVar, Share,
};
use serde_json::value::RawValue;

use crate::cache::LocalCache;
use crate::dispatch::named;
use crate::error::ServiceError;
use crate::hook_type::{Adapter, HookType, Registry, RequestBody, Settings, WebAnswer};
use crate::message::masked_failure;
use crate::outside::EgressConfig;
use crate::sources::Sources;
use answers::Watched;
pub use answers::{Answers, RecordedRun};
use wanted::WantedPackages;

/// What to run, and on what.
#[derive(Debug)]
pub struct LocalRun {
    /// The function's bytes: WebAssembly, or else JavaScript.
    pub function: Vec<u8>,
    /// Where JavaScript lies among its files; `None` is `hook.js`.
    pub main: Option<String>,
    /// The files beside it, by their paths.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The request that a function which is a server gets.
    pub request: Option<RequestBody>,
    /// The known hook types.
    pub registry: Registry,
    /// The event's type, which says what a response must hold.
    pub hook_type: HookType,
    /// The context as the function is to see it, JSON text.
    pub context: Vec<u8>,
    /// Environment variables.
    pub env: Vec<(String, Secret)>,
    /// Of these, those of which the function sees a placeholder, each with the hosts that get the value.
    pub sealed: Vec<(String, Vec<String>)>,
    /// Whom the function may call, as in a hook's `allowed_hosts`.
    pub allowed_hosts: Vec<String>,
    /// Whether answers over HTTP are kept, as in a hook's `http_cache`.
    pub http_cache: bool,
    /// Who answers.
    pub answers: Answers,
    /// npm packages: ranges by name.
    pub packages: BTreeMap<String, String>,
    /// Told how far packages are resolved and fetched.
    pub on_packages: fn(PackagesProgress),
    /// Fuel budget.
    pub fuel: u64,
    /// Linear memory, in MiB.
    pub memory_mib: u32,
    /// Wall time.
    pub timeout: Duration,
    /// The version of Node that JavaScript is written for; `None` is the newest.
    pub node_major: Option<u8>,
    /// The program and arguments that compile ([`crate::compile_worker`]).
    pub compile_worker: (PathBuf, Vec<String>),
    /// A folder for compiled code, so that a second run begins at once.
    pub cache_dir: PathBuf,
}

/// The result of a local run.
#[derive(Debug)]
pub struct LocalOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// The decision that a caller would get; `None` if the hook's fail mode would decide.
    pub decision: Option<Decision>,
    /// What the function returned.
    pub result: Option<Box<RawValue>>,
    /// Why the run did not complete.
    pub failure: Option<Failure>,
    /// What it called outside, in order.
    pub calls: Vec<Call>,
    /// The run, if it was to be kept.
    pub recorded: Option<RecordedRun>,
    /// In a replay: how many of the recorded calls it did not ask for.
    pub not_asked: usize,
    /// Its log.
    pub log: Log,
    /// Time, fuel and memory.
    pub usage: Usage,
}

/// Why the function was not run.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The function would not be admitted.
    #[error("the function is refused: {0}")]
    Function(#[from] AdmissionError),
    /// The context cannot be read.
    #[error(transparent)]
    Context(#[from] ServiceError),
    /// The sandbox cannot be set up.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The env vars cannot be masked.
    #[error("the env vars cannot be used: {0}")]
    Env(String),
    /// An env var cannot be sealed.
    #[error("{0} cannot be sealed: {1}")]
    Sealed(String, String),
    /// A host that the function may call is none.
    #[error("`allowed_hosts` cannot be used: {0}")]
    Hosts(#[from] PolicyError),
    /// Nothing can be called from this machine.
    #[error("{0}")]
    Outside(String),
}

/// The key of the cached code, which only keeps out damaged files. The code is for later runs on this machine, and the folder's permissions
/// keep other users out.
const CACHE_KEY: [u8; 32] = *b"hookbox run: the author's cache.";

/// The log of a local run is cut at the server's default.
const LOG_BYTES: usize = 64 << 10;
const RESULT_BYTES: usize = 256 << 10;
/// The most of an image, in bytes: what a server has unless its settings say otherwise.
const IMAGE_BYTES: usize = 16 << 20;
const MEMORY_BUDGET_BYTES: usize = 8 << 30;

impl LocalRun {
    /// Prepares and runs the function once.
    ///
    /// # Errors
    /// The function could not be run. A run that fails is an outcome.
    pub async fn run(self) -> Result<LocalOutcome, LocalError> {
        let prepared = self.prepared(Sandbox::new).await?;
        let watched = prepared.watched()?;
        Ok(prepared.run(&watched).await)
    }

    /// The same, followed by a profile of its fuel, for which the function is run some hundred times more. `progress` receives the number
    /// of samples taken and the number of all samples.
    ///
    /// # Errors
    /// As [`LocalRun::run`]. A failure of the profile is part of the result and does not affect the run's outcome.
    pub async fn run_with_profile(
        self,
        progress: impl FnMut(u64, u64),
    ) -> Result<(LocalOutcome, Result<Profile, ProfileError>), LocalError> {
        let prepared = self.prepared(Sandbox::for_profiles).await?;
        let watched = prepared.watched()?;
        let outcome = prepared.run(&watched).await;
        // A profile repeats the run some hundred times, and calls nobody with that.
        let answerer = Some(watched.repeated());
        let invocation = Invocation { answerer, ..prepared.invocation(&watched, Instant::now()) };
        let profile = prepared.sandbox.profile(&prepared.hook, invocation, progress).await;
        Ok((outcome, profile.map(|profile| prepared.masked(profile))))
    }

    async fn prepared(self, sandbox: impl FnOnce(SandboxConfig) -> Result<Sandbox, SandboxError>) -> Result<Prepared, LocalError> {
        let context = Bytes::from(self.context);
        let adapter = self.hook_type.rules.bind(&Settings::new(), &Settings::new());
        let mut event = adapter.read_event(&context)?;
        let memory_bytes = (self.memory_mib as usize) << 20;
        let sandbox = sandbox(SandboxConfig {
            concurrency: 1,
            max_memory_bytes: memory_bytes,
            memory_budget_bytes: MEMORY_BUDGET_BYTES,
            max_result_bytes: RESULT_BYTES,
            pagemap: PagemapUse::Scan,
        })?;
        let packages = WantedPackages::new(self.packages, self.cache_dir.join("packages"), self.on_packages);
        let admission = AdmissionConfig {
            worker: self.compile_worker,
            cache_dir: self.cache_dir,
            cache_key: CACHE_KEY,
            compile_timeout: Duration::from_secs(60),
            compile_memory_bytes: 2 << 30,
            compile_workers: 1,
            samples: self.registry.samples(),
            max_image_bytes: IMAGE_BYTES,
        };
        let sealed = sealed(&self.env, &self.sealed)?;
        let plain = || self.env.iter().filter(|(name, _)| sealed.iter().all(|one| one.name != *name)).cloned();
        let env = Arc::new(plain().collect::<EnvVars>().with_sealed(sealed.iter().map(|one| one.name.clone())));
        let veil = Veil::new(plain());
        let admission = Admission::new(sandbox.clone(), admission);
        let sources = (self.main.unwrap_or_else(|| MAIN.to_owned()), self.files);
        let hook = prepare(&admission, self.function, sources, self.hook_type, self.node_major, env.clone(), packages).await?;
        let request = hook.serves().then(|| {
            let request = self.request.iter().fold(adapter.request(), |request, asked| request.as_asked(asked));
            event.secrets.extend(request.secrets.iter().cloned());
            Arc::new(request.with_length(context.len()))
        });
        let mask = Arc::new(
            Mask::new(self.env.iter().map(|(_, value)| value).chain(&event.secrets)).map_err(|error| LocalError::Env(error.to_string()))?,
        );
        let limits = Limits { fuel: self.fuel, memory_bytes };
        let hosts = Policy::parse(&self.allowed_hosts)?.into();
        // What is fresh is a question of the time of day, which is another one when the run is repeated.
        let http_cache = self.http_cache && matches!(self.answers, Answers::Network | Answers::Mocks(_));
        let grant = Arc::new(Grant { hosts, sealed, http_cache, ..Grant::default() });
        let outside = match (self.allowed_hosts.is_empty(), &self.answers) {
            (true, Answers::Network) => Outside::default(),
            _ => EgressConfig::default().open().map_err(LocalError::Outside)?,
        };
        let outside = Arc::new(outside.with_cache(Arc::new(LocalCache::default())));
        let (answers, timeout) = (self.answers, self.timeout);
        let kept = event.kept;
        Ok(Prepared { sandbox, hook, adapter, kept, context, request, env, veil, mask, grant, outside, answers, limits, timeout })
    }
}

/// A function that is ready to run, and what its runs share.
struct Prepared {
    sandbox: Sandbox,
    hook: PreparedHook,
    adapter: Arc<dyn Adapter>,
    kept: Bytes,
    context: Bytes,
    request: Option<Arc<RequestHead>>,
    env: Arc<EnvVars>,
    veil: Veil,
    mask: Arc<Mask>,
    grant: Arc<Grant>,
    outside: Arc<Outside>,
    answers: Answers,
    limits: Limits,
    timeout: Duration,
}

impl Prepared {
    fn watched(&self) -> Result<Watched, LocalError> {
        Watched::new(&self.answers, self.outside.egress(), self.veil.clone(), self.timeout).map_err(LocalError::Outside)
    }

    fn invocation(&self, watched: &Watched, started: Instant) -> Invocation {
        Invocation {
            execution_id: "local".into(),
            identity: Arc::new(Identity {
                name: "local".into(),
                version: "$LATEST".into(),
                arn: "arn:hookbox:lambda:local:0:function:local".into(),
            }),
            context: self.context.clone(),
            request: self.request.clone(),
            env: self.env.clone(),
            mask: self.mask.clone(),
            grant: self.grant.clone(),
            outside: Some(self.outside.clone()),
            answerer: watched.answerer(),
            beginning: watched.beginning(),
            limits: self.limits,
            deadline: (started + watched.real_time(self.timeout)).into(),
            share: Share::default(),
            log_limit: LOG_BYTES,
        }
    }

    async fn run(&self, watched: &Watched) -> LocalOutcome {
        let started = Instant::now();
        let execution = self.sandbox.execute(&self.hook, self.invocation(watched, started)).await;
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let result = execution.result.map_err(|failure| named(failure, self.limits, self.timeout));
        let recorded = watched.recorded(result.as_ref().err(), execution.ended);
        let (mut decision, result, mut failure) = judge(&*self.adapter, &self.kept, self.request.is_some(), result);
        if let Some(strayed) = watched.strayed() {
            (decision, failure) = (None, Some(strayed));
        }
        let failure = failure.map(|failure| masked_failure(&self.mask, failure, usize::MAX));
        LocalOutcome {
            outcome: failure.as_ref().map_or(Outcome::Completed, |failure| failure.kind.outcome()),
            decision,
            result,
            calls: execution.calls,
            recorded,
            not_asked: watched.not_asked(),
            log: execution.log.finish(failure.as_ref(), execution.ended),
            failure,
            usage: Usage { duration_us, ..execution.usage },
        }
    }

    /// Hides secrets in the profile: a function can give any name to another function, also that of a secret.
    fn masked(&self, mut profile: Profile) -> Profile {
        profile.frames.iter_mut().for_each(|frame| frame.name = self.mask.apply(&frame.name));
        profile.failure = profile.failure.map(|failure| masked_failure(&self.mask, failure, usize::MAX));
        profile
    }
}

/// The env vars that are sealed, with their values.
fn sealed(env: &[(String, Secret)], sealed: &[(String, Vec<String>)]) -> Result<Vec<SealedVar>, LocalError> {
    let var = |(name, hosts): &(String, Vec<String>)| {
        let wrong = |why: &dyn std::fmt::Display| LocalError::Sealed(name.clone(), why.to_string());
        let (_, value) = env.iter().find(|(known, _)| known == name).ok_or_else(|| wrong(&"it has no value"))?;
        let hosts = Policy::parse(hosts).map_err(|error| wrong(&error))?;
        Ok(SealedVar { name: name.clone(), value: value.clone(), hosts })
    };
    sealed.iter().map(var).collect()
}

/// The newest Node that a server knows.
const NODE_MAJOR: u8 = 24;

async fn prepare(
    admission: &Admission,
    function: Vec<u8>,
    (main, files): (String, BTreeMap<String, Vec<u8>>),
    hook_type: HookType,
    node_major: Option<u8>,
    env: Arc<EnvVars>,
    packages: WantedPackages,
) -> Result<PreparedHook, AdmissionError> {
    if function.starts_with(b"\0asm") {
        return admission.prepare(function.into()).await;
    }
    let source = String::from_utf8(function).map_err(|_| AdmissionError::Rejected("neither WebAssembly nor UTF-8 text".to_owned()))?;
    let sources = Sources { main, source, files };
    sources.check().map_err(|(path, rule)| AdmissionError::Rejected(format!("the file {path:?} {rule}")))?;
    let (source, main) = (sources.source.as_str().into(), sources.main.as_str().into());
    let modules = packages.files(sources).await?;
    let node_major = node_major.unwrap_or(NODE_MAJOR);
    admission.prepare_javascript(JavaScript { modules, source, main, node_major, entries: hook_type.entries, env }).await
}

type Judged = (Option<Decision>, Option<Box<RawValue>>, Option<Failure>);

fn judge(adapter: &dyn Adapter, kept: &Bytes, serves: bool, result: Result<Box<RawValue>, Failure>) -> Judged {
    let result = match result {
        Ok(result) => result,
        Err(failure) => return (None, None, Some(failure)),
    };
    let judged = match json::check(&result) {
        Ok(()) if serves => WebAnswer::read(&result).and_then(|answer| adapter.judge_answer(&answer, kept)).map_err(|error| error.0),
        Ok(()) => adapter.judge(result.clone(), kept).map_err(|error| error.0),
        Err(error) => Err(format!("the response is not usable: {error}")),
    };
    match judged {
        Ok(verdict) => (Some(verdict.decision), verdict.body.map(surrogates::readable), None),
        Err(message) => (None, Some(result), Some(Failure::new(FailureKind::InvalidResponse, message))),
    }
}
