//! WASI preview 1 for commands: standard streams, env, clocks, random bytes, sleep and exit. Calls about files and sockets answer with an
//! error.
//!
//! It is not wasmtime-wasi's, because only the streams are needed, and because each call must be metered and bounded.

mod absent;
mod clock;
mod errno;
mod memory;
mod poll;

use bytes::Bytes;
use hookbox_host_api::log::Stream;
use wasmtime::{AsContextMut, Caller, Linker, WasmTyList};

use super::limits::MAX_RANDOM_BYTES;
use super::modules::PREVIEW1;
use crate::execution::{CallState, Stop, settle};
use clock::clock;
use errno::{Called, Errno, errno};
use memory::GuestMemory;

/// The most bytes that one read or write moves. A guest with more bytes calls again.
const MAX_TRANSFER: usize = 64 << 10;

const STDIN: i32 = 0;
const STDOUT: i32 = 1;
const STDERR: i32 = 2;

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    absent::add_to_linker(linker)?;
    poll::add_to_linker(linker)?;
    metered(linker, "fd_write", fd_write)?;
    metered(linker, "fd_read", fd_read)?;
    metered(linker, "fd_fdstat_get", fd_fdstat_get)?;
    metered(linker, "args_get", |_, (_, _): (i32, i32)| Ok(0))?;
    metered(linker, "args_sizes_get", |caller, (count, size): (i32, i32)| write_pair(caller, (count, 0), (size, 0)))?;
    metered(linker, "environ_sizes_get", environ_sizes_get)?;
    metered(linker, "environ_get", environ_get)?;
    metered(linker, "clock_res_get", clock_res_get)?;
    metered(linker, "clock_time_get", clock_time_get)?;
    metered(linker, "sched_yield", |_, ()| Ok(0))?;
    linker.func_wrap(PREVIEW1, "proc_exit", |code: i32| -> wasmtime::Result<()> { Err(Stop::Exit(code).into()) })?;
    linker.func_wrap_async(PREVIEW1, "random_get", |mut caller: Caller<'_, CallState>, (at, len): (i32, i32)| {
        Box::new(async move { random_get(&mut caller, at as u32 as usize, len as u32 as usize).await })
    })?;
    Ok(())
}

