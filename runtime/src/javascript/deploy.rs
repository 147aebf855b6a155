//! Deploying a function: evaluates its top level, records what that reads of the outside world, and freezes the memory where the next execution
//! would find the same.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hookbox_host_api::log::LogBuffer;
use hookbox_host_api::{EnvVars, Failure, FailureKind};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use wasmtime::Store;

use super::{Engine, Image, Source};
use crate::execution::{Beginning, CallState, DeadlinePassed, Invocation, Limits, Order, classify, sliced};
use crate::host::WorldReads;
use crate::memory::Base;
use crate::modules::Form;
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
    /// Whether the source is a server.
    pub(crate) serves: bool,
    pub(crate) reads: WorldReads,
    /// What the top level wrote to the log.
    pub(crate) log: LogBuffer,
}

/// The key of a source's image: the engine that made it and everything that was evaluated.
pub(crate) fn image_key(engine: FunctionDigest, source: &Source, files: Option<FunctionDigest>) -> FunctionDigest {
    let mut hash = Sha256::new();
    hash.update(b"javascript image");
    hash.update(engine.as_bytes());
    hash.update(source.node_major.to_le_bytes());
    hash.update(source.entries.join(",").as_bytes());
    hash.update([0]);
    hash.update(source.main.as_bytes());
    hash.update([0]);
    hash.update(source.text.as_bytes());
    if let Some(files) = files {
        hash.update([0]);
        hash.update(files.as_bytes());
    }
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
    let first = Arc::new(Base::new(&first).map_err(|error| error.to_string())?);
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

/// Evaluates a source on the engine's base. Where it reads what differs in each execution, it is evaluated once more in another world: where that
/// leaves the same memory, nothing of what it read was kept.
///
/// # Errors
/// [`AdmissionError::Rejected`] tells the author what went wrong and where.
pub(crate) async fn evaluate(
    sandbox: &Sandbox,
    engine: &Engine,
    base: &Arc<Base>,
    source: &Source,
    env: Arc<EnvVars>,
) -> Result<Evaluated, AdmissionError> {
    let Evaluated { image, serves, mut reads, log } = load(sandbox, engine, base, source, scratch(sandbox, env.clone())).await?;
    if reads.fleeting.is_some() {
        let again = load(sandbox, engine, base, source, in_another_world(sandbox, env)).await;
        if again.is_ok_and(|again| again.image == image && again.reads.env == reads.env) {
            reads.fleeting = None;
        }
    }
    Ok(Evaluated { image, serves, reads, log })
}

async fn load(
    sandbox: &Sandbox,
    engine: &Engine,
    base: &Arc<Base>,
    source: &Source,
    mut store: Store<CallState>,
) -> Result<Evaluated, AdmissionError> {
    let _slot = sandbox.slot().await.map_err(|error| AdmissionError::Host(error.to_string()))?;
    store.data_mut().js.files.clone_from(&source.files);
    let loading = async {
        let guest = engine.start(&mut store, &Image::of_base(base.clone())).await?;
        match guest.load(&mut store, source).await? {
            Ok(serves) => guest.image(&mut store, sandbox.memories(), base).await.map(|image| Ok((image, serves))),
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
        Ok(Ok(Ok((image, serves)))) => Ok(Evaluated { image, serves, reads: state.js.reads, log: state.log }),
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

/// The name of what a file was compiled to.
pub(crate) fn code_key(engine: FunctionDigest, path: &str, form: Form, text: &[u8]) -> FunctionDigest {
    let mut hash = Sha256::new();
    hash.update(b"javascript code");
    hash.update(engine.as_bytes());
    hash.update([form.letter()]);
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(text);
    FunctionDigest::from_bytes(hash.finalize().into())
}

/// Compiles a file that functions may ask for, without its text, in a memory of its own.
pub(crate) async fn compile_file(
    sandbox: &Sandbox,
    engine: &Engine,
    base: &Arc<Base>,
    path: &str,
    form: Form,
    text: &[u8],
) -> Result<Vec<u8>, String> {
    let _slot = sandbox.slot().await.map_err(|error| error.to_string())?;
    let mut store = scratch(sandbox, Arc::default());
    let compiling = async {
        let guest = engine.start(&mut store, &Image::of_base(base.clone())).await?;
        guest.compile(&mut store, &[&[form.letter()], path.as_bytes(), &[0], text].concat()).await
    };
    let compiled = sliced(compiling, Instant::now() + TIME_LIMIT).await;
    match compiled {
        Ok(Ok(Ok(code))) => Ok([&[form.letter()], code.as_slice()].concat()),
        Ok(Ok(Err(failure))) => Err(failure.message),
        Ok(Err(error)) => Err(classify(&error, &store.data().limiter).message),
        Err(DeadlinePassed) => Err(format!("compiling it took more than {TIME_LIMIT:?}")),
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
    let invocation = invocation(env);
    sandbox.store(sandbox.javascript(), invocation, false)
}

/// A store in which everything that differs between executions is other than in [`scratch`]: each part of the date and of the time of day,
/// random bytes and what is drawn from them, the execution's id.
fn in_another_world(sandbox: &Sandbox, env: Arc<EnvVars>) -> Store<CallState> {
    const FURTHER: Duration = Duration::from_millis(397 * 86_400_000 + 7 * 3_600_000 + 23 * 60_000 + 17_113);
    let mut seed = [0; 8];
    // Any other seed does as well.
    let _unseeded = getrandom::fill(&mut seed);
    let beginning =
        Beginning { began: SystemTime::now() + FURTHER, seed: u64::from_le_bytes(seed), timeout: TIME_LIMIT / 2, order: Order::Free };
    let invocation = Invocation { execution_id: "deploy-again".into(), beginning: Some(beginning), ..invocation(env) };
    sandbox.store(sandbox.javascript(), invocation, false)
}

fn invocation(env: Arc<EnvVars>) -> Invocation {
    Invocation {
        execution_id: "deploy".into(),
        identity: Arc::default(),
        context: bytes::Bytes::new(),
        request: None,
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
    }
}
