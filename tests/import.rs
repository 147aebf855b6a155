//! `hookbox import`: from one server to another, as an admin does who moves.

use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{ADMIN_ID, ADMIN_SECRET, Hook, Server};

fn import(from: &Server, to: &Server, more: &[&str]) -> Output {
    let url = |server: &Server| format!("http://{}", server.address());
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
    command.args(["import", "onelogin", "--url", &url(from)]).args(more).env_clear();
    command.env("ONELOGIN_CLIENT_ID", ADMIN_ID).env("ONELOGIN_CLIENT_SECRET", ADMIN_SECRET).env("HOOKBOX_URL", url(to));
    command.env("HOOKBOX_CLIENT_ID", ADMIN_ID).env("HOOKBOX_CLIENT_SECRET", ADMIN_SECRET).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server with what an account may have.
fn full() -> Server {
    let server = Server::start();
    let admin = server.admin();
    for n in 0..101 {
        admin.create_env(&format!("KEY_{n}"), "a value that is not given out");
    }
    let source = "exports.handler = async (context) => ({ success: true, user: context.user });";
    let hook = Hook::new(source.as_bytes())
        .with("runtime", "nodejs18.x")
        .with("timeout", 3)
        .with("retries", 2)
        .with("env_vars", json!(["KEY_5", "KEY_100"]))
        .with("packages", json!({"axios": "0.21.1"}))
        .with("context_version", ">= 1.0.0")
        .with("options", json!({"risk_enabled": true, "location_enabled": false, "mfa_device_info_enabled": true}))
        .with("conditions", json!([{"source": "roles", "operator": "!~", "value": "12"}]));
    admin.create_hook(&hook);
    admin.create_hook(&Hook::new(source.as_bytes()).with("runtime", "nodejs24.x").with("type", "user-migration"));
    server
}

#[test]
fn hooks_and_names_of_env_vars_are_copied() {
    let (from, to) = (full(), Server::start());
    let kept = to.admin().create_env("KEY_7", "a value of its own");
    let ran = import(&from, &to, &[]);
    let shown = text(&ran.stdout);
    assert!(ran.status.success(), "{shown}{}", text(&ran.stderr));
    let copies = to.admin().get("/api/2/hooks").expect(200);
    let originals = from.admin().get("/api/2/hooks").expect(200);
    assert_eq!((copies.as_array().unwrap().len(), originals.as_array().unwrap().len()), (2, 2));
    for (copy, original) in copies.as_array().unwrap().iter().zip(originals.as_array().unwrap()) {
        assert_eq!((&copy["disabled"], &original["disabled"]), (&json!(true), &json!(false)));
        for same in
            ["type", "function", "runtime", "timeout", "retries", "env_vars", "packages", "context_version", "options", "conditions"]
        {
            assert_eq!(copy[same], original[same], "{same}");
        }
        assert!(shown.contains(copy["id"].as_str().unwrap()), "{shown}");
    }
    let envs = to.admin().get("/api/2/hooks/envs?limit=1000").expect(200);
    assert_eq!(envs.as_array().unwrap().len(), 101);
    assert!(shown.contains("KEY_100") && shown.contains("Set these values by hand"), "{shown}");
    assert!(!shown.contains(&kept) && !shown.contains("a value"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn what_cannot_be_copied_is_told_and_the_rest_is_there() {
    let (from, to) = (full(), Server::start());
    let source = STANDARD.encode("exports.handler = async () => null;");
    to.admin().post("/api/2/hooks", &json!({"type": "user-migration", "runtime": "nodejs24.x", "function": source})).expect(201);
    let ran = import(&from, &to, &["--json"]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let hooks = report["hooks"].as_array().unwrap();
    assert!(hooks[0]["id"].is_string() && hooks[0]["error"].is_null(), "{report}");
    assert!(hooks[1]["id"].is_null() && hooks[1]["error"].as_str().unwrap().contains("409"), "{report}");
    assert_eq!(report["env_vars"]["KEY_0"]["to_be_set"], true);
    assert_eq!(to.admin().get("/api/2/hooks").expect(200).as_array().unwrap().len(), 2);
}

#[test]
fn a_server_that_does_not_let_in_is_named() {
    let (from, to) = (Server::start(), Server::start());
    let ran = import(&from, &to, &["--client-secret", "wrong"]);
    let said = text(&ran.stderr);
    assert_eq!((ran.status.code(), ran.stdout.len()), (Some(3), 0));
    assert!(said.contains("the server to copy from") && said.contains("401"), "{said}");
    assert!(!said.contains("wrong"), "{said}");
}

#[test]
fn a_vendor_whose_hooks_cannot_be_copied_is_no_subcommand() {
    let ran =
        Command::new(env!("CARGO_BIN_EXE_hookbox")).args(["import", "acme", "--url", "http://127.0.0.1:9"]).env_clear().output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("acme"), "{}", text(&ran.stderr));
}

#[test]
fn a_credential_that_may_not_read_is_told_so() {
    let (from, to) = (Server::start(), Server::start());
    let made = from.admin().post("/v1/credentials", &json!({"account_id": 1, "scopes": ["fire"]})).expect(201);
    let given = |name: &str| made[name].as_str().unwrap().to_owned();
    let ran = import(&from, &to, &["--client-id", &given("client_id"), "--client-secret", &given("client_secret")]);
    let said = text(&ran.stderr);
    assert_eq!((ran.status.code(), ran.stdout.len()), (Some(3), 0), "{said}");
    assert!(said.contains("the server to copy from") && said.contains("the scope read is missing"), "{said}");
}
