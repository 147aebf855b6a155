//! `hookbox build [DIR] [-o FILE]`: compiles a guest crate. The result line goes to stdout, cargo's progress to stderr.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::build;
use crate::output::OutputArgs;
use crate::project::Project;

/// Compile a hook's Rust crate, or its project's C source, to the file that is uploaded
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
        Ok(project) if project.main().extension().is_some_and(|extension| extension == "c") => {
            build::build_c(project.main(), args.out.as_deref())?
        }
        _ => build::build(&args.dir, args.out.as_deref())?,
    };
    let (path, kind, bytes) = (built.path.display().to_string(), built.kind.to_string(), built.bytes.len());
    args.output.print(&json!({"path": path, "kind": kind, "bytes": bytes}), |_| format!("{path} ({kind}, {bytes} bytes)\n"))
}
