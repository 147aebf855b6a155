//! From uploaded bytes to a prepared hook: caps, imports, compilation in a child process, cache, linking.

mod cache;
mod caps;
mod compile;
mod images;
mod imports;
mod javascript;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex, OnceCell};
use wasmtime::Engine;

use crate::engine::{self, SandboxError};
use crate::{FunctionDigest, FunctionKind, PreparedHook, Sandbox};
use cache::{Cache, Code, Loaded};
pub use compile::compile_worker;
#[cfg(test)]
pub(crate) use compile::precompile;
use images::Images;
#[cfg(test)]
pub(crate) use javascript::BUILT;
pub use javascript::JavaScript;

/// Where functions are compiled and kept.
#[derive(Clone)]
pub struct AdmissionConfig {
    /// The program that compiles in a process of its own, and its arguments: it calls [`compile_worker`].
    pub worker: (PathBuf, Vec<String>),
    /// The folder for compiled code; made if absent.
    pub cache_dir: PathBuf,
    /// Authenticates cached code, which is native code.
    pub cache_key: [u8; 32],
    /// Wall and processor time for one compilation.
    pub compile_timeout: Duration,
    /// Memory for one compilation, in bytes.
    pub compile_memory_bytes: u64,
    /// Inputs of JavaScript functions, their values empty, whose shapes the engine learns when it boots.
    pub samples: Vec<String>,
}

impl std::fmt::Debug for AdmissionConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdmissionConfig").field("worker", &self.worker).field("cache_dir", &self.cache_dir).finish_non_exhaustive()
    }
}

/// Why a function cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// The function's fault; its author is told this.
    #[error("{0}")]
    Rejected(String),
    /// The host's fault; worth another try.
    #[error("the function could not be prepared: {0}")]
    Host(String),
}

/// Turns uploaded bytes into prepared hooks.
pub struct Admission {
    sandbox: Sandbox,
    config: AdmissionConfig,
    cache: Arc<Cache>,
    images: Arc<Images>,
    /// One compilation at a time, so that logins keep the machine.
    compiling: Mutex<()>,
    javascript: OnceCell<javascript::Ready>,
}

impl Admission {
    /// Opens the cache for this sandbox's engine.
    ///
    /// # Errors
    /// When the cache's folder cannot be made or read.
    pub fn new(sandbox: Sandbox, config: AdmissionConfig) -> Result<Self, SandboxError> {
        let compatibility = engine::compatibility(sandbox.engine());
        let images = images::folder(*javascript::BUILT_DIGEST);
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
    /// [`AdmissionError::Rejected`] says what is wrong with the function; [`AdmissionError::Host`] what is wrong here.
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

    /// Removes the compiled code or image of a function that no hook uses any more. What runs on it runs on.
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

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, AdmissionError> + Send + 'static) -> Result<T, AdmissionError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(AdmissionError::Host(format!("a worker thread failed: {error}"))),
    }
}
