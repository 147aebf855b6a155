//! The port to the sandbox, so that the service can be tested without one: it prepares functions and runs them.
//!
//! The futures are boxed: one small allocation for each execution keeps a type parameter out of everything that holds a hook.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use hookbox_egress::{Counts, Egress};
use hookbox_host_api::log::{Level, LogBuffer};
use hookbox_host_api::{EnvVars, Failure, FailureKind, Usage};
use hookbox_packages::{Lock, silent};
use hookbox_runtime::{
    Admission, AdmissionError, Execution, FunctionDigest, Invocation, JavaScript, NotRun, Outside, PreparedHook, Sandbox, Scheduler,
    SchedulerLoad,
};
use tokio::task::spawn_blocking;

use crate::packages::{Dependencies, FunctionFiles, Npm, digest};
use crate::resources::Runtime;
use crate::sources::Sources;

/// The key of an author's own compiled code, which only keeps out damaged files. The code is for later runs on this machine, and the folder's
/// permissions keep other users out.
pub(crate) const AUTHORS_KEY: [u8; 32] = *b"hookbox run: the author's cache.";

/// A future that can be sent to another task.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A function to be prepared.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) bytes: Bytes,
    pub(crate) runtime: Runtime,
    /// JavaScript: the exported functions that may be called, in the order in which they are tried.
    pub(crate) entries: &'static [&'static str],
    /// The values of its env vars, which it may read while it is prepared.
    pub(crate) env: Arc<EnvVars>,
    /// JavaScript: its packages.
    pub(crate) dependencies: Dependencies,
}

/// A prepared function.
pub(crate) trait PreparedFunction: Send + Sync + 'static {
    /// Runs it once, in a fresh sandbox, when it is its turn.
    fn execute(self: Arc<Self>, invocation: Invocation) -> Boxed<Execution>;

    /// Whether the function was prepared with the values of its env vars, and is valid for these only.
    fn holds_env(&self) -> bool;

    /// Whether it is a server, which answers the request of an execution.
    fn serves(&self) -> bool {
        false
    }

    /// What its packages were resolved to.
    fn lock(&self) -> Option<Arc<Lock>> {
        None
    }

    /// Which input that changes between executions its top level reads, if that is evaluated on every execution.
    fn evaluated_because(&self) -> Option<&'static str>;
}

/// Prepares functions.
pub(crate) trait FunctionCompiler: Send + Sync + 'static {
    /// Prepares a function, or returns why it cannot be prepared.
    fn prepare(self: Arc<Self>, function: Function) -> Boxed<Result<Arc<dyn PreparedFunction>, AdmissionError>>;

    /// The name under which this machine keeps what it made of a function.
    fn name(&self, function: &Function) -> FunctionDigest;

    /// Prepares what all JavaScript functions share. The first function that needs it reports a failure.
    fn warm(self: Arc<Self>) -> Boxed<()> {
        Box::pin(async {})
    }

    /// How busy the sandbox is.
    fn load(&self) -> SchedulerLoad;

    /// Removes what was kept under a name.
    fn forget(&self, name: FunctionDigest);

    /// Ends what is kept for calls of a version of a hook that does not serve any more.
    fn stopped(&self, hook: u128, version: u32);

    /// What was called outside since the start.
    fn calls(&self) -> Counts;
}

/// The compiler of the real sandbox.
pub(crate) struct SandboxCompiler {
    sandbox: Sandbox,
    admission: Admission,
    scheduler: Arc<Scheduler>,
    outside: Arc<Outside>,
    packages: Npm,
}

impl SandboxCompiler {
    pub(crate) fn new(sandbox: Sandbox, admission: Admission, scheduler: Scheduler, outside: Arc<Outside>, packages: Npm) -> Self {
        Self { sandbox, admission, scheduler: Arc::new(scheduler), outside, packages }
    }
}

struct SandboxFunction {
    sandbox: Sandbox,
    scheduler: Arc<Scheduler>,
    outside: Arc<Outside>,
    hook: PreparedHook,
    lock: Option<Arc<Lock>>,
}

impl PreparedFunction for SandboxFunction {
    fn execute(self: Arc<Self>, invocation: Invocation) -> Boxed<Execution> {
        Box::pin(async move {
            let (share, deadline) = (invocation.share, invocation.deadline.into_std());
            // For the case that nothing comes back.
            let log = LogBuffer::new(invocation.execution_id.clone(), invocation.mask.clone(), invocation.log_limit);
            let function = self.clone();
            let invocation = Invocation { outside: Some(self.outside.clone()), ..invocation };
            // Boxed where it is made: the future of an execution is large, and on its way to the queue it would be copied again and again.
            let execution: Boxed<Execution> = Box::pin(async move { function.sandbox.execute(&function.hook, invocation).await });
            let running = self.scheduler.run(share, deadline, execution);
            running.await.unwrap_or_else(|reason| not_run(reason, log))
        })
    }

