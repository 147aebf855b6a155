//! `hookbox run [PATH]`: one run of a function on this machine, in the server's sandbox, for each context that is named.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::hook_type::HookType;
use hookbox_hooks::{Answers, LocalError, LocalOutcome, Profile};
use hookbox_host_api::{Decision, Failure, Secret};

use super::profiling::{self, Profiling};
use crate::call;
use crate::env_file;
use crate::event;
use crate::excerpt::Excerpt;
use crate::exit::{DENIED, Problem};
use crate::hook_types::{self, REGISTRY};
use crate::local::{DEFAULT_FUEL, Limits, LocalHook};
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::recording::RecordingFile;
use crate::style::{Style, visible, visible_lines};
use crate::watch::Watch;

/// Run a function once on this machine, in the server's sandbox
///
/// PATH is a project's folder (with a hook.json, as `hookbox new` makes it) or a function: a WebAssembly component or command, or
/// JavaScript. Exit codes: 0 the function allows, 10 it denies, 1 it failed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox run\n  hookbox run --watch --env-file .env\n  hookbox run --record calls.json\n  hookbox run --replay calls.json\n  hookbox run --profile profile.json\n  hookbox run hook.js --context login.json --env API_KEY=test"
)]
pub(crate) struct RunArgs {
    /// A project's folder, or a function's file
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// The context as the function is to see it, a JSON file [default: each of the project's samples]
    #[arg(short, long, value_name = "FILE")]
    context: Option<PathBuf>,

    #[arg(short = 't', long = "type", value_name = "TYPE", value_parser = hook_types::parse, help = type_help())]
    hook_type: Option<HookType>,

    /// An environment variable of the function; may be repeated
    #[arg(short, long = "env", value_name = "NAME=VALUE", value_parser = env_var)]
    env: Vec<(String, Secret)>,

    /// A file of environment variables, NAME=VALUE a line
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    /// Run again whenever a file changes
    #[arg(short, long)]
    watch: bool,

    /// Run some hundred times more, and write to this file which functions burn the fuel; speedscope opens it
    #[arg(long, value_name = "FILE", conflicts_with = "watch")]
    profile: Option<PathBuf>,

    /// Fuel budget [default: the project's, else 3000000000]
    #[arg(long)]
    fuel: Option<u64>,

    /// Memory, in MiB [default: the project's, else 64]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: Option<u32>,

    /// Time, in seconds [default: the project's, else 10]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,

    /// A host that the function may call besides those of the project; may be repeated
    #[arg(long, value_name = "HOST")]
    allow: Vec<String>,

    /// Seal an env var: the function sees a placeholder, and requests to these hosts get the value; may be repeated
    #[arg(long, value_name = "NAME=HOST[,HOST...]", value_parser = sealed_var)]
    sealed: Vec<(String, Vec<String>)>,

    /// Keep the run in this file: what the function calls and is answered, its clock and its random bytes
    #[arg(long, value_name = "FILE", conflicts_with_all = ["watch", "profile", "replay"])]
    record: Option<PathBuf>,

    /// Repeat the run that was kept in this file: nobody is called, and clock and random bytes are those of then
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,

    #[command(flatten)]
    output: OutputArgs,
}

fn type_help() -> String {
    format!("The hook type, which says what a response must hold [default: the project's, else {}]", hook_types::default())
}

fn env_var(text: &str) -> Result<(String, Secret), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), Secret::new(value)))
}

fn sealed_var(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, hosts) = text.split_once('=').ok_or("expected NAME=HOST[,HOST...]")?;
    let hosts: Vec<String> = hosts.split(',').map(|host| host.trim().to_owned()).filter(|host| !host.is_empty()).collect();
    if hosts.is_empty() {
        return Err("at least one host is needed".to_owned());
    }
    Ok((name.to_owned(), hosts))
}

/// Runs it, once or after every change.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode> {
    if !args.watch {
        return run_once(args);
    }
    let mut watch = Watch::new([Some(&args.path), args.context.as_ref(), args.env_file.as_ref()].into_iter().flatten().cloned().collect());
    loop {
        // What is wrong now may be right after the next change.
        if let Err(error) = run_once(args) {
            output::note(&format!("error: {}", visible_lines(&format!("{error:#}"))))?;
        }
        output::note("-- waiting for a change")?;
        watch.wait();
    }
}

