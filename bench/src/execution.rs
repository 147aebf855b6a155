//! One execution of the Rust example in the sandbox, against a bare instantiate-and-call of the same component.

use anyhow::{Result, ensure};
use std::time::Instant;
use tokio::runtime::Runtime;

use crate::bare_wasmtime::{BareHook, engine_error};
use crate::functions;
use crate::report::Row;
use crate::samples::{Pairs, micros_each};
use crate::sandboxed::{FUEL, Login, Workshop};

const BENCH: &str = "execution";
const ROUNDS: usize = 150;
const CALLS: u32 = 200;
/// Rounds that warm caches and pool and are not counted.
const WARM_UP: usize = 10;

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let function = functions::example("policy-by-device")?;
    let context = functions::login()?;
    let bare = BareHook::new(&function).map_err(engine_error)?;
    let workshop = Workshop::new()?;
    runtime.block_on(async {
        let (hook, login) = (workshop.webassembly(&function).await?, Login::new(&context));
        let theirs = bare.call(&context, FUEL).await.map_err(engine_error)?;
        ensure!(workshop.call(&hook, &login).await?.0 == theirs, "both give the same result");
        let mut pairs = Pairs::default();
        for round in 0..WARM_UP + ROUNDS {
            let started = Instant::now();
            for _ in 0..CALLS {
                workshop.call(&hook, &login).await?;
            }
            let between = Instant::now();
            for _ in 0..CALLS {
                bare.call(&context, FUEL).await.map_err(engine_error)?;
            }
            if round >= WARM_UP {
                pairs.push(micros_each(between - started, CALLS), micros_each(between.elapsed(), CALLS));
            }
        }
        Ok(vec![Row::costs(BENCH, "policy-by-device", "us", "bare wasmtime", &pairs).aim("<= 2")])
    })
}
