//! Which operation of an execution is done next: as it comes, or in the turn that an earlier execution gave to it.

use tokio::time::Instant;

use super::operations::Operations;
use crate::execution::{CallState, Stop};

/// The next operation that is done, and whether it was waited for; none if none is done yet, or none is under way.
///
/// # Errors
/// [`Stop::Timeout`] when a held clock would pass the end of the execution.
pub(super) async fn next_done(state: &mut CallState, waits: bool) -> Result<(Option<i32>, bool), Stop> {
    let now = state.moment();
    if let Some((operation, at)) = state.given_turn(waits, |state, operation| state.js.operations.is_under_way(operation))? {
        let waited = at > now;
        if waited && !waits {
            return Ok((None, false));
        }
        state.js.operations.finish(operation).await;
        state.take_turn();
        return Ok((Some(operation), waited));
    }
    if let Some(operation) = state.js.operations.next_done(now) {
        state.keep_turn(operation, now);
        return Ok((Some(operation), false));
    }
    let is_idle = |operations: &Operations| operations.first_due().is_none() && !operations.has_tasks();
    if !waits {
        return Ok((None, false));
    }
    while !is_idle(&state.js.operations) {
        let now = wait(state).await?;
        if let Some(operation) = state.js.operations.next_done(now) {
            state.keep_turn(operation, now);
            return Ok((Some(operation), true));
        }
    }
    Ok((None, false))
}

/// Waits until a task is done or a sleep is over. Returns the moment up to which sleeps are over.
async fn wait(state: &mut CallState) -> Result<Instant, Stop> {
    let (due, has_tasks) = (state.js.operations.first_due(), state.js.operations.has_tasks());
    let until = match due {
        Some(_) if has_tasks && state.clock_stands_still() => None,
        Some(due) => match state.wait_until(due)? {
            Some(until) => Some(until),
            None => return Ok(due),
        },
        None => None,
    };
    let sleep = async {
        match until {
            Some(until) => tokio::time::sleep_until(until).await,
            None => std::future::pending().await,
        }
    };
    let from = Instant::now();
    tokio::select! {
        () = state.js.operations.task_done() => {
            state.waited(from, None);
            Ok(state.moment())
        }
        () = sleep => {
            state.waited(from, due);
            Ok(due.unwrap_or_else(Instant::now))
        }
    }
}
