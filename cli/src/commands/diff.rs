//! `hookbox diff HOOK [DIR]`: what a deployment would change, seen from here.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::bodies::HookBody;
use hookbox_hooks::{FileBody, HookView};
use serde_json::{Map, Value, json};

use super::pull::function;
use super::run::is_source;
use crate::difference::unified;
use crate::hook_ref::HookArg;
use crate::login::ServerArgs;
use crate::output::{self, OutputArgs};
use crate::project::Project;
use crate::project_files::ProjectFiles;
use crate::style::Style;

/// Show how a project differs from a deployed hook
///
/// Only the settings that hook.json names are compared. Exit code 0 if nothing differs, 1 if something does.
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
    let beside = (deployed_files(&hook)?, project.files()?);
    let written = object(&project.body)?;
    let deployed = Value::Object(named(&object(&HookBody::of(&hook))?, &written));
    let written = Value::Object(written);
    let same = (deployed == written, here == there && beside.0 == beside.1);
    let text = |style: Style| {
        let names = (format!("{} (deployed)", hook.id), project.dir.display().to_string());
        let names = (names.0.as_str(), names.1.as_str());
        let mut shown = unified(&format!("{deployed:#}\n"), &format!("{written:#}\n"), names, style);
        let name = beside.1.main.as_deref().unwrap_or("function");
        shown.push_str(&functions(name, &there, &here, is_source(project.main()), style));
        shown.push_str(&files(&beside.0, &beside.1, style));
        shown
    };
    args.output.print(&json!({"settings_differ": !same.0, "function_differs": !same.1}), text)?;
    if same == (true, true) {
        if !args.output.json {
            output::note("there is no difference")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// A hook as it would be told to the API, so that the two sides are written alike.
fn object(body: &HookBody) -> Result<Map<String, Value>> {
    Ok(serde_json::from_value(serde_json::to_value(body)?)?)
}

/// What of the deployed settings the project names too. An object is compared by the keys that the project has in it.
fn named(deployed: &Map<String, Value>, project: &Map<String, Value>) -> Map<String, Value> {
    let one = |(name, here): (&String, &Value)| match (deployed.get(name)?, here) {
        // A map of packages is one value; the others have keys that can be left out.
        (Value::Object(there), Value::Object(here)) if name != "packages" => Some((name.clone(), Value::Object(named(there, here)))),
        (there, _) => Some((name.clone(), there.clone())),
    };
    project.iter().filter_map(one).collect()
}

fn functions(name: &str, there: &[u8], here: &[u8], is_source: bool, style: Style) -> String {
    match (std::str::from_utf8(there), std::str::from_utf8(here)) {
        _ if there == here => String::new(),
        (Ok(there), Ok(here)) if is_source => unified(there, here, (&format!("{name} (deployed)"), name), style),
        _ => format!("{name} differs: {} bytes deployed, {} bytes here\n", there.len(), here.len()),
    }
}

/// What is deployed beside a function.
fn deployed_files(hook: &HookView) -> Result<ProjectFiles> {
    let bytes = |(path, file): (&String, &FileBody)| Ok((path.clone(), file.bytes().context("a file of the server's is no base64")?));
    let beside = hook.files.iter().flatten().map(bytes).collect::<Result<_>>()?;
    Ok(ProjectFiles { main: hook.main.clone(), beside })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn only_what_the_project_names_is_compared() {
        let deployed = object(json!({"timeout": 1, "retries": 0, "options": {"one": true, "other": false}, "packages": {"a": "1"}}));
        let project = object(json!({"timeout": 2, "options": {"one": true}, "packages": {}, "unknown": 1}));
        let compared = named(&deployed, &project);
        assert_eq!(Value::Object(compared), json!({"timeout": 1, "options": {"one": true}, "packages": {"a": "1"}}));
    }
}
