//! `hookbox build [DIR] [-o FILE]`: compiles a guest crate. The result line goes to stdout, cargo's progress to stderr.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::run::is_source;
use crate::build;
use crate::output::OutputArgs;
use crate::project::Project;
use crate::source;

/// Compile a hook's Rust crate, or its project's C source, to the file that is uploaded
///
/// JavaScript is uploaded as it is, and only its length is looked at.
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
    let built = match Project::open(&args.dir) {
        Ok(project) if is_source(project.main()) => return as_it_is(args, &project),
        Ok(project) if project.main().extension().is_some_and(|extension| extension == "c") => {
            build::build_c(project.main(), args.out.as_deref())?
        }
        _ => build::build(&args.dir, args.out.as_deref())?,
    };
    let (path, kind, bytes) = (built.path.display().to_string(), built.kind.to_string(), built.bytes.len());
    args.output.print(&json!({"path": path, "kind": kind, "bytes": bytes}), |_| format!("{path} ({kind}, {bytes} bytes)\n"))
}

/// JavaScript needs no building.
fn as_it_is(args: &BuildArgs, project: &Project) -> Result<()> {
    let function = project.function()?;
    source::check(&function, project.hook_type)?;
    let path = project.main().display().to_string();
    let json = json!({"path": path, "kind": "javascript", "bytes": function.len()});
    args.output.print(&json, |_| format!("{path} (JavaScript, {} bytes, uploaded as it is)\n", function.len()))
}
