//! `hookbox accounts`: the tenants of a server, for its operator.

use anyhow::Result;
use clap::{Args, Subcommand};
use hookbox_hooks::bodies::{AccountBody, AccountSettingsBody};
use hookbox_hooks::{AccountId, AccountView, OnNoHook};
use hookbox_host_api::Decision;

use crate::dialect_settings::{self, DialectSettingsArgs};
use crate::exit::Problem;
use crate::hook_types::REGISTRY;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::table::{Cell, Table};

const ACCOUNTS: &str = "/v1/accounts";

/// List, make and change accounts (scope operate)
#[derive(Debug, Args)]
pub(crate) struct AccountsArgs {
    #[command(subcommand)]
    command: AccountsCommand,
}

#[derive(Debug, Subcommand)]
enum AccountsCommand {
    List(ListArgs),
    Create(CreateArgs),
    Update(UpdateArgs),
}

/// List the accounts of the server
#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Make an account
#[derive(Debug, Args)]
struct CreateArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Change an account; what is not named stays as it is
#[derive(Debug, Args)]
struct UpdateArgs {
    /// The account's number
    id: AccountId,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct SettingsArgs {
    /// A name for people
    #[arg(long)]
    name: Option<String>,

    /// The most hooks of one type
    #[arg(long, value_name = "NUMBER")]
    hooks_per_type: Option<u32>,

    #[arg(long, value_name = "DECISION", value_parser = ["allow", "deny", "default"], help = on_no_hook_help())]
    on_no_hook: Option<String>,

    /// Whom new hooks may call that say nothing about it: hosts, separated by commas; empty for nobody
    #[arg(long, value_name = "HOSTS")]
    allowed_hosts: Option<String>,

    /// Whom hooks may call at most: hosts, separated by commas; empty for nobody, `server` to leave that to the server
    #[arg(long, value_name = "HOSTS")]
    hosts_ceiling: Option<String>,

    #[command(flatten)]
    dialects: DialectSettingsArgs,
}

fn on_no_hook_help() -> String {
    let each: Vec<String> = REGISTRY.types().iter().map(|one| format!("{} a {one}", one.default_decision.as_str())).collect();
    format!("What is decided at an event without a live hook; default: {}", each.join(", "))
}

impl SettingsArgs {
    fn body(&self) -> AccountBody {
        let on_no_hook = self.on_no_hook.as_deref().map(|name| match name {
            "allow" => Some(OnNoHook::All(Decision::Allow)),
            "deny" => Some(OnNoHook::All(Decision::Deny)),
            _ => None,
        });
        let settings = AccountSettingsBody {
            hooks_per_type: self.hooks_per_type,
            on_no_hook,
            allowed_hosts: self.allowed_hosts.as_deref().map(hosts),
            hosts_ceiling: self.hosts_ceiling.as_deref().map(|list| (list != "server").then(|| hosts(list))),
            dialects: self.dialects.0.clone(),
        };
        AccountBody { name: self.name.clone(), settings }
    }
}

/// The hosts of a list.
pub(crate) fn hosts(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect()
}

pub(crate) fn run(args: &AccountsArgs) -> Result<()> {
    match &args.command {
        AccountsCommand::List(args) => {
            let accounts: Vec<AccountView> = args.server.connect()?.pages(ACCOUNTS, &[])?;
            args.output.table(&accounts, "there are no accounts", || table(&accounts))
        }
        AccountsCommand::Create(args) => {
            let account = args.server.connect()?.post(ACCOUNTS, &args.settings.body())?;
            show(&account, args.output)
        }
        AccountsCommand::Update(args) => {
            let body = args.settings.body();
            if body == AccountBody::default() {
                return Err(Problem::Usage("nothing to change: name a setting, see `hookbox accounts update --help`".into()).into());
            }
            let account = args.server.connect()?.put(&format!("{ACCOUNTS}/{}", args.id), &body)?;
            show(&account, args.output)
        }
    }
}

fn show(account: &AccountView, output: OutputArgs) -> Result<()> {
    output.table(account, "", || table(std::slice::from_ref(account)))?;
    if output.json { Ok(()) } else { output::note("its callers need a credential: hookbox credentials create --account ID --scope manage") }
}

fn table(accounts: &[AccountView]) -> Table {
    let names: Vec<&str> = dialect_settings::flags().map(|flag| flag.name).collect();
    let head = ["ID", "NAME", "HOOKS/TYPE", "NO HOOK"].map(str::to_owned).into_iter();
    let mut table = Table::new(head.chain(names.iter().map(|name| name.to_uppercase())).chain(["CREATED".to_owned()]));
    for AccountView { id, name, settings, created_at, .. } in accounts {
        let on_no_hook = settings.on_no_hook.as_ref().map(shown).unwrap_or_default();
        let common = [id.to_string(), name.clone().unwrap_or_default(), settings.hooks_per_type.to_string(), on_no_hook];
        let theirs = names.iter().map(|name| dialect_settings::shown(settings.dialects.get(*name)));
        table.row(common.into_iter().chain(theirs).chain([created_at.to_string()]).map(Cell::from));
    }
    table
}

fn shown(decision: &OnNoHook) -> String {
    match decision {
        OnNoHook::All(decision) => decision.as_str().to_owned(),
        OnNoHook::Each(each) => each.iter().map(|(name, decision)| format!("{name}={}", decision.as_str())).collect::<Vec<_>>().join(","),
    }
}
