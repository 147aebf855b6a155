//! `hookbox apply PATH`: makes the account's hooks and env vars what the files say. The server does it in one transaction.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::bodies::{AppliedEnvVarBody, ApplyBody, HookBody};
use hookbox_hooks::{Action, Applied};
use hookbox_host_api::Secret;
use serde::Deserialize;

use crate::env_file;
use crate::exit::Problem;
use crate::login::ServerArgs;
use crate::manifest::MANIFEST;
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::style::{Look, visible};
use crate::table::{Cell, Table};

/// Make the account's hooks and env vars equal to files
///
/// PATH is a folder of projects (each with a hook.json), or a file {"hooks": ["PROJECT", ...], "env_vars": ["NAME", ...]} with the
/// projects' folders beside it. Hooks and env vars that are not there are deleted; what a hook.json does not say takes its default. It
/// happens as a whole or not at all, and doing it twice changes nothing the second time.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox apply hooks --dry-run\n  hookbox apply hooks --env-file .env\n  hookbox apply account.json\n\nHooks have no names: within a type, a hook that is as a project says stays, and the other projects (in the file's order, or by folder\nname) take the place of the oldest hooks that are left."
)]
pub(crate) struct ApplyArgs {
    /// A folder of projects, or a file that lists them
    path: PathBuf,

    /// Print what would change, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Values of env vars: a file of NAME=VALUE lines. One that is there already needs none
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    #[command(flatten)]
    server: ServerArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// The file's content.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    hooks: Vec<PathBuf>,
    #[serde(default)]
    env_vars: Vec<String>,
}

pub(crate) fn run(args: &ApplyArgs) -> Result<()> {
    let Listed { hooks, env_vars } = listed(&args.path)?;
    let projects = hooks.iter().map(|dir| Project::open(dir)).collect::<Result<Vec<_>>>()?;
    let values = args.env_file.as_deref().map(env_file::read).transpose()?.unwrap_or_default();
    let body = ApplyBody {
        hooks: projects.iter().map(hook).collect::<Result<_>>()?,
        env_vars: envs(&env_vars, &projects, values)?,
        dry_run: args.dry_run,
    };
    let applied: Applied = args.server.connect()?.post("/v1/apply", &body)?;
    args.output.print(&applied, |style| table(&applied).render(style))?;
    if args.output.json {
        return Ok(());
    }
    output::note(match (applied.changed, args.dry_run) {
        (false, _) => "nothing differs",
        (true, true) => "nothing was changed: this was a dry run",
        (true, false) => "done; `hookbox hooks list` tells when new versions are ready",
    })
}

/// The projects' folders, and the env vars that are named beside them.
fn listed(path: &Path) -> Result<Listed> {
    if path.is_dir() {
        return Ok(Listed { hooks: folders(path)?, env_vars: Vec::new() });
    }
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut listed: Listed =
        serde_json::from_slice(&text).with_context(|| format!("{} is no {{\"hooks\": [...], \"env_vars\": [...]}}", path.display()))?;
    let beside = path.parent().unwrap_or(Path::new("."));
    listed.hooks.iter_mut().for_each(|dir| *dir = beside.join(&*dir));
    Ok(listed)
}

/// The folders with a manifest, by name. A folder without any is a slip, and must not empty an account.
fn folders(path: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|dir| dir.join(MANIFEST).is_file()).collect();
    found.sort();
    if path.join(MANIFEST).is_file() {
        found.insert(0, path.to_path_buf());
    }
    if found.is_empty() {
        let message = format!("there is no project in {}; a file {{\"hooks\": []}} says that there is to be none", path.display());
        return Err(Problem::Usage(message).into());
    }
    Ok(found)
}

fn hook(project: &Project) -> Result<HookBody> {
    if !project.manifest.keep.is_empty() {
        let shown = visible(&project.dir.display().to_string());
        output::note(&format!(
            "note: {shown}: `keep` is for `hookbox deploy`; here a setting that hook.json does not have takes its default"
        ))?;
    }
    project.upload(&project.function()?)
}

/// Every env var that is listed or linked, with its value where the file has one.
fn envs(listed: &[String], projects: &[Project], values: Vec<(String, Secret)>) -> Result<Vec<AppliedEnvVarBody>> {
    let linked = projects.iter().flat_map(Project::env_names);
    let mut wanted: BTreeMap<String, Option<Secret>> = listed.iter().cloned().chain(linked).map(|name| (name, None)).collect();
    for (name, value) in values {
        match wanted.get_mut(&name) {
            Some(wanted) => *wanted = Some(value),
            None => output::note(&format!("note: {name} has a value, and neither a hook nor the list names it, so it is not set"))?,
        }
    }
    Ok(wanted.into_iter().map(|(name, value)| AppliedEnvVarBody { name, value, sealed_for: None }).collect())
}

fn table(applied: &Applied) -> Table {
    let mut table = Table::new(["ACTION", "KIND", "NAME", "ID", "CHANGES"]);
    for hook in &applied.hooks {
        let id = hook.id.map(|id| id.to_string()).unwrap_or_default();
        table.row([action(hook.action), "hook".into(), Cell::from(&*hook.hook_type), id.into(), hook.fields.join(", ").into()]);
    }
    for env in &applied.env_vars {
        table.row([action(env.action), "env var".into(), env.name.as_str().into(), "".into(), "".into()]);
    }
    table
}

fn action(action: Action) -> Cell {
    let look = match action {
        Action::Create => Look::Good,
        Action::Update => Look::Warning,
        Action::Delete => Look::Bad,
        Action::Keep => Look::Dim,
    };
    Cell::new(action.as_str(), look)
}
