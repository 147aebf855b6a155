//! The sandbox as a port, so that the service can be tested without one: what prepares a function, and what runs it.
//!
//! The futures are boxed: one small allocation for each execution keeps a type parameter out
//! of everything that holds a hook.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use hookbox_runtime::{Admission, AdmissionError, Execution, FunctionDigest, Invocation, PreparedHook, Sandbox};

/// A future that can be sent to another task.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A prepared function.
pub(crate) trait Guest: Send + Sync + 'static {
    /// Runs it once, in a fresh sandbox.
    fn execute(self: Arc<Self>, invocation: Invocation) -> Boxed<Execution>;
}

/// Where functions are prepared.
pub(crate) trait Workshop: Send + Sync + 'static {
    /// Makes a function ready to run, or says why it cannot be.
    fn prepare(self: Arc<Self>, function: Bytes) -> Boxed<Result<Arc<dyn Guest>, AdmissionError>>;

    /// Removes what was kept of a function on this machine.
    fn forget(&self, function: FunctionDigest);
}

/// The real one.
pub(crate) struct Wasm {
    sandbox: Sandbox,
    admission: Admission,
}

impl Wasm {
    pub(crate) fn new(sandbox: Sandbox, admission: Admission) -> Self {
        Self { sandbox, admission }
    }
}

struct WasmGuest {
    sandbox: Sandbox,
    hook: PreparedHook,
}

impl Guest for WasmGuest {
    fn execute(self: Arc<Self>, invocation: Invocation) -> Boxed<Execution> {
        Box::pin(async move { self.sandbox.execute(&self.hook, invocation).await })
    }
}

impl Workshop for Wasm {
    fn prepare(self: Arc<Self>, function: Bytes) -> Boxed<Result<Arc<dyn Guest>, AdmissionError>> {
        Box::pin(async move {
            let hook = self.admission.prepare(function).await?;
            let guest: Arc<dyn Guest> = Arc::new(WasmGuest { sandbox: self.sandbox.clone(), hook });
            Ok(guest)
        })
    }

    fn forget(&self, function: FunctionDigest) {
        self.admission.forget(function);
    }
}
