//! `hookbox import DIALECT --url URL`: copies the hooks and the names of the env vars of a vendor's server into an account here. What is
//! read there, and how, is the dialect's.
//!
//! Values of env vars are never given out, so what is made here has a placeholder, and every hook is made disabled.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::{Context as _, Result, anyhow};
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use hookbox_dialects::ALL;
use hookbox_hooks::dialect::{Import, Imported, ImportedHook};
use hookbox_hooks::{EnvId, HookId, HookView};
use hookbox_host_api::Secret;
use serde::Serialize;
use serde_json::Value;

use super::env;
use crate::client::Client;
use crate::hook_ref::HOOKS;
use crate::login::{DEFAULT_URL, ServerArgs};
use crate::style::{Style, visible};

/// Copy hooks from another server
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

/// A dialect that hooks can be copied from: each is a subcommand.
struct From {
    source: &'static Source,
    args: FromArgs,
}

impl fmt::Debug for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("From").field(&self.source.name).finish()
    }
}

/// What a subcommand needs to know of its dialect.
struct Source {
    name: &'static str,
    import: &'static Import,
    id_variable: String,
    secret_variable: String,
}

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let source = |(name, import): (&'static str, &'static Import)| {
        let prefix = name.to_uppercase();
        Source { name, import, id_variable: format!("{prefix}_CLIENT_ID"), secret_variable: format!("{prefix}_CLIENT_SECRET") }
    };
    ALL.iter().filter_map(|dialect| Some((dialect.name(), dialect.import()?))).map(source).collect()
});

impl Source {
    fn command(&'static self) -> Command {
        let about = format!("Copy the hooks and the names of the env vars of {}", self.import.from);
        let more =
            "The hooks are made disabled. Values of env vars cannot be read, so each is made with a placeholder and named at the end.";
        FromArgs::augment_args(Command::new(self.name))
            .long_about(format!("{about}\n\n{more}"))
            .about(about)
            .mut_arg("client_id", |arg| arg.env(&*self.id_variable))
            .mut_arg("client_secret", |arg| arg.env(&*self.secret_variable))
    }
}

impl Subcommand for From {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommand_required(true).arg_required_else_help(true).subcommands(SOURCES.iter().map(Source::command))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        SOURCES.iter().any(|source| source.name == name)
    }
}

impl FromArgMatches for From {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let source = SOURCES.iter().find(|source| source.name == name).ok_or_else(missing)?;
        Ok(Self { source, args: FromArgs::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Debug, Args)]
struct FromArgs {
    /// The server to copy from: the URL of your account there
    #[arg(long, value_name = "URL")]
    url: String,

    /// A client id of that server
    #[arg(long, value_name = "ID")]
    client_id: String,

    /// Its secret; better given in the environment
    #[arg(long, value_name = "SECRET", hide_env_values = true)]
    client_secret: String,

    /// The Hookbox server to copy to
    #[arg(long, value_name = "URL", env = "HOOKBOX_URL", default_value = DEFAULT_URL)]
    to: String,

    /// A client id of the Hookbox server, with the scope manage [default: the profile's, with its server]
    #[arg(long, value_name = "ID", env = "HOOKBOX_CLIENT_ID", requires = "to_client_secret")]
    to_client_id: Option<String>,

    /// Its secret; better given in the environment
    #[arg(long, value_name = "SECRET", env = "HOOKBOX_CLIENT_SECRET", hide_env_values = true)]
    to_client_secret: Option<String>,

