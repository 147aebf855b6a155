//! `hookbox accounts`: the tenants of a server, for its operator.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use crate::exit::Problem;
use crate::hook_ref::shown;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::table::Table;

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
    id: u64,
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

    /// What is decided at an event without a live hook; default: allow a pre-authentication, deny a user-migration
    #[arg(long, value_name = "DECISION", value_parser = ["allow", "deny", "default"])]
    on_no_hook: Option<String>,

    /// Whether requests and results must be exactly as OneLogin documents them
    #[arg(long, value_name = "BOOL")]
    strict: Option<bool>,

    /// How answers are shaped, where clients exclude each other; default: as the client's User-Agent tells
    #[arg(long, value_name = "CLIENT", value_parser = ["documented", "python", "go", "dotnet", "default"])]
    client: Option<String>,
}

impl SettingsArgs {
    fn body(&self) -> Map<String, Value> {
        let choice = |text: &String| if text == "default" { Value::Null } else { text.clone().into() };
        let fields = [
            ("name", self.name.clone().map(Value::from)),
            ("hooks_per_type", self.hooks_per_type.map(Value::from)),
            ("on_no_hook", self.on_no_hook.as_ref().map(choice)),
            ("strict", self.strict.map(Value::from)),
            ("client", self.client.as_ref().map(choice)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

pub(crate) fn run(args: &AccountsArgs) -> Result<()> {
    match &args.command {
        AccountsCommand::List(args) => {
            let accounts = args.server.connect()?.all(ACCOUNTS, &[])?;
            args.output.table(&accounts, "there are no accounts", || table(&accounts))
        }
        AccountsCommand::Create(args) => {
            let account = args.server.connect()?.post(ACCOUNTS, &args.settings.body().into())?;
            show(&account, args.output)
        }
        AccountsCommand::Update(args) => {
            let body = args.settings.body();
            if body.is_empty() {
                return Err(Problem::Usage("nothing to change: name a setting, see `hookbox accounts update --help`".into()).into());
            }
            let account = args.server.connect()?.put(&format!("{ACCOUNTS}/{}", args.id), &body.into())?;
            show(&account, args.output)
        }
    }
}

fn show(account: &Value, output: OutputArgs) -> Result<()> {
    output.table(account, "", || table(std::slice::from_ref(account)))?;
    if output.json { Ok(()) } else { output::note("its callers need a credential: hookbox credentials create --account ID --scope manage") }
}

fn table(accounts: &[Value]) -> Table {
    let mut table = Table::new(["ID", "NAME", "HOOKS/TYPE", "NO HOOK", "STRICT", "CLIENT", "CREATED"]);
    for one in accounts {
        let settings = one.get("settings").unwrap_or(&Value::Null);
        table.row([
            shown(one, "id").into(),
            shown(one, "name").into(),
            shown(settings, "hooks_per_type").into(),
            shown(settings, "on_no_hook").into(),
            shown(settings, "strict").into(),
            shown(settings, "client").into(),
            shown(one, "created_at").into(),
        ]);
    }
    table
}
