//! `hookbox backup FILE`: a copy of everything that a running server keeps.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use hookbox_hooks::{Contents, check_backup};
use serde_json::json;

use crate::client::Client;
use crate::login::ServerArgs;
use crate::style::visible;

/// Copy everything that a running server keeps to a file (scope operate)
///
/// The file is as of one moment, is checked when it is there, and can be read by its owner only. Env values are encrypted in it. The master
/// key is not in it, and without that key nobody can open the values: keep a copy of the key, and keep it elsewhere.
/// `hookbox restore` brings it back.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Leave out the entries of the logs
    #[arg(long)]
    without_logs: bool,

    /// Replace the file if there is one
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    server: ServerArgs,

    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &BackupArgs) -> Result<()> {
    if !args.force && args.file.exists() {
        bail!("{} exists; --force replaces it", args.file.display());
    }
    let client = args.server.connect()?;
    let contents = fetch(&client, args)?;
    let Contents { records, functions, bytes } = contents;
    let file = args.file.display();
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{:#}", json!({"file": file.to_string(), "records": records, "functions": functions, "bytes": bytes}))?;
    } else {
        let file = visible(&file.to_string());
        writeln!(out, "{file}: {records} records, {functions} large functions, {bytes} bytes")?;
    }
    writeln!(
        io::stderr().lock(),
        "The master key is not in it, and the env values in it are of no use without: keep a copy of the key elsewhere."
    )?;
    Ok(())
}

/// Writes beside and renames, so that the name stands for a backup that is whole.
fn fetch(client: &Client, args: &BackupArgs) -> Result<Contents> {
    let draft = beside(&args.file);
    let fetched = download(client, args, &draft).and_then(|contents| {
        fs::rename(&draft, &args.file).with_context(|| args.file.display().to_string())?;
        Ok(contents)
    });
    if fetched.is_err() {
        // What is left of it is of no use, and the error is the news.
        let _ = fs::remove_file(&draft);
    }
    fetched
}

fn download(client: &Client, args: &BackupArgs, draft: &Path) -> Result<Contents> {
    let path = if args.without_logs { "/v1/backup?logs=false" } else { "/v1/backup" };
    let mut from = client.download(path)?;
    let _absent = fs::remove_file(draft);
    let opened: io::Result<File> = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(draft);
    let mut file = opened.with_context(|| draft.display().to_string())?;
    io::copy(&mut from, &mut file).context("the backup broke off")?;
    file.sync_all()?;
    file.rewind()?;
    Ok(check_backup(BufReader::new(file))?)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}
