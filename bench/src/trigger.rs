//! Requests per second of the trigger, from socket to socket, against two bare servers: without any hook, and with
//! the same hook in bare wasmtime.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::connection::request;
use crate::functions;
use crate::load::Load;
use crate::report::Row;
use crate::samples::Pairs;
use crate::server::Server;

const BENCH: &str = "trigger";
/// Where an identity provider posts logins.
pub(crate) const TRIGGER: &str = "/v1/triggers/pre-authentication";
const CONNECTIONS: usize = 16;
const ROUNDS: usize = 12;
const SLICE: Duration = Duration::from_millis(700);

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let ours = Server::hookbox(folder.path())?;
    let peers = [("bare hyper", Server::bare(folder.path(), false)?), ("hyper + wasmtime", Server::bare(folder.path(), true)?)];
    runtime.block_on(measure(&ours, &peers))
}

async fn measure(ours: &Server, peers: &[(&'static str, Server)]) -> Result<Vec<Row>> {
    let sent = deploy(ours).await?;
    let mut our_load = Load::new(ours.address, CONNECTIONS, sent.clone()).await?;
    our_load.saturate(SLICE).await?;
    let mut rows = Vec::new();
    for (name, peer) in peers {
        let mut load = Load::new(peer.address, CONNECTIONS, sent.clone()).await?;
        load.saturate(SLICE).await?;
        let (mut rates, mut costs) = (Pairs::default(), Pairs::default());
        for _ in 0..ROUNDS {
            let (rate, cost) = slice(ours, &mut our_load).await?;
            let (peer_rate, peer_cost) = slice(peer, &mut load).await?;
            rates.push(rate, peer_rate);
            costs.push(cost, peer_cost);
        }
        let rate = Row::yields(BENCH, "16 connections", "req/s", name, &rates);
        rows.push(if rows.is_empty() { rate.aim(">= 0.6") } else { rate });
        rows.push(Row::costs(BENCH, "processor time of a request", "us", name, &costs));
    }
    Ok(rows)
}

/// Makes the example the live hook; the request that triggers it.
async fn deploy(server: &Server) -> Result<Vec<u8>> {
    let mut admin = server.admin().await?;
    admin.deploy(&functions::example("policy-by-device")?, json!({"disabled": false})).await?;
    let login = functions::login()?;
    let answer = admin.call("POST", TRIGGER, &serde_json::from_str(&login)?).await?;
    ensure!(answer.get("outcome").and_then(Value::as_str) == Some("completed"), "the hook does not run: {answer}");
    Ok(request("POST", TRIGGER, Some(admin.token()), &login))
}

/// Requests per second, and microseconds of the server's processor time for each.
async fn slice(server: &Server, load: &mut Load) -> Result<(f64, f64)> {
    let before = server.cpu()?;
    let rate = load.saturate(SLICE).await?;
    let spent = server.cpu()?.saturating_sub(before);
    Ok((rate, spent.as_secs_f64() * 1e6 / (rate * SLICE.as_secs_f64())))
}
