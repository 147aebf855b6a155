//! The log of executions: what an entry looks like, in which order and pages entries come, and how long they stay.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::guests::{allowing, answering, command, component, doing, echo, printing};
use crate::harness::{Api, Hook, Server, context, eventually};

const ALLOW: &[u8] = br#"{"user":{"policy_id":1}}"#;

/// The lines of an entry, in their four parts.
fn lines(entry: &Value) -> Vec<Vec<String>> {
    let events = entry["events"].as_array().unwrap();
    events.iter().map(|event| event.as_str().unwrap().splitn(4, '\t').map(str::to_owned).collect()).collect()
}

/// Level and message of each line.
fn said(entry: &Value) -> Vec<(String, String)> {
    lines(entry).into_iter().map(|parts| (parts[2].clone(), parts[3].clone())).collect()
}

fn says(level: &str, message: &str) -> (String, String) {
    (level.to_owned(), message.to_owned())
}

#[test]
fn an_entry_has_its_shape_on_either_route() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&printing(b"first\nsecond\ttab\n", ALLOW)));
    let answer = admin.trigger(&context(5));
    let entry = admin.logs(&id).remove(0);
    let line = |message: &str| {
        let time = entry["events"][0].as_str().unwrap().split('\t').next().unwrap();
        format!("{time}\t{}\tERROR\t{message}", answer["execution_id"].as_str().unwrap())
    };
    let expected = json!({
        "request_id": "request-5", "correlation_id": "login-5", "created_at": entry["created_at"],
        "events": [line("first"), line("second\ttab")],
    });
    assert_eq!(entry, expected);
    let created = entry["created_at"].as_str().unwrap();
    for time in [created, entry["events"][0].as_str().unwrap().split('\t').next().unwrap()] {
        assert!(time.len() == 24 && time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
    }
    let expected = json!({
        "execution_id": answer["execution_id"], "hook_id": id, "version": 1, "request_id": "request-5", "correlation_id": "login-5",
        "created_at": created, "outcome": "completed", "decision": "allow", "usage": answer["usage"], "error": null,
        "events": expected["events"], "truncated": false,
    });
    let listed = admin.get(&format!("/v1/hooks/{id}/executions")).expect(200);
    assert_eq!(listed, json!({"items": [expected], "next_cursor": null}));
}

#[test]
fn a_component_logs_with_levels() {
    let server = Server::start();
    let admin = server.admin();
    let calls: String = (0..5).map(|level| format!("(call $log (i32.const {level}) (i32.const 4096) (i32.const 9))")).collect();
    let id = admin.deploy(&Hook::wat(&component(&calls, b"one\r\ntwo\n", Ok(ALLOW))));
    admin.trigger(&context(1));
    let expected: Vec<_> = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].into_iter().map(|level| says(level, "one\ntwo\n")).collect();
    assert_eq!(said(&admin.logs(&id)[0]), expected);
}

#[test]
fn an_execution_that_prints_nothing_has_an_entry() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(1)));
    assert_eq!(admin.logs(&id), Vec::<Value>::new());
    admin.trigger(&context(1));
    assert_eq!(admin.logs(&id)[0]["events"], json!([]));
}

#[test]
fn a_failure_ends_its_log() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let exit = command(
        r#"(data (i32.const 1024) "half a line")
        (func (export "_start") (call $print (i32.const 2) (i32.const 1024) (i32.const 11)) (call $proc_exit (i32.const 3)))"#,
    );
    let id = admin.deploy(&Hook::wat(&exit).disabled());
    admin.fire(&id, &context(1));
    assert_eq!(said(&admin.logs(&id)[0]), [says("ERROR", "half a line"), says("ERROR", "exit: exit code 3")]);
    for (hook, line) in [
        (Hook::wat(&doing("unreachable")), "trap: wasm trap: wasm `unreachable` instruction executed, in `main`"),
        (Hook::wat(&component("", b"", Err(b"two\nlines"))), "exit: two\nlines"),
        (
            Hook::wat(&doing("(loop (br 0))")).with("limits", json!({"fuel": 10_000})),
            "out_of_fuel: the fuel budget is spent: `limits.fuel` is 10000",
        ),
        (Hook::wat(&doing("(call $sleep (i64.const 9000))")).with("timeout", 1), "timeout: the deadline passed: `timeout` is 1s"),
        (
            Hook::wat(&answering("{}")),
            "invalid_response: the response has no `user`: expected {success: true, user: {policy_id: 7}} to allow, {success: false} to deny",
        ),
    ] {
        let id = admin.deploy(&hook.disabled());
        let answer = admin.fire(&id, &context(1));
        let entry = &admin.executions(&id)[0];
        assert_eq!(entry["error"], answer["error"]);
        assert_eq!(said(entry), [says("ERROR", line)]);
    }
}

#[test]
fn what_a_terminal_would_obey_is_spelled_out() {
    let server = Server::start();
    let admin = server.admin();
    let text = "\u{1b}[31mred\u{7}\0 a\tb \u{9b}2J \u{202e}evil\u{2028} \u{e9}\n\r\n\u{fffd}";
    let id = admin.deploy(&Hook::wat(&printing(&[text.as_bytes(), b"\xff"].concat(), ALLOW)));
    admin.trigger(&context(1));
    let messages: Vec<String> = said(&admin.logs(&id)[0]).into_iter().map(|(_, message)| message).collect();
    assert_eq!(messages, ["\\x1b[31mred\\x07\\x00 a\tb \\u009b2J \\u202eevil\\u2028 é", "", "\u{fffd}\u{fffd}"]);
}

fn request_ids(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["request_id"].as_str().unwrap()).collect()
}