fn run_once(args: &RunArgs) -> Result<ExitCode> {
    let project = if Project::is_at(&args.path) { Some(Project::open(&args.path)?) } else { None };
    let contexts = contexts(args, project.as_ref())?;
    let function = match &project {
        Some(project) if args.profile.is_some() => project.function_with_names()?,
        Some(project) => project.function()?,
        None => std::fs::read(&args.path).with_context(|| format!("cannot read {}", args.path.display()))?,
    };
    let hook_type = args
        .hook_type
        .or_else(|| project.as_ref().map(|one| one.hook_type))
        .or_else(|| REGISTRY.find(hook_types::default()))
        .context("this program knows no hook type")?;
    let hosts = project.iter().flat_map(Project::allowed_hosts).chain(args.allow.iter().cloned()).collect();
    let node_major = project.as_ref().and_then(Project::node_major);
    let hook = LocalHook::new(function, hook_type, node_major, hosts, limits(args, project.as_ref()))?;
    let hook = hook.with_http_cache(project.as_ref().is_some_and(Project::http_cache));
    let mut hook = hook.with_packages(project.as_ref().map(Project::packages).unwrap_or_default());
    if let Some(project) = &project {
        hook = hook.of_project(project)?;
    }
    hook.sealed.clone_from(&args.sealed);
    let mut env = args.env_file.as_deref().map(env_file::read).transpose()?.unwrap_or_default();
    env.extend(args.env.iter().cloned());
    let mut profiling = args.profile.as_deref().map(|path| Profiling::new(path, &args.path));
    let replayed = args.replay.as_deref().map(RecordingFile::load).transpose()?;
    let mut recording = args.record.as_ref().map(|_| RecordingFile::new());
    let (mut denied, mut failed) = (false, false);
    for context in &contexts {
        if contexts.len() > 1 && !args.output.json {
            output::write(&format!("{}\n", Style::stdout().bold(&visible(&context.display().to_string()))))?;
        }
        let bytes = std::fs::read(context).with_context(|| format!("cannot read {}", context.display()))?;
        let answers = match &replayed {
            Some(file) => Answers::Replay(file.of(context)?),
            None if recording.is_some() => Answers::Record,
            None => Answers::Network,
        };
        let sent = bytes.clone();
        match once(&hook, bytes, env.clone(), answers, profiling.is_some())? {
            Err(LocalError::Function(refusal)) => return refuse(&refusal.to_string(), &hook.function),
            Err(error) => return Err(error).with_context(|| context.display().to_string()),
            Ok((mut outcome, profile)) => {
                note_calls(&outcome, profile.is_some() && replayed.is_none())?;
                if let (Some(file), Some(run)) = (&mut recording, outcome.recorded.take()) {
                    file.push(context, run);
                }
                let effects = effects(hook_type, &sent, &outcome);
                print(args.output, &outcome, &effects, &hook, profiling.as_ref().zip(profile.as_ref()))?;
                if let (Some(profiling), Some(profile)) = (&mut profiling, &profile) {
                    profiling::note_missing_names(profile)?;
                    profiling.push(context, profile);
                }
                failed |= outcome.failure.is_some();
                denied |= outcome.decision == Some(Decision::Deny);
            }
        }
    }
    if let Some(profiling) = profiling {
        profiling.save()?;
    }
    if let (Some(path), Some(file)) = (&args.record, recording) {
        file.save(path)?;
        output::note(&format!("wrote {}: bodies are in it as they were sent and received", visible(&path.display().to_string())))?;
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else if denied {
        DENIED.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// What there is to know about calls beyond the list of them.
fn note_calls(outcome: &LocalOutcome, profiled_without_answers: bool) -> Result<()> {
    if profiled_without_answers && !outcome.calls.is_empty() {
        output::note(
            "the profile is of a function whose calls are refused, for nobody is called some hundred times: record them with `hookbox run --record FILE`, and profile with `--replay FILE`",
        )?;
    }
    for connection in outcome.recorded.iter().flat_map(|run| run.connections()) {
        output::note(&format!("the connection to {} cannot be repeated: only requests over HTTP are", visible(connection)))?;
    }
    match outcome.not_asked {
        0 => Ok(()),
        calls => output::note(&format!("{calls} of the recorded calls were not made")),
    }
}

/// One run, with a profile if one is wanted. That there can be none is an error.
fn once(
    hook: &LocalHook,
    context: Vec<u8>,
    env: Vec<(String, Secret)>,
    answers: Answers,
    profile: bool,
) -> Result<Result<Ran, LocalError>> {
    if !profile {
        return Ok(hook.run(context, env, answers).map(|outcome| (outcome, None)));
    }
    match hook.run_with_profile(context, env, answers, profiling::progress()) {
        Ok((outcome, profile)) => Ok(Ok((outcome, Some(profile?)))),
        Err(error) => Ok(Err(error)),
    }
}

type Ran = (LocalOutcome, Option<Profile>);

fn contexts(args: &RunArgs, project: Option<&Project>) -> Result<Vec<PathBuf>> {
    match (&args.context, project) {
        (Some(context), _) => Ok(vec![context.clone()]),
        (None, Some(project)) if !project.samples.is_empty() => Ok(project.samples.clone()),
        (None, _) => Err(Problem::Usage("a context is needed: give --context FILE, or list `samples` in hook.json".into()).into()),
    }
}

fn limits(args: &RunArgs, project: Option<&Project>) -> Limits {
    let set = project.map(Project::limits).unwrap_or_default();
    let memory = args.memory.or_else(|| u32::try_from(set.memory_mib?).ok());
    let timeout = args.timeout.or_else(|| project?.body.timeout);
    Limits {
        fuel: args.fuel.or(set.fuel).unwrap_or(DEFAULT_FUEL),
        memory_mib: memory.unwrap_or(64).clamp(1, 4096),
        timeout: Duration::from_secs(timeout.unwrap_or(10)),
    }
}

/// A function that would not be deployed either: what is wrong with it, and where.
fn refuse(refusal: &str, source: &[u8]) -> Result<ExitCode> {
    output::note(event::lines(&format!("error: the function is refused: {refusal}"), "").trim_end())?;
    if let Some(excerpt) = Excerpt::find(source, refusal) {
        output::note(excerpt.to_string().trim_end())?;
    }
    Ok(ExitCode::FAILURE)
}

/// What the vendor would do with the answer.
fn effects(hook_type: HookType, event: &[u8], outcome: &LocalOutcome) -> Vec<String> {
    let Some(dialect) = hook_types::dialect(hook_type).filter(|_| outcome.failure.is_none()) else { return Vec::new() };
    let event = serde_json::from_slice(event).unwrap_or_default();
    let body = outcome.result.as_ref().and_then(|result| serde_json::from_str(result.get()).ok());
    dialect.effects(hook_type.id, &event, body.as_ref())
}

fn print(
    output: OutputArgs,
    outcome: &LocalOutcome,
    effects: &[String],
    hook: &LocalHook,
    profile: Option<(&Profiling, &Profile)>,
) -> Result<()> {
    let mut json = serde_json::json!({
        "outcome": outcome.outcome,
        "decision": outcome.decision,
        "result": outcome.result,
        "error": outcome.failure,
        "log": outcome.log.events,
        "usage": outcome.usage,
        "calls": outcome.calls,
    });
    let excerpt = outcome.failure.as_ref().and_then(|failure| Excerpt::find(&hook.function, failure.place.as_deref()?));
    if let (Some((profiling, profile)), Some(fields)) = (profile, json.as_object_mut()) {
        fields.insert("profile".to_owned(), profiling.json(profile));
    }
    if let Some(fields) = json.as_object_mut().filter(|_| !effects.is_empty()) {
        fields.insert("effects".to_owned(), effects.into());
    }
    output.print(&json, |style| {
        let profile = profile.map(|(profiling, profile)| profiling.page(profile, style)).unwrap_or_default();
        page(outcome, effects, hook.limits, excerpt, style) + &profile
    })
}

fn page(outcome: &LocalOutcome, effects: &[String], limits: Limits, excerpt: Option<Excerpt<'_>>, style: Style) -> String {
    let line = |name: &str, value: &str| format!("{}  {value}\n", style.dim(&format!("{name:<8}")));
    let decision = outcome.decision.map_or("left to the hook's on_error", |decision| decision.as_str());
    let mut page = line("outcome", &style.outcome(outcome.outcome));
    page.push_str(&line("decision", &style.decision(outcome.decision, decision)));
    if let Some(failure) = &outcome.failure {
        page.push_str(&describe(failure, excerpt, style));
    }
    if let Some(result) = &outcome.result {
        page.push_str(&line("result", &visible(result.get())));
    }
    effects.iter().for_each(|effect| page.push_str(&line("effect", &visible(effect))));
    page.push_str(&line("usage", &used(outcome, limits)));
    for call in &outcome.calls {
        page.push_str(&line("call", &call::line(call)));
    }
    if !outcome.log.events.is_empty() {
        page.push_str(&format!("{}\n", style.dim("log")));
    }
    outcome.log.events.iter().for_each(|written| page.push_str(&event::lines(written, "  ")));
    page
}

/// What was used, and how far the limits are.
fn used(outcome: &LocalOutcome, limits: Limits) -> String {
    let usage = &outcome.usage;
    let share = |part: f64, whole: f64| if whole > 0.0 { part * 100.0 / whole } else { 0.0 };
    format!(
        "{} fuel ({:.1} % of {}), {} KiB ({:.1} % of {} MiB), {:.1} ms (of {} s)",
        usage.fuel,
        share(usage.fuel as f64, limits.fuel as f64),
        limits.fuel,
        usage.memory_bytes >> 10,
        share(usage.memory_bytes as f64, f64::from(limits.memory_mib) * 1_048_576.0),
        limits.memory_mib,
        usage.duration_us as f64 / 1000.0,
        limits.timeout.as_secs(),
    )
}

/// What broke off, and where: the line of the source, and the calls that led there.
fn describe(failure: &Failure, excerpt: Option<Excerpt<'_>>, style: Style) -> String {
    let said = Failure { stack: None, ..failure.clone() }.report();
    let mut text = format!("{}  {}", style.dim("error   "), event::lines(&said, ""));
    if let Some(excerpt) = excerpt {
        text.push_str(&excerpt.to_string());
    }
    if let Some(stack) = failure.stack.as_ref().filter(|stack| !stack.trim().is_empty()) {
        text.push_str(&format!("{}\n", visible_lines(stack.trim_end())));
    }
    text
}

/// Whether a path is JavaScript by its name, so that its own lines can be shown.
pub(super) fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "js" || extension == "cjs" || extension == "mjs")
}
