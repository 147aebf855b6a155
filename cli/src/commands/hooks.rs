//! `hookbox hooks`: what hooks there are, how they are doing, and which of them runs.

use anyhow::Result;
use clap::{Args, Subcommand};
use hookbox_host_api::HookType;
use serde_json::{Value, json};

use super::executions::{ExecutionFilterArgs, table};
use crate::event;
use crate::hook_ref::{self, HOOKS, HookArg, shown, text};
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
    #[arg(short = 't', long = "type", value_name = "TYPE")]
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
    let mut hooks = args.server.connect()?.all(HOOKS, &query)?;
    // A function is long, and `pull` is there for it.
    hooks.iter_mut().filter_map(Value::as_object_mut).for_each(|hook| drop(hook.remove("function")));
    args.output.table(&hooks, "there are no hooks; `hookbox new` and `hookbox deploy` make one", || hooks_table(&hooks))
}

fn hooks_table(hooks: &[Value]) -> Table {
    let mut table = Table::new(["ID", "TYPE", "STATE", "STATUS", "VERSION", "RUNTIME", "UPDATED"]);
    for hook in hooks {
        let cell = |name| Cell::from(shown(hook, name));
        table.row([cell("id"), cell("type"), state(hook), status(hook), cell("version"), cell("runtime"), cell("updated_at")]);
    }
    table
}

fn state(hook: &Value) -> Cell {
    match hook.get("disabled") == Some(&json!(true)) {
        true => Cell::new("disabled", Look::Dim),
        false => Cell::new("enabled", Look::Good),
    }
}

fn status(hook: &Value) -> Cell {
    let status = text(hook, "status");
    let look = match status {
        "ready" => Look::Good,
        failed if failed.ends_with("failed") => Look::Bad,
        _ => Look::Warning,
    };
    Cell::new(status, look)
}

fn get(args: &OneArgs) -> Result<()> {
    let hook = args.hook.find(&args.server.connect()?)?;
    args.output.print(&hook, |style| page(&hook, style))
}

/// The fields of a hook that people look for, a line each; what is not there is left out.
fn page(hook: &Value, style: Style) -> String {
    const FIELDS: [&str; 17] = [
        "id",
        "type",
        "disabled",
        "status",
        "version",
        "serving_version",
        "runtime",
        "kind",
        "function_bytes",
        "timeout",
        "retries",
        "on_error",
        "context_version",
        "top_level",
        "top_level_reason",
        "created_at",
        "updated_at",
    ];
    const OBJECTS: [&str; 5] = ["limits", "options", "env_vars", "conditions", "packages"];
    let line = |name: &str, value: &str| format!("{}  {}\n", style.dim(&format!("{name:<16}")), visible(value));
    let plain = FIELDS.iter().map(|name| (*name, shown(hook, name)));
    let others = OBJECTS.iter().map(|name| (*name, listed(hook.get(*name).unwrap_or(&Value::Null))));
    let lines = plain.chain(others).filter(|(_, value)| !value.is_empty());
    let mut page: String = lines.map(|(name, value)| line(name, &value)).collect();
    let message = text(hook, "status_message");
    if !message.is_empty() {
        page.push_str(&format!("{}\n", style.bad(event::lines(message, "").trim_end())));
    }
    page
}

/// A list or an object on one line.
fn listed(value: &Value) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

fn set_disabled(args: &OneArgs, disabled: bool) -> Result<()> {
    let client = args.server.connect()?;
    let hook = hook_ref::update(&client, &args.hook.find(&client)?, json!({"disabled": disabled}))?;
    if args.output.json {
        return output::json(&hook);
    }
    let done = if disabled { "disabled: no event runs it" } else { "enabled: events of its type run it" };
    output::note(&format!("{} {} is {done}", text(&hook, "type"), text(&hook, "id")))?;
    if !disabled && text(&hook, "status") != "ready" {
        output::note(&format!("note: its newest version is {}, see `hookbox hooks get {}`", text(&hook, "status"), text(&hook, "id")))?;
    }
    Ok(())
}

fn delete(args: &DeleteArgs) -> Result<()> {
    let one = &args.one;
    let client = one.server.connect()?;
    let hook = one.hook.find(&client)?;
    let (id, hook_type) = (text(&hook, "id"), text(&hook, "type"));
    if !args.yes {
        prompt::confirm(&format!("Delete the {hook_type} hook {id} and its versions?"))?;
    }
    hook_ref::delete(&client, id)?;
    if one.output.json { output::json(&json!({"deleted": id})) } else { output::note(&format!("deleted {hook_type} {id}")) }
}

fn executions(args: &ExecutionsArgs) -> Result<()> {
    let client = args.server.connect()?;
    let id = args.hook.id(&client)?;
    let mut found = Vec::new();
    if args.limit > 0 {
        client.walk(&format!("{HOOKS}/{id}/executions"), &args.filter.query(), &mut |one| {
            found.push(one);
            found.len() < args.limit
        })?;
    }
    args.output.table(&found, "there are no executions", || table(&found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook() -> Value {
        json!({
            "id": "d360aded-6063-4c60-8add-45f32772ff71", "type": "pre-authentication", "disabled": false, "status": "update-failed",
            "status_message": "SyntaxError: no (hook.js:1:2)\n\u{1b}[2J", "version": 3, "serving_version": 2, "runtime": "nodejs24.x",
            "env_vars": ["A", "B"], "limits": {"fuel": 5, "memory_mib": 64}, "conditions": [], "updated_at": "2026-11-21T20:03:07.610Z",
        })
    }

    #[test]
    fn a_list_of_hooks() {
        insta::assert_snapshot!(hooks_table(&[hook(), json!({"id": "x", "disabled": true, "status": "ready"})]).render(Style::plain()));
    }

    #[test]
    fn a_page_about_a_hook() {
        insta::assert_snapshot!(page(&hook(), Style::plain()));
    }
}
