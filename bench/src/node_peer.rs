//! The peers that run on Node: their packages, installed as the lockfile has them, and a process for each.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::server::Server;

/// Where the peers are kept, and where they are run.
const SOURCES: &str = "bench/peers";
const INSTALLED: &str = "target/bench/peers";
const LOCK: &str = "package-lock.json";
/// A copy of the lockfile by which the packages were installed.
const STAMP: &str = "installed-lock.json";
/// The version that the peers are made for; isolated-vm is native code and fits few.
const NODE: &str = "v20.";

/// Installs the peers' packages under target/, if that was not done yet.
pub(crate) fn install() -> Result<()> {
    let version = Command::new("node").arg("--version").output().context("the part `node` needs Node 20, and there is no `node`")?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    ensure!(version.starts_with(NODE), "the part `node` needs Node 20, and `node` is {version}");
    std::fs::create_dir_all(INSTALLED)?;
    for file in std::fs::read_dir(SOURCES).context(SOURCES)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), Path::new(INSTALLED).join(file.file_name()))?;
        }
    }
    let (lock, stamp) = (Path::new(INSTALLED).join(LOCK), Path::new(INSTALLED).join(STAMP));
    if std::fs::read(&stamp).ok() == Some(std::fs::read(&lock)?) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    // What it says goes to standard error, since standard output carries the results.
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(INSTALLED).stdin(Stdio::null()).stdout(Stdio::null());
    let ended = npm.status().context("the part `node` needs npm")?;
    ensure!(ended.success(), "`npm ci` in {INSTALLED} failed; isolated-vm needs a C++ compiler where there is no build of it to download");
    std::fs::copy(lock, stamp)?;
    Ok(())
}

/// Starts the peer with this isolation on a function.
pub(crate) fn start(isolation: &str, folder: &Path, source: &str) -> Result<Server> {
    let function = folder.join("hook.js");
    std::fs::write(&function, source)?;
    let mut command = Command::new("node");
    command.arg("server.mjs").arg(isolation).arg(&function);
    // isolated-vm asks for this option from Node 20 on.
    command.env("NODE_OPTIONS", "--no-node-snapshot").env("NODE_ENV", "production").current_dir(INSTALLED);
    Server::start(command, folder.join(format!("{isolation}.log")))
}
