//! What a guest can reach: the interfaces of the world `hookbox:hook`, WASI 0.2 and `wasi:http` for components that import them, and WASI
//! preview 1 for commands. There are no files, no sockets and no arguments.

mod crypto;
mod files;
mod guest_memory;
mod hook;
mod http;
mod intl;
mod javascript;
mod js_state;
mod limits;
mod linkers;
mod modules;
mod next_done;
mod operate;
mod operations;
mod preview1;
mod stdout;
mod wasi;
mod wasi_http;
mod wasi_state;

pub(crate) use js_state::{EnvReads, JsState, NamesRead, WorldReads};
pub(crate) use limits::MAX_CALL_BYTES;
pub(crate) use linkers::{Linkers, javascript_linker};
pub(crate) use modules::{JAVASCRIPT, PREVIEW1};
pub(crate) use stdout::Stdout;
pub(crate) use wasi::WasiMeter;
pub(crate) use wasi_state::WasiState;
