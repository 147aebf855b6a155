//! What a restart finds: hooks that serve without a compiler, and work that was acknowledged and not yet done.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::harness::guests::{allowing, component, costly, echo, large};
use crate::harness::{Hook, Server, context};

fn artifacts(folder: &Path) -> Vec<(PathBuf, u64, i64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(artifacts(&path));
        } else {
            let metadata = path.metadata().unwrap();
            found.push((path, metadata.ino(), metadata.mtime_nsec()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_restart_compiles_nothing() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let command = admin.deploy(&Hook::wat(&large(6)));
    let component = admin.deploy(&Hook::wat(&component("", b"", Ok(br#"{"user":{"policy_id":7}}"#))).disabled());
    assert_eq!(server.log().matches("compiled").count(), 2);
    let before = artifacts(&server.data().join("cache"));
    assert_eq!(before.len(), 4);
    let server = server.kill().start();
    let server = server.stop().start();
    assert_eq!(server.admin().trigger(&context(1))["result"], json!({"user": {"policy_id": 6}}));
    assert_eq!(server.admin().fire(&command, &context(1))["outcome"], "completed");
    assert_eq!(server.admin().fire(&component, &context(1))["result"], json!({"user": {"policy_id": 7}}));
    assert!(!server.log().contains("compiled"));
    assert_eq!(artifacts(&server.data().join("cache")), before);
}

#[test]
fn compiled_code_that_was_touched_is_not_run() {
    let server = Server::start();
    server.admin().deploy(&Hook::wat(&allowing(6)));
    let stopped = server.stop();
    let (path, ..) = artifacts(&stopped.data().join("cache")).into_iter().find(|(path, ..)| path.extension().unwrap() == "cwasm").unwrap();
    let mut code = fs::read(&path).unwrap();
    let middle = code.len() / 2;
    code[middle] ^= 1;
    fs::write(&path, &code).unwrap();
    let server = stopped.start();
    assert_eq!(server.admin().trigger(&context(1))["result"], json!({"user": {"policy_id": 6}}));
    assert_eq!(server.log().matches("compiled function").count(), 1, "it was compiled again");
    assert_ne!(fs::read(&path).unwrap(), code);
}

#[test]
fn the_same_function_is_compiled_once() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let first = admin.deploy(&Hook::wat(&echo()));
    admin.deploy(&Hook::wat(&echo()).disabled());
    let (_, other) = admin.account(&json!({}));
    other.deploy(&Hook::wat(&echo()));
    assert_eq!(server.log().matches("compiled").count(), 1);
    admin.delete(&format!("/api/2/hooks/{first}")).expect(202);
    assert_eq!(other.trigger(&context(1))["result"], context(1), "others still need it");
    let server = server.stop().start();
    assert!(!server.log().contains("compiled"));
}

#[test]
fn a_create_that_was_not_yet_admitted_is_resumed() {
    let server = Server::start();
    let made = server.admin().create_hook(&Hook::wat(&costly(8)));
    let server = server.kill().start();
    let admin = server.admin();
    let mut hook = admin.settled(made["id"].as_str().unwrap());
    assert_eq!(hook["status"], "ready");
    hook["status"] = json!("create-queued");
    assert_eq!(hook, made, "every field as it was acknowledged");
    assert_eq!(admin.trigger(&context(1))["result"], json!({"user": {"policy_id": 8}}));
    assert_eq!(server.log().matches("compiled").count(), 1);
}

#[test]
fn an_update_that_was_not_yet_admitted_is_resumed() {
    let server = Server::start();
    let id = server.admin().deploy(&Hook::wat(&allowing(1)));
    let queued =
        server.admin().put(&format!("/api/2/hooks/{id}"), &json!({"function": Hook::wat(&costly(8)).json()["function"]})).expect(200);
    assert_eq!((&queued["status"], &queued["version"]), (&json!("update-queued"), &json!(2)));
    let server = server.kill().start();
    let admin = server.admin();
    let first = admin.trigger(&context(1));
    assert_eq!(first["outcome"], "completed", "the version before serves meanwhile: {first}");
    assert_eq!(admin.settled(&id)["status"], "ready");
    assert_eq!(admin.trigger(&context(1))["result"], json!({"user": {"policy_id": 8}}));
}

#[test]
fn everything_is_as_it_was() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.create_env("API_KEY", "some value");
    admin.deploy(&Hook::wat(&echo()).with("env_vars", json!(["API_KEY"])));
    admin.deploy(&Hook::wat(&large(2)).disabled());
    admin.admit(&Hook::wat("(component)").disabled());
    admin.account(&json!({"name": "Acme", "hooks_per_type": 4, "on_no_hook": {"pre-authentication": "deny"}}));
    let look = |server: &Server| {
        ["/api/2/hooks", "/api/2/hooks/envs", "/v1/accounts", "/v1/credentials"].map(|target| server.admin().get(target).expect(200))
    };
    let before = look(&server);
    let killed = server.kill().start();
    assert_eq!(look(&killed), before);
    let stopped = killed.stop().start();
    assert_eq!(look(&stopped), before);
}
