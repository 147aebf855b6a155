//! `hookbox env`: the env vars that hooks are linked to. Values go in and never come out.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::Client;
use crate::exit::Problem;
use crate::hook_ref::{shown, text};
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::prompt;
use crate::style::visible;
use crate::table::Table;

/// The env vars as they are written.
pub(crate) const ENVS: &str = "/api/2/hooks/envs";

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
    let envs = args.server.connect()?.list(ENVS)?;
    args.output.table(&envs, "there are no env vars; `hookbox env set NAME` makes one", || {
        let mut table = Table::new(["NAME", "CREATED", "UPDATED", "ID"]);
        for env in &envs {
            table.row(["name", "created_at", "updated_at", "id"].map(|field| shown(env, field).into()));
        }
        table
    })
}

fn set(args: &SetArgs) -> Result<()> {
    let client = args.server.connect()?;
    let value = prompt::secret(&format!("Value of {}", visible(&args.name)))?;
    let (env, is_new) = put(&client, &args.name, value.expose())?;
    if args.output.json {
        return output::json(&env);
    }
    output::note(&format!("{} {}", if is_new { "made" } else { "changed" }, visible(&args.name)))
}

/// Sets a value; the env var, and whether it is new.
pub(crate) fn put(client: &Client, name: &str, value: &str) -> Result<(Value, bool)> {
    match find(client, name)? {
        Some(env) => Ok((client.put(&format!("{ENVS}/{}", text(&env, "id")), &json!({"value": value}))?, false)),
        None => Ok((client.post(ENVS, &json!({"name": name, "value": value}))?, true)),
    }
}

fn find(client: &Client, name: &str) -> Result<Option<Value>> {
    Ok(client.list(ENVS)?.into_iter().find(|env| text(env, "name") == name))
}

fn rm(args: &RmArgs) -> Result<()> {
    let client = args.server.connect()?;
    let name = visible(&args.name);
    let Some(env) = find(&client, &args.name)? else { return Err(Problem::NotFound(format!("there is no env var {name}")).into()) };
    if !args.yes {
        prompt::confirm(&format!("Remove {name}, also from the hooks that are linked to it?"))?;
    }
    client.delete(&format!("{ENVS}/{}", text(&env, "id")))?;
    if args.output.json { output::json(&json!({"removed": args.name})) } else { output::note(&format!("removed {name}")) }
}
