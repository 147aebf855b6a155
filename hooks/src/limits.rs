//! How large requests, functions and executions may be. The values are settings of the server, and hold for every account.

use std::time::Duration;

/// The sizes that requests and executions may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// A context, in bytes.
    pub context_bytes: usize,
    /// What a function returns, in bytes.
    pub result_bytes: usize,
    /// The message of a failed execution, or of a hook's status, in bytes.
    pub error_bytes: usize,
    /// A function, decoded, in bytes.
    pub function_bytes: usize,
    /// A function in JavaScript, in bytes.
    pub source_bytes: usize,
    /// Env vars linked to one hook.
    pub env_vars: usize,
    /// Packages that one hook declares.
    pub packages: usize,
    /// Conditions of one hook.
    pub conditions: usize,
    /// Networks that one credential may be used from. Each call of its owner looks through them.
    pub allowed_addresses: usize,
    /// The name of an account or a credential, in characters.
    pub name_length: usize,
    /// The log of one execution, in bytes.
    pub log_bytes: usize,
    /// The most memory that a hook may ask for, in MiB.
    pub max_memory_mib: u32,
    /// The most fuel that a hook may ask for.
    pub max_fuel: u64,
    /// Accounts of the server.
    pub accounts: usize,
    /// Env vars of one account.
    pub account_env_vars: usize,
    /// Hooks of one account, of all types.
    pub account_hooks: usize,
    /// Credentials of one account.
    pub account_credentials: usize,
    /// Hooks of one account that wait to be prepared.
    pub account_deployments: usize,
}

/// How executions wait for their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueConfig {
    /// The most executions that wait to begin.
    pub length: u32,
    /// The longest wait. It is part of the hook's timeout.
    pub wait: Duration,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self { length: 1024, wait: Duration::from_millis(100) }
    }
}

/// How much of the log is read at a time, and by how many. Each is a bound for the server, of which an account may have as much as is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Reads at a time.
    pub threads: usize,
    /// Reads that wait for their turn.
    pub waiting: usize,
    /// Pages that were read and not sent yet, in bytes.
    pub pages_bytes: usize,
    /// Streams of followed logs.
    pub streams: usize,
    /// What waits to be sent to one of them, in bytes.
    pub stream_bytes: usize,
    /// What waits to be sent to all of them, in bytes.
    pub streams_bytes: usize,
    /// How long the reader of a stream may take nothing.
    pub stream_timeout: Duration,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            threads: 2,
            waiting: 64,
            pages_bytes: 64 * MIB,
            streams: 256,
            stream_bytes: MIB,
            streams_bytes: 64 * MIB,
            stream_timeout: Duration::from_secs(30),
        }
    }
}

/// How much functions may keep in the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheConfig {
    /// Values of one hook, kept answers of one hook, and values that the hooks of an account share.
    pub entries: usize,
    /// A key, in bytes.
    pub key_bytes: usize,
    /// A value, in bytes.
    pub value_bytes: usize,
    /// Everything of one account, in bytes.
    pub account_bytes: u64,
    /// The longest time of a value.
    pub max_ttl: Duration,
    /// The time of a value for which none is said.
    pub default_ttl: Duration,
    /// Values that are held in memory, of all accounts, in bytes.
    pub memory_bytes: usize,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            entries: 1000,
            key_bytes: 512,
            value_bytes: 64 * KIB,
            account_bytes: 16 * MIB as u64,
            max_ttl: Duration::from_secs(24 * 60 * 60),
            default_ttl: Duration::from_secs(60 * 60),
            memory_bytes: 64 * MIB,
        }
    }
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Default for ServiceLimits {
    fn default() -> Self {
        Self {
            context_bytes: 256 * KIB,
            result_bytes: 256 * KIB,
            error_bytes: 4 * KIB,
            function_bytes: 8 * MIB,
            source_bytes: MIB,
            env_vars: 100,
            packages: 100,
            conditions: 100,
            allowed_addresses: 100,
            name_length: 200,
            log_bytes: 64 * KIB,
            max_memory_mib: 128,
            max_fuel: 100_000_000_000,
            accounts: 10_000,
            account_env_vars: 1_000,
            account_hooks: 1_000,
            account_credentials: 1_000,
            account_deployments: 100,
        }
    }
}
