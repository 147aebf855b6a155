//! Requests per second of the trigger, from socket to socket, against two bare servers: without any hook, and with
//! the same hook in bare wasmtime.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::client::Admin;
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
    let bare = Server::bare(folder.path(), false)?;
    let with_hook = Server::bare(folder.path(), true)?;
    runtime.block_on(async {
        let sent = deploy(&ours).await?;
        let peers = [
            Peer { name: "bare hyper", server: bare, request: sent.clone(), aim: Some(">= 0.6") },
            Peer { name: "hyper + wasmtime", server: with_hook, request: sent.clone(), aim: None },
        ];
        compare(BENCH, &ours, sent, &peers).await
    })
}

/// A server to compare with.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) server: Server,
    /// What it is sent, over and over.
    pub(crate) request: Vec<u8>,
    pub(crate) aim: Option<&'static str>,
}

/// Two rows for each peer: requests per second, and processor time of a request.
pub(crate) async fn compare(bench: &'static str, ours: &Server, sent: Vec<u8>, peers: &[Peer]) -> Result<Vec<Row>> {
    let mut our_load = Load::new(ours.address, CONNECTIONS, sent).await?;
    our_load.saturate(SLICE).await?;
    let mut rows = Vec::new();
    for peer in peers {
        let mut load = Load::new(peer.server.address, CONNECTIONS, peer.request.clone()).await?;
        load.saturate(SLICE).await?;
        let (mut rates, mut costs) = (Pairs::default(), Pairs::default());
        for _ in 0..ROUNDS {
            let (rate, cost) = slice(ours, &mut our_load).await?;
            let (peer_rate, peer_cost) = slice(&peer.server, &mut load).await?;
            rates.push(rate, peer_rate);
            costs.push(cost, peer_cost);
        }
        let rate = Row::yields(bench, "16 connections", "req/s", peer.name, &rates);
        rows.push(peer.aim.into_iter().fold(rate, Row::aim));
        rows.push(Row::costs(bench, "processor time of a request", "us", peer.name, &costs));
    }
    Ok(rows)
}

/// Makes the example the live hook; the request that triggers it.
async fn deploy(server: &Server) -> Result<Vec<u8>> {
    let mut admin = server.admin().await?;
    admin.deploy(&functions::example("policy-by-device")?, json!({"disabled": false})).await?;
    triggering(&mut admin).await
}

/// The request of a login, which the account's live hook must complete.
pub(crate) async fn triggering(admin: &mut Admin) -> Result<Vec<u8>> {
    let login = functions::login()?;
    let answer = admin.call("POST", TRIGGER, &serde_json::from_str(&login)?).await?;
    ensure!(answer.get("outcome").and_then(Value::as_str) == Some("completed"), "the hook does not run: {answer}");
    Ok(request("POST", TRIGGER, Some(admin.token()), &login))
}

/// Requests per second, and microseconds of the server's processor time for each.
pub(crate) async fn slice(server: &Server, load: &mut Load) -> Result<(f64, f64)> {
    let before = server.cpu()?;
    let rate = load.saturate(SLICE).await?;
    let spent = server.cpu()?.saturating_sub(before);
    Ok((rate, spent.as_secs_f64() * 1e6 / (rate * SLICE.as_secs_f64())))
}
