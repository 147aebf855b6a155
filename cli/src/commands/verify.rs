//! `hookbox verify`: whether a data folder is sound.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use hookbox_hooks::offline::{Checked, verify};

use crate::folder::FolderArgs;
use crate::privacy;
use crate::style::{Style, visible};

/// Check everything in the data folder of a server that does not run
///
/// Every record is read, every function compared with its digest, every env value opened with the master key. Exit code 1 when something is
/// wrong.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    folder: FolderArgs,

    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &VerifyArgs) -> Result<ExitCode> {
    privacy::keep()?;
    let checked = verify(&args.folder.folder()?)?;
    let text = if args.json { format!("{}\n", serde_json::to_string_pretty(&checked)?) } else { shown(&checked, Style::stdout()) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(if checked.problem_count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn shown(checked: &Checked, style: Style) -> String {
    let mut text = holdings(checked);
    for problem in &checked.problems {
        text.push_str(&format!("{}  {}\n", style.bad("wrong"), visible(problem)));
    }
    text.push_str(&match checked.problem_count {
        0 => "nothing is wrong\n".to_owned(),
        1 => "1 problem\n".to_owned(),
        count => format!("{count} problems\n"),
    });
    text
}

/// What a folder holds.
pub(super) fn holdings(checked: &Checked) -> String {
    let rows = [
        ("accounts", checked.accounts),
        ("credentials", checked.credentials),
        ("hooks", checked.hooks),
        ("functions", checked.functions),
        ("env vars", checked.env_vars),
        ("of them opened", checked.opened),
        ("certificates", checked.client_certificates),
        ("log entries", checked.log_entries),
        ("cached values", checked.cached_values),
    ];
    rows.map(|(name, count)| format!("{name:<15} {count:>8}\n")).concat()
}
