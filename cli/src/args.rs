//! The command line as clap reads it: which subcommand, with its arguments. Their meaning is in `commands`.

use clap::{Parser, Subcommand};

use crate::commands::build::BuildArgs;

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
