//! The server's settings: which exist, where their values come from, and what values they may have.
//!
//! [`Config`] holds validated values; `settings` is the one table of keys, defaults and rules; `layers` merges the table's defaults, the
//! file, the environment and the flags. The parts of the service act on their settings.

mod layers;
mod machine_memory;
mod settings;
mod tables;
mod value;

use std::path::PathBuf;

pub use crate::auth::{AccessConfig, ThrottleConfig};
use crate::hook_type::Registry;
pub use crate::limits::{CacheConfig, QueueConfig};
pub use crate::outside::EgressConfig;
use crate::service::ServiceConfig;

pub use layers::{ConfigError, Effective, Loaded, Origin, Sources};
pub use tables::{
    CompileConfig, Config, ForwardedHeader, HttpConfig, LogConfig, LogFormat, MetricsConfig, PagemapScan, SandboxConfig, StoreConfig,
    TlsConfig,
};

/// The most log entries that wait to be written: seconds of them at full load. Their bytes have a separate limit.
const LOG_QUEUE: usize = 8192;

impl Config {
    /// The settings of the service. `compile_worker` is the program, with its arguments, that compiles functions; `helpers` of the runtime's
    /// threads may run functions.
    pub fn service(&self, compile_worker: (PathBuf, Vec<String>), helpers: usize, registry: Registry) -> ServiceConfig {
        ServiceConfig {
            data: self.data.clone(),
            engine: self.store.engine,
            master_key_file: self.master_key_file.clone(),
            compile_worker,
            compile_timeout: self.compile.timeout,
            compile_workers: self.compile.workers,
            compile_memory_bytes: u64::from(self.compile.memory_mib) << 20,
            javascript_at_start: self.compile.javascript_at_start,
            concurrency: self.concurrency,
            queue: self.queue,
            memory_budget_bytes: self.sandbox.memory_bytes(),
            helpers,
            pagemap: self.sandbox.pagemap_scan.most(),
            packages: self.packages.clone(),
            max_image_bytes: (self.sandbox.image_mib as usize) << 20,
            retention: self.retention,
            log_queue: LOG_QUEUE,
            reads: self.reads,
            egress: self.egress.clone(),
            cache: self.cache,
            limits: self.limits,
            registry,
            compiled: None,
        }
    }
}

#[cfg(test)]
mod tests;
