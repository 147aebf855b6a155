//! More work than there are slots, and callers who do not wait for their answer.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, doing, sleeping};
use crate::harness::{Hook, Server, context, eventually};

#[test]
fn who_finds_no_slot_in_time_is_told_to_come_back() {
    let server = Server::with("concurrency = 1");
    let admin = server.admin();
    admin.allow_many_hooks();
    let long = admin.deploy(&Hook::wat(&sleeping(4000, 1)));
    let short = admin.deploy(&Hook::wat(&allowing(2)).with("timeout", 1).with("on_error", "allow").disabled());
    let api = admin.clone();
    let first = thread::spawn(move || api.trigger(&context(1)));
    thread::sleep(Duration::from_millis(500));

    let api = admin.clone();
    let short_id = short.clone();
    let second = thread::spawn(move || api.fire_request(&short_id, &context(7)).send());
    // Other routes have no part in it.
    for target in ["/healthz", "/readyz", "/api/2/hooks", "/v1/accounts/1"] {
        assert_eq!(admin.get(target).status, 200, "{target}");
    }
    admin.create_env("WHILE_BUSY", "value");
    let reply = second.join().unwrap();
    assert!(!first.is_finished(), "the slot was free all the time");
    assert_eq!(reply.header("retry-after"), Some("1"));
    let answer = reply.expect(503);
    let expected = json!({
        "execution_id": answer["execution_id"], "request_id": "request-7", "correlation_id": "login-7",
        "hook_id": short, "version": 1, "outcome": "overloaded", "decision": "allow",
        "result": {"success": true, "user": context(7)["user"]},
        "error": {"kind": "overloaded", "message": answer["error"]["message"]},
        "usage": {"duration_us": answer["usage"]["duration_us"], "fuel": 0, "memory_bytes": 0, "attempts": 0},
    });
    assert_eq!(answer, expected);
    let waited = answer["usage"]["duration_us"].as_u64().unwrap();
    assert!((1_000_000..3_000_000).contains(&waited), "waited {waited} us, with a timeout of 1 s");
    assert_eq!(first.join().unwrap()["outcome"], "completed");
    assert_eq!(admin.fire(&short, &context(7))["outcome"], "completed", "the slot is free again");
    let outcomes: Vec<Value> = admin.executions(&short).iter().map(|one| one["outcome"].clone()).collect();
    assert_eq!(outcomes, [json!("completed"), json!("overloaded")]);
    assert_eq!(admin.executions(&long).len(), 1);
}

#[test]
fn who_waits_for_a_slot_gets_it() {
    let server = Server::with("concurrency = 1");
    let admin = server.admin();
    admin.deploy(&Hook::wat(&sleeping(100, 5)));
    let callers: Vec<_> = (0..8)
        .map(|n| {
            let api = admin.clone();
            thread::spawn(move || api.trigger(&context(n)))
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.join().unwrap()["result"], json!({"user": {"policy_id": 5}}));
    }
}

#[test]
fn time_in_the_queue_is_part_of_the_timeout() {
    let server = Server::with("concurrency = 1");
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.deploy(&Hook::wat(&sleeping(2000, 1)));
    // Alone it would end in time; behind the other it has not enough left.
    let late = admin.deploy(&Hook::wat(&sleeping(2500, 2)).with("timeout", 3).disabled());
    let api = admin.clone();
    let first = thread::spawn(move || api.trigger(&context(1)));
    thread::sleep(Duration::from_millis(200));
    let answer = admin.fire(&late, &context(2));
    assert_eq!(answer["outcome"], "timeout", "{answer}");
    assert_eq!(first.join().unwrap()["outcome"], "completed");
}

#[test]
fn an_execution_is_logged_even_if_its_caller_hangs_up() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&sleeping(500, 1)));
    let connection = admin.trigger_request("pre-authentication", &context(3)).begin().unwrap();
    thread::sleep(Duration::from_millis(200));
    drop(connection);
    let entry = eventually("the entry of an execution that nobody waits for", || admin.executions(&id).into_iter().next());
    assert_eq!((&entry["request_id"], &entry["outcome"]), (&json!("request-3"), &json!("completed")));
    assert!(entry["usage"]["duration_us"].as_u64().unwrap() >= 500_000);
}

#[test]
fn hooks_that_burn_all_they_may_leave_others_served() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.deploy(&Hook::wat(&allowing(1)));
    let burning = Hook::wat(&doing("(loop (br 0))")).with("limits", json!({"fuel": 100_000_000_000_u64})).with("timeout", 2).disabled();
    let burner = admin.deploy(&burning);
    let burners: Vec<_> = (0..4)
        .map(|n| {
            let (api, id) = (admin.clone(), burner.clone());
            thread::spawn(move || api.fire(&id, &context(n)))
        })
        .collect();
    let mut served = 0;
    while burners.iter().any(|burner| !burner.is_finished()) {
        let answer = admin.trigger(&context(9));
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")));
        served += 1;
    }
    assert!(served > 4, "only {served} events were served beside four that burn");
    for burner in burners {
        assert_eq!(burner.join().unwrap()["outcome"], "timeout");
    }
}
