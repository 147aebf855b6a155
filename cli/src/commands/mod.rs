//! What each subcommand does, a file each: its arguments, its call into the code that does the work, what it prints.

pub(crate) mod build;
pub(crate) mod demo;
pub(crate) mod import;
pub(crate) mod run;
pub(crate) mod serve;
