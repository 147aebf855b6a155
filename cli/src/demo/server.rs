//! A server of the demo's own: this program once more, on a free port, with a data folder that goes with it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::client::Client;

const CLIENT_ID: &str = "demo-admin";

/// A running server; stopped when dropped.
pub(crate) struct DemoServer {
    process: Child,
    folder: TempDir,
    /// Where it listens.
    pub(crate) url: String,
    secret: String,
}

impl DemoServer {
    /// Starts it and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hookbox-demo-").tempdir()?;
        let secret = random_hex()?;
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .current_dir(folder.path())
            .env("HOOKBOX_BOOTSTRAP_CLIENT_ID", CLIENT_ID)
            .env("HOOKBOX_BOOTSTRAP_CLIENT_SECRET", &secret)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("server.log"))?)
            .spawn()
            .context("the server cannot be started")?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let mut server = Self { process, folder, url: String::new(), secret };
        server.url = match line.trim().strip_prefix("listening on ") {
            Some(url) => url.to_owned(),
            None => anyhow::bail!("the server did not start:\n{}", server.log()),
        };
        Ok(server)
    }

    /// A client with the admin's rights.
    pub(crate) fn client(&self) -> Result<Client> {
        Client::connect(&self.url, CLIENT_ID, &self.secret).with_context(|| self.log())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// Asks it to stop, as an operator would, and waits for it.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.terminate();
        let status = self.process.wait()?;
        ensure!(status.success(), "the server ended with {status}:\n{}", self.log());
        Ok(())
    }

    fn terminate(&self) {
        if let Some(pid) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.terminate();
            let _ = self.process.wait();
        }
    }
}

fn random_hex() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).context("no random bytes")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
