//! An open loop of ten times what the server can do: how much of its capacity still ends as it should, how long what is served waits, and
//! how long the server needs to be as before.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::connection::{Connection, request};
use crate::functions;
use crate::load::Load;
use crate::report::Row;
use crate::samples::{Figure, Pairs, Samples};
use crate::server::Server;
use crate::trigger::TRIGGER;

const BENCH: &str = "overload";
/// So many times its capacity.
const TIMES: f64 = 10.0;
const FLOOD: Duration = Duration::from_secs(60);
const CAPACITY_TIME: Duration = Duration::from_secs(5);
const UNLOADED_TIME: Duration = Duration::from_secs(5);
/// After the flood, before the server is measured again.
const REST: Duration = Duration::from_secs(1);
/// Enough that a request always finds one, as each is away for little more than the wait of the queue; an address may not have many more.
const CONNECTIONS: usize = 400;
/// The bounded wait for a turn, as the server has it by default.
const WAIT_MS: f64 = 100.0;

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let server = Server::hookbox(folder.path())?;
    runtime.block_on(measure(&server))
}

async fn measure(server: &Server) -> Result<Vec<Row>> {
    let mut admin = server.admin().await?;
    admin.deploy(&functions::computing()?, json!({"disabled": false})).await?;
    let login = request("POST", TRIGGER, Some(admin.token()), &functions::login()?);
    let cores = std::thread::available_parallelism()?.get();
    let mut load = Load::new(server.address, cores * 2, login.clone()).await?;
    let capacity = load.saturate(CAPACITY_TIME).await?;
    let calm = rate(capacity / 10.0);
    let unloaded = Samples::new(load.pace(calm, UNLOADED_TIME).await?);
    let flood = flood(server.address, login.into(), rate(capacity * TIMES)).await?;
    tokio::time::sleep(REST).await;
    let after = Samples::new(load.pace(calm, UNLOADED_TIME).await?);

    let served = flood.served.len();
    let (mut goodput, mut p99, mut recovered) = (Pairs::default(), Pairs::default(), Pairs::default());
    goodput.push(served as f64 / FLOOD.as_secs_f64(), capacity);
    let served = Samples::new(flood.served);
    p99.push(served.quantile(0.99), 2.0 * unloaded.quantile(0.99) + WAIT_MS);
    recovered.push(after.quantile(0.99), unloaded.quantile(0.99));
    let shed = Samples::new(flood.shed);
    let shed_wait = Figure { best: shed.median(), median: shed.quantile(0.99) };
    Ok(vec![
        Row::yields(BENCH, "completed at ten times the capacity", "req/s", "its capacity", &goodput).aim(">= 0.9"),
        Row::costs(BENCH, "p99 of what is served", "ms", "2 p99 + wait", &p99).aim("<= 1"),
        Row::alone(BENCH, "until it is shed, p50 and p99", "ms", shed_wait),
        Row::costs(BENCH, "p99 a second after", "ms", "before", &recovered),
    ])
}

fn rate(wanted: f64) -> u32 {
    wanted.round().max(1.0) as u32
}

/// The milliseconds of each request, by its answer.
#[derive(Default)]
struct Flood {
    served: Vec<f64>,
    shed: Vec<f64>,
}

/// Sends so many requests a second, whatever becomes of them.
async fn flood(address: SocketAddr, login: Arc<[u8]>, rate: u32) -> Result<Flood> {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let started = Instant::now();
    let stride = Duration::from_secs(1) / rate * u32::try_from(CONNECTIONS)?;
    let mut senders = JoinSet::new();
    for (mut connection, first) in connections.into_iter().zip(0_u32..) {
        let login = login.clone();
        senders.spawn(async move {
            let mut flood = Flood::default();
            let mut due = started + Duration::from_secs(1) / rate * first;
            while due < started + FLOOD {
                sleep_until(due).await;
                match connection.exchange(&login).await?.status {
                    200 => flood.served.push(due.elapsed().as_secs_f64() * 1e3),
                    503 => flood.shed.push(due.elapsed().as_secs_f64() * 1e3),
                    other => anyhow::bail!("an answer of {other}"),
                }
                due += stride;
            }
            anyhow::Ok(flood)
        });
    }
    let mut all = Flood::default();
    while let Some(sender) = senders.join_next().await {
        let one = sender??;
        all.served.extend(one.served);
        all.shed.extend(one.shed);
    }
    ensure!(!all.shed.is_empty(), "nothing was shed: it was no overload");
    Ok(all)
}
