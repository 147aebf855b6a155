//! An execution of a JavaScript hook that is stopped somewhere by its fuel, and the calls that were under way there.

use hookbox_host_api::Failure;
use wasmtime::Store;

use super::{Deployed, guest};
use crate::execution::CallState;

/// Fuel for writing the calls down, which is bounded by their number.
const STACK_FUEL: u64 = 1_000_000_000;

/// What a hook was at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its top level, where that is evaluated on each execution.
    Load,
    /// Its handler, with what the engine does before and after.
    Call,
}

/// Where it was stopped.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) step: Step,
    /// The calls that were under way, as the engine writes them.
    pub(crate) calls: String,
}

/// What came of an execution.
type Ended = wasmtime::Result<Result<Option<String>, Failure>>;

/// One execution, and if it was stopped, where. An error is why the engine cannot say.
pub(crate) async fn run_until_stopped(store: &mut Store<CallState>, deployed: &Deployed) -> wasmtime::Result<(Ended, Option<Stopped>)> {
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

async fn load(store: &mut Store<CallState>, guest: &guest::Guest<'_>, deployed: &Deployed) -> wasmtime::Result<Result<(), Failure>> {
    match &deployed.evaluate {
        Some((source, _)) => guest.load(store, source).await,
        None => Ok(Ok(())),
    }
}
