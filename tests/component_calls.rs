//! Calls by `wasi:http`, made by a program that was written with a common library and for no hook (`tests/guests/outgoing`): the same rules, limits
//! and secrets as for every other function.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::examples::example;
use crate::harness::{Answered, Api, Server, Upstream, context};

/// Deploys the program.
fn deploy(admin: &Api, hosts: &Value, env_vars: &[&str]) -> String {
    admin.deploy(&example("outgoing").with("allowed_hosts", hosts.clone()).with("env_vars", json!(env_vars)))
}

/// Lets it do something. Returns what came of it, and the entry in the log.
fn run(admin: &Api, id: &str, order: &str, url: &str) -> (Value, Value) {
    let mut sent = context(7);
    sent["user"]["user_identifier"] = json!(format!("{order} {url}"));
    let answer = admin.fire(id, &sent);
    assert_eq!(answer["outcome"], "completed", "{answer} {}", admin.executions(id)[0]);
    let mut told = answer["result"]["told"].clone();
    if told.is_object() {
        told["fuel"] = answer["usage"]["fuel"].clone();
    }
    (told, admin.executions(id)[0].clone())
}

#[track_caller]
fn fails_with(told: &Value, error: &str) {
    assert!(told["error"].as_str().is_some_and(|text| text.contains(error)), "{told} and no {error}");
}

#[test]
fn a_program_for_wasi_calls_and_is_charged_for_what_it_reads() {
    const LONG: usize = 700_000;
    let upstream = Upstream::start(|asked| match asked.line.contains("/long") {
        true => Answered::ok(vec![b'y'; LONG]),
        false => Answered { headers: vec![("X-Stub", "said".to_owned())], ..Answered::ok("short") },
    });
    let server = Server::start();
    let admin = server.admin();
    let id = deploy(admin, &json!(["127.0.0.1"]), &[]);
    let (short, entry) = run(admin, &id, "get", &upstream.url("/short?q=secret"));
    let read = |told: &Value| ["status", "header", "length", "start"].map(|key| told[key].clone());
    assert_eq!(read(&short), [json!(200), json!("said"), json!(5), json!("short")]);
    let asked = upstream.take().remove(0);
    assert_eq!((asked.line.as_str(), asked.header("x-from")), ("GET /short?q=secret HTTP/1.1", Some("wasi")));
    assert_eq!(asked.header("host"), Some(upstream.address.to_string().as_str()));
    let call = &entry["calls"][0];
    let expected = [json!("GET"), json!(format!("http://{}", upstream.address)), json!(200), json!(5)];
    assert_eq!(["method", "origin", "status", "received"].map(|key| call[key].clone()), expected);
    assert!(!entry.to_string().contains("secret"), "{entry}");

    let (long, _) = run(admin, &id, "get", &upstream.url("/long"));
    assert_eq!(read(&long), [json!(200), Value::Null, json!(LONG), json!("y".repeat(20))]);
    let more = long["fuel"].as_u64().unwrap() - short["fuel"].as_u64().unwrap();
    assert!(more > LONG as u64, "{more} fuel more for {LONG} bytes");
}