fn run_several(admin: &Api, events: u64) -> String {
    let id = admin.deploy(&Hook::wat(&echo()));
    (0..events).for_each(|n| drop(admin.trigger(&context(n))));
    id
}

#[test]
fn entries_come_newest_first_and_in_pages() {
    let server = Server::start();
    let admin = server.admin();
    let id = run_several(admin, 5);
    assert_eq!(request_ids(&admin.logs(&id)), ["request-4", "request-3", "request-2", "request-1", "request-0"]);
    let target = format!("/api/2/hooks/{id}/logs");
    let first = admin.get(&format!("{target}?limit=2"));
    assert_eq!(request_ids(first.expect(200).as_array().unwrap()), ["request-4", "request-3"]);
    for (name, value) in [("current-page", Some("1")), ("page-items", Some("2")), ("total-count", None), ("total-pages", None)] {
        assert_eq!(first.header(name), value, "{name}");
    }
    // What comes in between moves no page that is reached by a cursor.
    admin.trigger(&context(9));
    let second = admin.get(&format!("{target}?cursor={}", first.header("after-cursor").unwrap()));
    assert_eq!(request_ids(second.expect(200).as_array().unwrap()), ["request-2", "request-1"]);
    let third = admin.get(&format!("{target}?Cursor={}", second.header("after-cursor").unwrap()));
    assert_eq!(request_ids(third.expect(200).as_array().unwrap()), ["request-0"]);
    assert_eq!(third.header("after-cursor"), None);
    assert_eq!(request_ids(admin.get(&format!("{target}?limit=2&page=2")).expect(200).as_array().unwrap()), ["request-3", "request-2"]);
    let own = admin.get(&format!("/v1/hooks/{id}/executions?limit=4")).expect(200);
    let rest = admin.get(&format!("/v1/hooks/{id}/executions?cursor={}", own["next_cursor"].as_str().unwrap())).expect(200);
    assert_eq!(request_ids(rest["items"].as_array().unwrap()), ["request-1", "request-0"]);
    assert_eq!(rest["next_cursor"], Value::Null);
}

#[test]
fn entries_are_found_by_their_ids_and_outcome() {
    let server = Server::start();
    let admin = server.admin();
    let id = run_several(admin, 4);
    let mut again = context(2);
    again["request_id"] = json!("another");
    admin.trigger(&again);
    admin.put("/v1/accounts/1", &json!({"strict": true})).expect(200);
    again["correlation_id"] = json!("elsewhere");
    assert_eq!(admin.trigger(&again)["outcome"], "invalid_response");
    let found = |route: &str, query: &str| -> Vec<String> {
        let body = admin.get(&format!("{route}?{query}")).expect(200);
        let entries = if body.is_array() { body } else { body["items"].clone() };
        request_ids(entries.as_array().unwrap()).into_iter().map(str::to_owned).collect()
    };
    let executions = format!("/v1/hooks/{id}/executions");
    for route in [format!("/api/2/hooks/{id}/logs"), executions.clone()] {
        assert_eq!(found(&route, "request_id=request-3"), ["request-3"]);
        assert_eq!(found(&route, "correlation_id=login-2"), ["another", "request-2"]);
        assert_eq!(found(&route, "correlation_id=login-2&request_id=another"), ["another"]);
        assert_eq!(found(&route, "correlation_id=login-2&limit=1"), ["another"]);
        assert_eq!(found(&route, "request_id=nothing"), [""; 0]);
    }
    assert_eq!(found(&executions, "outcome=invalid_response"), ["another"]);
    assert_eq!(found(&executions, "outcome=completed").len(), 5);
    let wrong = admin.get(&format!("{executions}?outcome=fine"));
    assert!(wrong.error(422, "UnprocessableEntityError").starts_with("outcome is not one of enum values: completed,failed"));
}

#[test]
fn an_entry_can_be_read_at_once_and_after_a_stop() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    for n in 0..20 {
        admin.trigger(&context(n));
        let asked = Instant::now();
        eventually("the entry", || (admin.executions(&id)[0]["request_id"] == format!("request-{n}")).then_some(()));
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }
    admin.trigger(&context(99));
    let server = server.stop().start();
    let entries = server.admin().executions(&id);
    assert_eq!((entries.len(), &entries[0]["request_id"]), (21, &json!("request-99")));
}

#[test]
fn an_entry_is_on_disk_soon() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    admin.trigger(&context(1));
    std::thread::sleep(Duration::from_secs(1));
    let server = server.kill().start();
    assert_eq!(request_ids(&server.admin().logs(&id)), ["request-1"]);
}

#[test]
fn old_entries_are_not_served() {
    let server = Server::with("retention = \"2s\"");
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let began = Instant::now();
    admin.trigger(&context(1));
    let read = admin.logs(&id).len();
    assert!(read == 1 || began.elapsed() > Duration::from_secs(2));
    eventually("the end of an old entry", || admin.logs(&id).is_empty().then_some(()));
    assert!(began.elapsed() >= Duration::from_secs(2), "gone too early: {:?}", began.elapsed());
    admin.trigger(&context(2));
    let now = admin.get(&format!("/api/2/hooks/{id}/logs"));
    assert_eq!((now.header("page-items"), request_ids(now.value().as_array().unwrap())), (Some("1"), vec!["request-2"]));
}

#[test]
fn contexts_and_results_are_not_stored() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let mut sent = context(1);
    sent["user"]["user_identifier"] = json!("a-name-to-look-for");
    assert_eq!(admin.trigger(&sent)["result"], sent);
    assert_eq!(admin.logs(&id).len(), 1);
    let log = server.log();
    let stopped = server.stop();
    let mut folders = vec![stopped.data()];
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            folders.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(18).any(|part| part == b"a-name-to-look-for"), "{}", path.display());
    }
    assert!(!log.contains("a-name-to-look-for"));
}
