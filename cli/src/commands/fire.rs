//! `hookbox fire HOOK --context FILE`: one run of a deployed hook, live or not, on the server.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::AnswerView;
use hookbox_hooks::bodies::FireBody;
use hookbox_host_api::{Decision, Outcome};

use super::executions::duration;
use crate::exit::DENIED;
use crate::hook_ref::{self, HookArg};
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
    let context =
        serde_json::from_slice(&read(&args.context)?).with_context(|| format!("the context {} is no JSON", args.context.display()))?;
    let client = args.server.connect()?;
    let id = args.hook.id(&client)?;
    let event = FireBody { context, roles: (!args.roles.is_empty()).then(|| args.roles.clone()) };
    let answer = client.fire(&format!("{}/fire", hook_ref::path(id)), &event)?;
    args.output.print(&answer, |style| page(&answer, style))?;
    if !args.output.json {
        output::note(&format!("its log: hookbox logs {id} --request-id {}", visible(&answer.request_id)))?;
    }
    Ok(code(answer.outcome, answer.decision))
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
fn code(outcome: Outcome, decision: Decision) -> ExitCode {
    match (outcome, decision) {
        (Outcome::Completed | Outcome::Skipped, Decision::Allow | Decision::NoChange) => ExitCode::SUCCESS,
        (Outcome::Completed | Outcome::Skipped, Decision::Deny) => DENIED.into(),
        _ => ExitCode::FAILURE,
    }
}

fn page(answer: &AnswerView, style: Style) -> String {
    let line = |name: &str, value: &str| format!("{}  {value}\n", style.dim(&format!("{name:<8}")));
    let mut page = line("outcome", &style.outcome(answer.outcome));
    page.push_str(&line("decision", &style.decision(Some(answer.decision), answer.decision.as_str())));
    if let Some(error) = &answer.error {
        let place = error.place.as_deref().filter(|place| !place.is_empty()).map(|place| format!(" ({place})")).unwrap_or_default();
        page.push_str(&line("error", &visible(&format!("{}: {}{place}", error.kind.as_str(), error.message))));
        if let Some(stack) = error.stack.as_deref().filter(|stack| !stack.is_empty()) {
            page.push_str(&format!("{}\n", visible_lines(stack)));
        }
    }
    for command in &answer.commands {
        page.push_str(&line("command", &visible(&command.to_string())));
    }
    if let Some(message) = &answer.message {
        page.push_str(&line("message", &visible(message)));
    }
    if let Some(result) = &answer.result {
        page.push_str(&line("result", &visible(result.get())));
    }
    let usage = &answer.usage;
    page.push_str(&line("usage", &format!("{} fuel, {} KiB, {}", usage.fuel, usage.memory_bytes >> 10, duration(usage))));
    page
}
