//! `hookbox restore FILE`: a backup becomes a data folder.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use hookbox_hooks::offline::{Folder, Restored, restore};

use super::verify::holdings;
use crate::folder::FolderArgs;
use crate::privacy;
use crate::style::visible;

/// Bring a backup back into an empty data folder
///
/// The folder may hold nothing but the backup's master key (master.key). The backup is checked before, and everything in the folder after;
/// where anything is wrong the folder stays as it was. What was deleted or revoked since the backup is back too.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    folder: FolderArgs,

    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &RestoreArgs) -> Result<()> {
    privacy::keep()?;
    let config = args.folder.config()?;
    let folder = Folder { data: config.data, master_key_file: config.master_key_file };
    let restored = restore(&args.file, &folder, config.store.engine)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&restored)?)?;
    } else {
        writeln!(out, "restored to {}", visible(&folder.data.display().to_string()))?;
        out.write_all(holdings(&restored.checked).as_bytes())?;
    }
    let Restored { key_checked, .. } = restored;
    if !key_checked {
        let key = folder.data.join("master.key");
        let mut err = std::io::stderr().lock();
        writeln!(
            err,
            "The env values were not opened, for want of the master key. Put it into {}, then run `hookbox verify`.",
            key.display()
        )?;
    }
    Ok(())
}
