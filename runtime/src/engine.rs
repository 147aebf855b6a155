//! The wasmtime engines: which WebAssembly is allowed, how it is compiled, and where instances come from.

use std::num::NonZeroUsize;
use std::sync::Arc;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, ModuleVersionStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm,
};

use crate::memory::{Memories, PagemapUse, Stacks};

/// The limits of a sandbox.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Executions that may run at the same time.
    pub concurrency: u32,
    /// The most linear memory that any hook may be given, in bytes.
    pub max_memory_bytes: usize,
    /// The memory that all executions may have together, beyond 16 MiB each. Of it, the hooks of an owner may have as much as is free.
    pub memory_budget_bytes: usize,
    /// The longest result, in bytes.
    pub max_result_bytes: usize,
    /// The best way that may be used to find the written pages of JavaScript hooks' memories.
    pub pagemap: PagemapUse,
}

/// Why a sandbox cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be set up: {0}")]
pub struct SandboxError(pub(crate) String);

impl From<wasmtime::Error> for SandboxError {
    fn from(error: wasmtime::Error) -> Self {
        Self(format!("{error:#}"))
    }
}

/// Stack for the WebAssembly frames of one execution, in bytes; host functions need the rest of [`ASYNC_STACK`]. The JavaScript engine's own
/// limit of nested calls is reached at 12 MiB, so that deep recursion ends in its RangeError and not in a trap. Pages that are never touched
/// take no memory.
const WASM_STACK: usize = 16 << 20;
/// The stack that an execution suspends on, in bytes.
const ASYNC_STACK: usize = 17 << 20;
/// The largest table of one module; also what the pool reserves for each.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// Tables of one module.
pub(crate) const TABLES_PER_MODULE: u32 = 4;
/// Bytes of a table that are zeroed in place when its slot is reset.
const TABLE_ZEROED_BYTES: usize = 4 << 10;
/// Core instances in one component: the guest, the adapters that wit-component adds, and a reserve.
pub(crate) const INSTANCES_PER_COMPONENT: u32 = 8;
/// Memories and tables in one component.
pub(crate) const MEMORIES_PER_COMPONENT: u32 = 2;
pub(crate) const TABLES_PER_COMPONENT: u32 = 8;

/// Frames of an ordinary backtrace, of which a failure names the innermost function.
pub(crate) const FRAMES: NonZeroUsize = NonZeroUsize::new(20).unwrap();
/// Frames of a backtrace for profiles: more than fit on a guest's stack.
pub(crate) const ALL_FRAMES: NonZeroUsize = NonZeroUsize::new(1 << 20).unwrap();

/// The settings that compiled code depends on. The compiling child and the server share them, so that their artifacts are compatible.
fn code_config() -> Result<Config, SandboxError> {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(ASYNC_STACK)
        .concurrency_support(false)
        .memory_init_cow(true)
        .module_version(ModuleVersionStrategy::WasmtimeVersion)?;
    // Everything beyond plain single-memory WebAssembly is off: hooks do not need it, and it would widen the attack surface.
    config
        .wasm_threads(false)
        .wasm_shared_everything_threads(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_custom_page_sizes(false)
        .wasm_stack_switching(false)
        .gc_support(false)
        .relaxed_simd_deterministic(true);
    Ok(config)
}

/// An engine that only compiles. It reserves no pool, so it fits into a limited address space.
pub(crate) fn compiler() -> Result<Engine, SandboxError> {
    Ok(Engine::new(&code_config()?)?)
}

/// An engine that runs `concurrency` executions at a time out of a pool, with so many frames in a backtrace.
pub(crate) fn runner(sandbox: &SandboxConfig, frames: NonZeroUsize) -> Result<Engine, SandboxError> {
    let slots = sandbox.concurrency;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(INSTANCES_PER_COMPONENT))
        .total_memories(slots.saturating_mul(MEMORIES_PER_COMPONENT))
        .total_tables(slots.saturating_mul(TABLES_PER_COMPONENT))
        .total_stacks(slots)
        .max_core_instances_per_component(INSTANCES_PER_COMPONENT)
        .max_memories_per_component(MEMORIES_PER_COMPONENT)
        .max_tables_per_component(TABLES_PER_COMPONENT)
        .max_memories_per_module(1)
        .max_tables_per_module(TABLES_PER_MODULE)
        .max_memory_size(sandbox.max_memory_bytes)
        .table_elements(TABLE_ELEMENTS)
        .max_unused_warm_slots(slots)
        // A guest's tables are a page or less: overwriting one costs less than giving it back to the kernel and faulting it in again.
        .table_keep_resident(TABLE_ZEROED_BYTES)
        // In wasmtime 48 a reset by this scan misses pages that are swapped out or that the kernel is moving at that moment: the
        // next guest could read them, on a machine without swap too.
        .pagemap_scan(Enabled::No);
    let mut config = code_config()?;
    config.wasm_backtrace_max_frames(Some(frames));
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Ok(Engine::new(&config)?)
}

/// An engine for JavaScript hooks, whose memories and stacks come from our own pools.
pub(crate) fn javascript_runner(memories: Memories, frames: NonZeroUsize) -> Result<Engine, SandboxError> {
    let mut config = code_config()?;
    config.wasm_backtrace_max_frames(Some(frames));
    config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    config.with_host_memory(Arc::new(memories)).with_host_stack(Arc::new(Stacks::default()));
    Ok(Engine::new(&config)?)
}

/// A text for everything that an artifact's native code depends on. An artifact can be loaded where the text is the same.
pub(crate) fn compatibility(engine: &Engine) -> String {
    use std::hash::{Hash, Hasher};
    /// A hasher with a stable result, which the standard hashers do not promise.
    struct Bytes(sha2::Sha256);
    impl Hasher for Bytes {
        fn finish(&self) -> u64 {
            0
        }
        fn write(&mut self, bytes: &[u8]) {
            sha2::Digest::update(&mut self.0, bytes);
        }
    }
    let mut hasher = Bytes(sha2::Digest::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let digest: [u8; 32] = sha2::Digest::finalize(hasher.0).into();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiler_and_runners_agree_on_artifacts() {
        let config = SandboxConfig {
            concurrency: 2,
            max_memory_bytes: 64 << 20,
            memory_budget_bytes: 1 << 30,
            max_result_bytes: 1024,
            pagemap: crate::PagemapUse::Scan,
        };
        let compiled = compatibility(&compiler().unwrap());
        assert_eq!(compiled, compatibility(&runner(&config, FRAMES).unwrap()));
        assert_eq!(compiled, compatibility(&javascript_runner(Memories::new(None), ALL_FRAMES).unwrap()));
    }
}
