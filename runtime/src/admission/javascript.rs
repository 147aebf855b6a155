//! Preparing JavaScript functions: compiles and boots the engine once, evaluates a function, and freezes the result where possible.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_host_api::log::LogBuffer;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::Admission;
use super::blocking::blocking;
use super::built_engine::{BUILT, BUILT_DIGEST, Ready};
use super::cache::Code;
use super::error::AdmissionError;
use super::images::Images;
use crate::host::{EnvReads, NamesRead, WorldReads};
use crate::javascript::{self, Deployed, Engine, EngineModule, Evaluated, Image, Source, StartupLog};
use crate::memory::Base;
use crate::modules::{Form, Linked, Modules};
use crate::prepared::Shape;
use crate::{FunctionDigest, PreparedHook, Sandbox};

/// A JavaScript function as it was uploaded.
#[derive(Clone, Debug)]
pub struct JavaScript {
    /// The author's source.
    pub source: Arc<str>,
    /// Its path among the files, from their folder on; [`MAIN`] where nobody says otherwise.
    pub main: Arc<str>,
    /// The major version of Node that it was written for.
    pub node_major: u8,
    /// The exported functions that may be called, in the order in which they are tried.
    pub entries: &'static [&'static str],
    /// The env vars linked to the hook, in case its top level reads them.
    pub env: Arc<EnvVars>,
    /// The files that it is made of beside this source.
    pub modules: Option<Arc<dyn Modules>>,
}

/// The usual path of a function's source.
pub const MAIN: &str = "hook.js";

/// Among the entries, last, what lets a source be a server of HTTP instead: the execution's request is handed to it, and its answer is the result.
pub const SERVER: &str = "http.Server";

/// What files are compiled with, and where they are kept.
struct Files {
    sandbox: Sandbox,
    engine: Arc<Engine>,
    base: Arc<Base>,
    images: Arc<Images>,
}

impl Files {
    /// The name under which a file is kept compiled. Compiles it unless that was done.
    async fn compiled(&self, modules: &dyn Modules, path: &str, form: Form) -> Result<FunctionDigest, String> {
        let (_, text) = modules.read(path).ok_or("it cannot be read")?;
        let name = javascript::code_key(*BUILT_DIGEST, path, form, &text);
        if !self.images.has(name) {
            let code = javascript::compile_file(&self.sandbox, &self.engine, &self.base, path, form, &text).await?;
            self.images.store(name, &code).map_err(|error| error.to_string())?;
        }
        Ok(name)
    }
}

fn source(function: &JavaScript, files: Option<Arc<Linked>>) -> Source {
    Source {
        text: function.source.clone(),
        main: function.main.clone(),
        entries: function.entries,
        node_major: function.node_major.into(),
        files,
    }
}

/// The reason for evaluating a top level on each execution when its image is larger.
const TOO_LARGE: &str = "more memory than can be kept";

impl Admission {
    /// The name of a function's stored image, for [`Admission::forget`]; `files` tells the files beside its source from all others. It does not
    /// depend on the env, because an image that holds env values is not stored.
    pub fn cache_name(function: &JavaScript, files: Option<FunctionDigest>) -> FunctionDigest {
        javascript::image_key(*BUILT_DIGEST, &source(function, None), files)
    }

    /// Evaluates and freezes a JavaScript function, or finds its image in the cache.
    ///
    /// # Errors
    /// [`AdmissionError::Rejected`] tells the author what went wrong and where.
    pub async fn prepare_javascript(&self, function: JavaScript) -> Result<PreparedHook, AdmissionError> {
        let ready = self.javascript().await?;
        let key = Self::cache_name(&function, function.modules.as_ref().map(|modules| modules.digest()));
        if let Some((image, head)) = self.load_image(&ready.base, key, &function.env).await? {
            let reads = WorldReads { env: EnvReads { values: false, names: head.env }, fleeting: None };
            let files = function.modules.clone().map(|modules| Arc::new(link(modules, head.code, self.images.clone())));
            return Ok(deployed(ready, self.settled(image).await?, source(&function, files), None, head.serves, reads, None));
        }
        let files = match &function.modules {
            Some(modules) => Some(Arc::new(self.compiled(ready, modules.clone()).await?)),
            None => None,
        };
        let source = source(&function, files);
        let Evaluated { image, serves, reads, log } = self.evaluate(ready, source.clone(), function.env).await?;
        let reason = reads.fleeting.or((image.size() > self.config.max_image_bytes).then_some(TOO_LARGE));
        if let Some(reason) = reason {
            return Ok(deployed(ready, Image::of_base(ready.base.clone()), source, Some(reason), serves, reads, None));
        }
        // An image that holds env values lives in this process's memory and nowhere else.
        if !reads.env.values {
            let code = source.files.as_ref().map(|files| files.compiled().clone()).unwrap_or_default();
            self.keep_image(key, stored(&Head { env: reads.env.names.clone(), code, serves }, &image)?).await?;
        }
        Ok(deployed(ready, self.settled(image).await?, source, None, serves, reads, Some(log)))
    }

