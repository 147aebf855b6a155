//! A JavaScript hook whose instance is called again and again, which shows what executions would cost without isolation. Only the
//! benchmarks use it; it exists only in builds with the feature `bench`.

use hookbox_host_api::{Failure, FailureKind};
use wasmtime::Store;

use crate::execution::{CallState, DeadlinePassed, classify, sliced};
use crate::javascript::{self, Guest};
use crate::prepared::Shape;
use crate::{Invocation, PreparedHook, Sandbox};

/// One instance, with the state that its earlier calls left in it.
pub struct KeptInstance<'a> {
    sandbox: &'a Sandbox,
    store: Store<CallState>,
    guest: Guest<'a>,
}

impl<'a> KeptInstance<'a> {
    /// Makes an instance of a JavaScript hook, under the limits that its executions have.
    ///
    /// # Errors
    /// When the hook is not JavaScript, or does not start.
    pub async fn start(sandbox: &'a Sandbox, hook: &'a PreparedHook, invocation: Invocation) -> Result<Self, Failure> {
        let Shape::JavaScript(deployed) = &hook.shape else {
            return Err(Failure::new(FailureKind::Host, "only instances of JavaScript hooks can be kept"));
        };
        let deadline = invocation.deadline;
        let mut store = sandbox.store(sandbox.javascript(), invocation, false);
        let started = sliced(javascript::start(&mut store, deployed), deadline).await;
        let guest = ended(started, &store)?;
        Ok(Self { sandbox, store, guest })
    }

    /// Calls the handler once more, with a fuel budget, deadline and log of its own. Returns its result as JSON text.
    ///
    /// # Errors
    /// The failure of the call.
    pub async fn call(&mut self, invocation: Invocation) -> Result<String, Failure> {
        let (deadline, fuel) = (invocation.deadline, invocation.limits.fuel);
        *self.store.data_mut() = self.sandbox.state(invocation, false);
        self.store.set_fuel(fuel).map_err(|error| Failure::new(FailureKind::Host, format!("{error:#}")))?;
        let called = sliced(self.guest.call(&mut self.store), deadline).await;
        ended(called, &self.store)
    }
}

fn ended<T>(finished: Result<wasmtime::Result<Result<T, Failure>>, DeadlinePassed>, store: &Store<CallState>) -> Result<T, Failure> {
    match finished {
        Ok(Ok(ended)) => ended,
        Ok(Err(error)) => Err(classify(&error, &store.data().limiter)),
        Err(DeadlinePassed) => Err(Failure::new(FailureKind::Timeout, "the deadline passed")),
    }
}
