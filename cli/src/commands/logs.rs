//! `hookbox logs HOOK`: what a hook's executions wrote, oldest first, and with `--follow` as they end.

use std::io::BufRead as _;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::{ExecutionView, HookId, Timestamp};

use super::executions::{ExecutionFilterArgs, entry};
use crate::client::{Client, with_query};
use crate::hook_ref::{self, HookArg};
use crate::login::ServerArgs;
use crate::output;
use crate::style::Style;

/// Show what a hook's executions wrote, oldest first
///
/// Each execution is a line with its outcome, decision, duration, fuel and request id, and the lines that the function wrote below it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox logs pre-authentication --since 1h --outcome failed\n  hookbox logs pre-authentication --follow --json | jq .usage.fuel"
)]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    hook: HookArg,

    /// Go on with what ends from now on, until you stop it
    #[arg(short, long)]
    follow: bool,

    /// Only what ended in this time: 90s, 1h, 2days [default: the last executions]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    since: Option<Duration>,

    /// How many executions at most, the last ones [default: all with --since, else 50; with --follow at most
    /// 1000, else 10]
    #[arg(short = 'n', long, value_name = "NUMBER")]
    limit: Option<usize>,

    #[command(flatten)]
    filter: ExecutionFilterArgs,

    #[command(flatten)]
    server: ServerArgs,

    /// Print one JSON object a line instead of text
    #[arg(long)]
    json: bool,
}

const LIMIT: usize = 50;
/// What is shown of the past before what follows, and the most that a server gives of it.
const FOLLOWED: usize = 10;
const MOST_FOLLOWED: usize = 1000;

pub(crate) fn run(args: &LogsArgs) -> Result<()> {
    let client = args.server.connect()?;
    let id = args.hook.id(&client)?;
    if args.follow { follow(args, &client, id) } else { show(args, &client, id) }
}

fn print(args: &LogsArgs, one: &ExecutionView) -> Result<()> {
    if args.json { output::json_line(one) } else { output::write(&entry(one, Style::stdout())) }
}

fn show(args: &LogsArgs, client: &Client, id: HookId) -> Result<()> {
    let since = args.since.and_then(|since| SystemTime::now().checked_sub(since)).map(Timestamp::from);
    let limit = args.limit.unwrap_or(if args.since.is_some() { usize::MAX } else { LIMIT });
    let mut found = Vec::new();
    client.walk(&format!("{}/executions", hook_ref::path(id)), &args.filter.query(), &mut |one: ExecutionView| {
        let wanted = found.len() < limit && since.is_none_or(|since| one.created_at >= since);
        if wanted {
            found.push(one);
        }
        wanted
    })?;
    if found.is_empty() && !args.json {
        output::note("there are no executions")?;
    }
    found.iter().rev().try_for_each(|one| print(args, one))
}

/// Prints what the server sends, which begins with what there is.
fn follow(args: &LogsArgs, client: &Client, id: HookId) -> Result<()> {
    let mut query = args.filter.query();
    let limit = args.limit.unwrap_or(if args.since.is_some() { MOST_FOLLOWED } else { FOLLOWED });
    query.push(("limit", limit.clamp(1, MOST_FOLLOWED).to_string()));
    // None of what there is.
    let since = if limit == 0 { Some(Duration::ZERO) } else { args.since };
    query.extend(since.map(|since| ("since", since.as_secs().to_string())));
    let lines = client.stream(&with_query(&format!("{}/executions/stream", hook_ref::path(id)), &query))?.lines();
    for line in lines {
        let line = line.context("the stream broke off")?;
        // An empty line says that the server is still there.
        if !line.is_empty() {
            print(args, &serde_json::from_str(&line).context("the stream holds what is no execution")?)?;
        }
    }
    anyhow::bail!("the server ended the stream: it stops, or the credential is no longer good")
}
