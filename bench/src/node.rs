//! The JavaScript example behind HTTP, in Hookbox and in the usual ways of running a user's function on Node; and behind bare hyper, which
//! runs nothing.

use anyhow::Result;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::connection::request;
use crate::functions;
use crate::node_peer;
use crate::report::Row;
use crate::server::Server;
use crate::trigger::{Peer, TRIGGER, compare, triggering};

const BENCH: &str = "node";

/// What the peers are called, what isolates the function in them, and what is aimed at.
const PEERS: [(&str, &str, &str); 3] = [
    ("Express, one isolate", "shared-isolate", ">= 3"),
    ("Express, vm context each", "vm-context", ">= 20"),
    ("Express, isolated-vm each", "new-isolate", ">= 20"),
];

pub(crate) fn run(runtime: &Runtime) -> Result<Vec<Row>> {
    node_peer::install()?;
    let folder = tempfile::tempdir()?;
    let ours = Server::hookbox(folder.path())?;
    runtime.block_on(async {
        let mut admin = ours.admin().await?;
        admin.deploy(functions::PASS_THROUGH.as_bytes(), json!({"runtime": "nodejs20.x", "disabled": false})).await?;
        let sent = triggering(&mut admin).await?;
        let login = functions::login()?;
        let mut peers = Vec::new();
        for (name, isolation, aim) in PEERS {
            let server = node_peer::start(isolation, folder.path(), functions::PASS_THROUGH)?;
            peers.push(Peer { name, server, request: request("POST", "/", None, &login), aim: Some(aim) });
        }
        let bare = Server::bare(folder.path(), false)?;
        peers.push(Peer { name: "bare hyper", server: bare, request: request("POST", TRIGGER, None, &login), aim: None });
        compare(BENCH, &ours, sent, &peers).await
    })
}
