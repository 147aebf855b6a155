//! `hookbox deploy [DIR]`: makes a project's hook on the server, or a new version of it, and tells how its preparation goes.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use hookbox_hooks::{HookId, HookView};

use super::{env, pull};
use crate::changes::{self, Changes};
use crate::client::Client;
use crate::deployed::Deployed;
use crate::env_file;
use crate::exit::Problem;
use crate::hook_ref::{self, HOOKS};
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::project_files::ProjectFiles;
use crate::prompt;
use crate::source;
use crate::style::{Look, Style, visible, visible_lines};
use crate::written::Written;

/// Deploy a project: make its hook, or a new version of it
///
/// The hook is the account's hook of the project's type, and becomes what hook.json says: a setting that is not there goes to its default, unless
/// it is among those that `keep` names. Whether the hook is disabled stays, unless hook.json says it. A hook that was not deployed from this
/// project is replaced only after a question. Until a new version is ready the one before serves; one that fails never does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hookbox deploy --wait\n  hookbox deploy hooks/mobile --env-file .env --wait")]
pub(crate) struct DeployArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// The id of the hook to change, where the account has several of the type; `new` makes another one
    #[arg(long, value_name = "ID")]
    hook: Option<String>,

    /// Replace a hook that was not deployed from this project without a question
    #[arg(short, long)]
    yes: bool,

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
    source::check(&function, project.hook_type)?;
    project.hook(&function)?;
    let client = args.server.connect()?;
    let before = target(&client, args, &project)?;
    if let Some(hook) = &before {
        tell(args, hook, &project, &function)?;
    }
    if let Some(file) = &args.env_file {
        set_env(&client, &project, file)?;
    }
    let written = project.written()?;
    let hook: Result<HookView> = match &before {
        Some(hook) => client.put(&format!("{}?absent=default", hook_ref::path(hook.id)), &changes::body(hook, &project, &function)?),
        None => client.post(HOOKS, &project.upload(&function)?),
    };
    let hook = hook.map_err(|error| show_place(error, &written))?;
    Deployed::add(&project.dir, hook.id)?;
    let unchanged = before.as_ref().is_some_and(|before| before.version == hook.version);
    let hook = if args.wait { wait(&client, hook.id, args.output.json)? } else { hook };
    finish(args, hook, unchanged, &written)
}

/// Says what changes of a hook that is there, and asks where it is another project's.
fn tell(args: &DeployArgs, hook: &HookView, project: &Project, function: &[u8]) -> Result<()> {
    let mut lines = Changes::of(hook, project, function)?.lines();
    let there = pull::function(hook)?;
    let (id, hook_type) = (hook.id, project.hook_type);
    if Deployed::of(&project.dir)?.has(id) {
        return lines.iter().try_for_each(|line| output::note(&visible(line)));
    }
    let beside = (ProjectFiles::deployed(hook)?.beside, project.files()?.beside);
    if beside.0 != beside.1 {
        lines.insert(0, format!("files: {} -> {}", beside.0.len(), beside.1.len()));
    }
    if there != function {
        lines.insert(0, format!("function: {} bytes -> {} bytes", there.len(), function.len()));
    }
    if lines.is_empty() {
        return Ok(());
    }
    output::note(&format!("the {hook_type} hook {id} was not deployed from this project, and would change:"))?;
    lines.iter().try_for_each(|line| output::note(&format!("  {}", visible(line))))?;
    if args.yes {
        return Ok(());
    }
    let refusal = format!("{id} was not deployed from this project: --yes replaces it, `hookbox diff {id}` shows all that differs");
    prompt::insist(&format!("Replace version {} of {id}?", hook.version), &refusal)
}

fn set_env(client: &Client, project: &Project, file: &std::path::Path) -> Result<()> {
    let linked = project.env_names();
    for (name, value) in env_file::read(file)? {
        if !linked.contains(&name) {
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
fn show_place(error: anyhow::Error, written: &Written) -> anyhow::Error {
    match written.excerpt(&format!("{error:#}")) {
        Some(excerpt) => {
            let shown = format!("the server refuses the function\n{}", excerpt.to_string().trim_end());
            error.context(shown)
        }
        None => error,
    }
}

/// Asks until the version is ready or has failed; a person sees each step.
pub(super) fn wait(client: &Client, id: HookId, quiet: bool) -> Result<HookView> {
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

fn finish(args: &DeployArgs, hook: HookView, unchanged: bool, written: &Written) -> Result<ExitCode> {
    let code = if hook.status.is_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    if args.output.json {
        output::json(&HookView { function: None, ..hook })?;
        return Ok(code);
    }
    let HookView { id, version, status, .. } = hook;
    if status.is_failed() {
        let message = hook.status_message.unwrap_or_default();
        output::note(&format!("error: version {version} of {id} failed: {}", visible_lines(&written.named(&message))))?;
        if let Some(excerpt) = written.excerpt(&message) {
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
