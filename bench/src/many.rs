//! One server with many JavaScript hooks, each of its own: what they cost while nobody calls them, and what the first call costs.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::client::Admin;
use crate::connection::{Connection, request};
use crate::functions;
use crate::report::Row;
use crate::samples::{Pairs, Samples};
use crate::server::Server;

const BENCH: &str = "hooks";
/// Hooks unless the command line says otherwise.
pub(crate) const COUNT: u32 = 10_000;
/// Admins who deploy at the same time.
const ADMINS: u32 = 4;
/// Hooks that are called for the first time since the start.
const CALLED: usize = 1000;

pub(crate) fn run(runtime: &Runtime, count: u32) -> Result<Vec<Row>> {
    ensure!(count > ADMINS, "more than {ADMINS} hooks make a measurement");
    let folder = tempfile::tempdir()?;
    let server = Server::hookbox(folder.path())?;
    let (first, _) = runtime.block_on(deploy(&server, count, 0..1))?;
    let (one, one_disk) = (server.footprint()?, functions::bytes_below(folder.path())?);
    let (rest, took) = runtime.block_on(deploy(&server, count, 1..count))?;
    let deployed = server.footprint()?;
    let disk = functions::bytes_below(folder.path())?;
    drop(server);

    let begun = Instant::now();
    let server = Server::hookbox(folder.path())?;
    runtime.block_on(server.ready())?;
    let start = begun.elapsed();
    ensure!(server.compiled()? == 0, "a start compiles nothing");
    let started = server.footprint()?;
    let ids: Vec<String> = first.into_iter().chain(rest).collect();
    let calls = runtime.block_on(call(&server, &ids))?;
    let called = server.footprint()?;

    let others = f64::from(count - 1);
    let each = |whole: u64, without: u64| (whole as f64 - without as f64) / others / 1024.0;
    let mut rows = vec![
        alone(count, "deployments a second", "1/s", others / took.as_secs_f64()),
        alone(count, "memory each, once deployed", "KiB", each(deployed.memory, one.memory)).aim("<= 512"),
        alone(count, "memory each, after a start", "KiB", each(started.memory, one.memory)).aim("<= 512"),
        alone(count, "memory in all, after calls", "MiB", called.memory as f64 / f64::from(1 << 20)),
        alone(count, "disk each", "KiB", each(disk, one_disk)),
        alone(count, "start until all are ready", "ms", start.as_secs_f64() * 1e3),
    ];
    for (when, files) in [("once deployed", deployed.files), ("after a start", started.files), ("after calls", called.files)] {
        rows.push(alone(count, &format!("open files, {when}"), "", files as f64));
    }
    rows.push(Row::costs(BENCH, format!("{count}: first call"), "ms", "the call after it", &calls));
    rows.push(alone(count, "first call, p99", "ms", calls.ours().quantile(0.99)).aim("<= 5"));
    Ok(rows)
}

fn alone(count: u32, what: &str, unit: &'static str, value: f64) -> Row {
    Row::alone(BENCH, format!("{count}: {what}"), unit, Samples::new(vec![value]).least())
}

/// Deploys the hooks with these numbers, each by its share of the admins; their ids, and how long it took until all were ready.
async fn deploy(server: &Server, most: u32, numbers: std::ops::Range<u32>) -> Result<(Vec<String>, Duration)> {
    let mut admins = Vec::new();
    for _ in 0..ADMINS {
        let mut admin = server.admin().await?;
        admin.allow_hooks(most).await?;
        admins.push(admin);
    }
    let started = Instant::now();
    let mut deploying = JoinSet::new();
    for (mut admin, share) in admins.into_iter().zip(0_usize..) {
        let numbers = numbers.clone().skip(share).step_by(ADMINS as usize);
        deploying.spawn(async move { deploy_share(&mut admin, numbers).await });
    }
    let mut ids = Vec::new();
    while let Some(deployed) = deploying.join_next().await {
        ids.extend(deployed??);
    }
    Ok((ids, started.elapsed()))
}

async fn deploy_share(admin: &mut Admin, numbers: impl Iterator<Item = u32>) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for number in numbers {
        let (id, _) = admin.deploy(functions::small(number).as_bytes(), json!({"runtime": "nodejs20.x"})).await?;
        ids.push(id);
    }
    Ok(ids)
}

/// Calls hooks from all over the list, each twice in a row; milliseconds of the first call and of the second.
async fn call(server: &Server, ids: &[String]) -> Result<Pairs> {
    let token = server.admin().await?.token().to_owned();
    let mut connection = Connection::open(server.address).await?;
    let body = json!({"context": serde_json::from_str::<serde_json::Value>(functions::LOGIN)?}).to_string();
    let mut calls = Pairs::default();
    for id in ids.iter().step_by((ids.len() / CALLED).max(1)) {
        let fire = request("POST", &format!("/v1/hooks/{id}/fire"), Some(&token), &body);
        let first = timed(&mut connection, &fire).await?;
        calls.push(first, timed(&mut connection, &fire).await?);
    }
    Ok(calls)
}

async fn timed(connection: &mut Connection, request: &[u8]) -> Result<f64> {
    let started = Instant::now();
    let answer = connection.exchange(request).await?;
    let took = started.elapsed();
    let text = std::str::from_utf8(answer.body).context("an answer")?;
    ensure!(answer.status == 200 && text.contains(r#""outcome":"completed""#), "a call did not complete: {text}");
    Ok(took.as_secs_f64() * 1e3)
}
