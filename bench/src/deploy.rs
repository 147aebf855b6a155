//! From upload to ready, with and without cached code; and the start of a server with many hooks.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::runtime::Runtime;
use wasmtime::Module;
use wasmtime::component::Component;

use crate::bare_wasmtime::{self, engine_error};
use crate::client::Admin;
use crate::functions;
use crate::report::Row;
use crate::samples::{Pairs, Samples};
use crate::server::Server;

const BENCH: &str = "deploy";
const ROUNDS: usize = 7;
const JAVASCRIPT_ROUNDS: usize = 40;
/// Hooks of the server that is started, each with a function of its own.
const HOOKS: u8 = 100;
const STARTS: usize = 5;

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let server = Server::hookbox(folder.path())?;
    let mut rows = Vec::new();
    for name in ["policy-by-device", "stdin-stdout-c"] {
        rows.extend(runtime.block_on(uploads(&server, name))?);
    }
    rows.extend(runtime.block_on(sources(&server))?);
    rows.push(starts(runtime)?);
    Ok(rows)
}

/// Functions of JavaScript that the server sees for the first time, on an engine that is ready; and each once more.
async fn sources(server: &Server) -> Result<[Row; 2]> {
    let mut admin = server.admin().await?;
    let node = || json!({"runtime": "nodejs20.x"});
    let (first, _) = admin.deploy(functions::small(0).as_bytes(), node()).await?;
    admin.delete_hook(&first).await?;
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for number in 1..=JAVASCRIPT_ROUNDS {
        let source = format!("{}// {number}\n", functions::PASS_THROUGH);
        let (one, one_took) = admin.deploy(source.as_bytes(), node()).await?;
        let (other, other_took) = admin.deploy(source.as_bytes(), node()).await?;
        new.push(ms(one_took));
        again.push(ms(other_took));
        for id in [one, other] {
            admin.delete_hook(&id).await?;
        }
    }
    let row = |what: &str, times| Row::alone(BENCH, format!("JavaScript, {what}"), "ms", Samples::new(times).least());
    Ok([row("a new source", new).aim("<= 50"), row("cached", again)])
}

async fn uploads(server: &Server, name: &str) -> Result<[Row; 2]> {
    let mut admin = server.admin().await?;
    admin.allow_hooks(HOOKS.into()).await?;
    let function = functions::example(name)?;
    let (mut cold, mut cached) = (Pairs::default(), Vec::new());
    for _ in 0..ROUNDS {
        let before = server.compiled()?;
        let (first, first_took) = admin.deploy(&function, json!({})).await?;
        let (second, second_took) = admin.deploy(&function, json!({})).await?;
        ensure!(server.compiled()? == before + 1, "the first of two is compiled, and the second is not");
        cold.push(ms(first_took), ms(compile(&function)?));
        cached.push(ms(second_took));
        for id in [first, second] {
            admin.delete_hook(&id).await?;
        }
    }
    Ok([
        Row::costs(BENCH, format!("{name}, cold"), "ms", "compile only", &cold),
        Row::alone(BENCH, format!("{name}, cached"), "ms", Samples::new(cached).least()),
    ])
}

/// The floor of a deployment: the same compilation, in this process, without limits.
fn compile(function: &[u8]) -> Result<Duration> {
    let engine = bare_wasmtime::engine().map_err(engine_error)?;
    let started = Instant::now();
    if Component::new(&engine, function).is_err() {
        Module::new(&engine, function).map_err(engine_error)?;
    }
    Ok(started.elapsed())
}

fn starts(runtime: &Runtime) -> Result<Row> {
    let (full, empty) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let server = Server::hookbox(full.path())?;
    runtime.block_on(async { fill(&mut server.admin().await?).await })?;
    drop((server, Server::hookbox(empty.path())?));
    let mut pairs = Pairs::default();
    for _ in 0..STARTS {
        pairs.push(ms(start(runtime, full.path())?), ms(start(runtime, empty.path())?));
    }
    Ok(Row::costs(BENCH, format!("start with {HOOKS} hooks"), "ms", "start with none", &pairs))
}

async fn fill(admin: &mut Admin) -> Result<()> {
    admin.allow_hooks(HOOKS.into()).await?;
    let function = functions::example("stdin-stdout-c")?;
    for number in 0..HOOKS {
        admin.deploy(&functions::variant(&function, number), json!({})).await?;
    }
    Ok(())
}

/// How long until a server on this store answers that it is ready. It must compile nothing.
fn start(runtime: &Runtime, folder: &std::path::Path) -> Result<Duration> {
    let started = Instant::now();
    let server = Server::hookbox(folder)?;
    runtime.block_on(server.ready())?;
    let took = started.elapsed();
    ensure!(server.compiled()? == 0, "a start compiles nothing");
    Ok(took)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
