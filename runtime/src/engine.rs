//! The wasmtime engines: which WebAssembly is allowed, how it is compiled, and where instances come from.

use std::num::NonZeroUsize;
use std::sync::Arc;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, ModuleVersionStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm,
};

use crate::memory::{Memories, PagemapUse, Stacks};

/// What a sandbox may use.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Executions at a time.
    pub concurrency: u32,
    /// The most linear memory that any hook may be given, in bytes.
    pub max_memory_bytes: usize,
    /// The longest result, in bytes.
    pub max_result_bytes: usize,
    /// The most that the kernel is asked about the memories of JavaScript hooks.
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

/// Wasm frames of one execution. Below [`ASYNC_STACK`] by what host functions need. The JavaScript engine's own limit of nested calls
/// is reached at 12 MiB, so that recursion is its RangeError and no trap. Only what is used becomes memory.
const WASM_STACK: usize = 16 << 20;
/// The stack that an execution suspends on.
const ASYNC_STACK: usize = 17 << 20;
/// The largest table of one module; also what the pool reserves for each.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// Bytes of a table that are zeroed in place when its slot is reset, whoever wrote them.
const TABLE_KEPT: usize = 4 << 10;
/// Core instances in one component: the guest, the adapters that wit-component adds, and a reserve.
pub(crate) const INSTANCES_PER_COMPONENT: u32 = 8;
/// Memories and tables in one component.
pub(crate) const MEMORIES_PER_COMPONENT: u32 = 2;
pub(crate) const TABLES_PER_COMPONENT: u32 = 8;

/// Frames of a backtrace: a failure names the innermost function.
pub(crate) const FRAMES: NonZeroUsize = NonZeroUsize::new(20).unwrap();
/// More than the stack of a guest has.
pub(crate) const ALL_FRAMES: NonZeroUsize = NonZeroUsize::new(1 << 20).unwrap();

/// What decides the compiled code. The compiling child and the server share it, so that their artifacts are compatible.
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
    // Off because no hook needs them, and because less is exposed: everything that is not plain single-memory WebAssembly.
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

/// An engine that only compiles. It reserves no pool, so that it fits under an address space limit.
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
        .max_tables_per_module(4)
        .max_memory_size(sandbox.max_memory_bytes)
        .table_elements(TABLE_ELEMENTS)
        .max_unused_warm_slots(slots)
        // A guest's tables are a page or less: overwriting one costs less than giving it back to the kernel and faulting it in again.
        .table_keep_resident(TABLE_KEPT)
        // Before wasmtime 50 a reset by this scan leaves pages as they are that are swapped out, or that the kernel is just moving: the
        // next guest could read them, on a machine without swap too.
        .pagemap_scan(Enabled::No);
    let mut config = code_config()?;
    config.wasm_backtrace_max_frames(Some(frames));
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Ok(Engine::new(&config)?)
}

/// An engine for JavaScript hooks, whose memories and stacks are ours.
pub(crate) fn javascript_runner(memories: Memories, frames: NonZeroUsize) -> Result<Engine, SandboxError> {
    let mut config = code_config()?;
    config.wasm_backtrace_max_frames(Some(frames));
    config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
    config.with_host_memory(Arc::new(memories)).with_host_stack(Arc::new(Stacks::default()));
    Ok(Engine::new(&config)?)
}

/// Names everything that an artifact's native code depends on. The same text means that an artifact can be loaded.
pub(crate) fn compatibility(engine: &Engine) -> String {
    use std::hash::{Hash, Hasher};
    /// Collects what is hashed, since the standard hashers promise no stable result.
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
        let config = SandboxConfig { concurrency: 2, max_memory_bytes: 64 << 20, max_result_bytes: 1024, pagemap: crate::PagemapUse::Scan };
        let compiled = compatibility(&compiler().unwrap());
        assert_eq!(compiled, compatibility(&runner(&config, FRAMES).unwrap()));
        assert_eq!(compiled, compatibility(&javascript_runner(Memories::new(None), ALL_FRAMES).unwrap()));
    }
}
