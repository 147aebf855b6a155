//! `hookbox accounts`: the tenants of a server, for its operator.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use hookbox_hooks::bodies::{AccountBody, AccountSettingsBody, ClientCertificateBody};
use hookbox_hooks::{AccountId, AccountSettings, AccountView, ClientCertificate, OnNoHook};
use hookbox_host_api::{Decision, Secret};

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

    /// A file with a certificate authority, or several, in PEM that calls trust beside the server's; those that are named replace those that
    /// were there
    #[arg(long, value_name = "FILE")]
    egress_ca: Vec<PathBuf>,

    /// Trust no authorities but the server's
    #[arg(long, conflicts_with = "egress_ca")]
    no_egress_ca: bool,

    /// A client certificate for hosts (separated by commas): the files of the certificate with its chain, and of its private key, in PEM; it
    /// comes before those that are there
    #[arg(long, num_args = 3, value_names = ["HOSTS", "CERT", "KEY"])]
    client_certificate: Vec<String>,

    /// Drop a client certificate, by its fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    drop_client_certificate: Vec<String>,

    #[command(flatten)]
    dialects: DialectSettingsArgs,
}

fn on_no_hook_help() -> String {
    let each: Vec<String> = REGISTRY.types().iter().map(|one| format!("{} a {one}", one.default_decision.as_str())).collect();
    format!("What is decided at an event without a live hook; default: {}", each.join(", "))
}

impl SettingsArgs {
    /// The settings that are named. `present` are the certificates that the account has.
    fn body(&self, present: &[ClientCertificate]) -> Result<AccountBody> {
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
            egress_ca: self.authorities()?,
            client_certificates: self.certificates(present)?,
            dialects: self.dialects.0.clone(),
        };
        Ok(AccountBody { name: self.name.clone(), settings })
    }

    fn authorities(&self) -> Result<Option<Vec<String>>> {
        let texts = self.egress_ca.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
        Ok((self.no_egress_ca || !texts.is_empty()).then_some(texts))
    }

    fn changes_certificates(&self) -> bool {
        !self.client_certificate.is_empty() || !self.drop_client_certificate.is_empty()
    }

    fn certificates(&self, present: &[ClientCertificate]) -> Result<Option<Vec<ClientCertificateBody>>> {
        if !self.changes_certificates() {
            return Ok(None);
        }
        let unknown = |fingerprint: &&String| present.iter().all(|one| one.fingerprint != **fingerprint);
        if let Some(fingerprint) = self.drop_client_certificate.iter().find(unknown) {
            return Err(Problem::Usage(format!("the account has no client certificate with the fingerprint {fingerprint}")).into());
        }
        let (given, _) = self.client_certificate.as_chunks();
        let mut all = Vec::new();
        for [list, cert, key] in given {
            let (cert, key) = (Some(read(cert.as_ref())?), Some(Secret::new(read(key.as_ref())?)));
            all.push(ClientCertificateBody { hosts: hosts(list), cert, key, fingerprint: None });
        }
        for one in present.iter().filter(|one| !self.drop_client_certificate.contains(&one.fingerprint)) {
            let (hosts, fingerprint) = (one.hosts.texts().collect(), Some(one.fingerprint.clone()));
            all.push(ClientCertificateBody { hosts, fingerprint, ..ClientCertificateBody::default() });
        }
        Ok(Some(all))
    }
}

/// The hosts of a list.
pub(crate) fn hosts(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect()
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

pub(crate) fn run(args: &AccountsArgs) -> Result<()> {
    match &args.command {
        AccountsCommand::List(args) => {
            let accounts: Vec<AccountView> = args.server.connect()?.pages(ACCOUNTS, &[])?;
            args.output.table(&accounts, "there are no accounts", || table(&accounts))
        }
        AccountsCommand::Create(args) => {
            let body = args.settings.body(&[])?;
            let account = args.server.connect()?.post(ACCOUNTS, &body)?;
            show(&account, args.output)
        }
        AccountsCommand::Update(args) => {
            let path = format!("{ACCOUNTS}/{}", args.id);
            if args.settings.changes_certificates() {
                let client = args.server.connect()?;
                let present: AccountView = client.get(&path)?;
                let account = client.put(&path, &args.settings.body(&present.settings.client_certificates)?)?;
                return show(&account, args.output);
            }
            let body = args.settings.body(&[])?;
            if body == AccountBody::default() {
                return Err(Problem::Usage("nothing to change: name a setting, see `hookbox accounts update --help`".into()).into());
            }
            let account = args.server.connect()?.put(&path, &body)?;
            show(&account, args.output)
        }
    }
}

fn show(account: &AccountView, output: OutputArgs) -> Result<()> {
    output.table(account, "", || table(std::slice::from_ref(account)))?;
    let AccountSettings { egress_ca, client_certificates, .. } = &account.settings;
    if !output.json && !egress_ca.is_empty() {
        output::note(&format!("its hooks' calls trust {} authorities beside the server's", egress_ca.len()))?;
    }
    for ClientCertificate { hosts, subject, expires_at, fingerprint } in client_certificates.iter().filter(|_| !output.json) {
        output::note(&format!("{hosts} see the client certificate of {subject}, valid until {expires_at}: {fingerprint}"))?;
    }
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
