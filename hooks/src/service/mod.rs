//! The service: everything that a caller can ask for, free of HTTP. Who may ask is for the gateways.

mod page;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbox_host_api::{HookType, Outcome, Secret};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::dispatch::Answer;
use crate::error::ServiceError;
use crate::ids::{AccountId, ClientId, HookId};
use crate::resources::{AccountView, CredentialRecord, CredentialView, EnvView, ExecutionView, HookDetail, HookView};

pub use page::{Page, Paged};

/// What a service needs to know.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// The embedded storage engine.
    pub engine: Engine,
    /// The file with the master key; none: one in the data folder.
    pub master_key_file: Option<PathBuf>,
    /// The program, and its arguments, that compiles functions in a process of its own: it calls `compile_worker`.
    pub compile_worker: (PathBuf, Vec<String>),
    /// Wall time for one compilation.
    pub compile_timeout: Duration,
    /// Memory for one compilation, in bytes.
    pub compile_memory_bytes: u64,
    /// Executions at a time.
    pub concurrency: u32,
    /// How long log entries are served and kept.
    pub retention: Duration,
    /// Log entries that may wait to be written.
    pub log_queue: usize,
    /// Sizes.
    pub limits: ServiceLimits,
}

/// An embedded storage engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The default.
    Redb,
    /// The alternative.
    Sled,
}

/// Sizes that requests and executions may have.
#[derive(Clone, Copy, Debug)]
pub struct ServiceLimits {
    /// Bytes of a context.
    pub context_bytes: usize,
    /// Bytes of a result.
    pub result_bytes: usize,
    /// Bytes of an error's or a status's message.
    pub error_bytes: usize,
    /// Bytes of a function, decoded.
    pub function_bytes: usize,
    /// Env vars linked to one hook.
    pub env_vars: usize,
    /// Bytes of log lines of one execution.
    pub log_bytes: usize,
    /// The most memory that a hook may ask for, in MiB.
    pub max_memory_mib: u32,
    /// The most fuel that a hook may ask for.
    pub max_fuel: u64,
}

impl Default for ServiceLimits {
    fn default() -> Self {
        Self {
            context_bytes: 256 << 10,
            result_bytes: 256 << 10,
            error_bytes: 4 << 10,
            function_bytes: 8 << 20,
            env_vars: 100,
            log_bytes: 64 << 10,
            max_memory_mib: 512,
            max_fuel: 100_000_000_000,
        }
    }
}

/// What a caller finds out when the service opens.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The service.
    pub service: Arc<Service>,
    /// Whether there is no account yet, so that [`Service::bootstrap`] is due.
    pub first_start: bool,
    /// Things that an operator should know, one sentence each.
    pub warnings: Vec<String>,
}

/// Why a service does not open.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(String);

/// Which hooks are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct HookFilter {
    /// Those of this type.
    pub hook_type: Option<HookType>,
    /// Those that are disabled, or those that are not.
    pub disabled: Option<bool>,
}

/// Which executions are wanted.
#[derive(Clone, Debug, Default)]
pub struct ExecutionFilter {
    /// Those of this event.
    pub request_id: Option<String>,
    /// Those of this login.
    pub correlation_id: Option<String>,
    /// Those that ended so.
    pub outcome: Option<Outcome>,
}

/// The facade of everything below HTTP.
#[derive(Debug)]
pub struct Service {}

fn unlinked<T>() -> Result<T, ServiceError> {
    Err(ServiceError::Internal("not linked".into()))
}

#[expect(unused_variables, clippy::unused_async, reason = "the signatures that others build on, ahead of their bodies")]
impl Service {
    /// Opens the data folder and begins to prepare the hooks in it.
    pub async fn open(config: ServiceConfig, clock: Arc<dyn Clock>) -> Result<Opened, OpenError> {
        Err(OpenError("not linked".into()))
    }
    /// Makes account 1 and its credential with `operate` and `manage`; only where there is no account yet.
    pub async fn bootstrap(&self, client_id: ClientId, secret: Secret) -> Result<(), ServiceError> {
        unlinked()
    }
    /// Why the service is not ready; empty when it is.
    pub fn readiness(&self) -> Vec<String> {
        Vec::new()
    }
    /// Finishes what is begun: the admission that runs, and the log entries that wait.
    pub async fn shutdown(&self) {}

