//! The program's own log: tracing events, as text or JSON, on standard error. What is logged is for those who log it.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, Result, anyhow};
use hookbox_hooks::config::{LogConfig, LogFormat};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The HTTP libraries show whole requests at their finest levels, tokens included, so `debug` and `trace` alone do not reach them.
const LIBRARIES: &str = "h2=info,hyper=info,hyper_util=info";

/// Starts to write the log. Once for a process.
pub(crate) fn start(config: &LogConfig) -> Result<()> {
    let filter = format!("{LIBRARIES},{}", config.level)
        .parse::<Targets>()
        .with_context(|| format!("`log.level`: \"{}\" is not usable", config.level))?;
    let (registry, log) = (registry().with(filter), layer().with_writer(io::stderr));
    let started = match config.format {
        LogFormat::Text => registry.with(log.with_ansi(io::stderr().is_terminal())).try_init(),
        LogFormat::Json => registry.with(log.json().flatten_event(true).with_span_list(false)).try_init(),
    };
    started.map_err(|error| anyhow!("the log cannot be started: {error}"))
}
