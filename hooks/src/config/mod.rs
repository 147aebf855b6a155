//! The server's settings: which there are, where their values come from, what values they may have.
//!
//! [`Config`] holds validated values; `settings` is the one table of keys, defaults and rules; `layers` merges the table's
//! defaults, the file, the environment and the flags. Acting on a setting is left to the part of the service that it is about.

mod layers;
mod settings;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hookbox_runtime::PagemapUse;

pub use crate::auth::ThrottleConfig;
use crate::hook_type::Registry;
use crate::limits::ServiceLimits;
use crate::service::{Engine, ServiceConfig};

pub use layers::{ConfigError, Effective, Loaded, Origin, Sources};

/// Log entries that may wait to be written: seconds of them at full load. Their bytes are bounded besides.
const LOG_QUEUE: usize = 8192;

/// Every setting, validated. The fields are named as in the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Where the server listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The folder that holds everything the server keeps.
    pub data: PathBuf,
    /// The certificate and the key of the listener; without them it speaks plain HTTP.
    pub tls: TlsConfig,
    /// The file with the master key; `None` is a file in the data folder, made at the first start.
    pub master_key_file: Option<PathBuf>,
    /// How long log entries are served and kept.
    pub retention: Duration,
    /// Executions at a time.
    pub concurrency: u32,
    /// The numbers for Prometheus.
    pub metrics: MetricsConfig,
    /// The server's own log.
    pub log: LogConfig,
    /// Where records are kept.
    pub store: StoreConfig,
    /// The limits of the HTTP server.
    pub http: HttpConfig,
    /// Sizes that requests and executions may have.
    pub limits: ServiceLimits,
    /// The sandboxes that functions run in.
    pub sandbox: SandboxConfig,
    /// The compilation of functions.
    pub compile: CompileConfig,
    /// How many wrong secrets are answered.
    pub throttle: ThrottleConfig,
}

/// The files of the listener's TLS. Both are set, or neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsConfig {
    /// The certificate and those that it is signed by, in PEM.
    pub cert: Option<PathBuf>,
    /// Its private key, in PEM.
    pub key: Option<PathBuf>,
}

/// Where Prometheus reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Where `GET /metrics` is served, in plain HTTP and without a token; `None` is nowhere.
    pub listen: Option<SocketAddr>,
}

/// The server's own log, on standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogConfig {
    /// How it is written.
    pub format: LogFormat,
    /// A level, or directives such as `info,hookbox_hooks=debug`.
    pub level: String,
}

/// How the server's own log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where records are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreConfig {
    /// The embedded engine.
    pub engine: Engine,
}

/// The limits of the HTTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpConfig {
    /// Connections at a time; more wait in the kernel's queue.
    pub connections: u32,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long a client may take to send the body of a request.
    pub body_timeout: Duration,
    /// How long a connection may stay open with no request in it.
    pub idle_timeout: Duration,
}

/// The sandboxes that functions run in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SandboxConfig {
    /// How the kernel is asked which pages of its memory a JavaScript hook wrote.
    pub pagemap_scan: PagemapScan,
}

/// How the kernel is asked which pages of a memory were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagemapScan {
    /// In the best way that it knows.
    Auto,
    /// By reading the state of each page, as kernels before Linux 6.7 have to be asked.
    Read,
    /// Not at all: a memory is given back to it as a whole after each use.
    Off,
}

impl PagemapScan {
    fn most(self) -> PagemapUse {
        match self {
            Self::Auto => PagemapUse::Scan,
            Self::Read => PagemapUse::Read,
            Self::Off => PagemapUse::None,
        }
    }
}

/// The compilation of functions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileConfig {
    /// Wall time for one function.
    pub timeout: Duration,
    /// Memory for one function, in MiB.
    pub memory_mib: u32,
    /// Whether the JavaScript engine is made ready when the server starts, and not with the first JavaScript hook.
    pub javascript_at_start: bool,
}

impl Config {
    /// The part of it that is the service's. `compile_worker` is the program, with its arguments, that compiles
    /// functions.
    pub fn service(&self, compile_worker: (PathBuf, Vec<String>), registry: Registry) -> ServiceConfig {
        ServiceConfig {
            data: self.data.clone(),
            engine: self.store.engine,
            master_key_file: self.master_key_file.clone(),
            compile_worker,
            compile_timeout: self.compile.timeout,
            compile_memory_bytes: u64::from(self.compile.memory_mib) << 20,
            javascript_at_start: self.compile.javascript_at_start,
            concurrency: self.concurrency,
            pagemap: self.sandbox.pagemap_scan.most(),
            retention: self.retention,
            log_queue: LOG_QUEUE,
            limits: self.limits,
            registry,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        settings::defaults()
    }
}

#[cfg(test)]
mod tests;
