//! Preparing one version of a hook: reads its function, waits for a turn where there is work to do, and tells whose fault a failure is.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use hookbox_runtime::{AdmissionError, FunctionDigest};

use super::lane::Lane;
use super::transitions::{Prepared, Task};
use super::turns::{Turn, Turns, Urgency};
use crate::error::ServiceError;
use crate::ids::AccountId;
use crate::resources::{Build, Runtime};
use crate::sandbox::{Boxed, Function, PreparedFunction};
use crate::state::State;
use crate::store::StoreError;

/// How often a function is tried at which the server itself breaks off.
const PANICS: usize = 3;

/// What all preparations share.
pub(super) struct Preparations {
    pub(super) state: Arc<State>,
    wasm: Arc<Turns>,
    javascript: Arc<Turns>,
}

/// A function that was read, and what this machine knows of it.
pub(super) struct ReadFunction {
    function: Function,
    /// The compiler's name for what it keeps of the function.
    pub(super) name: FunctionDigest,
    /// Whether that is there, so that little work is left.
    pub(super) is_kept: bool,
}

impl Preparations {
    /// In each language, so many functions are prepared at a time.
    pub(super) fn new(state: Arc<State>, places: usize) -> Self {
        Self { state, wasm: Turns::new(places), javascript: Turns::new(places) }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self, lane: Lane, urgency: Urgency, account: AccountId) -> Turn {
        match lane {
            Lane::Wasm => self.wasm.take(urgency, account).await,
            Lane::JavaScript => self.javascript.take(urgency, account).await,
        }
    }

    /// The function that serves other hooks with the same code. A prepared JavaScript function may hold the env values of one hook, so hooks do
    /// not share it.
    pub(super) fn shared(&self, task: &Task) -> Option<Prepared> {
        let shared = (task.build.runtime == Runtime::Wasm).then(|| self.state.directory.load().function(&task.build));
        shared.flatten().map(Prepared::Ready)
    }

    /// Reads a version's function.
    pub(super) async fn read(&self, task: &Task) -> Result<ReadFunction, Prepared> {
        let (account, env) = (task.account, task.env.clone());
        let Build { digest, runtime, entries, dependencies } = task.build.clone();
        let read = self.state.read(move |state| {
            let bytes = match state.function(account, &digest) {
                Ok(bytes) => bytes.into(),
                Err(error) => return Ok(Err(error)),
            };
            let function = Function { bytes, runtime, entries, env, dependencies };
            let name = state.compiler.name(&function);
            Ok(Ok(ReadFunction { is_kept: (state.is_kept)(name), name, function }))
        });
        match read.await {
            Ok(Ok(read)) => Ok(read),
            Ok(Err(error)) => Err(self.unreadable(task, &error).await),
            Err(error) => Err(self.trouble(task, error.to_string())),
        }
    }

    /// Why a function cannot be read. Damage does not heal; a failing disk, or too many open files, may.
    async fn unreadable(&self, task: &Task, error: &StoreError) -> Prepared {
        match error {
            StoreError::Corrupt(_) | StoreError::Format { .. } => {
                // An update that overtakes the version takes its function away, and is seen when it has ended.
                self.state.published(task.account).await;
                if task.is_wanted(&self.state.directory.load()) {
                    tracing::error!(account = %task.account, hook = %task.hook, %error, "a function cannot be read");
                }
                Prepared::Refused(damaged(error))
            }
            StoreError::Full | StoreError::Conflict | StoreError::Io(_) => self.trouble(task, error.to_string()),
        }
    }

    /// Prepares a function that was read.
    pub(super) async fn prepare(&self, task: &Task, read: &ReadFunction) -> Prepared {
        let started = Instant::now();
        for _ in 0..PANICS {
            match CatchPanic(self.state.compiler.clone().prepare(read.function.clone())).await {
                Ok(result) => return self.judged(task, result, started),
                Err(panic) => {
                    self.state.metrics.admission_panicked();
                    tracing::error!(account = %task.account, hook = %task.hook, panic = said(&*panic), "a preparation broke off");
                }
            }
        }
        Prepared::Refused(format!("the server broke off at this function, in {PANICS} tries; its log tells why"))
    }

    fn judged(&self, task: &Task, result: Result<Arc<dyn PreparedFunction>, AdmissionError>, started: Instant) -> Prepared {
        let prepared = match result {
            Ok(function) => Prepared::Ready(function),
            Err(AdmissionError::Rejected(message)) => Prepared::Refused(message),
            Err(AdmissionError::Host(problem)) => return self.trouble(task, problem),
        };
        self.state.metrics.admitted(matches!(prepared, Prepared::Ready(_)), started.elapsed());
        prepared
    }

    fn trouble(&self, task: &Task, problem: String) -> Prepared {
        self.state.metrics.host_fault();
        tracing::warn!(account = %task.account, hook = %task.hook, problem, "a function could not be prepared; it is tried again");
        Prepared::Trouble(problem)
    }

    /// Records that the result of a task could not be stored.
    pub(super) fn not_stored(&self, task: &Task, error: &ServiceError) -> Prepared {
        self.trouble(task, format!("the result could not be stored: {error}"))
    }
}

/// What the author of a damaged function reads.
fn damaged(error: &StoreError) -> String {
    format!("the server's copy of the function is damaged: {error}")
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}

/// A future whose panic is a value. Unwind safe, because a future that panicked is dropped and its shared state is meant to be shared.
struct CatchPanic<T>(Boxed<T>);

impl<T> Future for CatchPanic<T> {
    type Output = Result<T, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}
