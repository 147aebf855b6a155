//! Opening a service: the data folder, the keys, the sandbox, the directory, and the tasks that run beside the requests.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hookbox_runtime::{Admission, AdmissionConfig, PagemapUse, Sandbox, SandboxConfig, Scheduler, SchedulerConfig};
use tokio::sync::{Mutex, Semaphore, watch};

use super::server_facts::ServerFacts;
use super::{Opened, Service, ServiceConfig};
use crate::admission::AdmissionQueue;
use crate::clock::Clock;
use crate::directory::{Directory, load};
use crate::dispatch::Dispatcher;
use crate::hook_type::Registry;
use crate::logs::{LogReader, LogWriter, QueueSettings, Retention, start_sweeping};
use crate::metrics::{MeasuredStore, Metrics};
use crate::sandbox::{FunctionCompiler, SandboxCompiler};
use crate::state::State;
use crate::store::{Blobs, Functions, Store, name, open};
use crate::vault::Vault;

/// Functions that are evaluated at a time beside executions: one for each lane that prepares them, and the engine itself.
const DEPLOYMENTS: u32 = 4;

/// Why a service does not open, in words for an operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(String);

impl OpenError {
    fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// What is read from the data folder.
pub(crate) struct DataFolder {
    pub(super) store: Arc<dyn Store>,
    pub(super) functions: Functions,
    pub(super) vault: Vault,
    pub(super) directory: Directory,
    pub(super) metrics: Arc<Metrics>,
}

impl Service {
    /// Opens the data folder and begins to prepare the hooks in it.
    pub async fn open(config: ServiceConfig, clock: Arc<dyn Clock>) -> Result<Opened, OpenError> {
        let opening = config.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let kept = read_folder(&opening)?;
            let compiler = make_compiler(&opening, kept.vault.artifact_key())?;
            Ok((kept, compiler))
        });
        let (kept, compiler) = opened.await.map_err(OpenError::new)??;
        let mut warnings = Vec::new();
        if kept.vault.key_is_inside_data_folder() {
            warnings.push("the master key lies in the data folder: whoever copies the folder can read every secret in it".to_owned());
        }
        let first_start = kept.directory.accounts().next().is_none();
        if config.javascript_at_start {
            tokio::spawn(compiler.clone().warm());
        }
        Ok(Opened { service: Arc::new(Self::start(&config, kept, compiler, clock)), first_start, warnings })
    }

    /// Starts the tasks.
    pub(crate) fn start(config: &ServiceConfig, kept: DataFolder, compiler: Arc<dyn FunctionCompiler>, clock: Arc<dyn Clock>) -> Self {
        let DataFolder { store, functions, vault, directory, metrics } = kept;
        let retention = Retention::new(config.retention);
        let queue = QueueSettings { entries: config.log_queue, ..QueueSettings::default() };
        let log = LogWriter::start(store.clone(), queue);
        let state = Arc::new(State {
            store: store.clone(),
            functions,
            vault,
            clock: clock.clone(),
            compiler,
            limits: config.limits,
            metrics: metrics.clone(),
            directory: ArcSwap::from_pointee(directory),
            write_lock: Arc::new(Mutex::new(())),
        });
        Self {
            registry: config.registry.clone(),
            admission: AdmissionQueue::start(state.clone()),
            dispatcher: Dispatcher::new(log.clone(), clock.clone(), config.limits, metrics),
            reader: LogReader::new(store.clone(), retention),
            sweeping: start_sweeping(store, retention, clock.clone()),
            fixed: ServerFacts {
                data: config.data.clone(),
                engine: name(config.engine),
                slots: config.concurrency as usize,
                started: clock.now(),
            },
            state,
            log,
            ending: watch::Sender::new(false),
            backups: Arc::new(Semaphore::new(1)),
        }
    }
}

/// Opens the data folder, and reads the directory.
fn read_folder(config: &ServiceConfig) -> Result<DataFolder, OpenError> {
    let store = open(&config.data, config.engine).map_err(OpenError::new)?;
    let vault = Vault::open(&config.data, config.master_key_file.as_deref(), &*store).map_err(OpenError::new)?;
    let blobs = Blobs::open(&config.data.join("blobs")).map_err(|error| OpenError(format!("the blobs folder: {error}")))?;
    keep(store, vault, blobs, config.registry.clone())
}

/// Reads the directory, and removes the files of uploads that were never finished.
pub(crate) fn keep(store: Arc<dyn Store>, vault: Vault, blobs: Blobs, registry: Registry) -> Result<DataFolder, OpenError> {
    let metrics = Arc::new(Metrics::new(&registry));
    let store: Arc<dyn Store> = Arc::new(MeasuredStore::new(store, metrics.clone()));
    let functions = Functions::new(store.clone(), Arc::new(blobs));
    let directory = load(&*store, &vault, registry).map_err(OpenError::new)?;
    // Nothing is uploaded yet, so files without a reference are left over.
    if let Err(error) = functions.sweep(std::time::Duration::ZERO) {
        tracing::warn!(%error, "left-over files could not be removed");
    }
    Ok(DataFolder { store, functions, vault, directory, metrics })
}

fn make_compiler(config: &ServiceConfig, cache_key: &[u8; 32]) -> Result<Arc<dyn FunctionCompiler>, OpenError> {
    let max_memory = u64::from(config.limits.max_memory_mib) << 20;
    let sandbox = Sandbox::new(SandboxConfig {
        concurrency: config.concurrency.saturating_add(DEPLOYMENTS),
        max_memory_bytes: usize::try_from(max_memory).unwrap_or(usize::MAX),
        max_result_bytes: config.limits.result_bytes,
        pagemap: config.pagemap,
    })
    .map_err(OpenError::new)?;
    match sandbox.pagemap_use() {
        (PagemapUse::Scan, _) => tracing::info!("memories of JavaScript hooks are written over after use (pagemap_scan is on)"),
        (PagemapUse::Read, reason) => {
            tracing::info!(
                reason,
                "memories of JavaScript hooks are written over after use, which is found by reading (pagemap_scan is off)"
            );
        }
        (PagemapUse::None, reason) => tracing::info!(reason, "memories of JavaScript hooks are given back after use (pagemap_scan is off)"),
    }
    let admission = AdmissionConfig {
        worker: config.compile_worker.clone(),
        cache_dir: config.data.join("cache"),
        cache_key: *cache_key,
        compile_timeout: config.compile_timeout,
        compile_memory_bytes: config.compile_memory_bytes,
        samples: config.registry.samples(),
    };
    let admission = Admission::new(sandbox.clone(), admission).map_err(OpenError::new)?;
    let scheduler = SchedulerConfig { places: config.concurrency as usize, waiting: config.queue.length as usize, wait: config.queue.wait };
    let scheduler = Scheduler::start(scheduler).map_err(|error| OpenError(format!("the threads that run hooks: {error}")))?;
    Ok(Arc::new(SandboxCompiler::new(sandbox, admission, scheduler)))
}
