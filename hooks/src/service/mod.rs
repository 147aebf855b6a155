//! The service: everything that a caller can ask for, free of HTTP. The gateways check who may ask.

mod accounts;
mod apply;
mod backup;
mod doors;
mod envs;
mod executions;
mod follow;
mod gauges;
mod hooks;
mod open;
mod page;
mod reads;
mod renewal;
mod server_facts;
#[cfg(test)]
mod tests;
mod turns;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::Outcome;
use hookbox_runtime::PagemapUse;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::admission::AdmissionQueue;
use crate::auth::Clients;
use crate::cache::Writing;
use crate::dispatch::Dispatcher;
use crate::hook_type::{HookType, Registry};
use crate::issuers;
use crate::limits::{CacheConfig, QueueConfig, ReadLimits, ServiceLimits};
use crate::logs::{LogReader, LogWriter, Tail};
use crate::outside::EgressConfig;
use crate::packages::PackagesConfig;
use crate::repeats::Repeats;
use crate::resources::CredentialRecord;
use crate::state::State;
use reads::Reads;

pub use crate::store::Engine;
pub use apply::{Action, Applied, AppliedEnv, AppliedHook};
pub(crate) use backup::Backup;
pub use doors::{DoorAnswer, FoundHook};
pub use executions::{ExecutionForm, ExecutionPage};
pub(crate) use follow::Follow;
pub use hooks::read_body;
pub use open::OpenError;
#[cfg(any(test, feature = "testing"))]
pub(crate) use open::keep;
pub use page::{Page, PageView, Paged};

/// How long a shutdown waits for executions without a caller: the longest timeout of a hook, and a margin.
const DETACHED_TIMEOUT: Duration = Duration::from_secs(12);

/// The configuration of a service.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// The embedded storage engine.
    pub engine: Engine,
    /// The file with the master key; `None` is a file in the data folder.
    pub master_key_file: Option<PathBuf>,
    /// The program, and its arguments, that compiles functions in a process of its own: it calls `compile_worker`.
    pub compile_worker: (PathBuf, Vec<String>),
    /// Processor time for one compilation.
    pub compile_timeout: Duration,
    /// Functions that are prepared at a time, in each language.
    pub compile_workers: u32,
    /// Memory for one compilation, in bytes.
    pub compile_memory_bytes: u64,
    /// Whether the JavaScript engine is made ready when the service opens.
    pub javascript_at_start: bool,
    /// Executions at a time.
    pub concurrency: u32,
    /// Executions that wait for a place.
    pub queue: QueueConfig,
    /// The memory that executions may have together beyond 16 MiB each.
    pub memory_budget_bytes: usize,
    /// Threads of the runtime that may run a function's first step at a time. It must have more threads.
    pub helpers: usize,
    /// The most that the sandbox may use of the kernel's interfaces for the memories of JavaScript hooks.
    pub pagemap: PagemapUse,
    /// Where npm packages come from.
    pub packages: PackagesConfig,
    /// The most of a JavaScript hook's image, in bytes. A larger top level is evaluated on each execution.
    pub max_image_bytes: usize,
    /// How long log entries are served and kept.
    pub retention: Duration,
    /// Log entries that may wait to be written.
    pub log_queue: usize,
    /// How much of the log is read at a time.
    pub reads: ReadLimits,
    /// The way out for functions.
    pub egress: EgressConfig,
    /// How much functions may keep.
    pub cache: CacheConfig,
    /// The sizes that requests and executions may have.
    pub limits: ServiceLimits,
    /// The hook types of the server.
    pub registry: Registry,
    /// An author's own folder of compiled code, in the place of the one in the data folder.
    pub compiled: Option<PathBuf>,
}

impl ServiceConfig {
    /// The same with the folder in which an author's runs keep compiled code, for a server that is for nobody else. The code there is trusted
    /// as far as the folder's permissions keep others out.
    pub fn with_compiled_code_in(self, folder: PathBuf) -> Self {
        Self { compiled: Some(folder), ..self }
    }
}

