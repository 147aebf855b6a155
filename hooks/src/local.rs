//! One run of a function file on the author's machine, in the sandbox that the server uses. No store, no accounts, no HTTP.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use hookbox_host_api::log::{Log, Mask};
use hookbox_host_api::{Context, Decision, EnvVars, Failure, FailureKind, HookType, Outcome, Secret, Usage, response};
use hookbox_runtime::{
    Admission, AdmissionConfig, AdmissionError, Invocation, JavaScript, Limits, PagemapUse, PreparedHook, Sandbox, SandboxConfig,
    SandboxError,
};
use serde_json::value::RawValue;

use crate::dispatch::masked_failure;

/// What to run, and on what.
#[derive(Debug)]
pub struct LocalRun {
    /// The function's bytes: WebAssembly, or else JavaScript.
    pub function: Vec<u8>,
    /// The event's type, which says what a response must hold.
    pub hook_type: HookType,
    /// The context as the function is to see it, JSON text.
    pub context: Vec<u8>,
    /// Environment variables.
    pub env: Vec<(String, Secret)>,
    /// Fuel budget.
    pub fuel: u64,
    /// Linear memory, in MiB.
    pub memory_mib: u32,
    /// Wall time.
    pub timeout: Duration,
    /// The version of Node that JavaScript is written for; none: the newest.
    pub node_major: Option<u8>,
    /// The program and arguments that compile ([`crate::compile_worker`]).
    pub compile_worker: (PathBuf, Vec<String>),
    /// A folder for compiled code, so that a second run begins at once.
    pub cache_dir: PathBuf,
}

/// How it went.
#[derive(Debug)]
pub struct LocalOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// The decision that a caller would get; `None` when the hook's fail mode would decide.
    pub decision: Option<Decision>,
    /// What the function returned.
    pub result: Option<Box<RawValue>>,
    /// Why it did not complete.
    pub failure: Option<Failure>,
    /// Its log.
    pub log: Log,
    /// Time, fuel and memory.
    pub usage: Usage,
}

/// Why nothing was run.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The function would not be admitted.
    #[error("the function is refused: {0}")]
    Function(#[from] AdmissionError),
    /// The context cannot be read.
    #[error(transparent)]
    Context(#[from] hookbox_host_api::ContextError),
    /// The sandbox cannot be set up.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The env vars cannot be masked.
    #[error("the env vars cannot be used: {0}")]
    Env(String),
}

/// Code that a run leaves in its cache is for this machine's own next run; the key keeps out what was damaged, and the folder's
/// permissions keep out everybody else.
const CACHE_KEY: [u8; 32] = *b"hookbox run: the author's cache.";

/// The log of a local run is cut where the server's default cuts.
const LOG_BYTES: usize = 64 << 10;
const RESULT_BYTES: usize = 256 << 10;

impl LocalRun {
    /// Prepares and runs the function once.
    ///
    /// # Errors
    /// When it does not come to a run. A run that fails is an outcome.
    pub async fn run(self) -> Result<LocalOutcome, LocalError> {
        Context::parse(self.hook_type, &self.context)?;
        let memory_bytes = (self.memory_mib as usize) << 20;
        let sandbox = Sandbox::new(SandboxConfig {
            concurrency: 1,
            max_memory_bytes: memory_bytes,
            max_result_bytes: RESULT_BYTES,
            pagemap: PagemapUse::Scan,
        })?;
        let admission = AdmissionConfig {
            worker: self.compile_worker,
            cache_dir: self.cache_dir,
            cache_key: CACHE_KEY,
            compile_timeout: Duration::from_secs(60),
            compile_memory_bytes: 2 << 30,
        };
        let env = Arc::new(self.env.iter().cloned().collect::<EnvVars>());
        let hook = prepare(&Admission::new(sandbox.clone(), admission)?, self.function, self.node_major, env.clone()).await?;
        let mask = Arc::new(Mask::new(self.env.iter().map(|(_, value)| value)).map_err(|error| LocalError::Env(error.to_string()))?);
        let started = Instant::now();
        let invocation = Invocation {
            execution_id: "local".into(),
            context: Bytes::from(self.context),
            env,
            mask: mask.clone(),
            limits: Limits { fuel: self.fuel, memory_bytes },
            deadline: (started + self.timeout).into(),
            log_limit: LOG_BYTES,
        };
        let execution = sandbox.execute(&hook, invocation).await;
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (decision, result, failure) = judge(self.hook_type, execution.result);
        let failure = failure.map(|failure| masked_failure(&mask, failure, usize::MAX));
        Ok(LocalOutcome {
            outcome: failure.as_ref().map_or(Outcome::Completed, |failure| failure.kind.outcome()),
            decision,
            result,
            log: execution.log.finish(failure.as_ref(), SystemTime::now()),
            failure,
            usage: Usage { duration_us, ..execution.usage },
        })
    }
}

/// The newest Node that a server knows.
const NODE_MAJOR: u8 = 24;

async fn prepare(
    admission: &Admission,
    function: Vec<u8>,
    node_major: Option<u8>,
    env: Arc<EnvVars>,
) -> Result<PreparedHook, AdmissionError> {
    if function.starts_with(b"\0asm") {
        return admission.prepare(function.into()).await;
    }
    let source = String::from_utf8(function).map_err(|_| AdmissionError::Rejected("neither WebAssembly nor UTF-8 text".to_owned()))?;
    admission.prepare_javascript(JavaScript { source: source.into(), node_major: node_major.unwrap_or(NODE_MAJOR), env }).await
}

type Judged = (Option<Decision>, Option<Box<RawValue>>, Option<Failure>);

fn judge(hook_type: HookType, result: Result<Box<RawValue>, Failure>) -> Judged {
    match result {
        Err(failure) => (None, None, Some(failure)),
        Ok(result) => match response::decide(hook_type, &result, false) {
            Ok(decision) => (Some(decision), Some(result), None),
            Err(error) => (None, Some(result), Some(Failure::new(FailureKind::InvalidResponse, error.to_string()))),
        },
    }
}
