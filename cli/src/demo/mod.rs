//! What `hookbox demo` shows: an admin uploads hooks, an identity provider fires them on logins, and the logs tell what happened.

mod login;
mod server;
mod show;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hookbox_hooks::bodies::HookBody;
use hookbox_hooks::hook_type::Settings;
use hookbox_hooks::{AnswerView, ExecutionView, HookId, HookView, Status};
use hookbox_host_api::{Decision, Secret};
use serde_json::{Value, json};

use crate::client::Client;
use crate::commands::env;
use crate::hook_ref::{self, HOOKS};
use crate::output::OutputArgs;
use login::{Login, policy};
use server::DemoServer;
use show::Show;

/// The event that the demo fires.
const EVENT: &str = "pre-authentication";

/// The context of one login, from the examples.
const LOGIN: &str = include_str!("../../../examples/contexts/pre-authentication.json");

/// A hook in JavaScript, from the examples.
const DENY_HIGH_RISK: &str = include_str!("../../../examples/javascript/deny-high-risk/hook.js");

/// How long an upload may take to become ready. The first in JavaScript waits for the engine, which a niced process compiles: on a busy machine
/// that is minutes.
const ADMISSION: Duration = Duration::from_secs(300);

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
    let id = upload(show, admin, "deny-high-risk", DENY_HIGH_RISK.as_bytes(), hook("nodejs22.x", &[]))?;
    for login in logins()?.iter().filter(|login| !login.mobile) {
        fire(show, admin, login)?;
    }
    log(show, admin, id)?;
    admin.delete(&hook_ref::path(id))
}

fn webassembly(show: &mut Show, admin: &Client, compiled: &Compiled) -> Result<()> {
    show.heading("A component written in Rust: another policy for mobile devices, no login at high risk")?;
    env::create(admin, "MOBILE_POLICY_ID", Secret::new("202020"))?;
    show.line("env var   MOBILE_POLICY_ID, encrypted at rest")?;
    let id = upload(show, admin, "policy-by-device", &compiled.device, hook("wasm", &["MOBILE_POLICY_ID"]))?;
    for login in logins()? {
        fire(show, admin, &login)?;
    }
    log(show, admin, id)?;

    show.heading("A WASI command written in C: context on stdin, response on stdout")?;
    admin.delete(&hook_ref::path(id))?;
    let id = upload(show, admin, "stdin-stdout-c", &compiled.stdin, hook("wasm", &[]))?;
    let context: Value = serde_json::from_str(LOGIN)?;
    let policy = policy(&context);
    fire(show, admin, &Login { what: "the same login", context, decision: Decision::Allow, policy, mobile: false })?;
    log(show, admin, id)
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

fn function(guests: &Path, name: &str) -> Result<Vec<u8>> {
    let path = guests.join(format!("{name}.wasm"));
    std::fs::read(&path).with_context(|| format!("cannot read {}: `make guests` builds it", path.display()))
}

/// What the server is told about each hook of the demo, but for the function.
fn hook(runtime: &str, env_vars: &[&str]) -> HookBody {
    HookBody {
        hook_type: Some(EVENT.to_owned()),
        runtime: Some(runtime.to_owned()),
        timeout: Some(1),
        disabled: Some(false),
        env_vars: Some(env_vars.iter().map(|name| (*name).to_owned()).collect()),
        settings: Settings::from_iter([("options".to_owned(), json!({"risk_enabled": true, "location_enabled": true}))]),
        ..HookBody::default()
    }
}

/// Creates an enabled hook and waits until it is ready; its id.
fn upload(show: &mut Show, admin: &Client, name: &str, function: &[u8], hook: HookBody) -> Result<HookId> {
    let started = Instant::now();
    let HookView { id, .. } = admin.post(HOOKS, &HookBody { function: Some(BASE64.encode(function)), ..hook })?;
    loop {
        let hook: HookView = admin.get(&hook_ref::path(id))?;
        match hook.status {
            Status::Ready => break,
            status if status.is_failed() => bail!("the hook was refused: {}", hook.status_message.unwrap_or_default()),
            status => ensure!(started.elapsed() < ADMISSION, "the hook did not become ready: it is {}", status.as_str()),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    show.hook(id, name, function.len(), started.elapsed())?;
    Ok(id)
}

/// Fires one login at the type's live hook, as an identity provider does.
fn fire(show: &mut Show, admin: &Client, login: &Login) -> Result<()> {
    let answer: AnswerView = admin.fire(&format!("/v1/triggers/{EVENT}"), &login.context)?;
    show.decision(login, &answer)?;
    let result: Option<Value> = answer.result.as_ref().map(|result| serde_json::from_str(result.get())).transpose()?;
    let policy = result.as_ref().and_then(policy);
    let expected = answer.decision == login.decision && policy == login.policy;
    ensure!(expected, "{}: unexpected answer {}", login.what, serde_json::to_string(&answer)?);
    Ok(())
}

fn log(show: &mut Show, admin: &Client, id: HookId) -> Result<()> {
    let entries: Vec<ExecutionView> = admin.pages(&format!("{}/executions", hook_ref::path(id)), &[])?;
    ensure!(!entries.is_empty(), "the log is empty");
    show.log(entries.iter().flat_map(|entry| entry.events.iter()).map(str::to_owned).collect())
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
