//! A full disk: writes are refused with 503, events are decided as before, and when there is room again, writes work.
//!
//! The disk is full for the server alone: a limit on the size of files, which the kernel enforces as it does an end of space.

use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::harness::guests::{allowing, echo, large};
use crate::harness::{Api, Hook, Reply, Server, ServerBuilder, context, eventually};

/// A server on which the signal that goes with the limit has no effect, so that a write beyond it is an error.
fn start(engine: &str) -> Server {
    let wrapper = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];
    ServerBuilder::new().config(&format!("store.engine = \"{engine}\"")).wrapper(&wrapper).start()
}

fn limit_files(server: &Server, bytes: Option<u64>) {
    prlimit(Some(server.pid()), Resource::Fsize, Rlimit { current: bytes, maximum: None }).expect("the limit of a child can be set");
}

fn create(api: &Api, name: &str) -> Reply {
    api.post("/api/2/hooks/envs", &json!({"name": name, "value": "v".repeat(5000)}))
}

fn names(api: &Api) -> Vec<String> {
    let envs = api.get("/api/2/hooks/envs?limit=1000").expect(200);
    envs.as_array().unwrap().iter().map(|env| env["name"].as_str().unwrap().to_owned()).collect()
}

/// Writes until the disk is full; the names that were acknowledged.
fn fill(server: &Server, limit: u64) -> Vec<String> {
    let admin = server.admin();
    limit_files(server, Some(limit));
    let mut acknowledged = Vec::new();
    for n in 0..900 {
        let name = format!("FILLER_{n}");
        let reply = create(admin, &name);
        if reply.status == 503 {
            assert_eq!(reply.error(503, "ServiceUnavailableError"), "The server has no room to store this");
            assert!(reply.header("retry-after").is_some());
            return acknowledged;
        }
        reply.expect(201);
        acknowledged.push(name);
    }
    panic!("the disk was never full");
}

fn store_size(server: &Server) -> u64 {
    std::fs::metadata(server.data().join("store.redb")).unwrap().len()
}

#[test]
fn a_full_disk_stops_writes_and_nothing_else() {
    let server = start("redb");
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let acknowledged = fill(&server, store_size(&server));
    // A small record may still find a place in the file, until there is none for a single byte: then every sort of write is refused.
    limit_files(&server, Some(0));
    let env = admin.get("/api/2/hooks/envs?limit=1").value()[0]["id"].as_str().unwrap().to_owned();
    for (method, target, body) in [
        ("POST", "/v1/accounts".to_owned(), json!({"name": "another"})),
        ("PUT", "/v1/accounts/1".to_owned(), json!({"on_no_hook": "deny"})),
        ("POST", "/v1/credentials".to_owned(), json!({"scopes": ["read"]})),
        ("POST", "/api/2/hooks/envs".to_owned(), json!({"name": "ANOTHER", "value": "v"})),
        ("PUT", format!("/api/2/hooks/envs/{env}"), json!({"value": "another"})),
        ("POST", "/api/2/hooks".to_owned(), Hook::wat(&allowing(1)).with("type", "user-migration").json()),
        ("POST", "/api/2/hooks".to_owned(), Hook::wat(&large(1)).with("type", "user-migration").json()),
        ("PUT", format!("/api/2/hooks/{id}"), json!({"timeout": 3})),
    ] {
        let reply = admin.request(method, &target).json(&body).send();
        assert_eq!(reply.error(503, "ServiceUnavailableError"), "The server has no room to store this", "{method} {target}");
    }
    assert_eq!(admin.get("/v1/accounts").value()["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/v1/credentials").value()["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get(&format!("/api/2/hooks/{id}")).value()["timeout"], 10);
    assert_eq!(names(admin), acknowledged);
    assert_eq!(admin.get("/api/2/hooks").expect(200).as_array().unwrap().len(), 1);
    for n in 0..50 {
        assert_eq!(admin.trigger(&context(n))["result"], context(n));
    }
    assert_eq!(server.get("/healthz").send().status, 200);

    limit_files(&server, None);
    eventually("a write that works again", || (create(admin, "AFTERWARDS").status == 201).then_some(()));
    assert_eq!(admin.trigger(&context(1))["outcome"], "completed");
    let made = admin.deploy(&Hook::wat(&large(1)).with("type", "user-migration"));
    let mut expected = acknowledged;
    expected.push("AFTERWARDS".to_owned());
    assert_eq!(names(admin), expected);
    let server = server.kill().wrapper(&[]).start();
    assert_eq!(names(server.admin()), expected);
    let ids: Vec<Value> = server.admin().get("/api/2/hooks").value().as_array().unwrap().iter().map(|hook| hook["id"].clone()).collect();
    assert_eq!(ids, [json!(id), json!(made)]);
}

#[test]
fn a_server_killed_on_a_full_disk_has_all_that_it_acknowledged() {
    let server = start("redb");
    let acknowledged = fill(&server, store_size(&server));
    let server = server.kill().wrapper(&[]).start();
    assert_eq!(names(server.admin()), acknowledged);
    create(server.admin(), "AFTERWARDS").expect(201);
}

/// sled has a batch in memory before it is on disk. A change whose write failed may therefore be there after a restart, which "no room"
/// denies.
#[test]
fn a_write_that_sled_cannot_sync_is_a_failure_and_not_a_refusal() {
    let server = start("sled");
    let admin = server.admin();
    create(admin, "BEFORE").expect(201);
    let failed = "The server's storage failed";
    limit_files(&server, Some(0));
    assert_eq!(create(admin, "UNKNOWN").error(503, "ServiceUnavailableError"), failed);
    limit_files(&server, None);
    assert_eq!(create(admin, "REFUSED").error(503, "ServiceUnavailableError"), failed, "no write is taken after a failed one");
    let server = server.kill().wrapper(&[]).start();
    let names = names(server.admin());
    assert!(names.contains(&"BEFORE".to_owned()), "{names:?}");
    assert!(!names.contains(&"REFUSED".to_owned()), "{names:?}");
    create(server.admin(), "AFTERWARDS").expect(201);
}
