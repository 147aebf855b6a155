//! Requests per second of the trigger, from socket to socket, against the bare server.

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
    let (ours, bare) = (Server::hookbox(folder.path())?, Server::bare(folder.path())?);
    runtime.block_on(measure(&ours, &bare))
}

async fn measure(ours: &Server, bare: &Server) -> Result<Vec<Row>> {
    let mut admin = ours.admin().await?;
    admin.deploy(&functions::example("policy-by-device")?, json!({"disabled": false})).await?;
    let login = functions::login()?;
    let answer = admin.call("POST", TRIGGER, &serde_json::from_str(&login)?).await?;
    ensure!(answer.get("outcome").and_then(Value::as_str) == Some("completed"), "the hook does not run: {answer}");
    let sent = request("POST", TRIGGER, Some(admin.token()), &login);
    let mut our_load = Load::new(ours.address, CONNECTIONS, sent.clone()).await?;
    let mut bare_load = Load::new(bare.address, CONNECTIONS, sent).await?;
    our_load.saturate(SLICE).await?;
    bare_load.saturate(SLICE).await?;
    let (mut rates, mut costs) = (Pairs::default(), Pairs::default());
    for _ in 0..ROUNDS {
        let (rate, cost) = slice(ours, &mut our_load).await?;
        let (bare_rate, bare_cost) = slice(bare, &mut bare_load).await?;
        rates.push(rate, bare_rate);
        costs.push(cost, bare_cost);
    }
    Ok(vec![
        Row::yields(BENCH, "16 connections", "req/s", "bare hyper", &rates).aim(">= 0.6"),
        Row::costs(BENCH, "processor time of a request", "us", "bare hyper", &costs),
    ])
}

/// Requests per second, and microseconds of the server's processor time for each.
async fn slice(server: &Server, load: &mut Load) -> Result<(f64, f64)> {
    let before = server.cpu()?;
    let rate = load.saturate(SLICE).await?;
    let spent = server.cpu()?.saturating_sub(before);
    Ok((rate, spent.as_secs_f64() * 1e6 / (rate * SLICE.as_secs_f64())))
}
