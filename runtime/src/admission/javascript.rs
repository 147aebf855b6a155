//! JavaScript functions: the engine is compiled once and booted once; a function is evaluated, and frozen where that is right.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Instant;

use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_host_api::log::LogBuffer;

use super::cache::{Code, Loaded};
use super::{Admission, AdmissionError, blocking};
use crate::host::WorldReads;
use crate::javascript::{self, Deployed, Engine, EngineModule, Image, Source};
use crate::prepared::Shape;
use crate::{FunctionDigest, PreparedHook};

/// A JavaScript function as it was uploaded.
#[derive(Clone, Debug)]
pub struct JavaScript {
    /// The author's source.
    pub source: Arc<str>,
    /// The major version of Node that it was written for.
    pub node_major: u8,
    /// The env vars linked to the hook, in case its top level reads them.
    pub env: Arc<EnvVars>,
}

impl From<&JavaScript> for Source {
    fn from(function: &JavaScript) -> Self {
        Self { text: function.source.clone(), entry: ENTRY, node_major: function.node_major.into() }
    }
}

/// The engine, compiled and booted.
pub(super) struct Ready {
    engine: Arc<Engine>,
    /// The memory after the engine's own start-up.
    base: Arc<Image>,
    /// Which engine this is: images are of one engine only.
    id: FunctionDigest,
}

/// The function that OneLogin's hooks export.
const ENTRY: &str = "handler";

/// The engine that this program was built with.
pub(crate) static BUILT: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/js-engine/engine.wasm"));

/// The digest of that engine.
static BUILT_DIGEST: LazyLock<FunctionDigest> = LazyLock::new(|| FunctionDigest::of(BUILT));

impl Admission {
    /// The name that a function's image is kept under, for [`Admission::forget`]. The env is no part of it: an image that holds values
    /// is not kept.
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
        let key = javascript::image_key(ready.id, &source);
        let pure = WorldReads::default();
        if let Some(Loaded::Module(image)) = self.load(key, Code::Module).await? {
            return self.deployed(ready, Image::new(&image, self.sandbox.linkers()), None, pure, None);
        }
        let evaluated = javascript::evaluate(&self.sandbox, &ready.engine, &ready.base, &source, function.env).await?;
        if evaluated.reads.fleeting.is_some() {
            return self.deployed(ready, Ok(ready.base.clone()), Some(source), evaluated.reads, None);
        }
        let image = match evaluated.reads == pure {
            true => self.freeze(key, evaluated.image).await?,
            // The image holds env values: it lives in this process's memory and nowhere else.
            false => self.compile_image(evaluated.image).await?,
        };
        self.deployed(ready, Image::new(&image, self.sandbox.linkers()), None, evaluated.reads, Some(evaluated.printed))
    }

    /// Compiles and boots the engine, if nobody has yet, so that the first JavaScript function need not wait for that.
    ///
    /// # Errors
    /// [`AdmissionError::Host`]; the next function tries again.
    pub async fn warm(&self) -> Result<(), AdmissionError> {
        self.javascript().await.map(drop)
    }

    fn deployed(
        &self,
        ready: &Ready,
        image: Result<Arc<Image>, String>,
        evaluate: Option<Source>,
        reads: WorldReads,
        printed: Option<LogBuffer>,
    ) -> Result<PreparedHook, AdmissionError> {
        let image = image.map_err(AdmissionError::Host)?;
        Ok(PreparedHook {
            shape: Shape::JavaScript(Deployed { engine: ready.engine.clone(), image, evaluate, reads, printed: Mutex::new(printed) }),
        })
    }

    /// The engine; compiled and booted by whoever asks first.
    async fn javascript(&self) -> Result<&Ready, AdmissionError> {
        self.javascript.get_or_try_init(|| self.make_ready()).await
    }

    async fn make_ready(&self) -> Result<Ready, AdmissionError> {
        let started = Instant::now();
        let host = |error: &dyn std::fmt::Display| AdmissionError::Host(error.to_string());
        let built = EngineModule::take_apart(BUILT).map_err(|error| host(&error))?;
        let id = *BUILT_DIGEST;
        let code = Bytes::from(built.code);
        let Loaded::Module(module) = self.code(&code, FunctionDigest::of(&code), Code::Module).await? else {
            return Err(AdmissionError::Host("the engine is no module".into()));
        };
        let engine = Arc::new(Engine::new(module).map_err(AdmissionError::Host)?);
        let base = match self.load(id, Code::Module).await? {
            Some(Loaded::Module(base)) => base,
            _ => self.boot(&engine, built.memory, id).await?,
        };
        let base = Image::new(&base, self.sandbox.linkers()).map_err(AdmissionError::Host)?;
        tracing::info!(engine = %id.to_hex(), elapsed = ?started.elapsed(), "the JavaScript engine is ready");
        Ok(Ready { engine, base, id })
    }

    async fn boot(&self, engine: &Engine, memory: Vec<u8>, id: FunctionDigest) -> Result<wasmtime::Module, AdmissionError> {
        let first = self.compile_image(javascript::freeze(&memory)).await?;
        let first = Image::new(&first, self.sandbox.linkers()).map_err(AdmissionError::Host)?;
        let booted = javascript::boot(&self.sandbox, engine, &first).await.map_err(AdmissionError::Host)?;
        self.freeze(id, booted).await
    }

    /// Compiles an image and keeps it on disk.
    async fn freeze(&self, key: FunctionDigest, image: Vec<u8>) -> Result<wasmtime::Module, AdmissionError> {
        let module = self.compile_image(image).await?;
        let artifact = module.serialize().map_err(|error| AdmissionError::Host(format!("{error:#}")))?;
        match self.keep(key, Code::Module, artifact).await? {
            Loaded::Module(module) => Ok(module),
            Loaded::Component(_) => Err(AdmissionError::Host("an image is no module".into())),
        }
    }

    async fn compile_image(&self, image: Vec<u8>) -> Result<wasmtime::Module, AdmissionError> {
        let sandbox = self.sandbox.clone();
        blocking(move || javascript::compile_image(&sandbox, &image).map_err(AdmissionError::Host)).await
    }
}

impl PreparedHook {
    /// Whether the function's top level read env values, so that it has to be prepared anew when one changes.
    pub fn holds_env(&self) -> bool {
        matches!(&self.shape, Shape::JavaScript(Deployed { reads, .. }) if reads.env)
    }

    /// Why the function's top level is evaluated on every execution, where it is: what of the passing world it read.
    pub fn evaluated_because(&self) -> Option<&'static str> {
        match &self.shape {
            Shape::JavaScript(Deployed { evaluate: Some(_), reads, .. }) => reads.fleeting,
            _ => None,
        }
    }
}
