//! The table of settings: key, default, rule and field. Everything else about them is derived from it.

use std::time::Duration;

use super::tables::{
    CompileConfig, Config, ForwardedHeader, HttpConfig, LogConfig, LogFormat, MetricsConfig, PagemapScan, SandboxConfig, StoreConfig,
    TlsConfig,
};
use super::value::{Value, number, span};
use crate::auth::{AccessConfig, ThrottleConfig};
use crate::limits::{CacheConfig, QueueConfig, ReadLimits, ServiceLimits};
use crate::networks::Networks;
use crate::outside::EgressConfig;
use crate::packages::PackagesConfig;
use crate::store::Engine;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// One setting.
pub(super) struct Setting {
    /// The key in the file; its tables are separated by dots.
    pub(super) key: &'static str,
    /// Reads a text into the field.
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    /// The field as text.
    pub(super) show: fn(&Config) -> String,
}

impl Setting {
    /// The environment variable that sets it.
    pub(super) fn variable(&self) -> String {
        format!("HOOKBOX_{}", self.key.replace('.', "_").to_uppercase())
    }
}

macro_rules! setting {
    ($key:literal, $($field:ident).+) => {
        setting!($key, $($field).+, Value::read)
    };
    ($key:literal, $($field:ident).+, $read:expr) => {
        Setting {
            key: $key,
            set: |config, text| {
                config.$($field).+ = $read(text)?;
                Ok(())
            },
            show: |config| config.$($field).+.show(),
        }
    };
}

