//! The JavaScript engine that this program was built with, and its compiled and booted form.

use std::sync::{Arc, LazyLock};

use crate::FunctionDigest;
use crate::javascript::Engine;
use crate::memory::Base;

/// The engine.
#[cfg(not(debug_assertions))]
pub(crate) static BUILT: LazyLock<&[u8]> =
    LazyLock::new(|| include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/js-engine/engine.wasm")));

/// The engine. Builds with debug assertions read it from its file, so that a change of the engine needs no build of the host.
#[cfg(debug_assertions)]
pub(crate) static BUILT: LazyLock<&[u8]> = LazyLock::new(|| {
    let engine = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/js-engine/engine.wasm"));
    Box::leak(engine.unwrap_or_default().into_boxed_slice())
});

/// The engine's digest. An image belongs to one engine.
pub(super) static BUILT_DIGEST: LazyLock<FunctionDigest> = LazyLock::new(|| FunctionDigest::of(&BUILT));

/// The engine, compiled and booted.
pub(super) struct Ready {
    pub(super) engine: Arc<Engine>,
    /// The memory after the engine's own start-up.
    pub(super) base: Arc<Base>,
}
