//! What each subcommand does, a file each: its arguments, its call into the code that does the work, what it prints.

pub(crate) mod accounts;
pub(crate) mod apply;
pub(crate) mod build;
pub(crate) mod completions;
pub(crate) mod credentials;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod diff;
pub(crate) mod env;
mod executions;
pub(crate) mod fire;
pub(crate) mod hooks;
pub(crate) mod import;
pub(crate) mod login;
pub(crate) mod logs;
pub(crate) mod new;
pub(crate) mod pull;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod test;
