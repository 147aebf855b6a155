//! `hookbox deploy [DIR]`: makes a project's hook on the server, or a new version of it, and tells how its preparation goes.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use hookbox_hooks::{HookId, HookView};

use super::env;
use crate::client::Client;
use crate::env_file;
use crate::excerpt::Excerpt;
use crate::exit::Problem;
use crate::hook_ref::{self, HOOKS};
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::style::Look;
use crate::style::{Style, visible_lines};

/// Deploy a project: make its hook, or a new version of it
///
/// The hook is the account's hook of the project's type. Until a new version is ready the one before serves; one that fails never does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hookbox deploy --wait\n  hookbox deploy hooks/mobile --env-file .env --wait")]
pub(crate) struct DeployArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// The id of the hook to change, where the account has several of the type; `new` makes another one
    #[arg(long, value_name = "ID")]
    hook: Option<String>,

    /// Set these env vars first: a file of NAME=VALUE lines
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    /// Wait until the version is ready, or tell why it never will be
    #[arg(short, long)]
    wait: bool,

    #[command(flatten)]
    server: ServerArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// How often the server is asked how far it is.
const PAUSE: Duration = Duration::from_millis(150);
/// The longest that a server prepares a function is a setting of it; whoever waits longer has lost it.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) fn run(args: &DeployArgs) -> Result<ExitCode> {
    let project = Project::open(&args.dir)?;
    let function = project.function()?;
    let client = args.server.connect()?;
    if let Some(file) = &args.env_file {
        set_env(&client, &project, file)?;
    }
    let body = project.upload(&function)?;
    let before = target(&client, args, &project)?;
    let hook: Result<HookView> = match &before {
        Some(hook) => client.put(&hook_ref::path(hook.id), &body),
        None => client.post(HOOKS, &body),
    };
    let hook = hook.map_err(|error| show_place(error, &function))?;
    let unchanged = before.as_ref().is_some_and(|before| before.version == hook.version);
    let hook = if args.wait { wait(&client, hook.id, args.output.json)? } else { hook };
    finish(args, hook, unchanged, &function)
}

fn set_env(client: &Client, project: &Project, file: &std::path::Path) -> Result<()> {
    let linked = project.env_names();
    for (name, value) in env_file::read(file)? {
        if !linked.contains(&name.as_str()) {
            output::note(&format!("note: {name} is in {} and not among the hook's env_vars, so it is not set", file.display()))?;
            continue;
        }
        let (_, is_new) = env::put(client, &name, value, None).with_context(|| format!("the env var {name}"))?;
        output::note(&format!("{} {name}", if is_new { "made" } else { "set" }))?;
    }
    Ok(())
}

/// The hook to change; none where one is to be made.
fn target(client: &Client, args: &DeployArgs, project: &Project) -> Result<Option<HookView>> {
    match args.hook.as_deref() {
        Some("new") => Ok(None),
        Some(id) => match id.parse::<HookId>() {
            Ok(_) => hook_ref::find(client, id).map(Some),
            Err(_) => Err(Problem::Usage(format!("--hook: \"{id}\" is neither an id nor `new`")).into()),
        },
        None => match hook_ref::find(client, project.hook_type.id) {
            Ok(hook) => Ok(Some(hook)),
            Err(error) if matches!(Problem::of(&error), Some(Problem::NotFound(_))) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

/// A refusal that names a place in the source shows the line.
fn show_place(error: anyhow::Error, source: &[u8]) -> anyhow::Error {
    match Excerpt::find(source, &format!("{error:#}")) {
        Some(excerpt) => {
            let shown = format!("the server refuses the function\n{}", excerpt.to_string().trim_end());
            error.context(shown)
        }
        None => error,
    }
}

/// Asks until the version is ready or has failed; a person sees each step.
fn wait(client: &Client, id: HookId, quiet: bool) -> Result<HookView> {
    let (started, mut last) = (Instant::now(), None);
    let steps = !quiet && std::io::stderr().is_terminal();
    loop {
        let now: HookView = client.get(&hook_ref::path(id))?;
        let status = now.status.as_str();
        if steps && last != Some(now.status) {
            last = Some(now.status);
            output::note(&Style::stderr().look(Look::Dim, &format!("{:>5.1} s  {status}", started.elapsed().as_secs_f64())))?;
        }
        if !now.status.is_pending() {
            return Ok(now);
        }
        if started.elapsed() > PATIENCE {
            let seconds = PATIENCE.as_secs();
            bail!("the hook is still {status} after {seconds} s; `hookbox hooks get {id}` tells how it goes on");
        }
        std::thread::sleep(PAUSE);
    }
}

fn finish(args: &DeployArgs, hook: HookView, unchanged: bool, source: &[u8]) -> Result<ExitCode> {
    let code = if hook.status.is_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    if args.output.json {
        output::json(&HookView { function: None, ..hook })?;
        return Ok(code);
    }
    let HookView { id, version, status, .. } = hook;
    if status.is_failed() {
        let message = hook.status_message.unwrap_or_default();
        output::note(&format!("error: version {version} of {id} failed: {}", visible_lines(&message)))?;
        if let Some(excerpt) = Excerpt::find(source, &message) {
            output::note(excerpt.to_string().trim_end())?;
        }
        return Ok(code);
    }
    output::write(&format!("{id}  version {version}  {}\n", status.as_str()))?;
    match (unchanged, args.wait) {
        (true, _) => output::note("nothing has changed, so there is no new version")?,
        (false, false) => output::note(&format!("it is being prepared; `hookbox deploy --wait` waits, `hookbox hooks get {id}` tells"))?,
        (false, true) => {}
    }
    if hook.disabled {
        output::note(&format!("the hook is disabled; `hookbox hooks enable {id}` lets events run it"))?;
    }
    Ok(code)
}
