//! Hooks that call somebody: logins with one call to a server on this machine against the same function in Express, what it costs a hook that
//! it may call, and logins beside a thousand executions that wait for an answer.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::connection::{Connection, request};
use crate::functions;
use crate::load::Load;
use crate::node_peer;
use crate::report::Row;
use crate::samples::{Pairs, Samples};
use crate::server::Server;
use crate::trigger::{Peer, compare, slice, triggering};

const BENCH: &str = "outside";
const CONNECTIONS: usize = 16;
const ROUNDS: usize = 12;
const SLICE: Duration = Duration::from_millis(700);
/// Executions that wait at a time, and for how long.
const WAITING: u32 = 1000;
const UPSTREAM: Duration = Duration::from_secs(1);
/// Before one that was refused a place asks again.
const PAUSE: Duration = Duration::from_millis(50);
/// Logins a second of those who do not wait, and how long they are watched.
const RATE: u32 = 100;
const WATCHED: Duration = Duration::from_secs(5);
const TURNS: usize = 3;

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    node_peer::install()?;
    let folder = tempfile::tempdir()?;
    // One account of two, and one address, may have half of what there is.
    let many = [("HOOKBOX_CONCURRENCY", "2400"), ("HOOKBOX_HTTP_CONNECTIONS", "4096"), ("HOOKBOX_EGRESS_ACCOUNT_CALLS", "2000")];
    let ours = Server::hookbox_with(folder.path(), &many)?;
    let upstream = Server::bare(folder.path(), false)?;
    runtime.block_on(async {
        let mut rows = calling(&ours, &upstream, folder.path()).await?;
        rows.push(allowed(&ours).await?);
        rows.extend(waiting(&ours).await?);
        Ok(rows)
    })
}

/// Asks the server about the user, and decides by what it answers.
fn asking(upstream: &Server) -> String {
    format!(
        "exports.handler = async ({{ user }}) => {{
            const answer = await fetch('http://{}/', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }}, body: JSON.stringify(user) }});
            const {{ policy_id }} = await answer.json();
            return {{ success: true, user: {{ policy_id }} }};
        }};",
        upstream.address
    )
}

async fn calling(ours: &Server, upstream: &Server, folder: &std::path::Path) -> Result<Vec<Row>> {
    let source = asking(upstream);
    let mut admin = ours.admin().await?;
    let hosts = json!([format!("http://{}", upstream.address)]);
    let (id, _) = admin.deploy(source.as_bytes(), json!({"runtime": "nodejs20.x", "disabled": false, "allowed_hosts": hosts})).await?;
    let sent = triggering(&mut admin).await?;
    let server = node_peer::start("shared-isolate", folder, &source)?;
    let express =
        Peer { name: "Express, one isolate", server, request: request("POST", "/", None, &functions::login()?), aim: Some(">= 2") };
    let rows = compare(BENCH, ours, sent, &[express]).await?;
    admin.delete_hook(&id).await?;
    Ok(rows)
}

/// The processor time of a login whose hook may call and does not, against the same hook that may not.
async fn allowed(ours: &Server) -> Result<Row> {
    let mut operator = ours.admin().await?;
    let mut loads = Vec::new();
    for hosts in [json!(["*"]), json!([])] {
        let mut account = operator.account(ours.address).await?;
        account
            .deploy(functions::PASS_THROUGH.as_bytes(), json!({"runtime": "nodejs20.x", "disabled": false, "allowed_hosts": hosts}))
            .await?;
        let mut load = Load::new(ours.address, CONNECTIONS, triggering(&mut account).await?).await?;
        load.saturate(SLICE).await?;
        loads.push(load);
    }
    let [may, may_not] = loads.as_mut_slice() else { anyhow::bail!("two accounts were made") };
    let mut costs = Pairs::default();
    for _ in 0..ROUNDS {
        costs.push(slice(ours, may).await?.1, slice(ours, may_not).await?.1);
    }
    Ok(Row::costs(BENCH, "may call and does not", "us", "may not call", &costs).aim("<= 1.03"))
}

