//! More work than there are places, accounts that do their worst beside others, and callers who do not wait for their answer.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, doing, sleeping};
use crate::harness::{Hook, Server, context, eventually};

#[test]
fn who_finds_no_place_in_time_is_told_to_come_back() {
    let server = Server::with("concurrency = 1\n[queue]\nwait = \"1s\"");
    let admin = server.admin();
    admin.allow_many_hooks();
    let long = admin.deploy(&Hook::wat(&sleeping(4000, 1)));
    let short = admin.deploy(&Hook::wat(&allowing(2)).with("timeout", 9).with("on_error", "allow").disabled());
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
    assert!(!first.is_finished(), "the place was free all the time");
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
    assert!((1_000_000..3_000_000).contains(&waited), "waited {waited} us, where 1 s is allowed");
    assert_eq!(first.join().unwrap()["outcome"], "completed");
    assert_eq!(admin.fire(&short, &context(7))["outcome"], "completed", "the place is free again");
    let outcomes: Vec<Value> = admin.executions(&short).iter().map(|one| one["outcome"].clone()).collect();
    assert_eq!(outcomes, [json!("completed"), json!("overloaded")]);
    assert_eq!(admin.executions(&long).len(), 1);
}

#[test]
fn who_waits_for_a_place_gets_it() {
    let server = Server::with("concurrency = 1\n[queue]\nwait = \"30s\"");
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
    let server = Server::with("concurrency = 1\n[queue]\nwait = \"30s\"");
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

/// A hook whose function does `deed` for as long as it may, with its own limits far away.
fn hostile(deed: &str) -> Hook {
    let source = format!("exports.handler = async () => {{ {deed} return null; }};");
    let limits = json!({"fuel": 100_000_000_000_u64, "memory_mib": 128});
    Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("limits", limits).with("timeout", 3).disabled()
}

/// Fires a hook on so many connections at a time while another account logs in. The outcomes of both.
fn beside(server: &Server, deed: &str, callers: u64) -> (Vec<Value>, Vec<Value>) {
    let (_, bad) = server.admin().account(&json!({"name": "bad"}));
    let (_, good) = server.admin().account(&json!({"name": "good"}));
    good.deploy(&Hook::wat(&allowing(1)));
    let id = bad.deploy(&hostile(deed));
    let flood: Vec<_> = (0..callers)
        .map(|n| {
            let (api, id) = (bad.clone(), id.clone());
            thread::spawn(move || api.fire_request(&id, &context(n)).send().value()["outcome"].clone())
        })
        .collect();
    thread::sleep(Duration::from_millis(300));
    let mut outcomes = Vec::new();
    while flood.iter().any(|caller| !caller.is_finished()) || outcomes.len() < 20 {
        outcomes.push(good.trigger(&context(9))["outcome"].clone());
        assert_eq!(good.get("/healthz").status, 200);
    }
    (outcomes, flood.into_iter().map(|caller| caller.join().unwrap()).collect())
}

#[test]
fn whatever_an_account_does_the_logins_of_another_complete() {
    let server = Server::with("concurrency = 24");
    let deeds = [
        ("for (;;);", 24, "timeout"),
        ("await new Promise((done) => setTimeout(done, 2500));", 48, "completed"),
        ("const a = new Uint8Array(90e6); for (;;) a.fill(7);", 6, "timeout"),
        ("const a = new Uint8Array(90e6); for (;;) a.copyWithin(1, 0);", 6, "timeout"),
        ("for (;;) require('crypto').pbkdf2Sync('p', 's', 1999999, 64, 'sha512');", 6, "timeout"),
    ];
    for (deed, callers, ends) in deeds {
        let (good, bad) = beside(&server, deed, callers);
        assert!(good.iter().all(|outcome| outcome == "completed"), "{deed}: {good:?}");
        assert!(bad.iter().any(|outcome| outcome == ends), "{deed}: {bad:?}");
        assert!(bad.iter().all(|outcome| outcome == ends || outcome == "overloaded"), "{deed}: {bad:?}");
    }
    // An account may hold half of the places, and one.
    let (_, slept) = beside(&server, "await new Promise((done) => setTimeout(done, 2500));", 48);
    let completed = slept.iter().filter(|outcome| *outcome == "completed").count();
    assert!((1..=13).contains(&completed), "{completed} of 24 places");
}

#[test]
fn the_answer_comes_when_the_time_is_over_whatever_the_function_is_in() {
    let server = Server::start();
    let admin = server.admin();
    let deed = "const a = new Uint8Array(90e6); a.fill(1); require('crypto').pbkdf2Sync('p', 's', 9999999, 64, 'sha512');";
    let id = admin.deploy(&hostile(deed).with("timeout", 1));
    let answer = admin.fire(&id, &context(1));
    assert_eq!((&answer["outcome"], &answer["usage"]["attempts"]), (&json!("timeout"), &json!(1)), "{answer}");
    // The step alone takes longer than this.
    assert!(answer["usage"]["duration_us"].as_u64().unwrap() < 2_000_000, "{answer}");
    assert_eq!(admin.executions(&id)[0]["outcome"], "timeout");
    assert_eq!(admin.fire(&id, &context(1))["outcome"], "timeout", "the server still runs functions");
}

#[test]
fn long_steps_of_a_hook_leave_the_other_hooks_of_its_account_served() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    admin.deploy(&Hook::wat(&allowing(1)));
    let id = admin.deploy(&hostile("require('crypto').pbkdf2Sync('p', 's', 9999999, 64, 'sha512');").with("timeout", 1));
    let callers: Vec<_> = (0..4)
        .map(|n| {
            let (api, id) = (admin.clone(), id.clone());
            thread::spawn(move || api.fire_request(&id, &context(n)).send().value()["outcome"].clone())
        })
        .collect();
    // The steps go on after these have their answers.
    let mut outcomes: Vec<Value> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    outcomes.dedup();
    assert!(outcomes.iter().any(|outcome| outcome == "timeout"), "{outcomes:?}");
    for n in 0..20 {
        assert_eq!(admin.trigger(&context(n))["outcome"], "completed");
    }
}

