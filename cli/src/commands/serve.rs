//! `hookbox serve`: the server, from its configuration to the signal that ends it. On stdout it says where it listens, a
//! line for each address; all else is its log, on stderr. With `--json` each line of both is an object.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::config::{Config, Sources};
use hookbox_hooks::{Listener, Opened, Service, SystemClock, Tls};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::admin_credential::AdminCredential;
use crate::folder::{environment, path_flag};
use crate::hook_types::REGISTRY;
use crate::{compile_worker, output, privacy, telemetry, threads};

/// Run the server
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    settings: SettingArgs,

    /// Print JSON instead of text, an object a line: where it listens on stdout, its log on stderr
    #[arg(long)]
    json: bool,
}

/// The settings that have flags.
#[derive(Debug, Args)]
pub(crate) struct SettingArgs {
    /// Where to listen [default: 127.0.0.1:8080]; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// The folder for everything that is kept [default: ./hookbox-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// The certificate, in PEM: serve HTTPS. Read again on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// The configuration file [default: hookbox.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "HOOKBOX_CONFIG")]
    config: Option<PathBuf>,
}

impl SettingArgs {
    /// What the settings are read from.
    pub(crate) fn sources(&self) -> Result<Sources> {
        let mut flags: Vec<(&'static str, String)> = self.listen.map(|address| ("listen", address.to_string())).into_iter().collect();
        for (key, path) in [("data", &self.data), ("tls.cert", &self.tls_cert), ("tls.key", &self.tls_key)] {
            flags.extend(path_flag(key, path.as_deref())?);
        }
        Ok(Sources { file: self.config.clone(), environment: environment(), flags })
    }
}

pub(crate) fn run(args: &ServeArgs) -> Result<()> {
    privacy::keep()?;
    let mut sources = args.settings.sources()?;
    if args.json {
        sources.flags.push(("log.format", "json".to_owned()));
    }
    let loaded = Config::load(&sources)?;
    telemetry::start(&loaded.config.log)?;
    warn(&loaded.warnings);
    raise_file_limit();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = threads::start(cores).context("the threads cannot be started")?;
    runtime.block_on(serve(&loaded.config, cores, args.json))
}

/// Allows as many open files as the system lets us have: each connection is one, and so is the compiled code of each WebAssembly hook.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!(%error, limit = limit.current, "the limit of open files cannot be raised");
    }
}

async fn serve(config: &Config, helpers: usize, json: bool) -> Result<()> {
    // Before anything is begun that a signal would break off.
    let stop = Stop::new().context("signals cannot be received")?;
    let admin = AdminCredential::from_environment()?;
    let listener = Listener::bind(config).await?;
    let Opened { service, first_start, warnings, .. } =
        Service::open(config.service(compile_worker::command(), helpers, REGISTRY.clone()), Arc::new(SystemClock)).await?;
    privacy::close_memory()?;
    warn(&warnings);
    if first_start {
        bootstrap(&service, admin, &config.data, json).await?;
    }
    let scheme = if listener.tls().is_some() { "https" } else { "http" };
    if listener.tls().is_none() && !listener.address().ip().is_loopback() {
        tracing::warn!(address = %listener.address(), "others can reach this address, and there is no TLS: set tls.cert and tls.key");
    }
    if let Some(address) = listener.metrics_address().filter(|address| !address.ip().is_loopback()) {
        tracing::warn!(%address, "others can reach the metrics, which ask for no token");
    }
    if let Some(tls) = listener.tls().cloned() {
        let hang_up = signal(SignalKind::hangup()).context("signals cannot be received")?;
        tokio::spawn(reload(hang_up, tls));
    }
    say(json, "listening", &format!("{scheme}://{}", listener.address()))?;
    if let Some(address) = listener.metrics_address() {
        say(json, "metrics", &format!("http://{address}/metrics"))?;
    }
    tracing::info!(address = %listener.address(), data = %config.data.display(), "listening");
    listener.serve(service, hookbox_dialects::ALL, config, stop.received()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Says where something is, to whoever started this program.
fn say(json: bool, what: &str, url: &str) -> Result<()> {
    match json {
        true => output::json_line(&json!({"event": what, "url": url})),
        false => output::write(&format!("{what} on {url}\n")),
    }
}

/// Reads the certificate again at each signal.
async fn reload(mut hang_up: Signal, tls: Tls) {
    while hang_up.recv().await.is_some() {
        match tls.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
}

async fn bootstrap(service: &Service, admin: Option<AdminCredential>, data: &Path, json: bool) -> Result<()> {
    match admin {
        Some(credential) => credential.bootstrap(service).await,
        None => AdminCredential::bootstrap_random(service, data, json).await,
    }
}

fn warn(warnings: &[String]) {
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}

/// The signals that end the server.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
    /// Held, so that a write beyond a file size limit is an error for the writer and not the end of the server.
    _file_size: Signal,
}

impl Stop {
    fn new() -> std::io::Result<Self> {
        let file_size = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _file_size: signal(file_size)?,
        })
    }

    async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
