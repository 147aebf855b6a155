//! `hookbox diff HOOK [DIR]`: what a deployment would change, seen from here.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::pull::function;
use super::run::is_source;
use crate::changes::Changes;
use crate::difference::unified;
use crate::hook_ref::HookArg;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::project_files::ProjectFiles;
use crate::style::{Style, visible};

/// Show how a project differs from a deployed hook
///
/// All settings are compared: what hook.json does not name has its default. What a deployment keeps is shown apart. Exit code 0 if a deployment
/// would change nothing, 1 if it would.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    hook: HookArg,

    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    #[command(flatten)]
    server: ServerArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &DiffArgs) -> Result<ExitCode> {
    let project = Project::open(&args.dir)?;
    let hook = args.hook.find(&args.server.connect()?)?;
    let (here, there) = (project.function()?, function(&hook)?);
    let beside = (ProjectFiles::deployed(&hook)?, project.files()?);
    let Changes { deployed, written, kept } = Changes::of(&hook, &project, &here)?;
    let (deployed, written) = (Value::Object(deployed), Value::Object(written));
    let same = (deployed == written, here == there && beside.0 == beside.1);
    let text = |style: Style| {
        let names = (format!("{} (deployed)", hook.id), project.dir.display().to_string());
        let names = (names.0.as_str(), names.1.as_str());
        let mut shown = unified(&format!("{deployed:#}\n"), &format!("{written:#}\n"), names, style);
        let name = beside.1.main.as_deref().unwrap_or("function");
        shown.push_str(&functions(name, &there, &here, is_source(project.main()), style));
        shown.push_str(&files(&beside.0, &beside.1, style));
        kept.iter().for_each(|(name, value)| shown.push_str(&format!("kept  {name}: {}\n", visible(&value.to_string()))));
        shown
    };
    args.output.print(&json!({"settings_differ": !same.0, "function_differs": !same.1, "kept": kept}), text)?;
    if same == (true, true) {
        if !args.output.json {
            output::note("a deployment would change nothing")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn functions(name: &str, there: &[u8], here: &[u8], is_source: bool, style: Style) -> String {
    match (std::str::from_utf8(there), std::str::from_utf8(here)) {
        _ if there == here => String::new(),
        (Ok(there), Ok(here)) if is_source => unified(there, here, (&format!("{name} (deployed)"), name), style),
        _ => format!("{name} differs: {} bytes deployed, {} bytes here\n", there.len(), here.len()),
    }
}

/// How the files beside two functions differ.
fn files(there: &ProjectFiles, here: &ProjectFiles, style: Style) -> String {
    let paths: BTreeSet<&String> = there.beside.keys().chain(here.beside.keys()).collect();
    let shown = |path: &&String| {
        let content = |files: &ProjectFiles| files.beside.get(*path).cloned().unwrap_or_default();
        functions(path, &content(there), &content(here), true, style)
    };
    paths.iter().map(shown).collect()
}