/// Every setting, in the order in which they are documented.
pub(super) static SETTINGS: [Setting; 85] = [
    setting!("listen", listen),
    setting!("data", data),
    setting!("master_key_file", master_key_file),
    setting!("retention", retention, |text| span(text, Duration::from_secs(1), 3650 * DAY)),
    setting!("concurrency", concurrency, |text| number(text, 1, 4096)),
    setting!("queue.length", queue.length, |text| number(text, 1, 100_000)),
    setting!("queue.wait", queue.wait, |text| span(text, Duration::from_millis(1), MINUTE)),
    setting!("tls.cert", tls.cert),
    setting!("tls.key", tls.key),
    setting!("metrics.listen", metrics.listen),
    setting!("log.format", log.format),
    setting!("log.level", log.level),
    setting!("store.engine", store.engine),
    setting!("http.connections", http.connections, |text| number(text, 1, 1_000_000)),
    setting!("http.header_timeout", http.header_timeout, |text| span(text, Duration::from_millis(100), 10 * MINUTE)),
    setting!("http.body_timeout", http.body_timeout, |text| span(text, Duration::from_millis(100), 10 * MINUTE)),
    setting!("http.idle_timeout", http.idle_timeout, |text| span(text, Duration::from_millis(100), 60 * MINUTE)),
    setting!("http.write_timeout", http.write_timeout, |text| span(text, Duration::from_millis(100), 10 * MINUTE)),
    setting!("http.in_flight_mib", http.in_flight_mib, |text| number(text, 4, 65_536)),
    setting!("http.trusted_proxies", http.trusted_proxies),
    setting!("http.forwarded_header", http.forwarded_header),
    setting!("access.operate", access.operate),
    setting!("access.manage", access.manage),
    setting!("reads.threads", reads.threads, |text| number(text, 1, 256)),
    setting!("reads.waiting", reads.waiting, |text| number(text, 1, 100_000)),
    setting!("reads.pages_bytes", reads.pages_bytes, |text| number(text, 4 * MIB, 1 << 40)),
    setting!("reads.streams", reads.streams, |text| number(text, 1, 100_000)),
    setting!("reads.stream_bytes", reads.stream_bytes, |text| number(text, 64 * KIB, 1 << 30)),
    setting!("reads.streams_bytes", reads.streams_bytes, |text| number(text, MIB, 1 << 40)),
    setting!("reads.stream_timeout", reads.stream_timeout, |text| span(text, Duration::from_millis(100), 10 * MINUTE)),
    setting!("limits.context_bytes", limits.context_bytes, |text| number(text, KIB, 16 * MIB)),
    setting!("limits.result_bytes", limits.result_bytes, |text| number(text, KIB, 16 * MIB)),
    setting!("limits.error_bytes", limits.error_bytes, |text| number(text, 256, MIB)),
    setting!("limits.function_bytes", limits.function_bytes, |text| number(text, KIB, 256 * MIB)),
    setting!("limits.source_bytes", limits.source_bytes, |text| number(text, KIB, 8 * MIB)),
    setting!("limits.env_vars", limits.env_vars, |text| number(text, 0, 10_000)),
    setting!("limits.packages", limits.packages, |text| number(text, 0, 10_000)),
    setting!("limits.conditions", limits.conditions, |text| number(text, 0, 10_000)),
    setting!("limits.allowed_addresses", limits.allowed_addresses, |text| number(text, 1, 10_000)),
    setting!("limits.name_length", limits.name_length, |text| number(text, 1, 200)),
    setting!("limits.log_bytes", limits.log_bytes, |text| number(text, KIB, 16 * MIB)),
    setting!("limits.max_memory_mib", limits.max_memory_mib, |text| number(text, 16, 4096)),
    setting!("limits.max_fuel", limits.max_fuel, |text| number(text, 10_000_000, i64::MAX as u64)),
    setting!("limits.accounts", limits.accounts, |text| number(text, 1, 1_000_000)),
    setting!("limits.account_env_vars", limits.account_env_vars, |text| number(text, 0, 100_000)),
    setting!("limits.account_hooks", limits.account_hooks, |text| number(text, 1, 100_000)),
    setting!("limits.account_credentials", limits.account_credentials, |text| number(text, 1, 100_000)),
    setting!("limits.account_deployments", limits.account_deployments, |text| number(text, 1, 100_000)),
    setting!("sandbox.pagemap_scan", sandbox.pagemap_scan),
    setting!("sandbox.memory_mib", sandbox.memory_mib, |text| number(text, 0, 16_777_216)),
    setting!("packages.npmrc", packages.npmrc),
    setting!("packages.folder", packages.folder),
    setting!("packages.minimum_age", packages.minimum_age, |text| span(text, Duration::ZERO, 365 * DAY)),
    setting!("sandbox.image_mib", sandbox.image_mib, |text| number(text, 1, 64)),
    setting!("egress.hosts_ceiling", egress.hosts_ceiling),
    setting!("egress.proxy", egress.proxy),
    setting!("egress.ca", egress.ca),
    setting!("egress.calls", egress.limits.calls, |text| number(text, 0, 10_000)),
    setting!("egress.calls_at_a_time", egress.limits.calls_at_a_time, |text| number(text, 1, 1000)),
    setting!("egress.sockets", egress.limits.sockets, |text| number(text, 0, 1000)),
    setting!("egress.socket_bytes", egress.limits.socket_bytes, |text| number(text, KIB as u64, 1 << 32)),
    setting!("egress.request_bytes", egress.limits.request_bytes, |text| number(text, KIB as u64, 1 << 28)),
    setting!("egress.response_bytes", egress.limits.response_bytes, |text| number(text, KIB as u64, 1 << 28)),
    setting!("egress.header_bytes", egress.limits.header_bytes, |text| number(text, KIB, MIB)),
    setting!("egress.headers", egress.limits.headers, |text| number(text, 1, 1000)),
    setting!("egress.redirects", egress.limits.redirects, |text| number(text, 0, 100)),
    setting!("egress.connect_time", egress.limits.connect_time, |text| span(text, Duration::from_millis(10), MINUTE)),
    setting!("egress.total_time", egress.limits.total_time, |text| span(text, Duration::from_millis(10), 10 * MINUTE)),
    setting!("egress.account_calls", egress.account_calls, |text| number(text, 1, 100_000)),
    setting!("egress.lookup_time", egress.lookup_time, |text| span(text, Duration::from_millis(10), MINUTE)),
    setting!("egress.connections", egress.connections, |text| number(text, 1, 1_000_000)),
    setting!("egress.idle_time", egress.idle_time, |text| span(text, Duration::from_millis(1), 60 * MINUTE)),
    setting!("cache.entries", cache.entries, |text| number(text, 1, 100_000)),
    setting!("cache.key_bytes", cache.key_bytes, |text| number(text, 1, 64 * KIB)),
    setting!("cache.value_bytes", cache.value_bytes, |text| number(text, 1, 16 * MIB)),
    setting!("cache.account_bytes", cache.account_bytes, |text| number(text, KIB as u64, 1 << 36)),
    setting!("cache.max_ttl", cache.max_ttl, |text| span(text, Duration::from_millis(1), DAY)),
    setting!("cache.default_ttl", cache.default_ttl, |text| span(text, Duration::from_millis(1), DAY)),
    setting!("cache.memory_bytes", cache.memory_bytes, |text| number(text, 0, 1 << 36)),
    setting!("compile.timeout", compile.timeout, |text| span(text, Duration::from_secs(1), 60 * MINUTE)),
    setting!("compile.workers", compile.workers, |text| number(text, 2, 64)),
    setting!("compile.memory_mib", compile.memory_mib, |text| number(text, 64, 65_536)),
    setting!("compile.javascript_at_start", compile.javascript_at_start),
    setting!("throttle.client_failures", throttle.client_failures, |text| number(text, 1, 1_000_000)),
    setting!("throttle.address_failures", throttle.address_failures, |text| number(text, 1, 1_000_000)),
];

impl Default for Config {
    /// The defaults of all settings.
    fn default() -> Self {
        defaults()
    }
}

fn defaults() -> Config {
    Config {
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], 8080)),
        data: "./hookbox-data".into(),
        tls: TlsConfig::default(),
        metrics: MetricsConfig::default(),
        master_key_file: None,
        retention: 7 * DAY,
        concurrency: 128,
        queue: QueueConfig::default(),
        log: LogConfig { format: LogFormat::Text, level: "info".to_owned() },
        store: StoreConfig { engine: Engine::Redb },
        http: HttpConfig {
            connections: 1024,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            in_flight_mib: 256,
            trusted_proxies: Networks::default(),
            forwarded_header: ForwardedHeader::XForwardedFor,
        },
        access: AccessConfig::default(),
        reads: ReadLimits::default(),
        limits: ServiceLimits::default(),
        packages: PackagesConfig::default(),
        sandbox: SandboxConfig { pagemap_scan: PagemapScan::Auto, memory_mib: 0, image_mib: 16 },
        egress: EgressConfig::default(),
        cache: CacheConfig::default(),
        compile: CompileConfig { timeout: Duration::from_secs(30), workers: 2, memory_mib: 1024, javascript_at_start: true },
        throttle: ThrottleConfig { client_failures: 10, address_failures: 60 },
    }
}
