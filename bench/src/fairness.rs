//! How long a good hook's callers wait beside hooks that burn all that they may, against alone.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::connection::{Connection, request};
use crate::functions;
use crate::load::Load;
use crate::report::Row;
use crate::samples::{Pairs, Samples};
use crate::server::Server;
use crate::trigger::TRIGGER;

const BENCH: &str = "fairness";
const BURNERS: u32 = 4;
/// What a burner may have, at the most: fuel for longer than its timeout, and that timeout.
const FUEL: u64 = 100_000_000_000;
const TIMEOUT_S: u64 = 10;
/// Logins a second: few enough that they never queue behind each other.
const RATE: u32 = 100;
const CONNECTIONS: usize = 8;
const ROUNDS: usize = 3;
const ALONE: Duration = Duration::from_secs(5);
/// Within the burners' timeout, so that all of them burn all the while.
const BESIDE: Duration = Duration::from_secs(9);
/// For the burners to have begun.
const LEAD: Duration = Duration::from_millis(300);

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let server = Server::hookbox(folder.path())?;
    runtime.block_on(measure(&server))
}

async fn measure(server: &Server) -> Result<Vec<Row>> {
    let mut admin = server.admin().await?;
    admin.allow_hooks(1 + BURNERS).await?;
    admin.deploy(&functions::example("policy-by-device")?, json!({"disabled": false})).await?;
    let mut fires = Vec::new();
    for _ in 0..BURNERS {
        let limits = json!({"timeout": TIMEOUT_S, "limits": {"fuel": FUEL, "memory_mib": 64}});
        let (id, _) = admin.deploy(&functions::burner()?, limits).await?;
        fires.push(request(
            "POST",
            &format!("/v1/hooks/{id}/fire"),
            Some(admin.token()),
            r#"{"context":{"user":{"user_identifier":"jim","policy_id":1},"device":{}}}"#,
        ));
    }
    let login = request("POST", TRIGGER, Some(admin.token()), &functions::login()?);
    let mut load = Load::new(server.address, CONNECTIONS, login).await?;
    load.pace(RATE, LEAD).await?;
    let (mut p50, mut p99) = (Pairs::default(), Pairs::default());
    for _ in 0..ROUNDS {
        let alone = Samples::new(load.pace(RATE, ALONE).await?);
        let burning = fires.iter().map(|fire| tokio::spawn(burn(server.address, fire.clone()))).collect::<Vec<_>>();
        tokio::time::sleep(LEAD).await;
        let beside = Samples::new(load.pace(RATE, BESIDE).await?);
        for one in burning {
            one.await??;
        }
        p50.push(beside.median(), alone.median());
        p99.push(beside.quantile(0.99), alone.quantile(0.99));
    }
    let name = |part| format!("{part} beside {BURNERS} that burn");
    Ok(vec![Row::costs(BENCH, name("p50"), "ms", "alone", &p50), Row::costs(BENCH, name("p99"), "ms", "alone", &p99)])
}

/// Fires a burner once, which must end by its timeout.
async fn burn(address: std::net::SocketAddr, fire: Vec<u8>) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    let answer: Value = serde_json::from_slice(connection.exchange(&fire).await?.body)?;
    let outcome = answer.get("outcome").and_then(Value::as_str);
    anyhow::ensure!(outcome == Some("timeout"), "a burner did not burn: {answer}");
    Ok(())
}
