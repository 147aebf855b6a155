//! One execution of the Rust example in the sandbox, against a bare instantiate-and-call of the same component.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use bytes::Bytes;
use hookbox_host_api::EnvVars;
use hookbox_host_api::log::Mask;
use hookbox_runtime::{Admission, AdmissionConfig, Invocation, Limits, PreparedHook, Sandbox, SandboxConfig};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::bare_wasmtime::BareHook;
use crate::report::Row;
use crate::samples::Pairs;
use crate::{COMPILE_WORKER, engine_error, functions};

const BENCH: &str = "execution";
const ROUNDS: usize = 150;
const CALLS: u32 = 200;
/// Rounds that warm caches and pool and are not counted.
const WARM_UP: usize = 10;
const FUEL: u64 = 1_000_000_000;
const MEMORY: usize = 64 << 20;

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let function = functions::example("policy-by-device")?;
    let context = functions::login()?;
    let bare = BareHook::new(&function).map_err(engine_error)?;
    let (sandbox, hook) = runtime.block_on(prepare(&function))?;
    runtime.block_on(async {
        let ours = Ours { sandbox, hook, parts: Parts::new(&context) };
        let theirs = bare.call(&context, FUEL).await.map_err(engine_error)?;
        ensure!(ours.call().await? == theirs, "both give the same result");
        let mut pairs = Pairs::default();
        for round in 0..WARM_UP + ROUNDS {
            let started = Instant::now();
            for _ in 0..CALLS {
                ours.call().await?;
            }
            let between = Instant::now();
            for _ in 0..CALLS {
                bare.call(&context, FUEL).await.map_err(engine_error)?;
            }
            if round >= WARM_UP {
                pairs.push(per_call(between - started), per_call(between.elapsed()));
            }
        }
        Ok(vec![Row::costs(BENCH, "policy-by-device", "us", "bare wasmtime", &pairs).aim("<= 2")])
    })
}

fn per_call(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6 / f64::from(CALLS)
}

/// What the sandbox needs for a call and would share between calls.
struct Parts {
    execution_id: Arc<str>,
    context: Bytes,
    env: Arc<EnvVars>,
    mask: Arc<Mask>,
}

impl Parts {
    fn new(context: &str) -> Self {
        let execution_id = Arc::from("00000000-0000-4000-8000-000000000000");
        Self { execution_id, context: Bytes::from(context.to_owned()), env: Arc::default(), mask: Arc::default() }
    }

    fn invocation(&self) -> Invocation {
        Invocation {
            execution_id: self.execution_id.clone(),
            context: self.context.clone(),
            env: self.env.clone(),
            mask: self.mask.clone(),
            limits: Limits { fuel: FUEL, memory_bytes: MEMORY },
            deadline: Instant::now() + Duration::from_secs(1),
            log_limit: 64 << 10,
        }
    }
}

struct Ours {
    sandbox: Sandbox,
    hook: PreparedHook,
    parts: Parts,
}

impl Ours {
    async fn call(&self) -> Result<String> {
        let execution = self.sandbox.execute(&self.hook, self.parts.invocation()).await;
        let result = execution.result.map_err(|failure| anyhow!("the function failed: {}", failure.message))?;
        Ok(String::from(Box::<str>::from(result)))
    }
}

async fn prepare(function: &[u8]) -> Result<(Sandbox, PreparedHook)> {
    let folder = tempfile::tempdir()?;
    let sandbox = Sandbox::new(SandboxConfig { concurrency: 64, max_memory_bytes: MEMORY, max_result_bytes: 256 << 10 })?;
    let config = AdmissionConfig {
        worker: (std::env::current_exe()?, vec![COMPILE_WORKER.to_owned()]),
        cache_dir: folder.path().to_owned(),
        cache_key: [7; 32],
        compile_timeout: Duration::from_secs(60),
        compile_memory_bytes: 1 << 30,
    };
    let admission = Admission::new(sandbox.clone(), config)?;
    let hook = admission.prepare(function.to_vec().into()).await.context("the example cannot be prepared")?;
    Ok((sandbox, hook))
}
