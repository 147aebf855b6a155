//! What each subcommand does, a file each: its arguments, its call into the code that does the work, what it prints.

pub(crate) mod build;
pub(crate) mod serve;
