//! `hookbox completions SHELL`: the script that a shell completes this command with.

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::args::Cli;
use crate::output::OutputArgs;

/// Print the script that makes a shell complete hookbox commands
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox completions bash > ~/.local/share/bash-completion/completions/hookbox\n  hookbox completions zsh > ~/.zfunc/_hookbox\n  hookbox completions fish > ~/.config/fish/completions/hookbox.fish"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "hookbox", &mut script);
    let script = String::from_utf8(script)?;
    args.output.print(&json!({"shell": args.shell.to_string(), "script": script}), |_| script.clone())
}
