//! The settings with their validated values, a struct for each table of the configuration file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hookbox_runtime::PagemapUse;

use super::machine_memory;
use crate::auth::{AccessConfig, ThrottleConfig};
use crate::limits::{CacheConfig, QueueConfig, ReadLimits, ServiceLimits};
use crate::networks::Networks;
use crate::outside::EgressConfig;
use crate::packages::PackagesConfig;
use crate::store::Engine;

/// Every setting, validated. The fields are named as in the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Where the server listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The folder that holds everything the server keeps.
    pub data: PathBuf,
    /// The certificate and the key of the listener; without them it serves plain HTTP.
    pub tls: TlsConfig,
    /// The file with the master key; `None` is a file in the data folder, made at the first start.
    pub master_key_file: Option<PathBuf>,
    /// How long log entries are served and kept.
    pub retention: Duration,
    /// The most executions that have begun and not ended.
    pub concurrency: u32,
    /// How others wait for their turn.
    pub queue: QueueConfig,
    /// The numbers for Prometheus.
    pub metrics: MetricsConfig,
    /// The server's own log.
    pub log: LogConfig,
    /// Where records are kept.
    pub store: StoreConfig,
    /// The limits of the HTTP server.
    pub http: HttpConfig,
    /// From where callers may use a scope.
    pub access: AccessConfig,
    /// How much of the log is read at a time.
    pub reads: ReadLimits,
    /// Sizes that requests and executions may have.
    pub limits: ServiceLimits,
    /// Where npm packages come from.
    pub packages: PackagesConfig,
    /// The sandboxes that functions run in.
    pub sandbox: SandboxConfig,
    /// The way out for functions.
    pub egress: EgressConfig,
    /// How much functions may keep.
    pub cache: CacheConfig,
    /// The compilation of functions.
    pub compile: CompileConfig,
    /// How many wrong secrets are answered before a client must wait.
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

/// The metrics for Prometheus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Where `GET /metrics` is served, in plain HTTP and without a token; `None` serves it nowhere.
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
    /// Lines of text, for people.
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
    /// Connections at a time. One address may hold as many as are free.
    pub connections: u32,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long a client may take to send the body of a request.
    pub body_timeout: Duration,
    /// How long a connection may stay open with no request in it.
    pub idle_timeout: Duration,
    /// How long a client may take nothing of what is sent to it.
    pub write_timeout: Duration,
    /// Bodies of requests and answers that are held at a time, in MiB. An account may hold as much as is free.
    pub in_flight_mib: u32,
    /// The proxies that say where a request comes from.
    pub trusted_proxies: Networks,
    /// Where they say it.
    pub forwarded_header: ForwardedHeader,
}

/// The header in which a proxy names the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, a list of addresses.
    XForwardedFor,
    /// `Forwarded`, of RFC 7239.
    Forwarded,
}

/// The sandboxes that functions run in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SandboxConfig {
    /// How the kernel is asked which pages of its memory a JavaScript hook wrote.
    pub pagemap_scan: PagemapScan,
    /// The memory that executions may have together beyond 16 MiB each, in MiB; 0 is a half of what the machine has for the process.
    pub memory_mib: u32,
    /// The most that the image of a JavaScript hook may have, in MiB. A larger top level is evaluated on each execution.
    pub image_mib: u32,
}

impl SandboxConfig {
    /// The memory that executions may have together, in bytes.
    pub(super) fn memory_bytes(&self) -> usize {
        match self.memory_mib {
            0 => machine_memory::bytes() / 2,
            mib => (mib as usize).saturating_mul(1 << 20),
        }
    }
}

/// How the kernel is asked which pages of a memory were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagemapScan {
    /// In the best way that the kernel knows.
    Auto,
    /// By reading the state of each page, the only way in kernels before Linux 6.7.
    Read,
    /// Not at all: a memory is released as a whole after each use.
    Off,
}

impl PagemapScan {
    /// The most that the sandbox may use of the kernel's interfaces.
    pub(super) fn most(self) -> PagemapUse {
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
    /// Processor time for one function.
    pub timeout: Duration,
    /// Functions that are prepared at a time, in each language. One account never has all places.
    pub workers: u32,
    /// Memory for one function, in MiB.
    pub memory_mib: u32,
    /// Whether the JavaScript engine is made ready when the server starts, and not with the first JavaScript hook.
    pub javascript_at_start: bool,
}
