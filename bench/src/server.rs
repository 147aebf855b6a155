//! A server in a process of its own: `hookbox serve` on an empty store, or the bare one; and what a process has cost so far.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Admin;
use crate::connection::{Connection, request};
use crate::functions;
use crate::roles::BARE_SERVER;

const CLIENT_ID: &str = "bench-admin";
/// Protects nothing: the server is on the loopback interface and its store goes with it.
const CLIENT_SECRET: &str = "bench-secret-bench-secret-bench-secret";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running server, stopped when dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
}

/// What a process takes of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footprint {
    /// Resident memory in bytes; of files that are mapped, what is in memory.
    pub(crate) memory: u64,
    /// Open file descriptors.
    pub(crate) files: usize,
}

impl Server {
    /// Starts `hookbox serve` on the store in `folder` and waits until it listens.
    pub(crate) fn hookbox(folder: &Path) -> Result<Self> {
        Self::hookbox_with(folder, &[])
    }

    /// The same with settings, as environment variables.
    pub(crate) fn hookbox_with(folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let mut command = Command::new(functions::beside("hookbox")?);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join("data"))
            .current_dir(folder)
            // What is measured is not to share the machine with the engine's compilation.
            .env("HOOKBOX_COMPILE_JAVASCRIPT_AT_START", "false")
            // Thousands of hooks are deployed at once.
            .env("HOOKBOX_LIMITS_ACCOUNT_HOOKS", "100000")
            .env("HOOKBOX_LIMITS_ACCOUNT_DEPLOYMENTS", "100000")
            .envs(settings.iter().copied())
            .env("HOOKBOX_BOOTSTRAP_CLIENT_ID", CLIENT_ID)
            .env("HOOKBOX_BOOTSTRAP_CLIENT_SECRET", CLIENT_SECRET);
        Self::start(command, folder.join("server.log"))
    }

    /// Starts the bare server, which keeps nothing but a log of its failures.
    pub(crate) fn bare(folder: &Path, with_hook: bool) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(BARE_SERVER).args(with_hook.then_some("hook"));
        Self::start(command, folder.join(if with_hook { "bare-hook.log" } else { "bare.log" }))
    }

    /// Starts a program that prints its address as its first line.
    pub(crate) fn start(mut command: Command, log: PathBuf) -> Result<Self> {
        let stderr = std::fs::File::create(&log)?;
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        let failed = || format!("the server did not start: {}", std::fs::read_to_string(&log).unwrap_or_default());
        let address = address.with_context(failed)?;
        Ok(Self { process, address, log })
    }

    pub(crate) async fn admin(&self) -> Result<Admin> {
        Admin::log_in(self.address, CLIENT_ID, CLIENT_SECRET).await
    }

    /// Waits until every hook is ready.
    pub(crate) async fn ready(&self) -> Result<()> {
        let started = Instant::now();
        let mut connection = Connection::open(self.address).await?;
        while connection.exchange(&request("GET", "/readyz", None, "")).await?.status != 200 {
            ensure!(started.elapsed() < READY_WITHIN, "the server did not become ready");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Functions that it compiled so far, by its own log.
    pub(crate) fn compiled(&self) -> Result<usize> {
        let log = std::fs::read_to_string(&self.log)?;
        Ok(log.lines().filter(|line| line.contains(" compiled ")).count())
    }

    /// What it takes of the machine now.
    pub(crate) fn footprint(&self) -> Result<Footprint> {
        let process = format!("/proc/{}", self.process.id());
        let status = std::fs::read_to_string(format!("{process}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|rest| rest.trim().strip_suffix(" kB"));
        let resident: u64 = resident.context("/proc/PID/status has no VmRSS")?.trim().parse()?;
        Ok(Footprint { memory: resident * 1024, files: std::fs::read_dir(format!("{process}/fd"))?.count() })
    }

    /// Processor time of all its threads so far, to a hundredth of a second.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name of the program stands in brackets before the numbers and may hold anything.
        let numbers = stat.rsplit_once(')').context("/proc/PID/stat")?.1;
        let ticks = |index| numbers.split_whitespace().nth(index).and_then(|text| text.parse::<u64>().ok()).context("/proc/PID/stat");
        // The kernel counts a hundred ticks a second for programs, whatever it does itself.
        Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked to stop, as an operator would: a store that was not closed would be repaired at the next start. It may have ended by itself.
        if let Some(pid) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.process.wait();
    }
}
