//! The process in which a function is compiled: how it is started, and what it does. Its limits are the runtime's.

use std::path::PathBuf;
use std::process::ExitCode;

/// The subcommand that [`run`] is behind.
pub(crate) const NAME: &str = "compile-worker";

/// The command that starts the process: the program that runs here.
///
/// The kernel's link leads to that program even after its file was replaced or deleted, as an upgrade does. The program that an upgrade puts
/// in its place may compile for another engine.
pub(crate) fn command() -> (PathBuf, Vec<String>) {
    (PathBuf::from("/proc/self/exe"), vec![NAME.to_owned()])
}

/// Reads a function from stdin, writes its compiled code to stdout.
pub(crate) fn run() -> ExitCode {
    hookbox_hooks::compile_worker()
}
