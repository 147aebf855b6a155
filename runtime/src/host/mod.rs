//! What a guest can reach: the four interfaces of the world `hookbox:hook`, WASI 0.2 for components that import it, and WASI preview 1
//! for commands. No files, no sockets, no arguments.

mod crypto;
mod hook;
mod intl;
mod javascript;
mod off_thread;
mod preview1;
mod wasi;

use wasmtime::Engine;
use wasmtime::component;

use crate::engine::SandboxError;
use crate::execution::CallState;

pub(crate) use javascript::{JsState, MODULE as JAVASCRIPT, WorldReads};
pub(crate) use wasi::{WasiMeter, WasiState};

/// The most bytes that a guest can make the host copy in one call.
pub(crate) const MAX_CALL_BYTES: usize = 4 << 20;
/// The most random bytes of one call.
pub(crate) const MAX_RANDOM_BYTES: usize = 4096;

/// The module that a command imports from.
pub(crate) const PREVIEW1: &str = "wasi_snapshot_preview1";

/// Every host function for WebAssembly hooks, type-checked once per process.
pub(crate) struct Linkers {
    pub(crate) component: component::Linker<CallState>,
    pub(crate) component_with_wasi: component::Linker<CallState>,
    pub(crate) command: wasmtime::Linker<CallState>,
}

impl Linkers {
    pub(crate) fn new(engine: &Engine) -> Result<Self, SandboxError> {
        let mut component = component::Linker::new(engine);
        hook::add_to_linker(&mut component)?;
        let mut component_with_wasi = component::Linker::new(engine);
        hook::add_to_linker(&mut component_with_wasi)?;
        wasmtime_wasi::p2::add_to_linker_async(&mut component_with_wasi)?;
        let mut command = wasmtime::Linker::new(engine);
        preview1::add_to_linker(&mut command)?;
        Ok(Self { component, component_with_wasi, command })
    }
}

/// Every host function for the JavaScript engine.
pub(crate) fn javascript_linker(engine: &Engine) -> Result<wasmtime::Linker<CallState>, SandboxError> {
    let mut linker = wasmtime::Linker::new(engine);
    javascript::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// A command's standard output, which is its response: kept up to the longest response that is allowed.
pub(crate) struct Stdout {
    bytes: Vec<u8>,
    limit: usize,
    overflowed: bool,
}

impl Stdout {
    pub(crate) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, overflowed: false }
    }

    fn write(&mut self, bytes: &[u8]) {
        let room = self.limit - self.bytes.len();
        self.overflowed |= bytes.len() > room;
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// The response, or what is wrong with it.
    pub(crate) fn text(&self) -> Result<&str, &'static str> {
        if self.overflowed {
            return Err("standard output is longer than a response may be");
        }
        str::from_utf8(&self.bytes).map_err(|_| "standard output is not valid UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stdout_keeps_what_a_response_may_hold() {
        let mut out = Stdout::new(4);
        out.write(b"abc");
        assert_eq!(out.text(), Ok("abc"));
        out.write(b"d");
        assert_eq!(out.text(), Ok("abcd"));
        out.write(b"e");
        assert!(out.text().is_err());
        let mut out = Stdout::new(4);
        out.write(b"\xff");
        assert!(out.text().is_err());
    }
}
