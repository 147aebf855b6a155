//! `hookbox env`: the env vars that hooks are linked to. Values go in and never come out.

use anyhow::Result;
use clap::{Args, Subcommand};
use hookbox_hooks::EnvView;
use hookbox_hooks::bodies::{EnvValueBody, EnvVarBody};
use hookbox_host_api::Secret;
use serde_json::json;

use super::accounts::hosts;
use crate::client::Client;
use crate::exit::Problem;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::prompt;
use crate::style::visible;
use crate::table::Table;

/// The env vars of the account.
const ENV_VARS: &str = "/v1/env-vars";

/// List, set and remove the env vars of the account's hooks
#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    #[command(subcommand)]
    command: EnvCommand,
}

#[derive(Debug, Subcommand)]
enum EnvCommand {
    List(ListArgs),
    Set(SetArgs),
    Rm(RmArgs),
}

/// List the env vars, without their values
#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Give an env var a value, new or not
///
/// The value is asked for without an echo, or read from stdin (without its last line break), so that it stands in no history and in no list
/// of processes. Hooks that are linked to it see it from the next execution on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hookbox env set API_KEY\n  hookbox env set API_KEY < key.txt")]
struct SetArgs {
    /// The name: letters, digits and _
    name: String,

    /// Seal it for these hosts, separated by commas: functions see a placeholder, in whose place the value is put in requests to these hosts.
    /// What is sealed stays so until it is removed
    #[arg(long, value_name = "HOSTS")]
    sealed_for: Option<String>,

    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Remove an env var, also from the hooks that are linked to it
#[derive(Debug, Args)]
struct RmArgs {
    /// The name
    name: String,
    /// Do not ask; without a terminal nobody is asked
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &EnvArgs) -> Result<()> {
    match &args.command {
        EnvCommand::List(args) => list(args),
        EnvCommand::Set(args) => set(args),
        EnvCommand::Rm(args) => rm(args),
    }
}

fn list(args: &ListArgs) -> Result<()> {
    let envs = all(&args.server.connect()?)?;
    args.output.table(&envs, "there are no env vars; `hookbox env set NAME` makes one", || {
        let mut table = Table::new(["NAME", "SEALED FOR", "CREATED", "UPDATED", "ID"]);
        for env in &envs {
            let EnvView { id, name, sealed_for, created_at, updated_at } = env;
            let sealed_for = sealed_for.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
            table.row([
                name.as_str().into(),
                sealed_for.into(),
                created_at.to_string().into(),
                updated_at.to_string().into(),
                id.to_string().into(),
            ]);
        }
        table
    })
}

fn set(args: &SetArgs) -> Result<()> {
    let client = args.server.connect()?;
    let value = prompt::secret(&format!("Value of {}", visible(&args.name)))?;
    let (env, is_new) = put(&client, &args.name, value, args.sealed_for.as_deref().map(hosts))?;
    if args.output.json {
        return output::json(&env);
    }
    output::note(&format!("{} {}", if is_new { "made" } else { "changed" }, visible(&args.name)))
}

/// Sets a value; the env var, and whether it is new.
pub(crate) fn put(client: &Client, name: &str, value: Secret, sealed_for: Option<Vec<String>>) -> Result<(EnvView, bool)> {
    match find(client, name)? {
        Some(env) => Ok((client.put(&format!("{ENV_VARS}/{}", env.id), &EnvValueBody { value, sealed_for })?, false)),
        None => Ok((client.post(ENV_VARS, &EnvVarBody { name: name.to_owned(), value, sealed_for })?, true)),
    }
}

/// Makes an env var that is not there.
pub(crate) fn create(client: &Client, name: &str, value: Secret) -> Result<EnvView> {
    client.post(ENV_VARS, &EnvVarBody { name: name.to_owned(), value, sealed_for: None })
}

/// Every env var.
pub(crate) fn all(client: &Client) -> Result<Vec<EnvView>> {
    client.pages(ENV_VARS, &[])
}

fn find(client: &Client, name: &str) -> Result<Option<EnvView>> {
    Ok(all(client)?.into_iter().find(|env| env.name == name))
}

fn rm(args: &RmArgs) -> Result<()> {
    let client = args.server.connect()?;
    let name = visible(&args.name);
    let Some(env) = find(&client, &args.name)? else { return Err(Problem::NotFound(format!("there is no env var {name}")).into()) };
    if !args.yes {
        prompt::confirm(&format!("Remove {name}, also from the hooks that are linked to it?"))?;
    }
    client.delete(&format!("{ENV_VARS}/{}", env.id))?;
    if args.output.json { output::json(&json!({"removed": args.name})) } else { output::note(&format!("removed {name}")) }
}
