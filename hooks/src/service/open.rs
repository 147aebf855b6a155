//! Opening a service: the data folder, the keys, the sandbox, the directory, and the tasks that run beside the requests.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hookbox_egress::Egress;
use hookbox_runtime::{Admission, AdmissionConfig, Outside, PagemapUse, Sandbox, SandboxConfig, Scheduler, SchedulerConfig};
use tokio::sync::{Semaphore, watch};

use super::executions::line;
use super::reads::Reads;
use super::server_facts::ServerFacts;
use super::{Opened, Service, ServiceConfig};
use crate::admission::AdmissionQueue;
use crate::cache::HookCache;
use crate::clock::Clock;
use crate::directory::{Directory, load};
use crate::dispatch::Dispatcher;
use crate::issuers;
use crate::logs::{Indexed, LogReader, LogWriter, QueueSettings, Retention, Tail, start_upkeep};
use crate::metrics::{MeasuredStore, Metrics};
use crate::packages::Npm;
use crate::repeats::LocalRepeats;
use crate::sandbox::{AUTHORS_KEY, FunctionCompiler, SandboxCompiler};
use crate::state::{Garbage, IsKept, Locks, State, UnderWay};
use crate::store::{Blobs, Functions, Store, name, open};
use crate::vault::Vault;

/// Functions that are evaluated at a time beside executions: those that have a turn, one for an event, and the engine itself.
fn evaluations(config: &ServiceConfig) -> u32 {
    config.compile_workers.saturating_add(2)
}

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
    pub(super) cache: HookCache,
    pub(super) directory: Directory,
    pub(super) indexed: Indexed,
    pub(super) metrics: Arc<Metrics>,
}

impl Service {
    /// Opens the data folder and begins to prepare the hooks in it.
    pub async fn open(config: ServiceConfig, clock: Arc<dyn Clock>) -> Result<Opened, OpenError> {
        let (opening, own_clock) = (config.clone(), clock.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let kept = read_folder(&opening, own_clock)?;
            let compiler = make_compiler(&opening, kept.vault.artifact_key(), &kept.cache, &kept.directory)?;
            Ok((kept, compiler))
        });
        let (kept, made) = opened.await.map_err(OpenError::new)??;
        let mut warnings = Vec::new();
        if kept.vault.key_is_inside_data_folder() {
            warnings.push("the master key lies in the data folder: whoever copies the folder can read every secret in it".to_owned());
        }
        let first_start = kept.directory.accounts().next().is_none();
        if config.javascript_at_start {
            tokio::spawn(made.compiler.clone().warm());
        }
        Ok(Opened {
            service: Arc::new(Self::start(&config, kept, made.compiler, made.is_kept, made.outside.egress().cloned(), clock)),
            first_start,
            warnings,
        })
    }

    /// Starts the tasks.
    pub(crate) fn start(
        config: &ServiceConfig,
        kept: DataFolder,
        compiler: Arc<dyn FunctionCompiler>,
        is_kept: IsKept,
        egress: Option<Egress>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let DataFolder { store, functions, vault, cache, directory, indexed, metrics } = kept;
        let retention = Retention::new(config.retention);
        let queue = QueueSettings { entries: config.log_queue, ..QueueSettings::default() };
        let tail = Tail::new(line);
        let log = LogWriter::start(store.clone(), tail.clone(), indexed.clone(), queue);
        let state = Arc::new(State {
            store: store.clone(),
            functions,
            vault,
            cache,
            clock: clock.clone(),
            compiler,
            is_kept,
            limits: config.limits,
            metrics: metrics.clone(),
            directory: ArcSwap::from_pointee(directory),
            locks: Locks::default(),
            under_way: UnderWay::default(),
            garbage: Garbage::default(),
        });
        Self {
            registry: config.registry.clone(),
            admission: AdmissionQueue::start(state.clone(), config.compile_workers as usize),
            dispatcher: Dispatcher::new(Arc::new(log.clone()), clock.clone(), config.limits, metrics),
            tail,
            reader: LogReader::new(store.clone(), retention, indexed.clone()),
            reads: Arc::new(Reads::new(config.reads)),
            issuers: issuers::Shelf::new(egress),
            repeats: Arc::new(LocalRepeats::new(state.cache.clone())),
            upkeep: start_upkeep(store, retention, indexed, clock.clone()),
            fixed: ServerFacts {
                data: config.data.clone(),
                engine: name(config.engine),
                slots: config.concurrency as usize,
                started: clock.now(),
            },
            keeping: state.cache.start(),
            state,
            log,
            ending: watch::Sender::new(false),
            backups: Arc::new(Semaphore::new(1)),
        }
    }
}