    fn holds_env(&self) -> bool {
        self.hook.holds_env()
    }

    fn serves(&self) -> bool {
        self.hook.serves()
    }

    fn lock(&self) -> Option<Arc<Lock>> {
        self.lock.clone()
    }

    fn evaluated_because(&self) -> Option<&'static str> {
        self.hook.evaluated_because()
    }
}

/// The execution whose sandbox has no result.
fn not_run(reason: NotRun, mut log: LogBuffer) -> Execution {
    let (kind, attempts) = match reason {
        NotRun::QueueFull | NotRun::Waited => (FailureKind::Overloaded, 0),
        NotRun::Overdue => (FailureKind::Timeout, 1),
        NotRun::BrokeOff => (FailureKind::Host, 1),
    };
    if kind == FailureKind::Timeout {
        log.message(
            Level::Warn,
            "the lines of this run are lost: it was in a long step when its time was over",
            std::time::SystemTime::now(),
        );
    }
    let message = match kind {
        FailureKind::Timeout => "the deadline passed".to_owned(),
        _ => reason.to_string(),
    };
    let usage = Usage { attempts, ..Usage::default() };
    Execution { result: Err(Failure::new(kind, message)), usage, log, calls: Vec::new(), ended: std::time::SystemTime::now() }
}

/// Makes a function ready to run. `install` has the files of a source; it may block.
pub(crate) async fn prepare(
    admission: &Admission,
    install: impl FnOnce(Dependencies, Sources) -> Result<FunctionFiles, AdmissionError> + Send + 'static,
    function: Function,
) -> Result<(PreparedHook, Option<Arc<Lock>>), AdmissionError> {
    let Runtime::Node(version) = function.runtime else { return Ok((admission.prepare(function.bytes).await?, None)) };
    let sources = Sources::read(&function.bytes).map_err(AdmissionError::Rejected)?;
    let source = javascript(&sources, &function, version.major());
    let installing = spawn_blocking(move || install(function.dependencies, sources));
    let FunctionFiles { lock, modules } = installing.await.map_err(|error| AdmissionError::Host(format!("packages: {error}")))??;
    Ok((admission.prepare_javascript(JavaScript { modules, ..source }).await?, lock))
}

/// A function without its files.
fn javascript(sources: &Sources, function: &Function, node_major: u8) -> JavaScript {
    let (source, main) = (sources.source.as_str().into(), sources.main.as_str().into());
    JavaScript { source, main, node_major, entries: function.entries, env: function.env.clone(), modules: None }
}

impl FunctionCompiler for SandboxCompiler {
    fn prepare(self: Arc<Self>, function: Function) -> Boxed<Result<Arc<dyn PreparedFunction>, AdmissionError>> {
        Box::pin(async move {
            let packages = self.packages.clone();
            let install = move |dependencies: Dependencies, sources: Sources| packages.files(&dependencies, &sources, &silent);
            let (hook, lock) = prepare(&self.admission, install, function).await?;
            let (sandbox, scheduler, outside) = (self.sandbox.clone(), self.scheduler.clone(), self.outside.clone());
            let prepared: Arc<dyn PreparedFunction> = Arc::new(SandboxFunction { sandbox, scheduler, outside, hook, lock });
            Ok(prepared)
        })
    }

    fn name(&self, function: &Function) -> FunctionDigest {
        let of_source = |version: u8| {
            let sources = Sources::read(&function.bytes).ok()?;
            let files = digest(function.dependencies.lock.as_deref(), &sources);
            Some(Admission::cache_name(&javascript(&sources, function, version), files))
        };
        let named = match function.runtime {
            Runtime::Wasm => None,
            Runtime::Node(version) => of_source(version.major()),
        };
        named.unwrap_or_else(|| FunctionDigest::of(&function.bytes))
    }

    fn warm(self: Arc<Self>) -> Boxed<()> {
        Box::pin(async move {
            if let Err(error) = self.admission.warm().await {
                tracing::warn!(%error, "the JavaScript engine is not ready; the first JavaScript hook tries again");
            }
        })
    }

    fn load(&self) -> SchedulerLoad {
        self.scheduler.load()
    }

    fn forget(&self, name: FunctionDigest) {
        self.admission.forget(name);
    }

    fn stopped(&self, hook: u128, version: u32) {
        self.outside.forget(hook, version);
    }

    fn calls(&self) -> Counts {
        self.outside.egress().map(Egress::counts).unwrap_or_default()
    }
}
