//! Deploying a function: evaluates its top level once, records what that reads of the outside world, and freezes the memory where the next
//! execution would read the same.

use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::log::LogBuffer;
use hookbox_host_api::{EnvVars, Failure, FailureKind};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use wasmtime::Store;
use zeroize::Zeroizing;

use super::{Engine, Image, Source};
use crate::execution::{CallState, DeadlinePassed, Invocation, Limits, classify, sliced};
use crate::host::WorldReads;
use crate::memory::Base;
use crate::{AdmissionError, FunctionDigest, Sandbox, Share};

/// The limits of one evaluation of a top level.
const LIMITS: Limits = Limits { fuel: 20_000_000_000, memory_bytes: 64 << 20 };
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The most bytes of a top level's output that are kept until the first execution.
const LOG_LIMIT: usize = 16 << 10;

/// The result of an evaluation.
pub(crate) struct Evaluated {
    /// The memory after it.
    pub(crate) image: Image,
    pub(crate) reads: WorldReads,
    /// What the top level wrote to the log.
    pub(crate) log: LogBuffer,
}

/// The key of a source's image: the engine that made it and everything that was evaluated.
pub(crate) fn image_key(engine: FunctionDigest, source: &Source) -> FunctionDigest {
    let mut hash = Sha256::new();
    hash.update(b"javascript image");
    hash.update(engine.as_bytes());
    hash.update(source.node_major.to_le_bytes());
    hash.update(source.entries.join(",").as_bytes());
    hash.update([0]);
    hash.update(source.text.as_bytes());
    FunctionDigest::from_bytes(hash.finalize().into())
}

/// The key of the base that an engine is booted to.
pub(crate) fn base_key(engine: FunctionDigest, samples: &[String]) -> FunctionDigest {
    let mut hash = Sha256::new();
    hash.update(b"javascript base");
    hash.update(engine.as_bytes());
    samples.iter().for_each(|sample| hash.update(sample));
    FunctionDigest::from_bytes(hash.finalize().into())
}

/// Boots the engine on its first memory and shows it `samples` of what functions are called with. Returns the content that every memory
/// begins with afterwards.
pub(crate) async fn boot(sandbox: &Sandbox, engine: &Engine, first: Vec<u8>, samples: &[String]) -> Result<Vec<u8>, String> {
    let first = Arc::new(Base::new(first).map_err(|error| error.to_string())?);
    let _slot = sandbox.slot().await.map_err(|error| error.to_string())?;
    sandbox.memories().set_base(&first);
    let mut store = scratch(sandbox, Arc::default());
    let booting = async {
        let guest = engine.start(&mut store, &Image::of_base(first.clone())).await?;
        guest.boot(&mut store).await?;
        for sample in samples {
            guest.learn(&mut store, sample).await?;
        }
        guest.freeze(&mut store).await?;
        // No shorter than the engine's memory is at first, or each execution would begin with growing its own.
        guest.used(&mut store, sandbox.memories(), &first).await
    };
    sliced(booting, Instant::now() + TIME_LIMIT)
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
    let waited = processor_wait();
    let finished = sliced(loading, Instant::now() + TIME_LIMIT).await;
    let waited = processor_wait().saturating_sub(waited);
    let state = store.into_data();
    // The engine looks at all of its stack before it is done.
    sandbox.memories().empty_last();
    match finished {
        Ok(Ok(Ok(memory))) => {
            let memory = Zeroizing::new(memory);
            Ok(Evaluated { image: Image::new(base.clone(), &memory), reads: state.js.reads, log: state.log })
        }
        Ok(Ok(Err(failure))) => Err(rejected(&failure)),
        Ok(Err(error)) => Err(rejected(&classify(&error, &state.limiter))),
        Err(DeadlinePassed) if waited > TIME_LIMIT / 2 => {
            Err(AdmissionError::Host(format!("the top level waited {waited:?} for a processor")))
        }
        Err(DeadlinePassed) => {
            Err(AdmissionError::Rejected(format!("the top level took more than {TIME_LIMIT:?}, the most of a deployment")))
        }
    }
}

/// How long this thread was kept waiting for a processor since it began. Zero on a kernel that does not count it. The caller stays on one
/// thread.
fn processor_wait() -> Duration {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = counts.split_ascii_whitespace().nth(1).and_then(|nanoseconds| nanoseconds.parse().ok());
    Duration::from_nanos(waited.unwrap_or_default())
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

/// A store for the host's own work on a guest.
fn scratch(sandbox: &Sandbox, env: Arc<EnvVars>) -> Store<CallState> {
    let invocation = Invocation {
        execution_id: "deploy".into(),
        identity: Arc::default(),
        context: bytes::Bytes::new(),
        env,
        mask: Arc::default(),
        grant: Arc::default(),
        outside: None,
        answerer: None,
        beginning: None,
        limits: LIMITS,
        deadline: Instant::now() + TIME_LIMIT,
        share: Share::default(),
        log_limit: LOG_LIMIT,
    };
    sandbox.store(sandbox.javascript(), invocation, false)
}