    /// The hooks of an account, oldest first.
    pub async fn list_hooks(&self, account: AccountId, filter: HookFilter, page: Page) -> Result<Paged<HookView>, ServiceError> {
        unlinked()
    }
    /// One hook.
    pub async fn get_hook(&self, account: AccountId, id: &str) -> Result<HookView, ServiceError> {
        unlinked()
    }
    /// One hook, with what only `/v1` tells.
    pub async fn hook_detail(&self, account: AccountId, id: &str) -> Result<HookDetail, ServiceError> {
        unlinked()
    }
    /// Makes a hook, which is queued for admission.
    pub async fn create_hook(&self, account: AccountId, body: Bytes) -> Result<HookView, ServiceError> {
        unlinked()
    }
    /// Changes a hook; what a version freezes makes a new version, which is queued for admission.
    pub async fn update_hook(&self, account: AccountId, id: &str, body: Bytes) -> Result<HookView, ServiceError> {
        unlinked()
    }
    /// Deletes a hook; its log entries stay until they are old.
    pub async fn delete_hook(&self, account: AccountId, id: &str) -> Result<(), ServiceError> {
        unlinked()
    }

    /// The env vars of an account, oldest first.
    pub async fn list_envs(&self, account: AccountId, page: Page) -> Result<Paged<EnvView>, ServiceError> {
        unlinked()
    }
    /// One env var.
    pub async fn get_env(&self, account: AccountId, id: &str) -> Result<EnvView, ServiceError> {
        unlinked()
    }
    /// Makes an env var.
    pub async fn create_env(&self, account: AccountId, body: Bytes) -> Result<EnvView, ServiceError> {
        unlinked()
    }
    /// Gives an env var a new value, which serves from the next execution on.
    pub async fn update_env(&self, account: AccountId, id: &str, body: Bytes) -> Result<EnvView, ServiceError> {
        unlinked()
    }
    /// Deletes an env var, also from the hooks that it is linked to.
    pub async fn delete_env(&self, account: AccountId, id: &str) -> Result<(), ServiceError> {
        unlinked()
    }

    /// The executions of a hook, newest first.
    pub async fn executions(&self, account: AccountId, id: &str, filter: ExecutionFilter, page: Page) -> Result<Paged<ExecutionView>, ServiceError> {
        unlinked()
    }

    /// The accounts of the server.
    pub async fn list_accounts(&self, page: Page) -> Result<Paged<AccountView>, ServiceError> {
        unlinked()
    }
    /// One account.
    pub async fn get_account(&self, id: &str) -> Result<AccountView, ServiceError> {
        unlinked()
    }
    /// Makes an account.
    pub async fn create_account(&self, body: Bytes) -> Result<AccountView, ServiceError> {
        unlinked()
    }
    /// Changes an account's name or settings.
    pub async fn update_account(&self, id: &str, body: Bytes) -> Result<AccountView, ServiceError> {
        unlinked()
    }
    /// The credentials of the server, or of one account.
    pub async fn list_credentials(&self, account: Option<AccountId>, page: Page) -> Result<Paged<CredentialView>, ServiceError> {
        unlinked()
    }
    /// Makes a credential, for the caller's account unless the body names another; the secret is shown this once.
    pub async fn create_credential(&self, caller: AccountId, body: Bytes) -> Result<(CredentialView, Secret), ServiceError> {
        unlinked()
    }
    /// Deletes a credential; its tokens are no longer good.
    pub async fn delete_credential(&self, client_id: &str) -> Result<(), ServiceError> {
        unlinked()
    }
    /// Makes every token of a credential that was given out so far no longer good.
    pub async fn bump_generation(&self, client_id: &ClientId) -> Result<(), ServiceError> {
        unlinked()
    }

    /// The credential with this client id, from memory.
    pub(crate) fn credential(&self, client_id: &str) -> Option<Arc<CredentialRecord>> {
        None
    }

    /// Whether a client secret has this hash; takes the same time wherever they differ.
    pub(crate) fn verify_secret(&self, secret: &str, hash: &[u8; 32]) -> bool {
        false
    }

    /// The key that signs access tokens.
    pub(crate) fn token_key(&self) -> &[u8; 32] {
        &[0; 32]
    }

    /// The present moment, on the service's clock.
    pub(crate) fn now(&self) -> std::time::SystemTime {
        std::time::UNIX_EPOCH
    }

    /// Runs the account's live hook of a type on the context in `body`, which was read at `read_at`.
    pub async fn trigger(&self, account: AccountId, hook_type: HookType, body: Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        unlinked()
    }
    /// Runs one hook, live or not, on the context in `{"context": {...}}`.
    pub async fn fire(&self, account: AccountId, id: &str, body: Bytes, read_at: Instant) -> Result<Answer, ServiceError> {
        unlinked()
    }
}
