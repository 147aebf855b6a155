//! `hookbox build [DIR] [-o FILE]`: compiles a guest crate. The result line goes to stdout, cargo's progress to stderr.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;

use super::run::is_source;
use crate::build;
use crate::manifest::MANIFEST;
use crate::output::OutputArgs;
use crate::project::Project;

/// Compile a hook's Rust crate, or its project's C source, to the file that is uploaded
///
/// JavaScript is uploaded as it is, and TypeScript without its types; `--out` writes what is uploaded. What hook.json says is checked, too.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The crate's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Where to write the hook [default: hookbox/PACKAGE.wasm in cargo's target folder; build/NAME.wasm for C]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &BuildArgs) -> Result<()> {
    // A crate may be built without being a hook's project.
    let project = if args.dir.join(MANIFEST).exists() { Some(Project::open(&args.dir)?) } else { None };
    let built = match &project {
        Some(project) if is_source(project.main()) => return source(args, project),
        Some(project) if project.main().extension().is_some_and(|extension| extension == "c") => {
            build::build_c(project.main(), args.out.as_deref())?
        }
        _ => build::build(&args.dir, args.out.as_deref())?,
    };
    if let Some(project) = &project {
        project.hook(&built.bytes)?;
    }
    let (path, kind, bytes) = (built.path.display().to_string(), built.kind.to_string(), built.bytes.len());
    args.output.print(&json!({"path": path, "kind": kind, "bytes": bytes}), |_| format!("{path} ({kind}, {bytes} bytes)\n"))
}

/// JavaScript needs no building, and of TypeScript the types are taken away.
fn source(args: &BuildArgs, project: &Project) -> Result<()> {
    let function = project.function()?;
    crate::source::check(&function, project.hook_type)?;
    project.hook(&function)?;
    let (main, bytes) = (project.main().display().to_string(), function.len());
    let Some(out) = &args.out else {
        let json = json!({"path": main, "kind": "javascript", "bytes": bytes});
        return args.output.print(&json, |_| format!("{main} (JavaScript, {bytes} bytes as it is uploaded)\n"));
    };
    std::fs::write(out, &function).with_context(|| format!("cannot write {}", out.display()))?;
    let path = out.display().to_string();
    args.output.print(&json!({"path": path, "kind": "javascript", "bytes": bytes}), |_| format!("{path} (JavaScript, {bytes} bytes)\n"))
}
