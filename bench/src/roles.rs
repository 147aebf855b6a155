//! What this program does in a process of its own besides measuring: its first argument says which.

/// What this program is started with to be a peer of the server, in a process of its own; with a second word, the one that runs a hook.
pub(crate) const BARE_SERVER: &str = "bare-server";
/// What it is started with to compile a function, as the server starts itself.
pub(crate) const COMPILE_WORKER: &str = "compile-worker";
