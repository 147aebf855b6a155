//! The one seam between the SDK's helpers and whoever serves them: the component's imports, or a stand-in in memory.
//!
//! Both sides have the same seven functions, so the helpers above are the same code on every target.

#[cfg(target_arch = "wasm32")]
mod imports;
#[cfg(not(target_arch = "wasm32"))]
mod memory;

#[cfg(target_arch = "wasm32")]
pub use imports::bindings;
#[cfg(target_arch = "wasm32")]
pub(crate) use imports::*;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use memory::*;
