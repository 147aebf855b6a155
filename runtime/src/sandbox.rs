//! Runs prepared hooks. An execution takes a slot, a store, an instance and one call, and leaves nothing behind.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use hookbox_host_api::log::LogBuffer;
use hookbox_host_api::{Failure, FailureKind, Usage};
use serde_json::value::RawValue;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};
use wasmtime::component::ComponentExportIndex;
use wasmtime::{AsContextMut, Engine, InstancePre, ModuleExport, Store, component};

use crate::engine::{self, SandboxConfig, SandboxError};
use crate::execution::{
    CallState, DeadlinePassed, FUEL_YIELD_INTERVAL, MemoryLimiter, MemoryShare, Meter, Stop, WayOut, World, classify, during_start, sliced,
};
use crate::host::{self, JsState, Linkers, Stdout, WasiState};
use crate::javascript;
use crate::memory::{Memories, Pagemap, PagemapUse};
use crate::prepared::Shape;
use crate::shares::Shares;
use crate::{Execution, Invocation, PreparedHook};

/// Why an execution fails that was refused memory within its own limit.
const NO_MEMORY: &str = "the server has no memory left for more functions of this account";

/// The engines, their execution slots and the host functions. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    engine: Engine,
    linkers: Linkers,
    /// Runs JavaScript hooks, on memories of our own pool.
    javascript: Engine,
    memories: Memories,
    /// Why written pages are not found in the best way; `None` where they are.
    no_scan: Option<String>,
    budget: Arc<Shares<u64>>,
    /// One permit per slot of wasmtime's pool, which answers a request beyond its slots with an error.
    slots: Semaphore,
    config: SandboxConfig,
}

impl Sandbox {
    /// Reserves the pool (address space, not memory).
    ///
    /// # Errors
    /// When the address space cannot be reserved or the engine refuses this machine.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        Self::with_frames(config, engine::FRAMES)
    }

    /// Like [`Sandbox::new`], with backtraces that are deep enough for [`Sandbox::profile`]. A trap costs more in such a sandbox.
    ///
    /// # Errors
    /// As [`Sandbox::new`].
    pub fn for_profiles(config: SandboxConfig) -> Result<Self, SandboxError> {
        Self::with_frames(config, engine::ALL_FRAMES)
    }

    fn with_frames(config: SandboxConfig, frames: NonZeroUsize) -> Result<Self, SandboxError> {
        let engine = engine::runner(&config, frames)?;
        let linkers = Linkers::new(&engine)?;
        let slots = Semaphore::new(config.concurrency as usize);
        let budget = Arc::new(Shares::new(config.memory_budget_bytes));
        let (pagemap, no_scan) = Pagemap::open(config.pagemap);
        let memories = Memories::new(pagemap);
        let javascript = engine::javascript_runner(memories.clone(), frames)?;
        Ok(Self(Arc::new(Inner { engine, linkers, javascript, memories, no_scan, budget, slots, config })))
    }

    /// How the written pages of JavaScript hooks' memories are found, and why not in a better way.
    pub fn pagemap_use(&self) -> (PagemapUse, Option<&str>) {
        (self.0.memories.pagemap_use(), self.0.no_scan.as_deref())
    }

    /// The most linear memory of a hook.
    pub(crate) fn max_memory_bytes(&self) -> usize {
        self.0.config.max_memory_bytes
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn javascript(&self) -> &Engine {
        &self.0.javascript
    }

    pub(crate) fn memories(&self) -> &Memories {
        &self.0.memories
    }

    pub(crate) fn linkers(&self) -> &Linkers {
        &self.0.linkers
    }

    /// Waits for a slot of the pool, for the host's own work on a guest.
    pub(crate) async fn slot(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.0.slots.acquire().await
    }

    /// The number of executions that could begin now without waiting.
    pub fn free_slots(&self) -> usize {
        self.0.slots.available_permits()
    }

    /// Runs a hook once in a fresh store, and waits for a slot until the deadline. Everything that the guest does ends in an outcome, never in a
    /// panic.
    pub async fn execute(&self, hook: &PreparedHook, invocation: Invocation) -> Execution {
        match timeout_at(invocation.deadline, self.0.slots.acquire()).await {
            Ok(Ok(_slot)) => self.run(hook, invocation).await,
            Ok(Err(_)) | Err(_) => {
                let log = LogBuffer::new(invocation.execution_id, invocation.mask, invocation.log_limit);
                let failure = Failure::new(FailureKind::Overloaded, "no execution slot became free before the deadline");
                Execution { result: Err(failure), usage: Usage::default(), log, calls: Vec::new(), ended: SystemTime::now() }
            }
        }
    }

    async fn run(&self, hook: &PreparedHook, invocation: Invocation) -> Execution {
        let deadline = invocation.deadline;
        let fuel = invocation.limits.fuel;
        let wasi = matches!(hook.shape, Shape::Component { wasi: true, .. });
        let engine = if matches!(hook.shape, Shape::JavaScript(_)) { &self.0.javascript } else { &self.0.engine };
        let mut store = self.store(engine, invocation, wasi);
        let finished = match &hook.shape {
            Shape::Component { pre, handle, .. } => sliced(call_component(&mut store, pre, handle), deadline).await,
            Shape::Command { pre, start } => sliced(call_command(&mut store, pre, start), deadline).await,
            Shape::JavaScript(deployed) => sliced(javascript::call(&mut store, deployed), deadline).await,
        };
        let left = store.get_fuel().unwrap_or_default();
        let mut state = store.into_data();
        state.drain_wasi();
        let usage = Usage { duration_us: 0, fuel: fuel.saturating_sub(left), memory_bytes: state.limiter.peak(), attempts: 1 };
        let result = match finished {
            Err(DeadlinePassed) => Err(Failure::new(FailureKind::Timeout, Stop::Timeout.to_string())),
            Ok(Err(error)) => Err(classify(&error, &state.limiter)),
            Ok(Ok(returned)) => returned.and_then(|text| response(text, &state.stdout, self.0.config.max_result_bytes)),
        };
        let result = result.map_err(|failure| match failure.kind {
            FailureKind::OutOfMemory if state.limiter.pressed() => Failure::new(FailureKind::Overloaded, NO_MEMORY),
            _ => failure,
        });
        Execution { result, usage, calls: state.way_out.calls(), ended: state.log_time(), log: state.log }
    }

    /// The state that an execution begins with.
    pub(crate) fn state(&self, invocation: Invocation, wasi: bool) -> CallState {
        let started = Instant::now();
        let mut world = World::from(invocation.beginning.clone());
        let (way_out, env) = WayOut::new(&invocation, &mut world);
        CallState {
            limiter: MemoryLimiter::new(invocation.limits.memory_bytes, MemoryShare::new(self.0.budget.clone(), invocation.share.owner)),
            meter: Meter::new(invocation.deadline, started),
            log: LogBuffer::new(invocation.execution_id, invocation.mask, invocation.log_limit),
            wasi: wasi.then(|| Box::new(WasiState::new(&env, world.clock()))),
            identity: invocation.identity,
            request: invocation.request,
            env,
            stdin: (invocation.context, 0),
            stdout: Stdout::new(self.0.config.max_result_bytes),
            started,
            world,
            way_out,
            js: JsState::default(),
            result_limit: self.0.config.max_result_bytes,
        }
    }

    pub(crate) fn store(&self, engine: &Engine, invocation: Invocation, wasi: bool) -> Store<CallState> {
        let fuel = invocation.limits.fuel;
        let mut store = Store::new(engine, self.state(invocation, wasi));
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(host::MAX_CALL_BYTES);
        if wasi {
            store.call_hook_async(host::WasiMeter);
        }
        // Cannot fail: the engine meters fuel and the interval is not zero. A store without fuel would trap at once.
        let metered = store.fuel_async_yield_interval(Some(FUEL_YIELD_INTERVAL)).and_then(|()| store.set_fuel(fuel));
        debug_assert!(metered.is_ok());
        store
    }
}

