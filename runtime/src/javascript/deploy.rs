//! Deploying: evaluates a function's top level once, watches what of the world it reads, and freezes the memory if that is right.

use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::log::LogBuffer;
use hookbox_host_api::{EnvVars, Failure, FailureKind, HookType};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use wasmtime::Store;
use zeroize::Zeroizing;

use super::{Engine, Image, Printed};
use crate::execution::{CallState, DeadlinePassed, Invocation, Limits, classify, sliced};
use crate::host::WorldReads;
use crate::memory::Base;
use crate::{AdmissionError, FunctionDigest, Sandbox};

/// A function's source and what it was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) text: Arc<str>,
    /// The exported function that is called.
    pub(crate) entry: &'static str,
    /// The major version of Node that `process.version` tells.
    pub(crate) node_major: i32,
}

/// A function that is ready to be called.
pub(crate) struct Deployed {
    pub(crate) engine: Arc<Engine>,
    pub(crate) image: Image,
    /// The source, where its top level has to be evaluated on every execution, and why.
    pub(crate) evaluate: Option<(Source, &'static str)>,
    /// What the top level read.
    pub(crate) reads: WorldReads,
    pub(crate) printed: Printed,
}

/// What one evaluation of a top level may take.
const LIMITS: Limits = Limits { fuel: 20_000_000_000, memory_bytes: 64 << 20 };
const TIME: Duration = Duration::from_secs(5);
/// How many bytes of what a top level prints are kept until its first execution.
const PRINTED: usize = 16 << 10;

/// What an evaluation left behind.
pub(crate) struct Evaluated {
    /// The memory after it.
    pub(crate) image: Image,
    pub(crate) reads: WorldReads,
    pub(crate) printed: LogBuffer,
}

/// The key of a source's image: the engine that made it and everything that was evaluated.
pub(crate) fn image_key(engine: FunctionDigest, source: &Source) -> FunctionDigest {
    let mut hash = Sha256::new();
    hash.update(b"javascript image");
    hash.update(engine.as_bytes());
    hash.update(source.node_major.to_le_bytes());
    hash.update(source.entry.as_bytes());
    hash.update([0]);
    hash.update(source.text.as_bytes());
    FunctionDigest::from_bytes(hash.finalize().into())
}

/// What the base knows of contexts.
fn samples() -> impl Iterator<Item = String> {
    HookType::ALL.into_iter().flat_map(HookType::sample_contexts)
}

/// The key of the base that an engine is booted to.
pub(crate) fn base_key(engine: FunctionDigest) -> FunctionDigest {
    let mut hash = Sha256::new();
    hash.update(b"javascript base");
    hash.update(engine.as_bytes());
    samples().for_each(|sample| hash.update(sample));
    FunctionDigest::from_bytes(hash.finalize().into())
}

/// Boots the engine on its first memory; what every memory begins with afterwards.
pub(crate) async fn boot(sandbox: &Sandbox, engine: &Engine, first: Vec<u8>) -> Result<Vec<u8>, String> {
    let first = Arc::new(Base::new(first).map_err(|error| error.to_string())?);
    let _slot = sandbox.slot().await.map_err(|error| error.to_string())?;
    sandbox.memories().set_base(&first);
    let mut store = scratch(sandbox, Arc::default());
    let booting = async {
        let guest = engine.start(&mut store, &Image::of_base(first.clone())).await?;
        guest.boot(&mut store).await?;
        for sample in samples() {
            guest.learn(&mut store, &sample).await?;
        }
        guest.freeze(&mut store).await?;
        // No shorter than the engine's memory is at first, or each execution would begin with growing its own.
        guest.used(&mut store, sandbox.memories(), &first).await
    };
    sliced(booting, Instant::now() + TIME)
        .await
        .map_err(|DeadlinePassed| "booting it took too long".to_owned())?
        .map_err(|error| format!("{error:#}"))
}

/// Evaluates a source on the engine's base.
pub(crate) async fn evaluate(
    sandbox: &Sandbox,
    engine: &Engine,
    base: &Arc<Base>,
    source: &Source,
    env: Arc<EnvVars>,
) -> Result<Evaluated, AdmissionError> {
    let _slot = sandbox.slot().await.map_err(|error| AdmissionError::Host(error.to_string()))?;
    let mut store = scratch(sandbox, env);
    let loading = async {
        let guest = engine.start(&mut store, &Image::of_base(base.clone())).await?;
        let loaded = guest.load(&mut store, source).await?;
        match loaded {
            Ok(()) => guest.used(&mut store, sandbox.memories(), base).await.map(Ok),
            Err(failure) => Ok(Err(failure)),
        }
    };
    let finished = sliced(loading, Instant::now() + TIME).await;
    let state = store.into_data();
    // The engine looks at all of its stack before it is done.
    sandbox.memories().empty_last();
    match finished {
        Ok(Ok(Ok(memory))) => {
            let memory = Zeroizing::new(memory);
            Ok(Evaluated { image: Image::new(base.clone(), &memory), reads: state.js.reads, printed: state.log })
        }
        Ok(Ok(Err(failure))) => Err(rejected(&failure)),
        Ok(Err(error)) => Err(rejected(&classify(&error, &state.limiter))),
        Err(DeadlinePassed) => Err(AdmissionError::Rejected(format!("the top level took more than {TIME:?}, the most of a deployment"))),
    }
}

fn rejected(failure: &Failure) -> AdmissionError {
    if failure.kind == FailureKind::Host {
        return AdmissionError::Host(failure.message.clone());
    }
    let report = Failure { stack: None, ..failure.clone() }.report();
    AdmissionError::Rejected(match failure.kind {
        FailureKind::OutOfFuel => format!("{report}: the top level takes more than {} fuel, the most of a deployment", LIMITS.fuel),
        FailureKind::OutOfMemory => {
            format!("{report}: the top level takes more than {} MiB, the most of a deployment", LIMITS.memory_bytes >> 20)
        }
        FailureKind::StackOverflow | FailureKind::NeverSettled | FailureKind::Exit => format!("{report}, at the top level"),
        _ => report,
    })
}

/// A store for work of our own on a guest.
fn scratch(sandbox: &Sandbox, env: Arc<EnvVars>) -> Store<CallState> {
    let invocation = Invocation {
        execution_id: "deploy".into(),
        identity: Arc::default(),
        context: bytes::Bytes::new(),
        env,
        mask: Arc::default(),
        limits: LIMITS,
        deadline: Instant::now() + TIME,
        log_limit: PRINTED,
    };
    sandbox.store(sandbox.javascript(), invocation, false)
}