#[test]
fn who_finds_the_queue_full_is_told_so_at_once() {
    let server = Server::with("concurrency = 1\n[queue]\nlength = 1\nwait = \"30s\"");
    let admin = server.admin();
    admin.deploy(&Hook::wat(&sleeping(2000, 1)));
    let callers: Vec<_> = (0..4)
        .map(|n| {
            let api = admin.clone();
            thread::spawn(move || api.trigger_request("pre-authentication", &context(n)).send())
        })
        .collect();
    let replies: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 503).collect();
    assert_eq!(refused.len(), 2, "one runs and one waits");
    for reply in refused {
        let answer = reply.value();
        assert_eq!(
            (&answer["outcome"], &answer["error"]["message"]),
            (&json!("overloaded"), &json!("too many executions wait for a place"))
        );
        assert!(answer["usage"]["duration_us"].as_u64().unwrap() < 1_500_000, "it did not wait for the one that runs: {answer}");
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
}

#[test]
fn memory_for_all_is_shared() {
    let server = Server::with("[sandbox]\nmemory_mib = 200");
    let (_, greedy) = server.admin().account(&json!({"name": "greedy"}));
    let (_, modest) = server.admin().account(&json!({"name": "modest"}));
    let holds = |mib: u32, timeout: u32| {
        let deed = format!("const a = new Uint8Array({mib} << 20).fill(1); await new Promise((done) => setTimeout(done, 1500));");
        hostile(&deed).with("timeout", timeout)
    };
    let id = greedy.deploy(&holds(80, 9));
    let callers: Vec<_> = (0..3)
        .map(|n| {
            let (api, id) = (greedy.clone(), id.clone());
            thread::spawn(move || api.fire_request(&id, &context(n)).send().value())
        })
        .collect();
    thread::sleep(Duration::from_millis(500));
    let small = modest.deploy(&holds(40, 9));
    assert_eq!(modest.fire(&small, &context(1))["outcome"], "completed");
    let mut answers: Vec<Value> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    answers.sort_by_key(|answer| answer["outcome"].to_string());
    let outcomes: Vec<&str> = answers.iter().map(|answer| answer["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["completed", "overloaded", "overloaded"]);
    let message = answers[2]["error"]["message"].as_str().unwrap();
    assert!(message.contains("no memory left"), "{message}");
    assert_eq!(greedy.fire(&id, &context(1))["outcome"], "completed", "what was taken is given back");
}
