//! The names of the modules that guests import host functions from.

/// The module that a command imports from.
pub(crate) const PREVIEW1: &str = "wasi_snapshot_preview1";
/// The module that the JavaScript engine imports from.
pub(crate) const JAVASCRIPT: &str = "hb";
