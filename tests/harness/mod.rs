//! What the tests share: a server in a process of its own, a client that hides nothing, and guests in WAT.

mod api;
mod cli;
mod client;
pub(crate) mod guests;
mod hook;
pub(crate) mod http2;
mod metrics;
pub(crate) mod npm;
mod recorded;
mod server;
mod upstream;

use std::time::{Duration, Instant};

pub(crate) use api::Api;
pub(crate) use cli::{Ran, Shell};
pub(crate) use client::{Reply, Request, connect, connect_from, connect_narrow};
pub(crate) use hook::Hook;
pub(crate) use metrics::METRICS;
pub(crate) use recorded::{Recorded, Secrets};
pub(crate) use server::{ADMIN_ID, ADMIN_SECRET, Server, ServerBuilder};
pub(crate) use upstream::{Answered, Upstream};

/// The longest that anything is waited for: far beyond what it takes, for machines that do much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Asks again and again until there is an answer. `what` says what was waited for in vain.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The files in a folder and in the folders in it.
pub(crate) fn count_files(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count_files(&path) } else { 1 }).sum()
}

/// A pre-authentication context with ids of its own, of which a function sees all.
pub(crate) fn context(policy: u64) -> serde_json::Value {
    serde_json::json!({
        "user": {"user_identifier": "ada", "policy_id": policy, "last_login_success": null},
        "device": {"is_mobile": false},
        "app": {},
        "request_id": format!("request-{policy}"),
        "correlation_id": format!("login-{policy}"),
    })
}

/// The same without what only options show.
pub(crate) fn seen(context: &serde_json::Value) -> serde_json::Value {
    let mut seen = context.clone();
    for hidden in ["risk", "location", "mfa_devices", "roles"] {
        seen.as_object_mut().unwrap().remove(hidden);
    }
    seen
}
