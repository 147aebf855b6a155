//! The sandbox: bytes in, prepared hook out; prepared hook and invocation in, outcome out.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbox_host_api::log::{LogBuffer, Mask};
use hookbox_host_api::{EnvVars, Failure, FailureKind, Usage};
use serde_json::value::RawValue;
use tokio::time::Instant;

/// What a sandbox may use.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Executions at a time.
    pub concurrency: u32,
    /// The most linear memory that any hook may be given, in bytes.
    pub max_memory_bytes: usize,
    /// The longest result, in bytes.
    pub max_result_bytes: usize,
}

/// Why a sandbox cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be set up: {0}")]
pub struct SandboxError(pub String);

/// The engine and its pool of slots. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<SandboxConfig>);

/// The limits of one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fuel budget.
    pub fuel: u64,
    /// Linear memory, in bytes.
    pub memory_bytes: usize,
}

/// All that one execution needs besides the hook.
#[derive(Debug)]
pub struct Invocation {
    /// The server's id of the execution.
    pub execution_id: Arc<str>,
    /// The context as the function sees it, JSON text.
    pub context: String,
    /// The env vars linked to the hook.
    pub env: Arc<EnvVars>,
    /// Hides their values in the log.
    pub mask: Arc<Mask>,
    /// Fuel and memory.
    pub limits: Limits,
    /// When the execution is over, waiting for a slot included.
    pub deadline: Instant,
    /// How many bytes of log lines are kept.
    pub log_limit: usize,
}

/// What became of an invocation.
#[derive(Debug)]
pub struct Execution {
    /// What the function returned (one JSON value), or why it did not. The message is masked and cut.
    pub result: Result<Box<RawValue>, Failure>,
    /// Fuel, peak memory and attempts; the duration is the caller's to fill in.
    pub usage: Usage,
    /// Call [`LogBuffer::finish`] once the outcome is known.
    pub log: LogBuffer,
}

/// A function that is compiled, checked and linked; shared by all its executions.
pub struct PreparedHook(());

/// The content address of a function: the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FunctionDigest([u8; 32]);

/// What the first bytes of a function say it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    /// A WebAssembly component.
    Component,
    /// A core WebAssembly module: a WASI preview 1 command.
    Command,
}

impl FunctionKind {
    /// Reads the magic bytes; `None` if this is no WebAssembly.
    pub fn sniff(function: &[u8]) -> Option<Self> {
        match function.get(..8)? {
            b"\0asm\x01\0\0\0" => Some(Self::Command),
            b"\0asm\x0d\0\x01\0" => Some(Self::Component),
            _ => None,
        }
    }
}

/// Where functions are compiled and kept.
#[derive(Clone, Debug)]
pub struct AdmissionConfig {
    /// The program that compiles in a process of its own, and its arguments: it calls [`compile_worker`].
    pub worker: (PathBuf, Vec<String>),
    /// The folder for compiled code; made if absent.
    pub cache_dir: PathBuf,
    /// Authenticates cached code, which is native code.
    pub cache_key: [u8; 32],
    /// Wall time for one compilation.
    pub compile_timeout: Duration,
    /// Memory for one compilation, in bytes.
    pub compile_memory_bytes: u64,
}

/// Why a function cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// The function's fault; the author is told.
    #[error("{0}")]
    Rejected(String),
    /// The host's fault; worth another try.
    #[error("the function could not be prepared: {0}")]
    Host(String),
}

/// Turns uploaded bytes into prepared hooks.
pub struct Admission(());

impl FunctionDigest {
    /// The digest of these bytes.
    pub fn of(_function: &[u8]) -> Self {
        Self([0; 32])
    }
    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Sandbox {
    /// Reserves the pool.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        Ok(Self(Arc::new(config)))
    }
    /// Runs a hook once in a fresh sandbox. Never panics whatever the guest does; waits for a slot until the deadline.
    pub async fn execute(&self, _hook: &PreparedHook, invocation: Invocation) -> Execution {
        let log = LogBuffer::new(invocation.execution_id, invocation.mask, invocation.log_limit);
        Execution { result: Err(Failure::new(FailureKind::Host, "not linked")), usage: Usage::default(), log }
    }
}

impl Admission {
    /// Opens the cache.
    pub fn new(_sandbox: Sandbox, _config: AdmissionConfig) -> Result<Self, SandboxError> {
        Ok(Self(()))
    }
    /// Checks, compiles (or finds in the cache) and links a function. Compiles in a child process, one at a time.
    pub async fn prepare(&self, _function: Bytes) -> Result<PreparedHook, AdmissionError> {
        Err(AdmissionError::Host("not linked".into()))
    }
    /// Removes the compiled code of a function that no hook uses any more.
    pub fn forget(&self, _digest: FunctionDigest) {}
}

/// The child's side of a compilation: reads a function from standard input, writes compiled code to standard output.
pub fn compile_worker() -> ExitCode {
    ExitCode::FAILURE
}
