//! `hookbox schema`: the JSON Schema of `hook.json`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::manifest::schema;
use crate::output;

/// Print the JSON Schema of hook.json
///
/// It has every hook type with its settings, bounds and defaults. `hookbox new` puts it into a project, where editors find it by `$schema`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  hookbox schema\n  hookbox schema --out .hookbox/hook.schema.json")]
pub(crate) struct SchemaArgs {
    /// Write it to a file
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &SchemaArgs) -> Result<()> {
    let text = schema::text()?;
    match &args.out {
        None => output::write(&text),
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
    }
}
