//! The functions by which a guest begins operations and waits for them.

use std::time::Duration;

use wasmtime::{AsContextMut, Caller, Linker};

use super::guest_memory::read;
use super::modules::JAVASCRIPT as MODULE;
use super::operations::{MAX_OPERATIONS, Operation, OperationError, split};
use crate::execution::{CallState, settle};

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    add_start(linker)?;
    add_wait(linker)?;
    add_answer(linker)
}

fn add_start(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "start", |mut caller: Caller<'_, CallState>, (at, len): (i32, i32)| {
        Box::new(async move {
            let request = read(&mut caller, at, len)?.to_vec();
            settle(&mut caller.as_context_mut(), request.len()).await?;
            let (operation, _payload) = split(&request)?;
            let now = caller.data().moment();
            let js = &mut caller.data_mut().js;
            if js.operations.under_way() >= MAX_OPERATIONS {
                return Err(wasmtime::Error::msg(format!("more than {MAX_OPERATIONS} operations at a time")));
            }
            Ok(match operation {
                Operation::Sleep { us } => {
                    js.reads.fleeting.get_or_insert("a timer");
                    js.operations.sleep(now + wait_time(us))
                }
                Operation::Other => {
                    js.operations.answered(Err(OperationError::denied("the hook may not reach anything outside of its sandbox")))
                }
            })
        })
    })?;
    linker.func_wrap_async(MODULE, "abort", |mut caller: Caller<'_, CallState>, (handle,): (i32,)| {
        Box::new(async move {
            caller.data_mut().js.operations.abort(handle);
            settle(&mut caller.as_context_mut(), 0).await
        })
    })?;
    Ok(())
}

fn add_wait(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "wait", |mut caller: Caller<'_, CallState>, (block,): (i32,)| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let now = caller.data().moment();
            let operations = &mut caller.data_mut().js.operations;
            if let Some(handle) = operations.next_done(now) {
                return Ok(handle);
            }
            let Some(due) = operations.first_due().filter(|_| block != 0) else { return Ok(-1) };
            if let Some(until) = caller.data().wait_until(due)? {
                tokio::time::sleep_until(until).await;
            }
            settle(&mut caller.as_context_mut(), 0).await?;
            Ok(caller.data_mut().js.operations.next_done(due).unwrap_or(-1))
        })
    })?;
    Ok(())
}

fn add_answer(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "answer", |mut caller: Caller<'_, CallState>, (handle,): (i32,)| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let js = &mut caller.data_mut().js;
            let (answer, failed) = match js.operations.answer(handle) {
                Ok(answer) => (answer, false),
                Err(error) => (error.json(), true),
            };
            let len = i32::try_from(answer.len())?;
            js.answer = answer;
            Ok(if failed { -1 - len } else { len })
        })
    })?;
    Ok(())
}

/// Converts a guest's number of microseconds to a time of an hour at most.
fn wait_time(us: f64) -> Duration {
    Duration::try_from_secs_f64((us / 1e6).clamp(0.0, 3600.0)).unwrap_or_default()
}