/// Logins beside executions that wait for an upstream, and the memory that one of these takes.
async fn waiting(ours: &Server) -> Result<Vec<Row>> {
    let (upstream, arrived) = slow_upstream().await?;
    let mut operator = ours.admin().await?;
    let mut good = operator.account(ours.address).await?;
    good.deploy(functions::PASS_THROUGH.as_bytes(), json!({"runtime": "nodejs20.x", "disabled": false})).await?;
    let mut load = Load::new(ours.address, 8, triggering(&mut good).await?).await?;
    load.pace(RATE, Duration::from_secs(1)).await?;
    let mut waits = operator.account(ours.address).await?;
    let source =
        format!("exports.handler = async () => {{ await (await fetch('http://{upstream}/')).text(); return {{ success: true }}; }};");
    let limits = json!({"runtime": "nodejs20.x", "timeout": 10, "allowed_hosts": [format!("http://{upstream}")]});
    let (id, _) = waits.deploy(source.as_bytes(), limits).await?;
    let context = json!({"context": serde_json::from_str::<serde_json::Value>(&functions::login()?)?}).to_string();
    let fire = request("POST", &format!("/v1/hooks/{id}/fire"), Some(waits.token()), &context);
    let (mut p50, mut p99, mut memory) = (Pairs::default(), Pairs::default(), Vec::new());
    for _ in 0..TURNS {
        let alone = Samples::new(load.pace(RATE, WATCHED).await?);
        let before = ours.footprint()?.memory;
        let end = Instant::now() + WATCHED + UPSTREAM * 3;
        let mut callers = JoinSet::new();
        for number in 0..WAITING {
            callers.spawn(wait_again_and_again(ours.address, fire.clone(), UPSTREAM * number / WAITING, end));
        }
        tokio::select! {
            () = arrived.notified() => {}
            Some(ended) = callers.join_next() => {
                ended??;
                bail!("an execution waited no longer than {:?}", WATCHED + UPSTREAM * 3);
            }
        }
        memory.push(ours.footprint()?.memory.saturating_sub(before) as f64 / f64::from(WAITING) / 1024.0);
        let beside = Samples::new(load.pace(RATE, WATCHED).await?);
        while let Some(caller) = callers.join_next().await {
            caller??;
        }
        p50.push(beside.median(), alone.median());
        p99.push(beside.quantile(0.99), alone.quantile(0.99));
    }
    Ok(vec![
        Row::costs(BENCH, "p50 beside 1,000 that wait", "ms", "alone", &p50),
        Row::costs(BENCH, "p99 beside 1,000 that wait", "ms", "alone", &p99).aim("<= 1.5"),
        // Later turns wait in the memory of the first.
        Row::alone(BENCH, "memory of one that waits", "KiB", Samples::new(memory).most()),
    ])
}

/// One of those that wait. They do not begin at once, as callers do not, and who is refused a place asks again.
async fn wait_again_and_again(address: std::net::SocketAddr, fire: Vec<u8>, after: Duration, end: Instant) -> Result<()> {
    sleep(after).await;
    let mut connection = Connection::open(address).await?;
    while Instant::now() < end {
        let answer = connection.exchange(&fire).await?;
        if answer.status == 503 {
            sleep(PAUSE).await;
            continue;
        }
        let said = String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200 && said.contains("\"completed\""), "{} {said}", answer.status);
    }
    Ok(())
}

/// A server that answers each request a second later. It tells when as many as are to wait have come.
async fn slow_upstream() -> Result<(std::net::SocketAddr, Arc<Notify>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, arrived) = (listener.local_addr()?, Arc::new(Notify::new()));
    let telling = arrived.clone();
    let under_way = Arc::new(std::sync::atomic::AtomicU32::new(0));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (telling, under_way) = (telling.clone(), under_way.clone());
            tokio::spawn(async move {
                let mut read = [0; 4096];
                while stream.read(&mut read).await.is_ok_and(|read| read > 0) {
                    if under_way.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 >= WAITING * 95 / 100 {
                        telling.notify_one();
                    }
                    sleep(UPSTREAM).await;
                    under_way.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
                    if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok((address, arrived))
}
