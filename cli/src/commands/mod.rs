//! What each subcommand does, a file each: its arguments, its call into the code that does the work, what it prints.

pub(crate) mod accounts;
pub(crate) mod apply;
pub(crate) mod backup;
pub(crate) mod build;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod credentials;
mod credentials_reset;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod diff;
pub(crate) mod env;
mod executions;
pub(crate) mod fire;
pub(crate) mod hooks;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod logs;
pub(crate) mod new;
mod profiling;
pub(crate) mod pull;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod test;
pub(crate) mod verify;
