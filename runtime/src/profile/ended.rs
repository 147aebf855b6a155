//! Where one repetition of an execution ended.

use hookbox_host_api::Failure;

use crate::javascript::Stopped;

/// How one repetition ended.
pub(super) enum Ended {
    /// Of itself, or it failed.
    Itself(Option<Failure>),
    /// Where its fuel did.
    Stopped(Place),
}

/// Where a guest was.
pub(super) enum Place {
    Wasm(wasmtime::Error),
    JavaScript(wasmtime::Error, Stopped),
}
