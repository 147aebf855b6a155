//! The world `hookbox:hook` for components: log, env, clock, random, and `http` beside this file. The WIT is in `host-api/wit`.

use std::time::UNIX_EPOCH;

use hookbox_host_api::log::Level;
use hookbox_host_api::{EnvVars, Secret};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker};

use super::http;
use super::limits::MAX_RANDOM_BYTES;
use crate::execution::{CallState, settle};

/// The version in the WIT package's name.
const VERSION: &str = "0.1.0";

#[allow(dead_code, reason = "only ever lifted from a guest")]
#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
enum LogLevel {
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

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Trace => Self::Trace,
            LogLevel::Debug => Self::Debug,
            LogLevel::Info => Self::Info,
            LogLevel::Warn => Self::Warn,
            LogLevel::Error => Self::Error,
        }
    }
}

pub(super) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    add_log(linker)?;
    add_env(linker)?;
    add_clock(linker)?;
    add_random(linker)?;
    http::add_to_linker(&mut linker.instance(&interface("http"))?)
}

fn interface(name: &str) -> String {
    format!("hookbox:hook/{name}@{VERSION}")
}

fn add_log(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    let mut log = linker.instance(&interface("log"))?;
    log.func_wrap_async("write", |mut store: StoreContextMut<'_, CallState>, (level, message): (LogLevel, String)| {
        Box::new(async move {
            let now = store.data().log_time();
            store.data_mut().log.message(level.into(), &message, now);
            settle(&mut store, message.len()).await
        })
    })
}

fn add_env(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    let mut env = linker.instance(&interface("env"))?;
    env.func_wrap_async("get", |mut store: StoreContextMut<'_, CallState>, (name,): (String,)| {
        Box::new(async move {
            let value = store.data().env.get(&name).map(|value| value.expose().to_owned());
            settle(&mut store, name.len() + value.as_ref().map_or(0, String::len)).await?;
            Ok((value,))
        })
    })?;
    env.func_wrap_async("names", |mut store: StoreContextMut<'_, CallState>, (): ()| {
        Box::new(async move {
            let names = names(&store.data().env);
            settle(&mut store, names.iter().map(String::len).sum()).await?;
            Ok((names,))
        })
    })
}

fn names(env: &EnvVars) -> Vec<String> {
    env.iter().map(|(name, _): (&str, &Secret)| name.to_owned()).collect()
}

fn add_clock(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    let mut clock = linker.instance(&interface("clock"))?;
    clock.func_wrap_async("now", |mut store: StoreContextMut<'_, CallState>, (): ()| {
        Box::new(async move {
            settle(&mut store, 0).await?;
            let since = store.data().wall_clock().duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok((u64::try_from(since.as_micros()).unwrap_or(u64::MAX),))
        })
    })?;
    clock.func_wrap_async("monotonic", |mut store: StoreContextMut<'_, CallState>, (): ()| {
        Box::new(async move {
            settle(&mut store, 0).await?;
            let since = store.data().age();
            Ok((u64::try_from(since.as_micros()).unwrap_or(u64::MAX),))
        })
    })
}

fn add_random(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    let mut random = linker.instance(&interface("random"))?;
    random.func_wrap_async("bytes", |mut store: StoreContextMut<'_, CallState>, (len,): (u32,)| {
        Box::new(async move {
            let mut bytes = vec![0; (len as usize).min(MAX_RANDOM_BYTES)];
            store.data_mut().world.fill_random(&mut bytes)?;
            settle(&mut store, bytes.len()).await?;
            Ok((bytes,))
        })
    })
}