#[test]
fn a_body_is_sent_whole_with_its_length_and_with_sealed_values() {
    let upstream = Upstream::start(|_| Answered::ok("taken"));
    let server = Server::start();
    let admin = server.admin();
    let key = json!({"name": "SEALED_KEY", "value": "value-of-the-key", "sealed_for": ["127.0.0.1"]});
    admin.post("/api/2/hooks/envs", &key).expect(201);
    let id = deploy(admin, &json!(["127.0.0.1"]), &["SEALED_KEY"]);
    run(admin, &id, "sealed", &upstream.url("/"));
    let asked = upstream.take().remove(0);
    assert_eq!((asked.body.as_str(), asked.header("authorization")), (r#"{"key":"value-of-the-key"}"#, Some("Bearer value-of-the-key")));
    assert_eq!((asked.header("content-length"), asked.header("transfer-encoding")), (Some("26"), None));

    let (told, entry) = run(admin, &id, "1048576", &upstream.url("/"));
    assert_eq!((&told["start"], &entry["calls"][0]["sent"]), (&json!("taken"), &json!(1_048_576)));
    assert_eq!(upstream.take().remove(0).body.len(), 1_048_576);
    let (told, _) = run(admin, &id, "1048577", &upstream.url("/"));
    assert!(told["error"].is_string(), "{told}");
    assert_eq!(upstream.take().len(), 0, "a body beyond the limit was sent");
}

#[test]
fn what_is_not_allowed_is_an_error_of_wasi_and_nothing_is_sent() {
    let upstream = Upstream::start(|_| Answered::ok("reached"));
    let server = Server::start();
    let admin = server.admin();
    let id = deploy(admin, &json!([]), &[]);
    fails_with(&run(admin, &id, "get", "http://api.example/").0, "HttpRequestDenied");
    fails_with(&run(admin, &id, "get", &upstream.url("/")).0, "DestinationIpProhibited");
    admin.update_hook(&id, &json!({"allowed_hosts": ["*"]}));
    fails_with(&run(admin, &id, "get", &upstream.url("/")).0, "DestinationIpProhibited");
    let by_name = format!("http://localhost:{}/", upstream.address.port());
    fails_with(&run(admin, &id, "get", &by_name).0, "DestinationIpProhibited");
    assert_eq!(admin.executions(&id)[0]["calls"][0]["error"], "ERR_ACCESS_DENIED");
    assert_eq!(upstream.take().len(), 0);
}

#[test]
fn calls_overlap_and_redirects_are_for_the_program_to_follow() {
    let both = Barrier::new(2);
    let upstream = Upstream::start(move |asked| match asked.line.contains("/moved") {
        true => Answered { status: 302, headers: vec![("location", "/other".to_owned())], body: Vec::new() },
        false => {
            both.wait();
            Answered::ok("both")
        }
    });
    let server = Server::start();
    let admin = server.admin();
    let id = deploy(admin, &json!(["127.0.0.1"]), &[]);
    let (told, _) = run(admin, &id, "two", &upstream.url("/"));
    assert_eq!((&told[0]["start"], &told[1]["start"]), (&json!("both"), &json!("both")));
    assert_eq!(run(admin, &id, "get", &upstream.url("/moved")).0["status"], 302);
    assert_eq!(upstream.take().len(), 3);
}

#[test]
fn the_limits_of_calls_answers_and_time_hold() {
    let upstream = Upstream::start(|asked| match &*asked.line {
        line if line.contains("/long") => Answered::ok(vec![b'y'; (1 << 20) + 1]),
        line if line.contains("/late") => {
            std::thread::sleep(Duration::from_secs(8));
            Answered::ok("late")
        }
        _ => Answered::ok("in time"),
    });
    let server = Server::start();
    let admin = server.admin();
    let id = deploy(admin, &json!(["127.0.0.1"]), &[]);
    let (told, _) = run(admin, &id, "many", &upstream.url("/"));
    assert_eq!((&told["answered"], upstream.take().len()), (&json!(20), 20));
    fails_with(&told, "ERR_HOOK_LIMIT: there are too many calls: the limit is 20 (egress.calls)");
    fails_with(&run(admin, &id, "get", &upstream.url("/long")).0, "1 MiB (egress.response_bytes)");
    let began = Instant::now();
    fails_with(&run(admin, &id, "late", &upstream.url("/late")).0, "ConnectionReadTimeout");
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
}

#[test]
fn what_a_program_makes_the_host_keep_is_bounded() {
    let server = Server::start();
    let admin = server.admin();
    let id = deploy(admin, &json!([]), &[]);
    let end = |order: &str, count: u32| {
        let mut sent = context(7);
        sent["user"]["user_identifier"] = json!(format!("{order} {count}"));
        let answer = admin.fire(&id, &sent);
        (answer["outcome"].clone(), answer["result"]["told"].clone())
    };
    assert_eq!(end("handles", 390), (json!("completed"), json!(390)));
    assert_eq!(end("handles", 401).0, "failed");
    assert_eq!(end("header", 60_000), (json!("completed"), json!(true)));
    assert_eq!(end("header", 70_000).0, "failed");
    assert_eq!(end("handles", 1), (json!("completed"), json!(1)), "the next execution is unharmed");
}
