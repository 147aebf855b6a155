//! `hookbox run FILE --context ctx.json`: one run of a function on this machine, in the server's sandbox.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::{LocalError, LocalOutcome, LocalRun};
use hookbox_host_api::{Failure, HookType, Secret};

use super::serve::COMPILE_WORKER;
use crate::excerpt::Excerpt;
use crate::style::Style;

/// Run a function once on this machine, in the server's sandbox
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The function: a WebAssembly component or command, or JavaScript
    file: PathBuf,

    /// The context as the function is to see it, a JSON file
    #[arg(short, long, value_name = "FILE")]
    context: PathBuf,

    /// The hook type, which says what a response must hold
    #[arg(short = 't', long = "type", value_name = "TYPE", default_value = "pre-authentication")]
    hook_type: HookType,

    /// An environment variable of the function; may be repeated
    #[arg(short, long = "env", value_name = "NAME=VALUE", value_parser = env_var)]
    env: Vec<(String, Secret)>,

    /// Fuel budget
    #[arg(long, default_value_t = 1_000_000_000)]
    fuel: u64,

    /// Memory, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: u32,

    /// Time, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,

    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

fn env_var(text: &str) -> Result<(String, Secret), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), Secret::new(value)))
}

/// Runs it. A function that does not complete is exit code 1.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode> {
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let local = LocalRun {
        function: read(&args.file)?,
        hook_type: args.hook_type,
        context: read(&args.context)?,
        env: args.env.clone(),
        fuel: args.fuel,
        memory_mib: args.memory,
        timeout: Duration::from_secs(args.timeout),
        compile_worker: (std::env::current_exe()?, vec![COMPILE_WORKER.to_owned()]),
        cache_dir: cache_dir(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let source = read(&args.file)?;
    let excerpt = |text: &str| Excerpt::find(&source, text);
    let outcome = match runtime.block_on(local.run()) {
        Err(LocalError::Function(refusal)) if !args.json => return print_refusal(&refusal.to_string(), excerpt(&refusal.to_string())),
        ran => ran?,
    };
    if args.json {
        print_json(&outcome)?
    } else {
        print_text(&outcome, outcome.failure.as_ref().and_then(|failure| excerpt(failure.place.as_deref()?)))?
    }
    Ok(if outcome.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where compiled code is kept between runs: the user's own cache folder.
fn cache_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).unwrap_or_else(std::env::temp_dir).join("hookbox")
}

fn print_json(outcome: &LocalOutcome) -> Result<()> {
    let json = serde_json::json!({
        "outcome": outcome.outcome,
        "decision": outcome.decision,
        "result": outcome.result,
        "error": outcome.failure,
        "log": outcome.log.events,
        "usage": outcome.usage,
    });
    writeln!(std::io::stdout().lock(), "{json:#}")?;
    Ok(())
}

/// A function that would not be deployed either: what is wrong with it, and where.
fn print_refusal(refusal: &str, excerpt: Option<Excerpt<'_>>) -> Result<ExitCode> {
    let mut err = std::io::stderr().lock();
    writeln!(err, "error: the function is refused: {refusal}")?;
    if let Some(excerpt) = excerpt {
        write!(err, "{excerpt}")?;
    }
    Ok(ExitCode::FAILURE)
}

/// What broke off, and where: the line of the source, and the calls that led there.
fn print_failure(out: &mut impl std::io::Write, style: Style, failure: &Failure, excerpt: Option<Excerpt<'_>>) -> Result<()> {
    let place = failure.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    writeln!(out, "{}  {}: {}{place}", style.dim("error   "), failure.kind.as_str(), failure.message)?;
    if let Some(excerpt) = excerpt {
        write!(out, "{excerpt}")?;
    }
    if let Some(stack) = &failure.stack {
        stack.lines().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(())
}

fn print_text(outcome: &LocalOutcome, excerpt: Option<Excerpt<'_>>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let style = Style::stdout();
    let usage = &outcome.usage;
    let decision = outcome.decision.map_or("left to the hook's on_error", |decision| decision.as_str());
    writeln!(out, "{}  {}", style.dim("outcome "), style.outcome(outcome.outcome))?;
    writeln!(out, "{}  {}", style.dim("decision"), style.decision(outcome.decision, decision))?;
    if let Some(failure) = &outcome.failure {
        print_failure(&mut out, style, failure, excerpt)?;
    }
    if let Some(result) = &outcome.result {
        writeln!(out, "{}  {}", style.dim("result  "), result.get())?;
    }
    writeln!(
        out,
        "{}  {} fuel, {} KiB, {:.1} ms",
        style.dim("usage   "),
        usage.fuel,
        usage.memory_bytes >> 10,
        usage.duration_us as f64 / 1000.0
    )?;
    if !outcome.log.events.is_empty() {
        writeln!(out, "{}", style.dim("log"))?;
        outcome.log.events.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    Ok(())
}