/// Links a call that answers how many bytes it handled, and charges them.
fn metered<P>(linker: &mut Linker<CallState>, name: &str, call: fn(&mut Caller<'_, CallState>, P) -> Called<usize>) -> wasmtime::Result<()>
where
    P: WasmTyList + Send + 'static,
{
    linker.func_wrap_async(PREVIEW1, name, move |mut caller: Caller<'_, CallState>, params: P| {
        Box::new(async move {
            let handled = call(&mut caller, params);
            settle(&mut caller.as_context_mut(), handled.unwrap_or(0)).await?;
            Ok(errno(handled.map(drop)))
        })
    })?;
    Ok(())
}

/// Fills any length with random bytes, a bounded part at a time.
async fn random_get(caller: &mut Caller<'_, CallState>, at: usize, len: usize) -> wasmtime::Result<i32> {
    let mut part = [0; MAX_RANDOM_BYTES];
    for from in (0..len).step_by(MAX_RANDOM_BYTES) {
        let part = part.split_at_mut((len - from).min(MAX_RANDOM_BYTES)).0;
        caller.data_mut().world.fill_random(part)?;
        let written = GuestMemory::of(caller).and_then(|mut memory| memory.write(at.saturating_add(from), part));
        if written.is_err() {
            return Ok(errno(written));
        }
        settle(&mut caller.as_context_mut(), part.len()).await?;
    }
    Ok(0)
}

fn fd_write(caller: &mut Caller<'_, CallState>, (fd, list, count, out): (i32, i32, i32, i32)) -> Called<usize> {
    if fd != STDOUT && fd != STDERR {
        return Err(Errno::Badf);
    }
    let mut bytes = Vec::new();
    let mut memory = GuestMemory::of(caller)?;
    memory.gather(list, count, MAX_TRANSFER, &mut bytes)?;
    memory.write_u32(out, bytes.len() as u32)?;
    let state = caller.data_mut();
    match fd {
        STDOUT => state.stdout.write(&bytes),
        _ => {
            let now = state.log_time();
            state.log.stream(Stream::Stderr, &bytes, now);
        }
    }
    Ok(bytes.len())
}

fn fd_read(caller: &mut Caller<'_, CallState>, (fd, list, count, out): (i32, i32, i32, i32)) -> Called<usize> {
    if fd != STDIN {
        return Err(Errno::Badf);
    }
    let (context, at): (Bytes, usize) = caller.data().stdin.clone();
    let rest = context.get(at..).unwrap_or_default();
    let mut memory = GuestMemory::of(caller)?;
    let read = memory.scatter(list, count, rest.get(..MAX_TRANSFER).unwrap_or(rest))?;
    memory.write_u32(out, read as u32)?;
    caller.data_mut().stdin.1 = at + read;
    Ok(read)
}

/// A character device that can be read (0) or written (1, 2) and nothing else.
fn fd_fdstat_get(caller: &mut Caller<'_, CallState>, (fd, out): (i32, i32)) -> Called<usize> {
    const CHARACTER_DEVICE: u64 = 2;
    const RIGHT_READ: u64 = 1 << 1;
    const RIGHT_WRITE: u64 = 1 << 6;
    let rights = match fd {
        STDIN => RIGHT_READ,
        STDOUT | STDERR => RIGHT_WRITE,
        _ => return Err(Errno::Badf),
    };
    // Kind and flags, rights, and inherited rights, 8 bytes each.
    let stat = [CHARACTER_DEVICE, rights, 0].map(u64::to_le_bytes);
    GuestMemory::of(caller)?.write(out as u32 as usize, stat.as_flattened())?;
    Ok(stat.as_flattened().len())
}

fn write_pair(caller: &mut Caller<'_, CallState>, first: (i32, u32), second: (i32, u32)) -> Called<usize> {
    let mut memory = GuestMemory::of(caller)?;
    memory.write_u32(first.0, first.1)?;
    memory.write_u32(second.0, second.1)?;
    Ok(8)
}

/// `NAME=value\0` for each linked variable.
fn environment(state: &CallState) -> Vec<Vec<u8>> {
    state.env.iter().map(|(name, value)| [name.as_bytes(), b"=", value.expose().as_bytes(), b"\0"].concat()).collect()
}

fn environ_sizes_get(caller: &mut Caller<'_, CallState>, (count, size): (i32, i32)) -> Called<usize> {
    let vars = caller.data().env.iter().map(|(name, value)| name.len() + value.expose().len() + 2);
    let (vars, bytes) = vars.fold((0, 0), |(vars, bytes), len| (vars + 1, bytes + len));
    write_pair(caller, (count, vars), (size, bytes as u32))
}

fn environ_get(caller: &mut Caller<'_, CallState>, (pointers, at): (i32, i32)) -> Called<usize> {
    let vars = environment(caller.data());
    GuestMemory::of(caller)?.write_strings(pointers, at, &vars)?;
    Ok(vars.iter().map(Vec::len).sum())
}

fn clock_res_get(caller: &mut Caller<'_, CallState>, (id, out): (i32, i32)) -> Called<usize> {
    clock(caller.data(), id)?;
    GuestMemory::of(caller)?.write(out as u32 as usize, &1000u64.to_le_bytes())?;
    Ok(8)
}

fn clock_time_get(caller: &mut Caller<'_, CallState>, (id, _precision, out): (i32, i64, i32)) -> Called<usize> {
    let now = clock(caller.data(), id)?;
    GuestMemory::of(caller)?.write(out as u32 as usize, &now.to_le_bytes())?;
    Ok(8)
}
