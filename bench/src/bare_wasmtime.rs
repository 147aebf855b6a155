//! The floor of an execution: the same component in wasmtime, set up as for the sandbox, with host functions that do nothing and
//! without limits, log, deadline or scheduling.

use wasmtime::component::{Component, ComponentExportIndex, ComponentType, InstancePre, Lift, Linker};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result, Store, StoreContextMut, bail, error::Context as _,
};

/// A component, compiled and linked.
pub(crate) struct BareHook {
    engine: Engine,
    pre: InstancePre<()>,
    handle: ComponentExportIndex,
}

#[allow(dead_code, reason = "only ever lifted from a guest")]
#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
enum Level {
    #[component(name = "trace")]
    Trace,
    #[component(name = "debug")]
    Debug,
    #[component(name = "info")]
    Info,
    #[component(name = "warn")]
    Warn,
    #[component(name = "error")]
    Error,
}

/// An engine with the sandbox's settings, as far as they decide about speed.
pub(crate) fn engine() -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.max_memory_size(64 << 20).max_unused_warm_slots(64).total_component_instances(64).table_keep_resident(4 << 10);
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .concurrency_support(false)
        .max_wasm_stack(1 << 20)
        .async_stack_size(2 << 20)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

impl BareHook {
    pub(crate) fn new(function: &[u8]) -> Result<Self> {
        let engine = engine()?;
        let component = Component::new(&engine, function)?;
        let mut linker = Linker::new(&engine);
        linker.instance("hookbox:hook/log@0.1.0")?.func_wrap("write", |_: StoreContextMut<'_, ()>, (_, _): (Level, String)| Ok(()))?;
        linker.instance("hookbox:hook/env@0.1.0")?.func_wrap("get", |_: StoreContextMut<'_, ()>, (_,): (String,)| Ok((None::<String>,)))?;
        linker.define_unknown_imports_as_traps(&component)?;
        let handle = component.get_export_index(None, "handle").context("the component has no `handle`")?;
        Ok(Self { pre: linker.instantiate_pre(&component)?, engine, handle })
    }

    /// One call in a fresh store.
    pub(crate) async fn call(&self, context: &str, fuel: u64) -> Result<String> {
        let mut store = Store::new(&self.engine, ());
        store.set_fuel(fuel)?;
        let instance = self.pre.instantiate_async(&mut store).await?;
        let handle = instance.get_typed_func::<(&str,), (Result<String, String>,)>(&mut store, &self.handle)?;
        match handle.call_async(&mut store, (context,)).await? {
            (Ok(result),) => Ok(result),
            (Err(message),) => bail!("the function failed: {message}"),
        }
    }
}

/// wasmtime's errors are a type of their own.
pub(crate) fn engine_error(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}