/// What runs functions, and what they reach.
struct Made {
    compiler: Arc<dyn FunctionCompiler>,
    is_kept: IsKept,
    outside: Arc<Outside>,
}

/// Opens the data folder, and reads the directory.
fn read_folder(config: &ServiceConfig, clock: Arc<dyn Clock>) -> Result<DataFolder, OpenError> {
    let store = open(&config.data, config.engine).map_err(OpenError::new)?;
    let vault = Vault::open(&config.data, config.master_key_file.as_deref(), &*store).map_err(OpenError::new)?;
    let blobs = Blobs::open(&config.data.join("blobs")).map_err(|error| OpenError(format!("the blobs folder: {error}")))?;
    keep(store, vault, blobs, config, clock)
}

/// Reads the directory, and removes the files of uploads that were never finished.
pub(crate) fn keep(
    store: Arc<dyn Store>,
    vault: Vault,
    blobs: Blobs,
    config: &ServiceConfig,
    clock: Arc<dyn Clock>,
) -> Result<DataFolder, OpenError> {
    let metrics = Arc::new(Metrics::new(&config.registry));
    let store: Arc<dyn Store> = Arc::new(MeasuredStore::new(store, metrics.clone()));
    let functions = Functions::new(store.clone(), Arc::new(blobs));
    let directory = load(&*store, &vault, config.registry.clone()).map_err(OpenError::new)?;
    // Nothing is uploaded yet, so files without a reference are left over.
    if let Err(error) = functions.sweep() {
        tracing::warn!(%error, "left-over files could not be removed");
    }
    let indexed = Indexed::of(&*store).map_err(OpenError::new)?;
    let cache = HookCache::new(store.clone(), vault.cache_keys().clone(), config.cache, clock);
    Ok(DataFolder { store, functions, vault, cache, directory, indexed, metrics })
}

fn make_compiler(config: &ServiceConfig, cache_key: &[u8; 32], cache: &HookCache, directory: &Directory) -> Result<Made, OpenError> {
    let max_memory = u64::from(config.limits.max_memory_mib) << 20;
    let sandbox = Sandbox::new(SandboxConfig {
        concurrency: config.concurrency.saturating_add(evaluations(config)),
        max_memory_bytes: usize::try_from(max_memory).unwrap_or(usize::MAX),
        memory_budget_bytes: config.memory_budget_bytes,
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
    let (cache_dir, cache_key) = match &config.compiled {
        Some(folder) => (folder.clone(), AUTHORS_KEY),
        None => (config.data.join("cache"), *cache_key),
    };
    let admission = AdmissionConfig {
        worker: config.compile_worker.clone(),
        cache_dir,
        cache_key,
        compile_timeout: config.compile_timeout,
        compile_memory_bytes: config.compile_memory_bytes,
        // One more for an event's function.
        compile_workers: config.compile_workers.saturating_add(1),
        samples: config.registry.samples(),
        max_image_bytes: config.max_image_bytes,
    };
    let admission = Admission::new(sandbox.clone(), admission);
    let kept = admission.kept();
    let scheduler = SchedulerConfig {
        places: config.concurrency as usize,
        waiting: config.queue.length as usize,
        wait: config.queue.wait,
        helpers: config.helpers,
    };
    let outside = Arc::new(config.egress.open().map_err(OpenError)?.with_cache(Arc::new(cache.clone())));
    let scheduler = Scheduler::start(scheduler).map_err(|error| OpenError(format!("the threads that run hooks: {error}")))?;
    let packages = Npm::open(&config.packages, &config.data.join("packages")).map_err(OpenError::new)?;
    packages.sweep(directory.locks());
    let compiler = Arc::new(SandboxCompiler::new(sandbox, admission, scheduler, outside.clone(), packages));
    Ok(Made { compiler, is_kept: Arc::new(move |name| kept.has(name)), outside })
}
