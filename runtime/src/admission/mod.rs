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
use tokio::sync::{OnceCell, Semaphore};
use wasmtime::Engine;

use crate::engine;
use crate::{FunctionDigest, FunctionKind, PreparedHook, Sandbox};
use blocking::blocking;
#[cfg(test)]
pub(crate) use built_engine::BUILT;
use built_engine::{BUILT_DIGEST, Ready};
use cache::{Cache, Code, Loaded, TooLarge};
pub use compile::compile_worker;
#[cfg(test)]
pub(crate) use compile::precompile;
pub use config::AdmissionConfig;
pub use error::AdmissionError;
use images::Images;
pub use javascript::{JavaScript, MAIN, SERVER};

/// Turns uploaded bytes into prepared hooks.
pub struct Admission {
    sandbox: Sandbox,
    config: AdmissionConfig,
    cache: Arc<Cache>,
    images: Arc<Images>,
    /// A permit for each compilation at a time. Each is a process with much memory.
    compiling: Semaphore,
    javascript: OnceCell<Ready>,
}

/// What this machine has kept of functions.
#[derive(Clone)]
pub struct Kept {
    cache: Arc<Cache>,
    images: Arc<Images>,
}

impl Kept {
    /// Whether what was made of a function seems to be there, so that it need not be made again. The name is the digest of WebAssembly, and
    /// [`Admission::cache_name`] of JavaScript.
    pub fn has(&self, name: FunctionDigest) -> bool {
        self.cache.has(name) || self.images.has(name)
    }
}

impl Admission {
    /// Prepares the cache for this sandbox's engine. A cache that cannot be written is no reason not to start: what it holds may be enough.
    pub fn new(sandbox: Sandbox, config: AdmissionConfig) -> Self {
        let compatibility = engine::compatibility(sandbox.engine());
        let images = images::folder(*BUILT_DIGEST);
        if let Err(error) = cache::sweep(&config.cache_dir, &[&compatibility, &images]) {
            tracing::warn!(folder = %config.cache_dir.display(), %error, "compiled code may not be kept");
        }
        let cache = Arc::new(Cache::new(&config.cache_dir.join(&compatibility), config.cache_key));
        let images = Arc::new(Images::new(config.cache_dir.join(&images), config.cache_key));
        let compiling = Semaphore::new(config.compile_workers as usize);
        Self { sandbox, config, cache, images, compiling, javascript: OnceCell::new() }
    }

    /// What is kept of functions.
    pub fn kept(&self) -> Kept {
        Kept { cache: self.cache.clone(), images: self.images.clone() }
    }

    /// Checks, compiles (unless compiled code is cached) and links a function.
    ///
    /// # Errors
    /// [`AdmissionError::Rejected`] for a fault of the function, [`AdmissionError::Host`] for a fault of the host.
    pub async fn prepare(&self, function: Bytes) -> Result<PreparedHook, AdmissionError> {
        let kind =
            FunctionKind::sniff(&function).ok_or_else(|| AdmissionError::Rejected("does not parse: this is no WebAssembly".into()))?;
        let (checked, memory) = (function.clone(), self.sandbox.max_memory_bytes());
        let digest = blocking(move || {
            caps::check(&checked, memory)?;
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
        let _turn = self.compiling.acquire().await.map_err(|error| AdmissionError::Host(error.to_string()))?;
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
        let (engine, cache) = (engine.clone(), self.cache.clone());
        blocking(move || {
            let broken = |error: std::io::Error| AdmissionError::Host(format!("the cache of compiled code: {error}"));
            cache.store(digest, code, &artifact).map_err(broken)?;
            cache.load_new(&engine, digest, code).map_err(|error| {
                let too_large = error.get_ref().and_then(|cause| cause.downcast_ref::<TooLarge>());
                let Some(cause) = too_large else { return broken(error) };
                AdmissionError::Rejected(format!("over the compile limits: {cause}"))
            })
        })
        .await
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
