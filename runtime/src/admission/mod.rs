//! From uploaded bytes to a prepared hook: caps, imports, compilation in a child process, cache, linking.

mod blocking;
mod built_engine;
mod cache;
mod caps;
mod compile;
mod config;
mod error;
mod images;
mod imports;
mod javascript;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{Mutex, OnceCell};
use wasmtime::Engine;

use crate::engine::{self, SandboxError};
use crate::{FunctionDigest, FunctionKind, PreparedHook, Sandbox};
use blocking::blocking;
#[cfg(test)]
pub(crate) use built_engine::BUILT;
use built_engine::{BUILT_DIGEST, Ready};
use cache::{Cache, Code, Loaded};
pub use compile::compile_worker;
#[cfg(test)]
pub(crate) use compile::precompile;
pub use config::AdmissionConfig;
pub use error::AdmissionError;
use images::Images;
pub use javascript::JavaScript;

/// Turns uploaded bytes into prepared hooks.
pub struct Admission {
    sandbox: Sandbox,
    config: AdmissionConfig,
    cache: Arc<Cache>,
    images: Arc<Images>,
    /// Held while something is compiled: one compilation at a time leaves the processor to logins.
    compiling: Mutex<()>,
    javascript: OnceCell<Ready>,
}

impl Admission {
    /// Opens the cache for this sandbox's engine.
    ///
    /// # Errors
    /// When the cache's folder cannot be made or read.
    pub fn new(sandbox: Sandbox, config: AdmissionConfig) -> Result<Self, SandboxError> {
        let compatibility = engine::compatibility(sandbox.engine());
        let images = images::folder(*BUILT_DIGEST);
        let open = || {
            cache::sweep(&config.cache_dir, &[&compatibility, &images])?;
            let cache = Cache::open(&config.cache_dir.join(&compatibility), config.cache_key)?;
            let images = Images::open(config.cache_dir.join(&images), config.cache_key)?;
            std::io::Result::Ok((Arc::new(cache), Arc::new(images)))
        };
        let (cache, images) = open().map_err(|error| SandboxError(format!("{}: {error}", config.cache_dir.display())))?;
        Ok(Self { sandbox, config, cache, images, compiling: Mutex::new(()), javascript: OnceCell::new() })
    }

    /// Checks, compiles (unless compiled code is cached) and links a function.
    ///
    /// # Errors
    /// [`AdmissionError::Rejected`] for a fault of the function, [`AdmissionError::Host`] for a fault of the host.
    pub async fn prepare(&self, function: Bytes) -> Result<PreparedHook, AdmissionError> {
        let kind =
            FunctionKind::sniff(&function).ok_or_else(|| AdmissionError::Rejected("does not parse: this is no WebAssembly".into()))?;
        let checked = function.clone();
        let digest = blocking(move || {
            caps::check(&checked)?;
            imports::check(kind, &checked)?;
            Ok(FunctionDigest::of(&checked))
        })
        .await?;
        let code = if kind == FunctionKind::Component { Code::Component } else { Code::Module };
        link(&self.code(self.sandbox.engine(), &function, digest, code).await?, &self.sandbox)
    }

    async fn load(&self, engine: &Engine, digest: FunctionDigest, code: Code) -> Result<Option<Loaded>, AdmissionError> {
        let (engine, cache) = (engine.clone(), self.cache.clone());
        blocking(move || Ok(cache.load(&engine, digest, code))).await
    }

    /// Native code for a module or component: from the cache, else from a compiling child.
    async fn code(&self, engine: &Engine, function: &Bytes, digest: FunctionDigest, code: Code) -> Result<Loaded, AdmissionError> {
        if let Some(loaded) = self.load(engine, digest, code).await? {
            return Ok(loaded);
        }
        let _alone = self.compiling.lock().await;
        if let Some(loaded) = self.load(engine, digest, code).await? {
            return Ok(loaded);
        }
        let started = std::time::Instant::now();
        let artifact = compile::compile(&self.config, function).await?;
        tracing::info!(function = %digest.to_hex(), bytes = function.len(), code = artifact.len(), elapsed = ?started.elapsed(), "compiled");
        self.keep(engine, digest, code, artifact).await
    }

    /// Stores compiled code, and maps what was stored.
    async fn keep(&self, engine: &Engine, digest: FunctionDigest, code: Code, artifact: Vec<u8>) -> Result<Loaded, AdmissionError> {
        let cache = self.cache.clone();
        blocking(move || cache.store(digest, code, &artifact).map_err(|error| AdmissionError::Host(format!("the cache: {error}")))).await?;
        let loaded = self.load(engine, digest, code).await?;
        loaded.ok_or_else(|| AdmissionError::Host("compiled code cannot be loaded".into()))
    }

    /// Removes the compiled code or image of a function that no hook uses any more. Executions that use it go on.
    pub fn forget(&self, digest: FunctionDigest) {
        self.cache.remove(digest);
        self.images.remove(digest);
    }
}

fn link(loaded: &Loaded, sandbox: &Sandbox) -> Result<PreparedHook, AdmissionError> {
    let linked = match loaded {
        Loaded::Component(component) => PreparedHook::component(component, sandbox.linkers()),
        Loaded::Module(module) => PreparedHook::command(module, sandbox.linkers()),
    };
    linked.map_err(AdmissionError::Rejected)
}
