//! Keeps what a process of the server's knows from other users of the machine: its files are private, and its memory is never written to one.

use anyhow::{Context as _, Result};
use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

/// Keeps group and others out of every file that this process makes from now on, and refuses core dumps. Called by the commands that write to
/// a data folder, before they read a secret: not all of its files are made with a mode, since the storage engine sled leaves that to the
/// process.
pub(crate) fn keep() -> Result<()> {
    umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).context("core dumps cannot be refused")
}

/// Closes this process's memory to the user's other processes, and to programs that the kernel pipes a core to: those ignore the limit.
///
/// From now on an ordinary user's process cannot open its own `/proc/self/pagemap`, so this comes after the sandbox has opened it.
pub(crate) fn close_memory() -> Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).context("the memory cannot be closed to other processes")
}
