//! Preparing JavaScript functions: compiles and boots the engine once, evaluates a function, and freezes the result where possible.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_host_api::log::LogBuffer;
use tokio::runtime::Handle;

use super::Admission;
use super::blocking::blocking;
use super::built_engine::{BUILT, BUILT_DIGEST, Ready};
use super::cache::Code;
use super::error::AdmissionError;
use crate::host::WorldReads;
use crate::javascript::{self, Deployed, Engine, EngineModule, Evaluated, Image, Source, StartupLog};
use crate::memory::Base;
use crate::prepared::Shape;
use crate::{FunctionDigest, PreparedHook};

/// A JavaScript function as it was uploaded.
#[derive(Clone, Debug)]
pub struct JavaScript {
    /// The author's source.
    pub source: Arc<str>,
    /// The major version of Node that it was written for.
    pub node_major: u8,
    /// The exported functions that may be called, in the order in which they are tried.
    pub entries: &'static [&'static str],
    /// The env vars linked to the hook, in case its top level reads them.
    pub env: Arc<EnvVars>,
}

impl From<&JavaScript> for Source {
    fn from(function: &JavaScript) -> Self {
        Self { text: function.source.clone(), entries: function.entries, node_major: function.node_major.into() }
    }
}

/// The largest image that is used, in bytes. An image stays in memory as long as its hook.
const MAX_IMAGE: usize = 4 << 20;
/// The reason for evaluating a top level on each execution when its image is larger.
const TOO_LARGE: &str = "more memory than can be kept";

impl Admission {
    /// The name of a function's stored image, for [`Admission::forget`]. It does not depend on the env, because an image that holds env values is
    /// not stored.
    pub fn cache_name(function: &JavaScript) -> FunctionDigest {
        javascript::image_key(*BUILT_DIGEST, &Source::from(function))
    }

    /// Evaluates and freezes a JavaScript function, or finds its image in the cache.
    ///
    /// # Errors
    /// [`AdmissionError::Rejected`] tells the author what went wrong and where.
    pub async fn prepare_javascript(&self, function: JavaScript) -> Result<PreparedHook, AdmissionError> {
        let ready = self.javascript().await?;
        let source = Source::from(&function);
        let key = javascript::image_key(*BUILT_DIGEST, &source);
        let pure = WorldReads::default();
        if let Some(image) = self.load_image(&ready.base, key).await? {
            return Ok(deployed(ready, image, None, pure, None));
        }
        let evaluated = self.evaluate(ready, source.clone(), function.env).await?;
        let reason = evaluated.reads.fleeting.or((evaluated.image.size() > MAX_IMAGE).then_some(TOO_LARGE));
        if let Some(reason) = reason {
            return Ok(deployed(ready, Image::of_base(ready.base.clone()), Some((source, reason)), evaluated.reads, None));
        }
        // An image that holds env values lives in this process's memory and nowhere else.
        if evaluated.reads == pure {
            self.keep_image(key, evaluated.image.encode()).await?;
        }
        Ok(deployed(ready, evaluated.image, None, evaluated.reads, Some(evaluated.log)))
    }

    /// Evaluates a source on a thread of its own: a step of a top level may take long, and a thread of the runtime serves others.
    async fn evaluate(&self, ready: &Ready, source: Source, env: Arc<EnvVars>) -> Result<Evaluated, AdmissionError> {
        let (sandbox, engine, base) = (self.sandbox.clone(), ready.engine.clone(), ready.base.clone());
        let runtime = Handle::current();
        blocking(move || runtime.block_on(javascript::evaluate(&sandbox, &engine, &base, &source, env))).await
    }

    /// Compiles and boots the engine unless that is done, so that the first JavaScript function does not wait for it.
    ///
    /// # Errors
    /// [`AdmissionError::Host`]. The next call tries again.
    pub async fn warm(&self) -> Result<(), AdmissionError> {
        self.javascript().await.map(drop)
    }

    /// The engine. The first caller compiles and boots it.
    async fn javascript(&self) -> Result<&Ready, AdmissionError> {
        self.javascript.get_or_try_init(|| self.make_ready()).await
    }

    async fn make_ready(&self) -> Result<Ready, AdmissionError> {
        let started = Instant::now();
        let built = EngineModule::take_apart(&BUILT).map_err(host)?;
        let code = Bytes::from(built.code);
        let digest = FunctionDigest::of(&code);
        let module = self.code(self.sandbox.javascript(), &code, digest, Code::Module).await?.module().map_err(host)?;
        let engine = Arc::new(Engine::new(&module).map_err(AdmissionError::Host)?);
        let key = javascript::base_key(digest, &self.config.samples);
        let base = match self.images.load(key) {
            Some(bytes) => bytes,
            None => {
                let booted =
                    javascript::boot(&self.sandbox, &engine, built.memory, &self.config.samples).await.map_err(AdmissionError::Host)?;
                self.keep_image(key, booted.clone()).await?;
                booted
            }
        };
        let base = Arc::new(Base::new(base).map_err(host)?);
        self.sandbox.memories().set_base(&base);
        tracing::info!(engine = %BUILT_DIGEST.to_hex(), elapsed = ?started.elapsed(), "the JavaScript engine is ready");
        Ok(Ready { engine, base })
    }

    /// The stored image of a function, if there is a usable one.
    async fn load_image(&self, base: &Arc<Base>, key: FunctionDigest) -> Result<Option<Image>, AdmissionError> {
        let (images, base) = (self.images.clone(), base.clone());
        blocking(move || {
            let stored = images.load(key);
            let image = stored.map(|stored| Image::decode(base, &stored));
            // An image of another base counts as absent, and is overwritten later.
            Ok(image.and_then(Result::ok))
        })
        .await
    }

    async fn keep_image(&self, key: FunctionDigest, bytes: Vec<u8>) -> Result<(), AdmissionError> {
        let images = self.images.clone();
        blocking(move || images.store(key, &bytes).map_err(|error| AdmissionError::Host(format!("the image cache: {error}")))).await
    }
}

fn host(error: impl std::fmt::Display) -> AdmissionError {
    AdmissionError::Host(error.to_string())
}

fn deployed(
    ready: &Ready,
    image: Image,
    evaluate: Option<(Source, &'static str)>,
    reads: WorldReads,
    log: Option<LogBuffer>,
) -> PreparedHook {
    let startup_log = StartupLog::new(log);
    PreparedHook { shape: Shape::JavaScript(Deployed { engine: ready.engine.clone(), image, evaluate, reads, startup_log }) }
}

impl PreparedHook {
    /// Whether the function's top level read env values. It then has to be prepared again when one changes.
    pub fn holds_env(&self) -> bool {
        matches!(&self.shape, Shape::JavaScript(Deployed { reads, .. }) if reads.env)
    }

    /// Why the function's top level is evaluated on every execution: what it read that changes, or that its image is too large. `None` where it
    /// is evaluated once.
    pub fn evaluated_because(&self) -> Option<&'static str> {
        match &self.shape {
            Shape::JavaScript(Deployed { evaluate: Some((_, reason)), .. }) => Some(reason),
            _ => None,
        }
    }
}
