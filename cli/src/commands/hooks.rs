//! `hookbox hooks`: what hooks there are, how they are doing, and which of them runs.

use anyhow::Result;
use clap::{Args, Subcommand};
use hookbox_hooks::bodies::HookBody;
use hookbox_hooks::hook_type::HookType;
use hookbox_hooks::{Condition, HookView, LimitsView, Status, TopLevel};
use serde_json::{Value, json};

use super::executions::{ExecutionFilterArgs, table};
use crate::event;
use crate::hook_ref::{self, HOOKS, HookArg};
use crate::hook_types;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::prompt;
use crate::style::{Look, Style, visible};
use crate::table::{Cell, Table};

/// Show, enable, disable and delete hooks
#[derive(Debug, Args)]
pub(crate) struct HooksArgs {
    #[command(subcommand)]
    command: HooksCommand,
}

#[derive(Debug, Subcommand)]
enum HooksCommand {
    List(ListArgs),
    Get(OneArgs),
    Enable(EnableArgs),
    Disable(DisableArgs),
    Delete(DeleteArgs),
    Executions(ExecutionsArgs),
}

/// List the account's hooks, oldest first
#[derive(Debug, Args)]
struct ListArgs {
    /// Only the hooks of this type
    #[arg(short = 't', long = "type", value_name = "TYPE", value_parser = hook_types::parse)]
    hook_type: Option<HookType>,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Show a hook: its state, its settings, and why it failed if it did
#[derive(Debug, Args)]
struct OneArgs {
    #[command(flatten)]
    hook: HookArg,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Let a hook run at events; one hook of a type can be enabled
#[derive(Debug, Args)]
struct EnableArgs {
    #[command(flatten)]
    one: OneArgs,
}

/// Keep a hook from running at events
#[derive(Debug, Args)]
struct DisableArgs {
    #[command(flatten)]
    one: OneArgs,
}

/// Delete a hook with all its versions; its log stays until it is old
#[derive(Debug, Args)]
struct DeleteArgs {
    #[command(flatten)]
    one: OneArgs,
    /// Do not ask; without a terminal nobody is asked
    #[arg(short, long)]
    yes: bool,
}

/// List a hook's executions, newest first
#[derive(Debug, Args)]
struct ExecutionsArgs {
    #[command(flatten)]
    hook: HookArg,
    /// How many at most
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    filter: ExecutionFilterArgs,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &HooksArgs) -> Result<()> {
    match &args.command {
        HooksCommand::List(args) => list(args),
        HooksCommand::Get(args) => get(args),
        HooksCommand::Enable(args) => set_disabled(&args.one, false),
        HooksCommand::Disable(args) => set_disabled(&args.one, true),
        HooksCommand::Delete(args) => delete(args),
        HooksCommand::Executions(args) => executions(args),
    }
}

fn list(args: &ListArgs) -> Result<()> {
    let query: Vec<_> = args.hook_type.map(|one| ("type", one.to_string())).into_iter().collect();
    let hooks: Vec<HookView> = args.server.connect()?.pages(HOOKS, &query)?;
    args.output.table(&hooks, "there are no hooks; `hookbox new` and `hookbox deploy` make one", || hooks_table(&hooks))
}

fn hooks_table(hooks: &[HookView]) -> Table {
    let mut table = Table::new(["ID", "TYPE", "STATE", "STATUS", "VERSION", "RUNTIME", "UPDATED"]);
    for hook in hooks {
        let HookView { id, hook_type, version, runtime, updated_at, .. } = hook;
        table.row([
            id.to_string().into(),
            Cell::from(&**hook_type),
            state(hook.disabled),
            status(hook.status),
            version.to_string().into(),
            Cell::from(&**runtime),
            updated_at.to_string().into(),
        ]);
    }
    table
}

fn state(disabled: bool) -> Cell {
    match disabled {
        true => Cell::new("disabled", Look::Dim),
        false => Cell::new("enabled", Look::Good),
    }
}

fn status(status: Status) -> Cell {
    let look = match status {
        Status::Ready => Look::Good,
        Status::CreateFailed | Status::UpdateFailed => Look::Bad,
        Status::CreateQueued | Status::CreateRunning | Status::UpdateQueued | Status::UpdateRunning => Look::Warning,
    };
    Cell::new(status.as_str(), look)
}

fn get(args: &OneArgs) -> Result<()> {
    let hook = args.hook.find(&args.server.connect()?)?;
    args.output.print(&hook, |style| page(&hook, style))
}

/// The fields of a hook that people look for, a line each; what is not there is left out.
fn page(hook: &HookView, style: Style) -> String {
    let line = |name: &str, value: &str| format!("{}  {}\n", style.dim(&format!("{name:<16}")), visible(value));
    let lines = plain_fields(hook).into_iter().chain(listed_fields(hook)).filter(|(_, value)| !value.is_empty());
    let mut page: String = lines.map(|(name, value)| line(name, &value)).collect();
    let settings = hook.settings.iter().map(|(name, value)| (name, shown(value))).filter(|(_, value)| !value.is_empty());
    settings.for_each(|(name, value)| page.push_str(&line(&visible(name), &value)));
    if let Some(message) = &hook.status_message {
        page.push_str(&format!("{}\n", style.bad(event::lines(message, "").trim_end())));
    }
    page
}

fn plain_fields(hook: &HookView) -> [(&'static str, String); 18] {
    let text = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    [
        ("id", hook.id.to_string()),
        ("type", hook.hook_type.to_string()),
        ("disabled", hook.disabled.to_string()),
        ("status", hook.status.as_str().to_owned()),
        ("version", hook.version.to_string()),
        ("serving_version", text(hook.serving_version)),
        ("runtime", hook.runtime.to_string()),
        ("kind", hook.kind.to_string()),
        ("function_bytes", hook.function_bytes.to_string()),
        ("timeout", hook.timeout.to_string()),
        ("retries", hook.retries.to_string()),
        ("on_error", hook.on_error.as_str().to_owned()),
        ("expose_errors", hook.expose_errors.to_string()),
        ("http_cache", hook.http_cache.to_string()),
        ("top_level", hook.top_level.map(TopLevel::as_str).unwrap_or_default().to_owned()),
        ("top_level_reason", hook.top_level_reason.as_deref().unwrap_or_default().to_owned()),
        ("created_at", hook.created_at.to_string()),
        ("updated_at", hook.updated_at.to_string()),
    ]
}

/// Lists, each on one line.
fn listed_fields(hook: &HookView) -> [(&'static str, String); 5] {
    let LimitsView { fuel, memory_mib } = hook.limits;
    let packages: Vec<String> = hook.packages.iter().map(|(name, version)| format!("{name}={version}")).collect();
    let conditions: Vec<String> = hook.conditions.iter().map(Condition::to_string).collect();
    [
        ("limits", format!("fuel={fuel}, memory_mib={memory_mib}")),
        ("env_vars", hook.env_vars.join(", ")),
        ("allowed_hosts", hook.allowed_hosts.join(", ")),
        ("conditions", conditions.join(", ")),
        ("packages", packages.join(", ")),
    ]
}

/// A setting of the dialect's on one line.
fn shown(value: &Value) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
            fields.sort_unstable();
            fields.join(", ")
        }
        value => plain(value),
    }
}

fn set_disabled(args: &OneArgs, disabled: bool) -> Result<()> {
    let client = args.server.connect()?;
    let id = args.hook.id(&client)?;
    let hook: HookView = client.put(&hook_ref::path(id), &HookBody { disabled: Some(disabled), ..HookBody::default() })?;
    if args.output.json {
        return output::json(&hook);
    }
    let done = if disabled { "disabled: no event runs it" } else { "enabled: events of its type run it" };
    output::note(&format!("{} {id} is {done}", visible(&hook.hook_type)))?;
    if !disabled && hook.status != Status::Ready {
        output::note(&format!("note: its newest version is {}, see `hookbox hooks get {id}`", hook.status.as_str()))?;
    }
    Ok(())
}

fn delete(args: &DeleteArgs) -> Result<()> {
    let one = &args.one;
    let client = one.server.connect()?;
    let HookView { id, hook_type, .. } = one.hook.find(&client)?;
    let hook_type = visible(&hook_type);
    if !args.yes {
        prompt::confirm(&format!("Delete the {hook_type} hook {id} and its versions?"))?;
    }
    client.delete(&hook_ref::path(id))?;
    if one.output.json { output::json(&json!({"deleted": id})) } else { output::note(&format!("deleted {hook_type} {id}")) }
}

fn executions(args: &ExecutionsArgs) -> Result<()> {
    let client = args.server.connect()?;
    let id = args.hook.id(&client)?;
    let mut found = Vec::new();
    if args.limit > 0 {
        client.walk(&format!("{}/executions", hook_ref::path(id)), &args.filter.query(), &mut |one| {
            found.push(one);
            found.len() < args.limit
        })?;
    }
    args.output.table(&found, "there are no executions", || table(&found))
}
