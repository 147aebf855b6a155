//! The host functions of each kind of guest, put together.

use wasmtime::Engine;
use wasmtime::component;

use super::{hook, javascript, operate, preview1, wasi_http};
use crate::engine::SandboxError;
use crate::execution::CallState;

/// Every host function for WebAssembly hooks, type-checked once per process.
pub(crate) struct Linkers {
    pub(crate) component: component::Linker<CallState>,
    pub(crate) component_with_wasi: component::Linker<CallState>,
    /// WASI and `wasi:http`.
    pub(crate) component_with_http: component::Linker<CallState>,
    pub(crate) command: wasmtime::Linker<CallState>,
}

impl Linkers {
    pub(crate) fn new(engine: &Engine) -> Result<Self, SandboxError> {
        let mut component = component::Linker::new(engine);
        hook::add_to_linker(&mut component)?;
        let mut component_with_wasi = component::Linker::new(engine);
        hook::add_to_linker(&mut component_with_wasi)?;
        wasmtime_wasi::p2::add_to_linker_async(&mut component_with_wasi)?;
        let mut component_with_http = component_with_wasi.clone();
        wasi_http::add_to_linker(&mut component_with_http)?;
        let mut command = wasmtime::Linker::new(engine);
        preview1::add_to_linker(&mut command)?;
        Ok(Self { component, component_with_wasi, component_with_http, command })
    }
}

/// Every host function for the JavaScript engine.
pub(crate) fn javascript_linker(engine: &Engine) -> Result<wasmtime::Linker<CallState>, SandboxError> {
    let mut linker = wasmtime::Linker::new(engine);
    javascript::add_to_linker(&mut linker)?;
    operate::add_to_linker(&mut linker)?;
    Ok(linker)
}
