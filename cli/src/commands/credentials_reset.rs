//! `hookbox credentials reset`: a way in for an operator who has lost the credential.

use std::io::Write as _;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::admin_credential::AdminCredential;
use crate::folder::FolderArgs;
use crate::privacy;

/// Make a new admin credential on the data folder of a server that does not run (offline)
///
/// It is written to admin-credential.json in that folder, for its owner only; on a terminal the secret is shown too. The other credentials stay:
/// delete those that are lost.
#[derive(Debug, Args)]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    folder: FolderArgs,

    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &ResetArgs) -> Result<()> {
    privacy::keep()?;
    let (client_id, path) = AdminCredential::reset(&args.folder.folder()?)?;
    if args.json {
        let json = json!({"client_id": client_id.as_str(), "file": path.display().to_string()});
        writeln!(std::io::stdout().lock(), "{json:#}")?;
    }
    Ok(())
}
