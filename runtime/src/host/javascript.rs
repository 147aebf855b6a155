//! The functions that the JavaScript engine imports; WASI is not among them. Everything that a hook can read of the outside world passes
//! through them, so they also record what a hook has read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbox_host_api::log::Level;
use serde::{Deserialize, Serialize};
use wasmtime::{AsContextMut, Caller, Extern, Linker};

use super::modules::JAVASCRIPT as MODULE;
use crate::execution::{CallState, settle};

/// The longest text that one call may pass, in bytes.
const MAX_TEXT: usize = 4 << 20;
/// The most operations under way in one execution.
const MAX_OPERATIONS: usize = 10_000;
/// The most random bytes of one call.
const MAX_RANDOM: usize = 64 << 10;

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Operation {
    Sleep { us: f64 },
}

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    add_world(linker)?;
    add_invocation(linker)?;
    add_log(linker)?;
    add_operations(linker)?;
    add_computations(linker)
}

fn add_world(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "now", |mut caller: Caller<'_, CallState>, (kind,): (i32,)| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let state = caller.data_mut();
            state.js.reads.fleeting.get_or_insert("the clock");
            let since = if kind == 0 { state.wall_clock().duration_since(UNIX_EPOCH).unwrap_or_default() } else { state.age() };
            Ok(since.as_nanos() as f64 / 1000.0)
        })
    })?;
    linker.func_wrap_async(MODULE, "remaining", |mut caller: Caller<'_, CallState>, (): ()| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let state = caller.data_mut();
            state.js.reads.fleeting.get_or_insert("the clock");
            Ok(state.remaining().as_nanos() as f64 / 1000.0)
        })
    })?;
    linker.func_wrap_async(MODULE, "random", |mut caller: Caller<'_, CallState>, (at, len): (i32, i32)| {
        Box::new(async move {
            caller.data_mut().js.reads.fleeting.get_or_insert("random bytes");
            let mut bytes = vec![0; (len as u32 as usize).min(MAX_RANDOM)];
            caller.data_mut().world.fill_random(&mut bytes)?;
            write(&mut caller, at, &bytes)?;
            settle(&mut caller.as_context_mut(), bytes.len()).await
        })
    })?;
    linker.func_wrap_async(MODULE, "env", |mut caller: Caller<'_, CallState>, (name, name_len, at, cap): (i32, i32, i32, i32)| {
        Box::new(async move {
            let name = text(&mut caller, name, name_len)?;
            let state = caller.data_mut();
            state.js.reads.env = true;
            let value = match name.as_str() {
                "" => Some(state.env.iter().map(|(name, _)| name).collect::<Vec<_>>().join("\n")),
                name => state.env.get(name).map(|value| value.expose().to_owned()),
            };
            let Some(value) = value else {
                settle(&mut caller.as_context_mut(), name.len()).await?;
                return Ok(-1);
            };
            let written = value.as_bytes().get(..cap as u32 as usize).unwrap_or(value.as_bytes());
            write(&mut caller, at, written)?;
            settle(&mut caller.as_context_mut(), value.len()).await?;
            Ok(value.len() as i32)
        })
    })?;
    Ok(())
}

/// What a function can read about itself and its execution, under the names of AWS Lambda.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvocationFacts<'a> {
    function_name: &'a str,
    function_version: &'a str,
    invoked_function_arn: &'a str,
    #[serde(rename = "memoryLimitInMB")]
    memory_limit_in_mb: String,
    log_group_name: String,
    log_stream_name: String,
    aws_request_id: &'a str,
}

impl CallState {
    fn invocation_facts(&self) -> wasmtime::Result<Vec<u8>> {
        let (identity, id) = (&self.identity, self.log.execution_id());
        Ok(serde_json::to_vec(&InvocationFacts {
            function_name: &identity.name,
            function_version: &identity.version,
            invoked_function_arn: &identity.arn,
            memory_limit_in_mb: (self.limiter.limit() >> 20).to_string(),
            log_group_name: format!("/hookbox/{}", identity.name),
            log_stream_name: format!("[{}]{id}", identity.version),
            aws_request_id: id,
        })?)
    }
}

fn add_invocation(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "invocation", |mut caller: Caller<'_, CallState>, (at, cap): (i32, i32)| {
        Box::new(async move {
            // Each execution has another id.
            caller.data_mut().js.reads.fleeting.get_or_insert("the execution's id");
            let facts = caller.data().invocation_facts()?;
            let written = facts.get(..cap as u32 as usize).unwrap_or(&facts);
            write(&mut caller, at, written)?;
            settle(&mut caller.as_context_mut(), facts.len()).await?;
            Ok(facts.len() as i32)
        })
    })?;
    Ok(())
}