    /// A function's files, with what was compiled of those that it will probably ask for. What is not compiled yet is, now, on a thread that may
    /// block.
    async fn compiled(&self, ready: &Ready, modules: Arc<dyn Modules>) -> Result<Linked, AdmissionError> {
        let files =
            Files { sandbox: self.sandbox.clone(), engine: ready.engine.clone(), base: ready.base.clone(), images: self.images.clone() };
        let (runtime, images) = (Handle::current(), self.images.clone());
        blocking(move || {
            let expected = modules.expected().into_iter().filter(|(_, form)| form.is_code());
            let mut compiled = BTreeMap::new();
            for (path, form) in expected {
                // A file that does not parse may never be asked for.
                match runtime.block_on(files.compiled(&*modules, &path, form)) {
                    Ok(name) => drop(compiled.insert(path, name)),
                    Err(error) => tracing::debug!(path, error, "a file is not compiled"),
                }
            }
            Ok(link(modules, compiled, images))
        })
        .await
    }

    /// An image in the form in which executions begin with it.
    async fn settled(&self, image: Image) -> Result<Image, AdmissionError> {
        if !image.is_large() {
            return Ok(image);
        }
        let memories = self.sandbox.memories().clone();
        blocking(move || image.into_base(&memories).map_err(host)).await
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
        let base = Arc::new(Base::new(&base).map_err(host)?);
        self.sandbox.memories().set_base(&base);
        tracing::info!(engine = %BUILT_DIGEST.to_hex(), elapsed = ?started.elapsed(), "the JavaScript engine is ready");
        Ok(Ready { engine, base })
    }

    /// The stored image of a function, if there is one that is usable with these env vars, and what was stored with it.
    async fn load_image(&self, base: &Arc<Base>, key: FunctionDigest, env: &Arc<EnvVars>) -> Result<Option<(Image, Head)>, AdmissionError> {
        let (images, base, env) = (self.images.clone(), base.clone(), env.clone());
        // An image of another base, or of other env vars, counts as absent, and is overwritten later.
        blocking(move || Ok(images.load(key).and_then(|stored| restored(base, &stored, &env)))).await
    }

    async fn keep_image(&self, key: FunctionDigest, bytes: Vec<u8>) -> Result<(), AdmissionError> {
        let images = self.images.clone();
        blocking(move || images.store(key, &bytes).map_err(|error| AdmissionError::Host(format!("the image cache: {error}")))).await
    }
}

/// What is stored with an image.
#[derive(Serialize, Deserialize)]
struct Head {
    /// What the top level asked for of its env vars.
    env: NamesRead,
    /// What the files beside the source were compiled to, by their paths. So a start need not look at them.
    code: BTreeMap<String, FunctionDigest>,
    /// Whether the source is a server.
    serves: bool,
}

/// The stored form of an image: the length of the head in four bytes, the head, and the image.
fn stored(head: &Head, image: &Image) -> Result<Vec<u8>, AdmissionError> {
    let head = serde_json::to_vec(head).map_err(host)?;
    Ok([(head.len() as u32).to_le_bytes().as_slice(), &head, &image.encode()].concat())
}

fn restored(base: Arc<Base>, stored: &[u8], env: &EnvVars) -> Option<(Image, Head)> {
    let (len, rest) = stored.split_first_chunk()?;
    let (head, image) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    let head = serde_json::from_slice::<Head>(head).ok().filter(|head| head.env.hold_for(env))?;
    Some((Image::decode(base, image).ok()?, head))
}

fn link(modules: Arc<dyn Modules>, code: BTreeMap<String, FunctionDigest>, images: Arc<Images>) -> Linked {
    Linked::new(modules, code, Box::new(move |name| images.load(name)))
}

fn host(error: impl std::fmt::Display) -> AdmissionError {
    AdmissionError::Host(error.to_string())
}

fn deployed(
    ready: &Ready,
    image: Image,
    source: Source,
    evaluated_because: Option<&'static str>,
    serves: bool,
    reads: WorldReads,
    log: Option<LogBuffer>,
) -> PreparedHook {
    let (files, startup_log) = (source.files.clone(), StartupLog::new(log));
    let evaluate = evaluated_because.map(|reason| (source, reason));
    let deployed = Deployed { engine: ready.engine.clone(), image, evaluate, serves, reads, files, startup_log };
    PreparedHook { shape: Shape::JavaScript(Box::new(deployed)) }
}

impl PreparedHook {
    /// Whether the function's top level asked for env vars. It then has to be prepared again when one changes.
    pub fn holds_env(&self) -> bool {
        matches!(&self.shape, Shape::JavaScript(deployed) if deployed.reads.env.any())
    }

    /// Whether the function is a server: it answers the execution's request, and its result is the answer.
    pub fn serves(&self) -> bool {
        matches!(&self.shape, Shape::JavaScript(deployed) if deployed.serves)
    }

    /// Why the function's top level is evaluated on every execution: what it read that changes, or that its image is too large. `None` where it
    /// is evaluated once.
    pub fn evaluated_because(&self) -> Option<&'static str> {
        match &self.shape {
            Shape::JavaScript(deployed) => deployed.evaluate.as_ref().map(|(_, reason)| *reason),
            _ => None,
        }
    }
}
