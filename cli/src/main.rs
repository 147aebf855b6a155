//! The `hookbox` command: parse, call, print. What it calls lies in the libraries, and in `build` for guests.

mod admin_credential;
mod args;
mod build;
mod call;
mod changes;
mod client;
mod commands;
mod compile_worker;
mod demo;
mod deployed;
mod dev;
mod dialect_settings;
mod difference;
mod env_file;
mod event;
mod excerpt;
mod exit;
mod folder;
mod function_file;
mod hook_ref;
mod hook_types;
mod hottest;
mod language;
mod local;
mod login;
mod manifest;
mod output;
mod package_json;
mod privacy;
mod profile;
mod project;
mod project_files;
mod prompt;
mod recording;
mod source;
mod speedscope;
mod style;
mod table;
mod telemetry;
mod templates;
mod threads;
mod typescript;
mod watch;
mod written;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Cli, Command};
use style::{Style, visible_lines};

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        // Whoever read our output has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when stderr is closed.
            let style = Style::stderr();
            let mut err = std::io::stderr().lock();
            let _ = writeln!(err, "{} {}", style.bad("error:"), visible_lines(&format!("{error:#}")));
            if let Some(hint) = exit::hint(&error) {
                let _ = writeln!(err, "{} {hint}", style.bold("hint:"));
            }
            exit::code(&error)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref::<std::io::Error>().is_some_and(broken)
}

fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Accounts(args) => commands::accounts::run(args)?,
        Command::Apply(args) => commands::apply::run(args)?,
        Command::Build(args) => commands::build::run(args)?,
        Command::Completions(args) => commands::completions::run(args, Cli::command())?,
        Command::Credentials(args) => commands::credentials::run(args)?,
        Command::Deploy(args) => return commands::deploy::run(args),
        Command::Dev(args) => return commands::dev::run(args),
        Command::Diff(args) => return commands::diff::run(args),
        Command::Backup(args) => commands::backup::run(args)?,
        Command::Config(args) => commands::config::run(args)?,
        Command::Demo(args) => commands::demo::run(args)?,
        Command::Env(args) => commands::env::run(args)?,
        Command::Fire(args) => return commands::fire::run(args),
        Command::Hooks(args) => commands::hooks::run(args)?,
        Command::Import(args) => return commands::import::run(args),
        Command::Login(args) => commands::login::run(args)?,
        Command::Logs(args) => commands::logs::run(args)?,
        Command::New(args) => commands::new::run(args)?,
        Command::Pull(args) => commands::pull::run(args)?,
        Command::Keys(args) => commands::keys::run(args)?,
        Command::Restore(args) => commands::restore::run(args)?,
        Command::Run(args) => return commands::run::run(args),
        Command::Packages(args) => return commands::packages::run(args),
        Command::Schema(args) => commands::schema::run(args)?,
        Command::Test(args) => return commands::test::run(args),
        Command::Serve(args) => commands::serve::run(args)?,
        Command::Verify(args) => return commands::verify::run(args),
        Command::CompileWorker => return Ok(compile_worker::run()),
    }
    Ok(ExitCode::SUCCESS)
}