    #[command(flatten)]
    server: ServerArgs,

    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// The value that an env var has until somebody sets it.
const PLACEHOLDER: &str = "to-be-set";

/// What became of everything.
#[derive(Debug, Default, Serialize)]
struct Report {
    hooks: Vec<HookReport>,
    env_vars: BTreeMap<String, EnvReport>,
}

#[derive(Debug, Serialize)]
struct HookReport {
    r#type: String,
    from: String,
    /// The id of the copy; none where there is none.
    id: Option<HookId>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct EnvReport {
    id: Option<EnvId>,
    /// Whether its value has to be set by hand.
    to_be_set: bool,
    error: Option<String>,
}

/// Copies. What cannot be copied is told and left out, and is exit code 1.
pub(crate) fn run(args: &ImportArgs) -> Result<ExitCode> {
    let From { source, args } = &args.from;
    let from = Client::connect_to_vendor(&args.url, source.import.token_path, &args.client_id, &args.client_secret);
    let from = from.context("the server to copy from")?;
    let to = match (&args.to_client_id, &args.to_client_secret) {
        (Some(id), Some(secret)) => Client::connect(&args.to, id, secret),
        _ => args.server.connect(),
    };
    let to = to.context("the Hookbox server")?;
    let Imported { hooks, env_vars } = fetch(source.import, &from)?;
    let mut report = Report::default();
    copy_env_vars(env_vars, &to, &mut report)?;
    report.hooks.extend(hooks.into_iter().map(|hook| copy_hook(hook, &to)));
    if args.json {
        print_json(&report)?
    } else {
        print_text(&report)?
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All that there is to copy. An error of the client's keeps its exit code.
fn fetch(import: &Import, from: &Client) -> Result<Imported> {
    let mut trouble = None;
    let mut get = |path: &str| {
        from.get::<Value>(path).map_err(|error| {
            let said = format!("{error:#}");
            trouble = Some(error);
            said
        })
    };
    let imported = (import.read)(&mut get);
    imported.map_err(|said| trouble.unwrap_or_else(|| anyhow!(said))).context("the server to copy from")
}

/// Makes the env vars that are not there yet.
fn copy_env_vars(names: Vec<String>, to: &Client, report: &mut Report) -> Result<()> {
    let have: BTreeMap<String, EnvId> = env::all(to)?.into_iter().map(|env| (env.name, env.id)).collect();
    for name in names {
        let found = match have.get(&name) {
            Some(id) => EnvReport { id: Some(*id), to_be_set: false, error: None },
            None => match env::create(to, &name, Secret::new(PLACEHOLDER)) {
                Ok(made) => EnvReport { id: Some(made.id), to_be_set: true, error: None },
                Err(error) => EnvReport { id: None, to_be_set: true, error: Some(error.to_string()) },
            },
        };
        report.env_vars.insert(name, found);
    }
    Ok(())
}

/// Makes one hook. That another server's hook is refused here is told, and no reason to stop.
fn copy_hook(hook: ImportedHook, to: &Client) -> HookReport {
    let ImportedHook { id, hook_type, body } = hook;
    let (made, error) = match to.post::<_, HookView>(HOOKS, &body) {
        Ok(made) => (Some(made.id), None),
        Err(error) => (None, Some(error.to_string())),
    };
    HookReport { r#type: hook_type, from: id, id: made, error }
}

impl Report {
    fn is_whole(&self) -> bool {
        self.hooks.iter().all(|hook| hook.error.is_none()) && self.env_vars.values().all(|env| env.error.is_none())
    }
}

fn print_json(report: &Report) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(report)?)?;
    Ok(())
}

fn print_text(report: &Report) -> Result<()> {
    let style = Style::stdout();
    let mut out = std::io::stdout().lock();
    let width = report.env_vars.keys().map(|name| name.chars().count()).chain([18]).max().unwrap_or_default();
    writeln!(out, "{}", style.bold(&format!("{:<8}  {:<width$}  {}", "KIND", "NAME", "RESULT")))?;
    for (name, env) in &report.env_vars {
        let result = match (&env.error, env.to_be_set) {
            (Some(error), _) => style.bad(&visible(error)),
            (None, true) => "made with a placeholder".to_owned(),
            (None, false) => style.dim("is there already, and keeps its value"),
        };
        writeln!(out, "{:<8}  {:<width$}  {result}", "env var", visible(name))?;
    }
    for hook in &report.hooks {
        let result = match (&hook.error, hook.id) {
            (Some(error), _) => style.bad(&visible(error)),
            (None, id) => format!("made, disabled: {}", id.map(|id| id.to_string()).unwrap_or_default()),
        };
        writeln!(out, "{:<8}  {:<width$}  {result}", "hook", visible(&hook.r#type))?;
    }
    let unset: Vec<_> = report.env_vars.iter().filter(|(_, env)| env.to_be_set).collect();
    if !unset.is_empty() {
        writeln!(out, "\nSet these values by hand before you enable a hook, since no server gives them out:")?;
        for (name, _) in unset {
            writeln!(out, "  hookbox env set {}", visible(name))?;
        }
    }
    Ok(())
}
