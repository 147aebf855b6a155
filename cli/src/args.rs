//! The command line as clap reads it: which subcommand, with its arguments. Their meaning is in `commands`.

use clap::{Parser, Subcommand};

use crate::commands::accounts::AccountsArgs;
use crate::commands::apply::ApplyArgs;
use crate::commands::backup::BackupArgs;
use crate::commands::build::BuildArgs;
use crate::commands::completions::CompletionsArgs;
use crate::commands::config::ConfigArgs;
use crate::commands::credentials::CredentialsArgs;
use crate::commands::demo::DemoArgs;
use crate::commands::deploy::DeployArgs;
use crate::commands::dev::DevArgs;
use crate::commands::diff::DiffArgs;
use crate::commands::env::EnvArgs;
use crate::commands::fire::FireArgs;
use crate::commands::hooks::HooksArgs;
use crate::commands::import::ImportArgs;
use crate::commands::keys::KeysArgs;
use crate::commands::login::LoginArgs;
use crate::commands::logs::LogsArgs;
use crate::commands::new::NewArgs;
use crate::commands::packages::PackagesArgs;
use crate::commands::pull::PullArgs;
use crate::commands::restore::RestoreArgs;
use crate::commands::run::RunArgs;
use crate::commands::schema::SchemaArgs;
use crate::commands::serve::ServeArgs;
use crate::commands::test::TestArgs;
use crate::commands::verify::VerifyArgs;
use crate::compile_worker;

const EXIT_CODES: &str = "\
Exit codes:
  0   ok
  1   failed
  2   usage
  3   not logged in, or not allowed
  4   not found
  5   no server answers
  10  the hook denies (run, fire)

Environment:
  HOOKBOX_PROFILE                           the profile to use
  HOOKBOX_URL                               the server
  HOOKBOX_CLIENT_ID, HOOKBOX_CLIENT_SECRET  who to be there
  NO_COLOR                                  plain text, also on a terminal";

/// Self-hosted identity hooks: run functions at login, in a sandbox
#[derive(Debug, Parser)]
#[command(name = "hookbox", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(NewArgs),
    Run(RunArgs),
    Test(TestArgs),
    Dev(DevArgs),
    Build(BuildArgs),
    Packages(PackagesArgs),
    Schema(SchemaArgs),
    Deploy(DeployArgs),
    Pull(PullArgs),
    Diff(DiffArgs),
    Login(LoginArgs),
    Hooks(HooksArgs),
    Env(EnvArgs),
    Fire(FireArgs),
    Logs(LogsArgs),
    Apply(ApplyArgs),
    Import(ImportArgs),
    Accounts(AccountsArgs),
    Credentials(CredentialsArgs),
    Serve(ServeArgs),
    Config(ConfigArgs),
    Backup(BackupArgs),
    Restore(RestoreArgs),
    Verify(VerifyArgs),
    Keys(KeysArgs),
    Demo(DemoArgs),
    Completions(CompletionsArgs),
    /// Compile a function for the server that started this process
    #[command(name = compile_worker::NAME, hide = true)]
    CompileWorker,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// The help of every command, as it is printed on a terminal of 100 columns.
    #[test]
    fn help_needs_no_manual() {
        fn write(text: &mut String, command: &mut clap::Command) {
            text.push_str(&format!("{}\n\n", command.render_long_help()));
            command.get_subcommands_mut().filter(|one| !one.is_hide_set() && one.get_name() != "help").for_each(|one| write(text, one));
        }
        let mut command = Cli::command().term_width(100);
        command.build();
        for one in command.get_subcommands_mut().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
            let (name, mut text) = (one.get_name().to_owned(), String::new());
            write(&mut text, one);
            insta::assert_snapshot!(format!("help_{name}"), text);
        }
        insta::assert_snapshot!("help", command.render_long_help().to_string());
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
