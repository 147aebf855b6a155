//! `hookbox keys rotate`: a new master key.

use std::io::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};
use hookbox_hooks::offline::{Rotated, rotate};
use serde_json::json;

use crate::folder::FolderArgs;
use crate::privacy;
use crate::style::visible;

/// Change the key that env values are encrypted with
#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    Rotate(RotateArgs),
}

/// Make a new master key, and encrypt every env value with it
///
/// The server must not run. Access tokens end; client ids and secrets stay good. The former key stays beside the new one, since backups from
/// before need it: move it to where your backups are. Broken off at any moment, the command leaves a folder that the server starts on.
#[derive(Debug, Args)]
struct RotateArgs {
    #[command(flatten)]
    folder: FolderArgs,

    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &KeysArgs) -> Result<()> {
    let KeysCommand::Rotate(args) = &args.command;
    privacy::keep()?;
    let Rotated { env_vars, client_keys, key_file, former_key_file } = rotate(&args.folder.folder()?)?;
    let (key_file, former) = (key_file.display(), former_key_file.display());
    let mut out = std::io::stdout().lock();
    if args.json {
        let json = json!({
            "env_vars": env_vars, "client_keys": client_keys, "key_file": key_file.to_string(), "former_key_file": former.to_string(),
        });
        writeln!(out, "{json:#}")?;
    } else {
        let (key_file, former) = (visible(&key_file.to_string()), visible(&former.to_string()));
        let keys = if client_keys > 0 { format!(" and {client_keys} keys of client certificates") } else { String::new() };
        writeln!(out, "{env_vars} env values{keys} are encrypted with the new key in {key_file}")?;
        writeln!(out, "the former key, which backups from before need, is in {former}")?;
    }
    Ok(())
}