fn add_log(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "log", |mut caller: Caller<'_, CallState>, (level, at, len): (i32, i32, i32)| {
        Box::new(async move {
            // The rest of a message for which the log has no room is paid for and not looked at.
            let kept = caller.data().log.room().min(len as u32 as usize);
            let message = String::from_utf8_lossy(bytes(&mut caller, at, kept)?).into_owned();
            let level = match level {
                0 => Level::Trace,
                1 => Level::Debug,
                3 => Level::Warn,
                4 => Level::Error,
                _ => Level::Info,
            };
            caller.data_mut().log.message(level, &message, SystemTime::now());
            settle(&mut caller.as_context_mut(), len as u32 as usize).await
        })
    })?;
    Ok(())
}

fn add_operations(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "start", |mut caller: Caller<'_, CallState>, (at, len): (i32, i32)| {
        Box::new(async move {
            let request = text(&mut caller, at, len)?;
            let Operation::Sleep { us } = serde_json::from_str(&request)?;
            settle(&mut caller.as_context_mut(), request.len()).await?;
            let now = caller.data().moment();
            let js = &mut caller.data_mut().js;
            js.reads.fleeting.get_or_insert("a timer");
            if js.pending.len() >= MAX_OPERATIONS {
                return Err(wasmtime::Error::msg(format!("more than {MAX_OPERATIONS} operations at a time")));
            }
            let handle = js.next;
            js.next = js.next.wrapping_add(1) & i32::MAX;
            js.pending.insert((now + wait_time(us), handle), ());
            Ok(handle)
        })
    })?;
    linker.func_wrap_async(MODULE, "wait", |mut caller: Caller<'_, CallState>, (): ()| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let Some(((due, handle), ())) = caller.data_mut().js.pending.pop_first() else { return Ok(-1) };
            if due > caller.data().moment() {
                if let Some(until) = caller.data().wait_until(due)? {
                    tokio::time::sleep_until(until).await;
                }
                settle(&mut caller.as_context_mut(), 0).await?;
            }
            Ok(handle)
        })
    })?;
    Ok(())
}

/// Converts a guest's number of microseconds to a time of an hour at most.
fn wait_time(us: f64) -> Duration {
    Duration::try_from_secs_f64((us / 1e6).clamp(0.0, 3600.0)).unwrap_or_default()
}

fn add_computations(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "compute", |mut caller: Caller<'_, CallState>, (service, at, len): (i32, i32, i32)| {
        Box::new(async move {
            let request = read(&mut caller, at, len)?.to_vec();
            settle(&mut caller.as_context_mut(), request.len()).await?;
            let answer = match service {
                0 => super::crypto::compute(&mut caller, request).await?,
                1 => super::intl::compute(&mut caller, request).await?,
                _ => Err(format!("the host has no service {service}")),
            };
            let (answer, failed) = match answer {
                Ok(answer) => (answer, false),
                Err(message) => (message.into_bytes(), true),
            };
            let len = answer.len() as i32;
            caller.data_mut().js.answer = answer;
            Ok(if failed { -1 - len } else { len })
        })
    })?;
    linker.func_wrap_async(MODULE, "take", |mut caller: Caller<'_, CallState>, (at, cap): (i32, i32)| {
        Box::new(async move {
            let answer = std::mem::take(&mut caller.data_mut().js.answer);
            let taken = answer.get(..cap as u32 as usize).unwrap_or(&answer);
            write(&mut caller, at, taken)?;
            settle(&mut caller.as_context_mut(), taken.len()).await?;
            Ok(taken.len() as i32)
        })
    })?;
    Ok(())
}

fn memory<'a>(caller: &'a mut Caller<'_, CallState>) -> wasmtime::Result<&'a mut [u8]> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    memory.map(|memory| memory.data_mut(caller)).ok_or_else(|| wasmtime::Error::msg("the engine exports no memory"))
}

fn read<'a>(caller: &'a mut Caller<'_, CallState>, at: i32, len: i32) -> wasmtime::Result<&'a [u8]> {
    let len = len as u32 as usize;
    if len > MAX_TEXT {
        return Err(wasmtime::Error::msg(format!("more than {MAX_TEXT} bytes in one host call")));
    }
    bytes(caller, at, len)
}

fn bytes<'a>(caller: &'a mut Caller<'_, CallState>, at: i32, len: usize) -> wasmtime::Result<&'a [u8]> {
    let at = at as u32 as usize;
    memory(caller)?.get(at..at.saturating_add(len)).ok_or_else(|| wasmtime::Trap::MemoryOutOfBounds.into())
}

fn text(caller: &mut Caller<'_, CallState>, at: i32, len: i32) -> wasmtime::Result<String> {
    Ok(String::from_utf8_lossy(read(caller, at, len)?).into_owned())
}

fn write(caller: &mut Caller<'_, CallState>, at: i32, bytes: &[u8]) -> wasmtime::Result<()> {
    let at = at as u32 as usize;
    let room = memory(caller)?.get_mut(at..at.saturating_add(bytes.len())).ok_or(wasmtime::Trap::MemoryOutOfBounds)?;
    room.copy_from_slice(bytes);
    Ok(())
}
