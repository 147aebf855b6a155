//! `hookbox run [PATH]`: one run of a function on this machine, in the server's sandbox, for each context that is named.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::hook_type::HookType;
use hookbox_hooks::{Answers, CheckedHook, LocalError, LocalOutcome, Overrides, Profile};
use hookbox_host_api::{Decision, Failure, Outcome, Secret};
use serde_json::{Map, json};

use super::profiling::{self, Profiling};
use crate::call;
use crate::env_file;
use crate::event;
use crate::excerpt::Excerpt;
use crate::exit::{DENIED, Problem};
use crate::function_file;
use crate::hook_types;
use crate::local::{Given, LocalHook};
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::recording::RecordingFile;
use crate::style::{Style, visible, visible_lines};
use crate::watch::Watch;
use crate::written::Written;

/// Run a function once on this machine, in the server's sandbox
///
/// PATH is a project's folder (with a hook.json, as `hookbox new` makes it) or a function: a WebAssembly component or command, or
/// JavaScript or TypeScript. It runs as it would once it is deployed: with the project's settings, of which `options` and `context_version`
/// decide what the function sees, and `conditions` whether it runs. Exit codes: 0 the hook allows, 10 it denies, 1 it failed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox run\n  hookbox run --watch --env-file .env\n  hookbox run --record calls.json\n  hookbox run --replay calls.json\n  hookbox run --profile profile.json\n  hookbox run hook.js --context login.json --env API_KEY=test"
)]
pub(crate) struct RunArgs {
    /// A project's folder, or a function's file
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// The context as it is sent to the server, a JSON file [default: each of the project's samples]
    #[arg(short, long, value_name = "FILE")]
    context: Option<PathBuf>,

    /// Ids of roles that the user has, for the hook's conditions
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    roles: Vec<String>,

    #[arg(short = 't', long = "type", value_name = "TYPE", value_parser = hook_types::parse, help = type_help())]
    hook_type: Option<HookType>,

    /// An environment variable of the function; may be repeated
    #[arg(short, long = "env", value_name = "NAME=VALUE", value_parser = env_file::argument)]
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

    /// Fuel budget [default: the project's, else the server's]
    #[arg(long)]
    fuel: Option<u64>,

    /// Memory, in MiB [default: the project's, else the server's]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: Option<u32>,

