//! What `hookbox demo` shows: an admin uploads hooks, an identity provider fires them on logins, and the logs tell what happened.

mod server;
mod show;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hookbox_host_api::Decision;
use serde_json::{Value, json};

use crate::client::Client;
use crate::output::OutputArgs;
use server::DemoServer;
use show::Show;

/// The context of one login, as OneLogin documents it for its pre-authentication hook.
const LOGIN: &str = include_str!("../../../examples/contexts/pre-authentication.json");

/// A hook in JavaScript, from the examples.
const DENY_HIGH_RISK: &str = include_str!("../../../examples/javascript/deny-high-risk/hook.js");

/// How long an upload may take to become ready. The first in JavaScript waits for the engine, which a niced process compiles: on a busy machine
/// that is minutes.
const ADMISSION: Duration = Duration::from_secs(300);

/// One login of the demo and what must come of it.
struct Login {
    what: &'static str,
    context: Value,
    decision: Decision,
    policy: Option<i64>,
    mobile: bool,
}

/// Runs the whole story. The functions in WebAssembly are in the folder `guests`; without one they are where the build leaves them, and where
/// they are not built the story goes without them. An unexpected decision is an error.
pub(crate) fn run(guests: Option<&Path>, output: OutputArgs) -> Result<()> {
    let compiled = match guests {
        Some(guests) => Some(Compiled::read(guests)?),
        None => Compiled::read(&default_guests()).ok(),
    };
    let server = DemoServer::start()?;
    let admin = server.client()?;
    let mut show = Show::new(output);
    show.heading(&format!("A server on {}, with an empty store", server.url))?;
    javascript(&mut show, &admin)?;
    match compiled {
        Some(compiled) => webassembly(&mut show, &admin, &compiled)?,
        None => show.heading("Hooks in Rust and C are shown as well once `make guests` has built them")?,
    }
    drop(admin);
    server.stop()?;
    show.end("The server is stopped and its store removed")
}

fn javascript(show: &mut Show, admin: &Client) -> Result<()> {
    show.heading("A function for Node, unmodified: no login at high risk")?;
    show.line("the engine that runs JavaScript is compiled first, once for a store: some seconds")?;
    let hook = upload(show, admin, "deny-high-risk", DENY_HIGH_RISK.as_bytes(), json!({"runtime": "nodejs22.x"}))?;
    for login in logins()?.iter().filter(|login| !login.mobile) {
        fire(show, admin, login)?;
    }
    log(show, admin, &hook)?;
    admin.delete(&format!("/api/2/hooks/{hook}")).map(drop)
}

fn webassembly(show: &mut Show, admin: &Client, compiled: &Compiled) -> Result<()> {
    show.heading("A component written in Rust: another policy for mobile devices, no login at high risk")?;
    admin.post("/api/2/hooks/envs", &json!({"name": "MOBILE_POLICY_ID", "value": "202020"}))?;
    show.line("env var   MOBILE_POLICY_ID, encrypted at rest")?;
    let hook = upload(show, admin, "policy-by-device", &compiled.device, json!({"runtime": "wasm", "env_vars": ["MOBILE_POLICY_ID"]}))?;
    for login in logins()? {
        fire(show, admin, &login)?;
    }
    log(show, admin, &hook)?;

    show.heading("A WASI command written in C: context on stdin, response on stdout")?;
    admin.delete(&format!("/api/2/hooks/{hook}"))?;
    let hook = upload(show, admin, "stdin-stdout-c", &compiled.stdin, json!({"runtime": "wasm"}))?;
    let context: Value = serde_json::from_str(LOGIN)?;
    let policy = policy(&context);
    fire(show, admin, &Login { what: "the same login", context, decision: Decision::Allow, policy, mobile: false })?;
    log(show, admin, &hook)
}

/// The functions that are compiled before the demo.
struct Compiled {
    device: Vec<u8>,
    stdin: Vec<u8>,
}

impl Compiled {
    fn read(guests: &Path) -> Result<Self> {
        Ok(Self { device: function(guests, "policy-by-device")?, stdin: function(guests, "stdin-stdout-c")? })
    }
}

fn logins() -> Result<Vec<Login>> {
    let login: Value = serde_json::from_str(LOGIN)?;
    let changed = |path: &str, value: Value| {
        let mut context = login.clone();
        if let Some(place) = context.pointer_mut(path) {
            *place = value;
        }
        context
    };
    let kept = policy(&login);
    Ok(vec![
        Login { what: "a login from a desktop", context: login.clone(), decision: Decision::Allow, policy: kept, mobile: false },
        Login {
            what: "from a mobile device",
            context: changed("/device/is_mobile", json!(true)),
            decision: Decision::Allow,
            policy: Some(202_020),
            mobile: true,
        },
        Login {
            what: "at risk score 95",
            context: changed("/risk/score", json!(95)),
            decision: Decision::Deny,
            policy: None,
            mobile: false,
        },
    ])
}

fn policy(value: &Value) -> Option<i64> {
    value.pointer("/user/policy_id").and_then(Value::as_i64)
}

fn function(guests: &Path, name: &str) -> Result<Vec<u8>> {
    let path = guests.join(format!("{name}.wasm"));
    std::fs::read(&path).with_context(|| format!("cannot read {}: `make guests` builds it", path.display()))
}

/// Creates an enabled hook and waits until it is ready; its id.
fn upload(show: &mut Show, admin: &Client, name: &str, function: &[u8], more: Value) -> Result<String> {
    let mut body = json!({
        "type": "pre-authentication", "timeout": 1, "disabled": false,
        "options": {"risk_enabled": true, "location_enabled": true}, "function": BASE64.encode(function),
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let started = Instant::now();
    let created = admin.post("/api/2/hooks", &body)?;
    let id = created.get("id").and_then(Value::as_str).context("the server sent no id")?.to_owned();
    loop {
        let hook = admin.get(&format!("/api/2/hooks/{id}"))?;
        match hook.get("status").and_then(Value::as_str) {
            Some("ready") => break,
            Some("create-failed") => bail!("the hook was refused: {}", hook.get("status_message").unwrap_or(&Value::Null)),
            _ => ensure!(started.elapsed() < ADMISSION, "the hook did not become ready: {hook}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    show.hook(&id, name, function.len(), started.elapsed())?;
    Ok(id)
}

/// Fires one login at the type's live hook, as an identity provider does.
fn fire(show: &mut Show, admin: &Client, login: &Login) -> Result<()> {
    let answer = admin.post("/v1/triggers/pre-authentication", &login.context)?;
    show.decision(login, &answer)?;
    let decision = answer.get("decision").and_then(Value::as_str);
    let policy = answer.get("result").and_then(policy);
    ensure!(decision == Some(login.decision.as_str()) && policy == login.policy, "{}: unexpected answer {answer}", login.what);
    Ok(())
}

fn log(show: &mut Show, admin: &Client, hook: &str) -> Result<()> {
    let entries = admin.get(&format!("/api/2/hooks/{hook}/logs"))?;
    let entries = entries.as_array().context("the log is no list")?;
    ensure!(!entries.is_empty(), "the log is empty");
    let events = entries.iter().filter_map(|entry| entry.get("events").and_then(Value::as_array)).flatten();
    show.log(events.filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Where the example functions are when nobody says: built by `make guests`, beside this program's own build.
fn default_guests() -> PathBuf {
    let here = PathBuf::from("target/guests");
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("guests")));
    match beside {
        Some(beside) if !here.is_dir() => beside,
        _ => here,
    }
}
