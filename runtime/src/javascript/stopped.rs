//! Runs a JavaScript hook until its fuel is spent, and reads the calls that were under way there.

use hookbox_host_api::Failure;
use wasmtime::Store;

use super::Deployed;
use super::guest::Guest;
use crate::execution::CallState;

/// Fuel for listing the calls. The work is bounded by their number.
const STACK_FUEL: u64 = 1_000_000_000;

/// The phase of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The evaluation of the top level, where that happens on each execution.
    Load,
    /// The call of the handler, with the engine's work before and after.
    Call,
}

/// The place where an execution stopped.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) step: Step,
    /// The calls that were under way, as the engine writes them.
    pub(crate) calls: String,
}

/// The result of an execution, and the place where it stopped.
type Ended = wasmtime::Result<Result<Option<String>, Failure>>;

/// Runs one execution. An error means that the engine could not list its calls.
pub(crate) async fn run_until_stopped(store: &mut Store<CallState>, deployed: &Deployed) -> wasmtime::Result<(Ended, Option<Stopped>)> {
    store.data_mut().js.files.clone_from(&deployed.files);
    let guest = deployed.engine.start(store, &deployed.image).await?;
    let mut step = Step::Load;
    let ended = match load(store, &guest, deployed).await {
        Ok(Ok(())) => {
            step = Step::Call;
            guest.call(store).await.map(|called| called.map(Some))
        }
        Ok(Err(failure)) => Ok(Err(failure)),
        Err(error) => Err(error),
    };
    if ended.is_ok() {
        return Ok((ended, None));
    }
    let left = store.get_fuel()?;
    store.set_fuel(STACK_FUEL)?;
    let calls = guest.stack(store).await?;
    store.set_fuel(left)?;
    Ok((ended, Some(Stopped { step, calls })))
}

async fn load(store: &mut Store<CallState>, guest: &Guest<'_>, deployed: &Deployed) -> wasmtime::Result<Result<(), Failure>> {
    match &deployed.evaluate {
        Some((source, _)) => Ok(guest.load(store, source).await?.map(drop)),
        None => Ok(Ok(())),
    }
}
