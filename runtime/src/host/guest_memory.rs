//! The memory of the JavaScript engine, as its host functions read and write it.

use wasmtime::{Caller, Extern};

use crate::execution::CallState;

/// The longest text that one call may pass, in bytes.
const MAX_TEXT: usize = 4 << 20;

fn memory<'a>(caller: &'a mut Caller<'_, CallState>) -> wasmtime::Result<&'a mut [u8]> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    memory.map(|memory| memory.data_mut(caller)).ok_or_else(|| wasmtime::Error::msg("the engine exports no memory"))
}

/// What a guest passes.
pub(super) fn read<'a>(caller: &'a mut Caller<'_, CallState>, at: i32, len: i32) -> wasmtime::Result<&'a [u8]> {
    let len = len as u32 as usize;
    if len > MAX_TEXT {
        return Err(wasmtime::Error::msg(format!("more than {MAX_TEXT} bytes in one host call")));
    }
    bytes(caller, at, len)
}

/// A part of the guest's memory.
pub(super) fn bytes<'a>(caller: &'a mut Caller<'_, CallState>, at: i32, len: usize) -> wasmtime::Result<&'a [u8]> {
    let at = at as u32 as usize;
    memory(caller)?.get(at..at.saturating_add(len)).ok_or_else(|| wasmtime::Trap::MemoryOutOfBounds.into())
}

/// The same as text; what is no UTF-8 is replaced.
pub(super) fn text(caller: &mut Caller<'_, CallState>, at: i32, len: i32) -> wasmtime::Result<String> {
    Ok(String::from_utf8_lossy(read(caller, at, len)?).into_owned())
}

/// Writes to the guest's memory.
pub(super) fn write(caller: &mut Caller<'_, CallState>, at: i32, bytes: &[u8]) -> wasmtime::Result<()> {
    let at = at as u32 as usize;
    let room = memory(caller)?.get_mut(at..at.saturating_add(bytes.len())).ok_or(wasmtime::Trap::MemoryOutOfBounds)?;
    room.copy_from_slice(bytes);
    Ok(())
}
