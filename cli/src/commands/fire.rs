//! `hookbox fire HOOK --context FILE`: one run of a deployed hook, live or not, on the server.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_host_api::{Decision, Outcome};
use serde_json::{Value, json};

use super::executions::duration;
use crate::exit::DENIED;
use crate::hook_ref::{HOOKS, HookArg, shown, text};
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::style::{Style, visible, visible_lines};

/// Run a deployed hook on a context and show what it decides
///
/// Exit codes: 0 the hook allows, 10 it denies, 1 it failed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox fire pre-authentication --context samples/login.json\n  jq '.user.policy_id = 7' login.json | hookbox fire pre-authentication -c - --roles 12,34"
)]
pub(crate) struct FireArgs {
    #[command(flatten)]
    hook: HookArg,

    /// The context, a JSON file; - is stdin
    #[arg(short, long, value_name = "FILE")]
    context: PathBuf,

    /// Ids of roles that the user has, for the hook's conditions
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    roles: Vec<String>,

    #[command(flatten)]
    server: ServerArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &FireArgs) -> Result<ExitCode> {
    let context: Value =
        serde_json::from_slice(&read(&args.context)?).with_context(|| format!("the context {} is no JSON", args.context.display()))?;
    let client = args.server.connect()?;
    let id = args.hook.id(&client)?;
    let mut body = json!({"context": context});
    if let (false, Some(fields)) = (args.roles.is_empty(), body.as_object_mut()) {
        fields.insert("roles".into(), json!(args.roles));
    }
    let answer = client.fire(&format!("{HOOKS}/{id}/fire"), &body)?;
    args.output.print(&answer, |style| page(&answer, style))?;
    if args.output.json || text(&answer, "execution_id").is_empty() {
        return Ok(code(&answer));
    }
    output::note(&format!("its log: hookbox logs {id} --request-id {}", visible(text(&answer, "request_id"))))?;
    Ok(code(&answer))
}

/// A file, or stdin.
fn read(path: &Path) -> Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read stdin")?;
    Ok(bytes)
}

/// A function that failed did not decide: that its hook's setting then denies is no answer of it.
fn code(answer: &Value) -> ExitCode {
    match (text(answer, "outcome"), text(answer, "decision")) {
        ("completed" | "skipped", "allow") => ExitCode::SUCCESS,
        ("completed" | "skipped", _) => DENIED.into(),
        _ => ExitCode::FAILURE,
    }
}

fn page(answer: &Value, style: Style) -> String {
    let line = |name: &str, value: &str| format!("{}  {value}\n", style.dim(&format!("{name:<8}")));
    let outcome = Outcome::ALL.into_iter().find(|one| one.as_str() == text(answer, "outcome"));
    let decision = match text(answer, "decision") {
        "allow" => Some(Decision::Allow),
        "deny" => Some(Decision::Deny),
        _ => None,
    };
    let mut page = line("outcome", &outcome.map_or_else(String::new, |outcome| style.outcome(outcome)));
    page.push_str(&line("decision", &style.decision(decision, text(answer, "decision"))));
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        let place = shown(error, "place");
        let place = if place.is_empty() { place } else { format!(" ({place})") };
        page.push_str(&line("error", &visible(&format!("{}: {}{place}", text(error, "kind"), text(error, "message")))));
        let stack = text(error, "stack");
        if !stack.is_empty() {
            page.push_str(&format!("{}\n", visible_lines(stack)));
        }
    }
    let result = answer.get("result").unwrap_or(&Value::Null);
    if !result.is_null() {
        page.push_str(&line("result", &visible(&result.to_string())));
    }
    let usage = |name: &str| answer.pointer(&format!("/usage/{name}")).and_then(Value::as_u64).unwrap_or_default();
    page.push_str(&line("usage", &format!("{} fuel, {} KiB, {}", usage("fuel"), usage("memory_bytes") >> 10, duration(answer))));
    page
}
