//! What an identity provider is answered: decisions, fail modes, and which hook runs.

use serde_json::{Value, json};

use crate::harness::guests::{allowing, answering, component, doing, echo, printing};
use crate::harness::{Hook, Server, context};

#[test]
fn an_answer_has_every_field() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&echo()));
    let answer = admin.trigger(&context(5));
    let expected = json!({
        "execution_id": answer["execution_id"], "request_id": "request-5", "correlation_id": "login-5",
        "hook_id": id, "version": 1, "outcome": "completed", "decision": "allow", "result": context(5), "error": null,
        "usage": {
            "duration_us": answer["usage"]["duration_us"], "fuel": answer["usage"]["fuel"],
            "memory_bytes": 655_360, "attempts": 1,
        },
    });
    assert_eq!(answer, expected);
    assert_eq!(answer["execution_id"].as_str().unwrap().len(), 36);
    assert!(answer["usage"]["duration_us"].as_u64().unwrap() > 0);
    let again = admin.fire(&id, &context(5));
    assert_eq!(again["usage"]["fuel"], answer["usage"]["fuel"], "the same input costs the same fuel");
    assert_ne!(again["execution_id"], answer["execution_id"]);
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 10, "{keys:?}");
}

#[test]
fn a_function_decides() {
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    for (answer, decision) in [
        (r#"{"success":true,"user":{"policy_id":1}}"#, "allow"),
        (r#"{"user":{"policy_id":1,"more":[1]}}"#, "allow"),
        ("null", "deny"),
        (r#"{"success":false}"#, "deny"),
        (r#"{"success":false,"user":{"policy_id":1}}"#, "deny"),
        (r#" {"success":false,"user":null} "#, "deny"),
    ] {
        for guest in [answering(answer), component("", b"", Ok(answer.as_bytes()))] {
            let id = admin.deploy(&Hook::wat(&guest).disabled().with("on_error", "allow"));
            let fired = admin.fire(&id, &context(2));
            assert_eq!((&fired["outcome"], &fired["decision"]), (&json!("completed"), &json!(decision)), "{answer}");
            assert_eq!(fired["result"], serde_json::from_str::<Value>(answer).unwrap(), "{answer}");
        }
    }
}

#[test]
fn a_migrated_user_has_the_fields_of_a_new_one_and_comes_back_with_the_password() {
    let server = Server::start();
    let admin = server.admin();
    let user = json!({"username": "ada", "password": "correct horse", "firstname": "Ada", "lastname": "L", "email": "ada@example.com"});
    let migrated = json!({"success": true, "user": user});
    let id = admin.deploy(&Hook::wat(&answering(&migrated.to_string())).with("type", "user-migration"));
    let sent = json!({"user_identifier": "ada", "password": "correct horse"});
    let answer = admin.trigger_request("user-migration", &sent).send().expect(200);
    assert_eq!((&answer["decision"], &answer["hook_id"], &answer["result"]), (&json!("allow"), &json!(id), &migrated));
    admin.update_hook(&id, &json!({"function": Hook::wat(&answering(r#"{"success":true,"user":{"username":5}}"#)).json()["function"]}));
    let answer = admin.trigger_request("user-migration", &sent).send().expect(200);
    assert_eq!((&answer["outcome"], &answer["error"]["message"]), (&json!("invalid_response"), &json!("`user.username` is not a string")));
    assert_eq!(admin.trigger(&context(1))["outcome"], "no_hook", "another type's event");
}

/// A guest for each outcome that a function can bring about.
fn failing() -> [(&'static str, &'static str, Hook); 8] {
    let spin = Hook::wat(&doing("(loop (br 0))"));
    let grow = doing("(loop (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable)) (br 0))");
    [
        ("failed", "trap", Hook::wat(&doing("unreachable"))),
        ("failed", "exit", Hook::wat(&doing("(call $proc_exit (i32.const 1))"))),
        ("failed", "stack_overflow", Hook::wat(&doing("(call $main) (call $main)"))),
        ("out_of_fuel", "out_of_fuel", spin.clone().with("limits", json!({"fuel": 10_000}))),
        ("timeout", "timeout", Hook::wat(&doing("(call $sleep (i64.const 20000))")).with("timeout", 1)),
        ("out_of_memory", "out_of_memory", Hook::wat(&grow)),
        ("invalid_response", "invalid_response", Hook::wat(&answering("{}"))),
        ("not_ready", "not_ready", Hook::wat("(component)")),
    ]
}

#[test]
fn each_failure_is_decided_by_the_hook_s_setting() {
    let server = Server::start();
    let admin = server.admin();
    let sent = context(77);
    let allowed = json!({"success": true, "user": sent["user"]});
    for (outcome, kind, hook) in failing() {
        let made = admin.admit(&hook);
        let id = made["id"].as_str().unwrap();
        for (on_error, result) in [("deny", Value::Null), ("allow", allowed.clone())] {
            admin.update_hook(id, &json!({"on_error": on_error}));
            let answers = [admin.trigger(&sent), admin.fire(id, &sent)];
            for answer in answers {
                let seen = [&answer["outcome"], &answer["error"]["kind"], &answer["decision"]];
                assert_eq!(seen, [outcome, kind, on_error], "{answer}");
                assert_eq!(answer["result"], result, "{answer}");
                assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
                assert_eq!(answer["version"].is_null(), outcome == "not_ready", "{answer}");
                assert_eq!(answer["usage"]["attempts"], u64::from(outcome != "not_ready"));
            }
        }
        admin.delete(&format!("/api/2/hooks/{id}")).expect(202);
    }
}

#[test]
fn an_allow_that_no_function_gave_has_the_user_as_it_was_sent() {
    let server = Server::start();
    let admin = server.admin();
    admin.deploy(&Hook::wat(&doing("unreachable")).with("on_error", "allow"));
    let mut sent = context(4);
    sent["user"]["unknown"] = json!(1);
    let answer = admin.trigger(&sent);
    assert_eq!((&answer["decision"], &answer["result"]), (&json!("allow"), &json!({"success": true, "user": sent["user"]})));
}

#[test]
fn a_disabled_hook_is_fired_by_its_author_only() {
    let server = Server::start();
    let admin = server.admin();
    let id = admin.deploy(&Hook::wat(&allowing(3)).disabled());
    let answer = admin.trigger(&context(1));
    assert_eq!((&answer["outcome"], &answer["hook_id"]), (&json!("no_hook"), &Value::Null));
    let fired = admin.fire(&id, &context(1));
    assert_eq!((&fired["outcome"], &fired["result"]), (&json!("completed"), &json!({"user": {"policy_id": 3}})));
    assert_eq!(admin.executions(&id).len(), 1);
}

#[test]
fn no_state_outlives_an_execution() {
    let server = Server::start();
    let admin = server.admin();
    let counting = crate::harness::guests::command(
        r#"(global $count (mut i32) (i32.const 48))
        (data (i32.const 1024) "{\"user\":{\"policy_id\":0}}")
        (func (export "_start")
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (i32.store8 (i32.const 1045) (i32.add (i32.load8_u (i32.const 1045)) (i32.sub (global.get $count) (i32.const 48))))
            (call $print (i32.const 1) (i32.const 1024) (i32.const 24)))"#,
    );
    let id = admin.deploy(&Hook::wat(&counting));
    for _ in 0..20 {
        assert_eq!(admin.fire(&id, &context(9))["result"], json!({"user": {"policy_id": 1}}));
    }
}

#[test]
fn executions_of_two_accounts_are_kept_apart() {
    let server = Server::start();
    let admin = server.admin();
    admin.deploy(&Hook::wat(&echo()));
    let (_, other) = admin.account(&json!({}));
    other.deploy(&Hook::wat(&printing(b"theirs\n", br#"{"user":{"policy_id":8}}"#)));
    let threads: Vec<_> = (0..4_u64)
        .map(|n| {
            let (admin, other) = (admin.clone(), other.clone());
            std::thread::spawn(move || {
                for round in 0..25 {
                    let sent = context(n * 1000 + round);
                    assert_eq!(admin.trigger(&sent)["result"], sent);
                    assert_eq!(other.trigger(&sent)["result"], json!({"user": {"policy_id": 8}}));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
