//! `hookbox credentials`: who may call the server, for its operator. A new secret is shown once.

use anyhow::{Context as _, Result};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use hookbox_hooks::bodies::CredentialBody;
use hookbox_hooks::{AccountId, CredentialView, Networks, NewCredentialView, Scope, Scopes};
use serde_json::json;

use super::credentials_reset::{self, ResetArgs};
use crate::exit::Problem;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::prompt;
use crate::style::visible;
use crate::table::Table;

pub(super) const CREDENTIALS: &str = "/v1/credentials";

/// List, make and delete the credentials of callers (scope operate)
#[derive(Debug, Args)]
pub(crate) struct CredentialsArgs {
    #[command(subcommand)]
    command: CredentialsCommand,
}

#[derive(Debug, Subcommand)]
enum CredentialsCommand {
    List(ListArgs),
    Create(CreateArgs),
    Delete(DeleteArgs),
    Reset(ResetArgs),
}

/// List the credentials, without their secrets
#[derive(Debug, Args)]
struct ListArgs {
    /// Only those of this account
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Make a credential; its secret is printed once and kept nowhere
#[derive(Debug, Args)]
#[command(
    after_help = "Scopes:\n  fire     run hooks at events: what an identity provider needs\n  read     see hooks, env vars' names and logs\n  manage   change hooks and env vars; includes read and fire\n  operate  accounts and credentials; in account 1 only"
)]
struct CreateArgs {
    /// What it may do; may be repeated
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',', value_parser = scope_parser())]
    scopes: Vec<Scope>,
    /// Whose hooks [default: the caller's account]
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// A name for people
    #[arg(long)]
    name: Option<String>,
    /// An address or network that it may be used from; may be repeated [default: anywhere]
    #[arg(long = "allow-address", value_name = "CIDR", value_delimiter = ',')]
    allowed_addresses: Vec<String>,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Delete a credential; its tokens are worthless at once
#[derive(Debug, Args)]
struct DeleteArgs {
    /// Its client id
    client_id: String,
    /// Do not ask; without a terminal nobody is asked
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &CredentialsArgs) -> Result<()> {
    match &args.command {
        CredentialsCommand::List(args) => list(args),
        CredentialsCommand::Create(args) => create(args),
        CredentialsCommand::Delete(args) => delete(args),
        CredentialsCommand::Reset(args) => credentials_reset::run(args),
    }
}

fn list(args: &ListArgs) -> Result<()> {
    let query: Vec<_> = args.account.map(|id| ("account_id", id.to_string())).into_iter().collect();
    let found: Vec<CredentialView> = args.server.connect()?.pages(CREDENTIALS, &query)?;
    args.output.table(&found, "there are no credentials", || {
        let mut table = Table::new(["CLIENT ID", "ACCOUNT", "SCOPES", "FROM", "NAME", "CREATED"]);
        for one in &found {
            let CredentialView { client_id, account_id, name, created_at, allowed_addresses, .. } = one;
            let (name, from) = (name.clone().unwrap_or_default(), allowed_addresses.to_string());
            let cells = [client_id.to_string(), account_id.to_string(), scopes(one.scopes), from, name, created_at.to_string()];
            table.row(cells.map(Into::into));
        }
        table
    })
}

fn scopes(scopes: Scopes) -> String {
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(",")
}

/// Scopes by their names, the smallest first.
fn scope_parser() -> impl TypedValueParser<Value = Scope> {
    let names = Scope::ALL.into_iter().rev().map(Scope::as_str);
    PossibleValuesParser::new(names.collect::<Vec<_>>()).try_map(|name| {
        let found = Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
        found.ok_or("there is no such scope")
    })
}

fn create(args: &CreateArgs) -> Result<()> {
    let allowed_addresses = Networks::parse(args.allowed_addresses.iter().map(String::as_str)).context("--allow-address")?;
    let scopes = args.scopes.iter().copied().collect();
    let body = CredentialBody { account_id: args.account, scopes, name: args.name.clone(), allowed_addresses };
    let made: NewCredentialView = args.server.connect()?.post(CREDENTIALS, &body)?;
    if args.output.json {
        return output::json(&made);
    }
    let (id, secret) = (made.credential.client_id, made.client_secret);
    output::write(&format!("client_id={}\nclient_secret={}\n", visible(id.as_str()), visible(secret.expose())))?;
    output::note("keep the secret now: it is not shown again")
}

fn delete(args: &DeleteArgs) -> Result<()> {
    let id = visible(&args.client_id);
    // Everything else that a client id can hold stands in a path as it is.
    if args.client_id.is_empty() || args.client_id.contains(['/', '?', '#', '%', ' ']) {
        return Err(Problem::NotFound(format!("there is no credential \"{id}\"")).into());
    }
    if !args.yes {
        prompt::confirm(&format!("Delete the credential {id}? Whoever uses it is locked out at once."))?;
    }
    args.server.connect()?.delete(&format!("{CREDENTIALS}/{}", args.client_id))?;
    if args.output.json { output::json(&json!({"deleted": args.client_id})) } else { output::note(&format!("deleted {id}")) }
}