/// What a function returned: JSON text, or `None` where the response is on standard output.
pub(crate) type Returned = Result<Option<String>, Failure>;

pub(crate) async fn call_component(
    store: &mut Store<CallState>,
    pre: &component::InstancePre<CallState>,
    handle: &ComponentExportIndex,
) -> wasmtime::Result<Returned> {
    let instance = pre.instantiate_async(&mut *store).await.map_err(during_start)?;
    let handle = instance.get_typed_func::<(&str,), (Result<String, String>,)>(&mut *store, handle)?;
    let context = store.data().stdin.0.clone();
    let context = str::from_utf8(&context)?;
    let (result,) = handle.call_async(store.as_context_mut(), (context,)).await?;
    Ok(result.map(Some).map_err(|message| Failure::new(FailureKind::Exit, message)))
}

pub(crate) async fn call_command(
    store: &mut Store<CallState>,
    pre: &InstancePre<CallState>,
    start: &ModuleExport,
) -> wasmtime::Result<Returned> {
    let ended = match pre.instantiate_async(&mut *store).await.map_err(during_start) {
        Err(error) => Err(error),
        Ok(instance) => match instance.get_module_export(&mut *store, start).and_then(wasmtime::Extern::into_func) {
            Some(start) => start.typed::<(), ()>(&mut *store)?.call_async(store.as_context_mut(), ()).await,
            None => Err(wasmtime::Error::msg("`_start` has vanished")),
        },
    };
    match ended {
        Err(error) if matches!(error.downcast_ref::<Stop>(), Some(Stop::Exit(0))) => Ok(Ok(None)),
        other => other.map(|()| Ok(None)),
    }
}

fn response(returned: Option<String>, stdout: &Stdout, limit: usize) -> Result<Box<RawValue>, Failure> {
    let invalid = |message: String| Failure::new(FailureKind::InvalidResponse, message);
    let text = match returned {
        Some(text) => text,
        None => stdout.text().map_err(|message| invalid(message.to_owned()))?.to_owned(),
    };
    if text.len() > limit {
        return Err(invalid(format!("the response has {} bytes, more than {limit}", text.len())));
    }
    if text.trim().is_empty() {
        return Err(invalid("the response is empty".to_owned()));
    }
    RawValue::from_string(text).map_err(|error| invalid(format!("the response is not JSON: {error}")))
}

#[cfg(test)]
mod tests;
