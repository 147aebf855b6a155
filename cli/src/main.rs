//! The `hookbox` command: parse, call, print. What it calls lies in the libraries, and in `build` for guests.

mod admin_credential;
mod args;
mod build;
mod client;
mod commands;
mod demo;
mod excerpt;
mod style;
mod telemetry;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command};

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do when stderr is closed.
            let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Build(args) => commands::build::run(args)?,
        Command::Demo(args) => commands::demo::run(args)?,
        Command::Import(args) => return commands::import::run(args),
        Command::Run(args) => return commands::run::run(args),
        Command::Serve(args) => commands::serve::run(args)?,
        Command::CompileWorker => return Ok(commands::serve::compile_worker()),
    }
    Ok(ExitCode::SUCCESS)
}
