//! How long an account's callers wait beside another account that does its worst, against alone. Each kind of bad neighbour has its own rows.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::client::Admin;
use crate::connection::{Connection, request};
use crate::functions;
use crate::load::Load;
use crate::report::Row;
use crate::samples::{Pairs, Samples};
use crate::server::Server;
use crate::trigger::TRIGGER;

const BENCH: &str = "neighbours";
/// Logins a second of the good account: few enough that they never queue behind each other.
const RATE: u32 = 100;
const CONNECTIONS: usize = 8;
const ALONE: Duration = Duration::from_secs(3);
const BESIDE: Duration = Duration::from_secs(6);
const ROUNDS: usize = 3;
/// For the bad neighbour to have begun.
const LEAD: Duration = Duration::from_millis(500);
/// More than any timeout: what is measured is how the others fare.
const FUEL: u64 = 100_000_000_000;

/// What a bad neighbour does again and again, on so many connections.
enum Deed {
    /// Fires a function with these limits.
    Fires { source: &'static str, memory_mib: u32, timeout_s: u32 },
    /// Uploads a function that takes long to compile.
    Deploys,
    /// Asks for the log, and does not read the answer.
    LeavesLogs,
}

struct Neighbour {
    name: &'static str,
    deed: Deed,
    connections: usize,
}

const NEIGHBOURS: [Neighbour; 6] = [
    Neighbour {
        name: "that sleeps",
        deed: Deed::Fires { source: "await new Promise((done) => setTimeout(done, 9000));", memory_mib: 64, timeout_s: 10 },
        connections: 200,
    },
    Neighbour { name: "that burns", deed: Deed::Fires { source: "for (;;);", memory_mib: 64, timeout_s: 1 }, connections: 32 },
    Neighbour {
        name: "that fills memory",
        deed: Deed::Fires { source: "const a = new Uint8Array(100e6); for (;;) a.fill(7);", memory_mib: 128, timeout_s: 1 },
        connections: 8,
    },
    Neighbour {
        name: "that hashes",
        deed: Deed::Fires {
            source: "for (;;) require('crypto').pbkdf2Sync('p', 's', 1999999, 64, 'sha512');",
            memory_mib: 64,
            timeout_s: 1,
        },
        connections: 8,
    },
    Neighbour { name: "that deploys", deed: Deed::Deploys, connections: 2 },
    Neighbour { name: "that leaves logs", deed: Deed::LeavesLogs, connections: 64 },
];

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let server = Server::hookbox(folder.path())?;
    runtime.block_on(measure(&server))
}

async fn measure(server: &Server) -> Result<Vec<Row>> {
    let mut operator = server.admin().await?;
    let mut good = operator.account(server.address).await?;
    good.deploy(&functions::example("policy-by-device")?, json!({"disabled": false})).await?;
    let login = request("POST", TRIGGER, Some(good.token()), &functions::login()?);
    let mut load = Load::new(server.address, CONNECTIONS, login).await?;
    load.pace(RATE, LEAD).await?;
    let mut rows = Vec::new();
    for neighbour in &NEIGHBOURS {
        let mut bad = operator.account(server.address).await?;
        let request = neighbour.deed.prepare(&mut bad).await?;
        let (mut p50, mut p99) = (Pairs::default(), Pairs::default());
        for _ in 0..ROUNDS {
            let alone = Samples::new(load.pace(RATE, ALONE).await?);
            let end = Instant::now() + LEAD + BESIDE;
            let mut deeds = JoinSet::new();
            for _ in 0..neighbour.connections {
                deeds.spawn(repeat(server.address, request.clone(), neighbour.deed.reads(), end));
            }
            tokio::time::sleep(LEAD).await;
            let beside = Samples::new(load.pace(RATE, BESIDE).await?);
            while let Some(deed) = deeds.join_next().await {
                deed?;
            }
            p50.push(beside.median(), alone.median());
            p99.push(beside.quantile(0.99), alone.quantile(0.99));
        }
        let name = |part| format!("{part} beside one {}", neighbour.name);
        rows.push(Row::costs(BENCH, name("p50"), "ms", "alone", &p50));
        rows.push(Row::costs(BENCH, name("p99"), "ms", "alone", &p99).aim("<= 2"));
    }
    Ok(rows)
}

impl Deed {
    /// Whether the answers are read.
    fn reads(&self) -> bool {
        !matches!(self, Self::LeavesLogs)
    }

    /// Sets up what is needed, and returns the request that is repeated.
    async fn prepare(&self, bad: &mut Admin) -> Result<Vec<u8>> {
        let context = json!({"context": {"user": {"user_identifier": "jim", "policy_id": 1}, "device": {}}});
        match self {
            Self::Fires { source, memory_mib, timeout_s } => {
                let source = format!("exports.handler = async () => {{ {source} return null; }};");
                let limits = json!({"runtime": "nodejs22.x", "timeout": timeout_s, "limits": {"fuel": FUEL, "memory_mib": memory_mib}});
                let (id, _) = bad.deploy(source.as_bytes(), limits).await?;
                Ok(request("POST", &format!("/v1/hooks/{id}/fire"), Some(bad.token()), &context.to_string()))
            }
            Self::Deploys => {
                let (id, _) = bad.deploy(&functions::burner()?, json!({})).await?;
                let body = json!({"function": functions::base64(&functions::slow_to_compile()?)});
                Ok(request("PUT", &format!("/v1/hooks/{id}"), Some(bad.token()), &body.to_string()))
            }
            Self::LeavesLogs => {
                let source = "exports.handler = async () => { for (let i = 0; i < 60; i++) console.log('x'.repeat(1000)); return null; };";
                let (id, _) = bad.deploy(source.as_bytes(), json!({"runtime": "nodejs22.x"})).await?;
                for _ in 0..200 {
                    bad.call("POST", &format!("/v1/hooks/{id}/fire"), &context).await?;
                }
                Ok(request("GET", &format!("/v1/hooks/{id}/executions?limit=1000"), Some(bad.token()), ""))
            }
        }
    }
}

/// Sends the request again and again. Refusals are what the server has for it, and a connection that is closed is opened anew.
async fn repeat(address: SocketAddr, request: Vec<u8>, reads: bool, end: Instant) {
    while Instant::now() < end {
        let Ok(mut connection) = Connection::open(address).await else { continue };
        while Instant::now() < end {
            let sent = match reads {
                true => timeout_at(end, connection.exchange(&request)).await.is_ok_and(|answer| answer.is_ok()),
                false => timeout_at(end, connection.send(&request)).await.is_ok_and(|sent| sent.is_ok()),
            };
            if !sent {
                break;
            }
        }
    }
}
