//! `hookbox completions SHELL`: the script that a shell completes this command with.

use anyhow::Result;
use clap::{Args, Command};
use clap_complete::Shell;
use serde_json::json;

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

/// `command` is what the script completes.
pub(crate) fn run(args: &CompletionsArgs, mut command: Command) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hookbox", &mut script);
    let script = String::from_utf8(script)?;
    args.output.print(&json!({"shell": args.shell.to_string(), "script": script}), |_| script.clone())
}
