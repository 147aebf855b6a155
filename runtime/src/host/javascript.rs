//! The functions that the JavaScript engine imports; WASI is not among them. Everything that a hook can read of the outside world passes
//! through them, so they also record what a hook has read.

use std::time::UNIX_EPOCH;

use hookbox_host_api::log::Level;
use serde::Serialize;
use wasmtime::{AsContextMut, Caller, Linker};

use super::guest_memory::{bytes, read, text, write};
use super::modules::JAVASCRIPT as MODULE;
use crate::execution::{CallState, RequestHead, settle};

/// Marks the kind of a clock that a package asks for while it is loaded.
const BY_PACKAGE: i32 = 2;
/// The most random bytes of one call.
const MAX_RANDOM: usize = 64 << 10;

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    add_world(linker)?;
    add_invocation(linker)?;
    add_log(linker)?;
    add_computations(linker)
}

fn add_world(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "now", |mut caller: Caller<'_, CallState>, (kind,): (i32,)| {
        Box::new(async move {
            settle(&mut caller.as_context_mut(), 0).await?;
            let state = caller.data_mut();
            // What a package keeps of the time at which it was loaded is as old in a process that was started then.
            if kind & BY_PACKAGE == 0 {
                state.js.reads.fleeting.get_or_insert("the clock");
            }
            let since =
                if kind & !BY_PACKAGE == 0 { state.wall_clock().duration_since(UNIX_EPOCH).unwrap_or_default() } else { state.age() };
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
            if state.env.is_sealed(&name) {
                // Each execution has another placeholder.
                state.js.reads.fleeting.get_or_insert("an env var that is sealed");
            }
            let value = match name.as_str() {
                "" => {
                    state.js.reads.env.listed(&state.env);
                    Some(state.env.iter().map(|(name, _)| name).collect::<Vec<_>>().join("\n"))
                }
                name => state.env.get(name).map(|value| value.expose().to_owned()),
            };
            if value.is_none() {
                state.js.reads.env.absent(name.clone());
            } else if !name.is_empty() {
                state.js.reads.env.values = true;
            }
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
    /// What a server answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a RequestHead>,
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
            request: self.request.as_deref(),
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
            let now = caller.data().log_time();
            caller.data_mut().log.message(level, &message, now);
            settle(&mut caller.as_context_mut(), len as u32 as usize).await
        })
    })?;
    Ok(())
}

fn add_computations(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.func_wrap_async(MODULE, "compute", |mut caller: Caller<'_, CallState>, (service, at, len): (i32, i32, i32)| {
        Box::new(async move {
            let request = read(&mut caller, at, len)?.to_vec();
            settle(&mut caller.as_context_mut(), request.len()).await?;
            let answer = match service {
                0 => super::crypto::compute(&mut caller, request).await?,
                1 => super::intl::compute(&mut caller, request).await?,
                2 => super::files::compute(&mut caller, &request).await?,
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