/// A service that was opened, and what its operator should know.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The service.
    pub service: Arc<Service>,
    /// Whether there is no account yet, so that [`Service::bootstrap`] is due.
    pub first_start: bool,
    /// What an operator should know, one sentence each.
    pub warnings: Vec<String>,
}

/// Which hooks are listed. An absent field selects all.
#[derive(Clone, Copy, Debug, Default)]
pub struct HookFilter {
    /// Those of this type.
    pub hook_type: Option<HookType>,
    /// Those of this dialect.
    pub dialect: Option<&'static str>,
    /// Those that are disabled, or those that are not.
    pub disabled: Option<bool>,
}

/// Which executions are listed. An absent field selects all.
#[derive(Clone, Debug, Default)]
pub struct ExecutionFilter {
    /// Those of this event.
    pub request_id: Option<String>,
    /// Those of this login.
    pub correlation_id: Option<String>,
    /// Those with this outcome.
    pub outcome: Option<Outcome>,
}

/// The facade of everything below HTTP.
pub struct Service {
    registry: Registry,
    state: Arc<State>,
    admission: AdmissionQueue,
    dispatcher: Dispatcher,
    log: LogWriter,
    /// Writes what functions keep.
    keeping: Writing,
    /// The end of the log, for who follows it.
    tail: Arc<Tail>,
    reader: LogReader,
    reads: Arc<Reads>,
    /// The keys of those who sign tokens for callers.
    issuers: issuers::Shelf,
    repeats: Arc<dyn Repeats>,
    upkeep: JoinHandle<()>,
    /// Whether streams, which have no end of their own, must end.
    ending: watch::Sender<bool>,
    fixed: server_facts::ServerFacts,
    /// One permit: one backup at a time.
    backups: Arc<Semaphore>,
}

impl Service {
    /// Why the service is not ready; empty when it is.
    pub fn readiness(&self) -> Vec<String> {
        match self.admission.unloaded_count() {
            0 => Vec::new(),
            hooks => vec![format!("{hooks} hooks are still to be prepared")],
        }
    }

    /// What the server has trouble with although it serves, a sentence each.
    pub fn troubles(&self) -> Vec<String> {
        self.admission.troubles()
    }

    /// Finishes running executions and writes, and the queued log entries. It stops preparations, which the next start repeats.
    pub async fn shutdown(&self) {
        self.admission.stop();
        self.upkeep.abort();
        self.keeping.end_upkeep();
        // Each execution has a deadline, so this ends; the limit guards against a fault of the server.
        if tokio::time::timeout(DETACHED_TIMEOUT, self.dispatcher.detached_ended()).await.is_err() {
            tracing::error!("executions whose caller has gone did not end in time");
        }
        self.state.under_way.ended().await;
        self.keeping.caught_up().await;
        self.log.caught_up().await;
    }

    /// Ends the streams of followed logs, which would not end by themselves. Everything else goes on.
    pub fn end_streams(&self) {
        self.ending.send_replace(true);
    }

    /// Returns once streams must end.
    pub(crate) fn ending(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ending = self.ending.subscribe();
        async move {
            // An error means that the service is gone.
            let _ = ending.wait_for(|ending| *ending).await;
        }
    }

    /// Waits until no change is being made, and what changes left without an owner is removed.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn quiet(&self) {
        self.state.under_way.ended().await;
    }

    /// Log entries that were lost since the start.
    pub fn dropped_log_entries(&self) -> u64 {
        self.log.dropped()
    }

    /// The key that signs access tokens.
    pub(crate) fn token_key(&self) -> &[u8; 32] {
        self.state.vault.token_key()
    }

    /// The present moment, on the service's clock.
    pub fn now(&self) -> std::time::SystemTime {
        self.state.clock.now()
    }
}

impl Clients for Service {
    fn credential(&self, client_id: &str) -> Option<Arc<CredentialRecord>> {
        self.state.directory.load().credential(client_id).cloned()
    }

    fn verify_secret(&self, secret: &str, hash: &[u8; 32]) -> bool {
        self.state.vault.verify_secret(secret, hash)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}
