//! The command line as clap reads it: which subcommand, with its arguments. Their meaning is in `commands`.

use clap::{Parser, Subcommand};

use crate::commands::build::BuildArgs;
use crate::commands::demo::DemoArgs;
use crate::commands::import::ImportArgs;
use crate::commands::run::RunArgs;
use crate::commands::serve::{COMPILE_WORKER, ServeArgs};

/// Self-hosted identity hooks: run functions at login, in a sandbox
#[derive(Debug, Parser)]
#[command(name = "hookbox", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Build(BuildArgs),
    Demo(DemoArgs),
    Import(ImportArgs),
    Run(RunArgs),
    Serve(ServeArgs),
    /// Compile a function for the server that started this process
    #[command(name = COMPILE_WORKER, hide = true)]
    CompileWorker,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
