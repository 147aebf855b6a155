//! `hookbox demo`: the whole main job on one screen, on a server and a store of its own.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::demo;
use crate::output::OutputArgs;

/// Upload the example hooks to a server of its own, fire them on logins, show decisions and logs
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The folder with hooks in Rust and C [default: target/guests, if they are built]
    #[arg(long, value_name = "DIR")]
    guests: Option<PathBuf>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &DemoArgs) -> Result<()> {
    demo::run(args.guests.as_deref(), args.output)
}
