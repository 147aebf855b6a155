//! `hookbox pull HOOK [DIR]`: a deployed hook as a project.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use hookbox_hooks::HookView;
use hookbox_hooks::bodies::HookBody;
use serde_json::json;

use crate::deployed::{self, Deployed};
use crate::exit::Problem;
use crate::hook_ref::HookArg;
use crate::login::ServerArgs;
use crate::manifest::{MANIFEST, schema, writer};
use crate::output::OutputArgs;
use crate::project_files::ProjectFiles;

/// Write a deployed hook into a folder: hook.json and its function
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    hook: HookArg,

    /// The folder; it is made where it does not exist
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Overwrite what is there
    #[arg(short, long)]
    force: bool,

    #[command(flatten)]
    server: ServerArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &PullArgs) -> Result<()> {
    let hook = args.hook.find(&args.server.connect()?)?;
    let function = function(&hook)?;
    let usual = if hook.runtime == "wasm" { "hook.wasm" } else { "hook.js" };
    let main = hook.main.as_deref().unwrap_or(usual);
    let beside = ProjectFiles::deployed(&hook)?.beside;
    let names: Vec<&str> = beside.keys().map(String::as_str).collect();
    let manifest = writer::text(&HookBody::of(&hook), main, &[], &[], &names)?;
    let mut files = vec![(args.dir.join(MANIFEST), manifest.into_bytes()), (within(&args.dir, main)?, function)];
    for (path, bytes) in &beside {
        files.push((within(&args.dir, path)?, bytes.clone()));
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists() && !args.force) {
        return Err(Problem::Usage(format!("{} is there already; --force overwrites it", path.display())).into());
    }
    std::fs::create_dir_all(args.dir.join(deployed::FOLDER)).with_context(|| format!("cannot make {}", args.dir.display()))?;
    for (path, bytes) in &files {
        path.parent().map_or(Ok(()), std::fs::create_dir_all).with_context(|| format!("cannot make the folder of {}", path.display()))?;
        std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let schema_file = args.dir.join(writer::SCHEMA);
    std::fs::write(&schema_file, schema::text()?).with_context(|| format!("cannot write {}", schema_file.display()))?;
    Deployed::add(&args.dir, hook.id)?;
    let paths: Vec<&PathBuf> = files.iter().map(|(path, _)| path).collect();
    args.output.print(&json!({"id": hook.id, "files": paths}), |_| paths.iter().map(|path| format!("{}\n", path.display())).collect())
}

/// The place of a file in a folder, whatever a server calls it.
fn within(folder: &Path, path: &str) -> Result<PathBuf> {
    let inside = !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if inside { Ok(folder.join(path)) } else { bail!("the server has a file at {path:?}, which leads out of the folder") }
}

/// The deployed function's bytes.
pub(super) fn function(hook: &HookView) -> Result<Vec<u8>> {
    let function = hook.function.as_deref().context("the server sent no function")?;
    STANDARD.decode(function).context("the server's function is no base64")
}