    /// Time, in seconds [default: the project's, else the type's]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u8).range(1..))]
    timeout: Option<u8>,

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
    let mut env = args.env_file.as_deref().map(env_file::read).transpose()?.unwrap_or_default();
    env.extend(args.env.iter().cloned());
    let (hook, written) = match &project {
        Some(project) => of_project(args, project)?,
        None => of_file(args, &env)?,
    };
    let mut hook = LocalHook::new(hook)?;
    hook.sealed.clone_from(&args.sealed);
    hook.request = project.as_ref().and_then(|project| project.manifest.request.clone());
    hook.overrides = Overrides { fuel: args.fuel, memory_mib: args.memory, timeout: args.timeout };
    hook.note_env(&env, "give it with --env NAME=VALUE or --env-file FILE")?;
    let roles = (!args.roles.is_empty()).then(|| args.roles.clone());
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
        let given = Given { context: bytes.clone(), roles: roles.clone(), env: env.clone(), answers };
        match once(&hook, given, profiling.is_some())? {
            Err(LocalError::Function(refusal)) => return refuse(&refusal.to_string(), &written),
            Err(error) => return Err(error).with_context(|| context.display().to_string()),
            Ok((mut outcome, profile)) => {
                note_calls(&outcome, profile.is_some() && replayed.is_none())?;
                if let (Some(file), Some(run)) = (&mut recording, outcome.recorded.take()) {
                    file.push(context, run);
                }
                let shown =
                    Shown { effects: effects(hook.hook.hook_type(), &bytes, &outcome), outcome: &outcome, hook: &hook, written: &written };
                shown.print(args.output, profiling.as_ref().zip(profile.as_ref()))?;
                if let (Some(profiling), Some(profile)) = (&mut profiling, &profile) {
                    profiling::note_missing_names(profile)?;
                    profiling.push(context, profile);
                }
                failed |= outcome.answer.error().is_some();
                denied |= outcome.answer.decision() == Decision::Deny;
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
fn once(hook: &LocalHook, given: Given, profile: bool) -> Result<Result<Ran, LocalError>> {
    if !profile {
        return Ok(hook.run(given).map(|outcome| (outcome, None)));
    }
    match hook.run_with_profile(given, profiling::progress()) {
        Ok((outcome, profile)) => Ok(Ok((outcome, profile.transpose()?))),
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

/// The hook of a project, and its source.
fn of_project(args: &RunArgs, project: &Project) -> Result<(CheckedHook, Written)> {
    let function = if args.profile.is_some() { project.function_with_names()? } else { project.function()? };
    let mut more = Map::new();
    if !args.allow.is_empty() {
        let hosts = project.hook(&function)?.body().allowed_hosts.unwrap_or_default();
        more.insert("allowed_hosts".to_owned(), json!(hosts.iter().chain(&args.allow).collect::<Vec<_>>()));
    }
    if let Some(hook_type) = args.hook_type {
        more.insert("type".to_owned(), hook_type.id.into());
    }
    Ok((project.hook_with(&function, &more)?, project.written()?))
}

/// The hook of a function's file, with the settings that a server gives to one that has none.
fn of_file(args: &RunArgs, env: &[(String, Secret)]) -> Result<(CheckedHook, Written)> {
    let function = function_file::read(&args.path)?;
    let mut names: Vec<&str> = env.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let more = json!({
        "type": args.hook_type.map_or(hook_types::default(), |hook_type| hook_type.id),
        "env_vars": names,
        "allowed_hosts": args.allow,
    });
    let hook = function_file::hook(&function, more)?;
    Ok((hook, function_file::written(&args.path)?))
}

/// A function that would not be deployed either: what is wrong with it, and where.
fn refuse(refusal: &str, written: &Written) -> Result<ExitCode> {
    output::note(event::lines(&format!("error: the function is refused: {}", written.named(refusal)), "").trim_end())?;
    if let Some(excerpt) = written.excerpt(refusal) {
        output::note(excerpt.to_string().trim_end())?;
    }
    Ok(ExitCode::FAILURE)
}

/// What the vendor would do with the answer.
fn effects(hook_type: HookType, event: &[u8], outcome: &LocalOutcome) -> Vec<String> {
    let Some(dialect) = hook_types::dialect(hook_type) else { return Vec::new() };
    let event = serde_json::from_slice(event).unwrap_or_default();
    let body = outcome.answer.body().and_then(|body| serde_json::from_str(body.get()).ok());
    dialect.effects(hook_type.id, &event, body.as_ref())
}

/// A run as it is shown.
struct Shown<'a> {
    outcome: &'a LocalOutcome,
    effects: Vec<String>,
    hook: &'a LocalHook,
    written: &'a Written,
}

impl Shown<'_> {
    fn print(&self, output: OutputArgs, profile: Option<(&Profiling, &Profile)>) -> Result<()> {
        let LocalOutcome { answer, calls, log, .. } = self.outcome;
        let mut json = json!({
            "outcome": answer.outcome(),
            "decision": answer.decision(),
            "result": answer.body(),
            "commands": answer.commands(),
            "message": answer.message(),
            "error": self.failure(),
            "log": log,
            "usage": answer.usage(),
            "calls": calls,
        });
        if let (Some((profiling, profile)), Some(fields)) = (profile, json.as_object_mut()) {
            fields.insert("profile".to_owned(), profiling.json(profile));
        }
        if let Some(fields) = json.as_object_mut().filter(|_| !self.effects.is_empty()) {
            fields.insert("effects".to_owned(), self.effects.clone().into());
        }
        output.print(&json, |style| {
            let profile = profile.map(|(profiling, profile)| profiling.page(profile, style)).unwrap_or_default();
            self.page(style) + &profile
        })
    }

    /// Why the run did not complete, with places in the author's file.
    fn failure(&self) -> Option<Failure> {
        let named = |text: &String| self.written.named(text);
        self.outcome.answer.error().map(|failure| Failure {
            kind: failure.kind,
            message: named(&failure.message),
            place: failure.place.as_ref().map(named),
            stack: failure.stack.as_ref().map(named),
        })
    }

    fn page(&self, style: Style) -> String {
        let LocalOutcome { answer, returned, calls, log, .. } = self.outcome;
        let line = |name: &str, value: &str| format!("{}  {value}\n", style.dim(&format!("{name:<8}")));
        let mut page = line("outcome", &style.outcome(answer.outcome()));
        let decision = answer.decision();
        page.push_str(&line("decision", &(style.decision(Some(decision), decision.as_str()) + self.decided_by())));
        if let Some(failure) = self.failure() {
            let place = answer.error().and_then(|error| error.place.as_deref());
            page.push_str(&describe(&failure, place.and_then(|place| self.written.excerpt(place)), style));
        }
        // What the provider gets in its place says nothing of what is wrong with it.
        if let (Outcome::InvalidResponse, Some(returned)) = (answer.outcome(), returned) {
            page.push_str(&line("returned", &visible(returned.get())));
        }
        if let Some(body) = answer.body() {
            page.push_str(&line("result", &visible(body.get())));
        }
        answer.commands().iter().for_each(|command| page.push_str(&line("command", &visible(&json!(command).to_string()))));
        answer.message().into_iter().for_each(|message| page.push_str(&line("message", &visible(message))));
        self.effects.iter().for_each(|effect| page.push_str(&line("effect", &visible(effect))));
        page.push_str(&line("usage", &self.used()));
        for call in calls {
            page.push_str(&line("call", &call::line(call)));
        }
        if !log.is_empty() {
            page.push_str(&format!("{}\n", style.dim("log")));
        }
        log.iter().for_each(|written| page.push_str(&event::lines(&self.written.named(written), "  ")));
        page
    }

    /// Who decided, where it was not the function.
    fn decided_by(&self) -> &'static str {
        match self.outcome.answer.outcome() {
            Outcome::Completed => "",
            Outcome::Skipped => ", as without a hook: the user's roles do not meet the hook's conditions (--roles gives them)",
            _ => ", by the hook's on_error",
        }
    }

    /// What was used, and how far the limits are.
    fn used(&self) -> String {
        let usage = self.outcome.answer.usage();
        let (fuel, memory_mib) = self.hook.hook.limits();
        let Overrides { fuel: other_fuel, memory_mib: other_memory, timeout } = self.hook.overrides;
        let (fuel, memory_mib) = (other_fuel.unwrap_or(fuel), other_memory.unwrap_or(memory_mib));
        let share = |part: f64, whole: f64| if whole > 0.0 { part * 100.0 / whole } else { 0.0 };
        format!(
            "{} fuel ({:.1} % of {fuel}), {} KiB ({:.1} % of {memory_mib} MiB), {:.1} ms (of {} s)",
            usage.fuel,
            share(usage.fuel as f64, fuel as f64),
            usage.memory_bytes >> 10,
            share(usage.memory_bytes as f64, f64::from(memory_mib) * 1_048_576.0),
            usage.duration_us as f64 / 1000.0,
            timeout.unwrap_or(self.hook.hook.timeout()),
        )
    }
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

/// Whether a path is JavaScript or TypeScript by its name, so that its own lines can be shown.
pub(super) fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["js", "cjs", "mjs", "ts", "cts", "mts"].iter().any(|one| extension == *one))
}
