//! Events: which hook runs, what is decided, what is answered, what is logged.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::error::ServiceError;
use crate::resources::ExecutionView;
use crate::service::{ExecutionFilter, Page, Service};
use crate::testing::{LOGIN, ONE, World, body, deploy, encoded, list, new_hook, sign_in, sign_up, update};

const CONTEXT: &str = r#"{"user": {"user_identifier":"jim","policy_id": 1},"device":{},"risk":{"score":9},"request_id":"req-1","correlation_id":"not usable"}"#;

async fn trigger(service: &Service) -> Value {
    let answer = service.trigger(ONE, sign_in(), CONTEXT.into(), Instant::now()).await.unwrap();
    serde_json::to_value(answer).unwrap()
}

async fn log(service: &Service, id: &str) -> Vec<ExecutionView> {
    list(service, ONE, id, ExecutionFilter::default(), Page::default()).await.unwrap().items
}

/// A service with one hook that does what the script says.
async fn one(world: &World, script: &str, changes: Value) -> (std::sync::Arc<Service>, String) {
    let service = world.first_start().await;
    let hook = serde_json::from_slice(&body(&new_hook(script), changes)).unwrap();
    let id = deploy(&service, ONE, hook).await.id.to_string();
    (service, id)
}

#[tokio::test]
async fn an_answer_has_exactly_the_documented_fields() {
    let world = World::new();
    let (service, id) = one(&world, r#"return {"user": {"policy_id": 7}}"#, json!({})).await;
    let answer = service.trigger(ONE, sign_in(), CONTEXT.into(), Instant::now()).await.unwrap();
    let text = serde_json::to_string(&answer).unwrap();
    assert!(text.contains(r#""result":{"user": {"policy_id": 7}}"#), "the result is passed through as it is: {text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["execution_id", "request_id", "correlation_id", "hook_id", "version", "outcome", "decision", "result", "error", "usage"];
    assert_eq!(keys, expected);
    assert_eq!(answer["hook_id"], id);
    assert_eq!(
        (&answer["version"], &answer["outcome"], &answer["decision"], &answer["error"]),
        (&json!(1), &json!("completed"), &json!("allow"), &Value::Null)
    );
    assert_eq!((&answer["request_id"], answer["correlation_id"].as_str().unwrap().len()), (&json!("req-1"), 36));
    assert_eq!(
        (&answer["usage"]["fuel"], &answer["usage"]["memory_bytes"], &answer["usage"]["attempts"]),
        (&json!(7), &json!(65_536), &json!(1))
    );
    assert!(answer["usage"]["duration_us"].as_u64().unwrap() > 0);

    let entry = &log(&service, &id).await[0];
    assert_eq!((entry.execution_id.as_str(), entry.request_id.as_str()), (answer["execution_id"].as_str().unwrap(), "req-1"));
    assert_eq!((entry.version, entry.events.is_empty(), &entry.error), (Some(1), true, &None));
}

#[tokio::test]
async fn every_end_has_its_outcome_decision_result_and_log() {
    let allowed = json!({"success": true, "user": {"user_identifier": "jim", "policy_id": 1}});
    // Script, outcome, error kind; each with on_error deny and allow.
    for (script, outcome, kind) in [
        ("fail trap boom", "failed", "trap"),
        ("fail exit boom", "failed", "exit"),
        ("fail stack_overflow boom", "failed", "stack_overflow"),
        ("fail host boom", "failed", "host"),
        ("fail timeout boom", "timeout", "timeout"),
        ("fail out_of_fuel boom", "out_of_fuel", "out_of_fuel"),
        ("fail out_of_memory boom", "out_of_memory", "out_of_memory"),
        ("fail invalid_response boom", "invalid_response", "invalid_response"),
        ("fail overloaded boom", "overloaded", "overloaded"),
        ("return {}", "invalid_response", "invalid_response"),
        ("return 5", "invalid_response", "invalid_response"),
        ("panic", "failed", "host"),
        ("reject it", "not_ready", "not_ready"),
    ] {
        for (on_error, result) in [("deny", Value::Null), ("allow", allowed.clone())] {
            let world = World::new();
            let (service, id) = one(&world, script, json!({"on_error": on_error})).await;
            let answer = trigger(&service).await;
            assert_eq!((&answer["outcome"], &answer["error"]["kind"]), (&json!(outcome), &json!(kind)), "{script}");
            assert_eq!((&answer["decision"], &answer["result"]), (&json!(on_error), &result), "{script}");
            let entries = log(&service, &id).await;
            assert_eq!((entries.len(), entries[0].outcome.as_str(), entries[0].decision.as_str()), (1, outcome, on_error));
            let (line, message) = (entries[0].events.iter().next_back().unwrap(), answer["error"]["message"].as_str().unwrap());
            assert!(line.ends_with(&format!("\tERROR\t{kind}: {message}")), "{line}");
        }
    }
}

#[tokio::test]
async fn a_function_may_deny() {
    for script in ["return null", r#"return {"success":false,"user":{"policy_id":1}}"#] {
        let world = World::new();
        let (service, _) = one(&world, script, json!({"on_error": "allow"})).await;
        let answer = trigger(&service).await;
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("deny")));
        assert_eq!(answer["result"].to_string(), script.strip_prefix("return ").unwrap());
    }
}

#[tokio::test]
async fn without_a_live_hook_the_account_decides() {
    let world = World::new();
    let (service, id) = one(&world, "echo", json!({"disabled": true})).await;
    let answer = trigger(&service).await;
    assert_eq!(
        (&answer["outcome"], &answer["decision"], &answer["hook_id"], &answer["version"]),
        (&json!("no_hook"), &json!("allow"), &Value::Null, &Value::Null)
    );
    assert_eq!(answer["result"], json!({"success": true, "user": {"user_identifier": "jim", "policy_id": 1}}));
    assert_eq!(answer["usage"], json!({"duration_us": 0, "fuel": 0, "memory_bytes": 0, "attempts": 0}));
    assert!(log(&service, &id).await.is_empty());
    let migration = service.trigger(ONE, sign_up(), r#"{"user_identifier":"jim","password":"p"}"#.into(), Instant::now()).await.unwrap();
    assert_eq!(migration.decision().as_str(), "deny");
    service.update_account("1", r#"{"on_no_hook":"deny"}"#.into()).await.unwrap();
    let answer = trigger(&service).await;
    assert_eq!((&answer["decision"], &answer["result"]), (&json!("deny"), &Value::Null));
    update(&service, ONE, &id, r#"{"disabled":false}"#.into()).await.unwrap();
    assert_eq!(trigger(&service).await["outcome"], "completed", "enabling takes effect at once");
}

#[tokio::test]
async fn a_function_sees_what_its_options_allow_and_gets_its_limits() {
    let world = World::new();
    let (service, id) = one(&world, "echo", json!({"timeout": 4, "limits": {"fuel": 20_000, "memory_mib": 2}})).await;
    let user = trigger(&service).await["result"]["user"].clone();
    assert_eq!(user["context"].get("risk"), None);
    assert_eq!((&user["fuel"], &user["memory"], &user["seconds"]), (&json!(20_000), &json!(2 << 20), &json!(4)));
    update(&service, ONE, &id, r#"{"risk":true}"#.into()).await.unwrap();
    crate::testing::settled(&service, ONE, &id).await;
    assert_eq!(trigger(&service).await["result"]["user"]["context"]["risk"]["score"], 9);
}

#[tokio::test]
async fn the_deadline_counts_from_when_the_body_was_read() {
    let world = World::new();
    let (service, _) = one(&world, "echo", json!({"timeout": 10})).await;
    let read_at = Instant::now() - Duration::from_secs(7);
    let answer = service.trigger(ONE, sign_in(), CONTEXT.into(), read_at).await.unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(answer["result"]["user"]["seconds"], 3);
    assert!(answer["usage"]["duration_us"].as_u64().unwrap() >= 7_000_000);
}

#[tokio::test]
async fn fire_runs_a_hook_that_is_disabled() {
    let world = World::new();
    let (service, id) = one(&world, "echo", json!({"disabled": true})).await;
    let fire = |body: &str| service.fire(ONE, &id, Bytes::copy_from_slice(body.as_bytes()), Instant::now());
    let answer = fire(&format!(r#"{{"context": {CONTEXT}}}"#)).await.unwrap();
    assert_eq!((answer.outcome().as_str(), answer.request_id()), ("completed", "req-1"));
    for (body, says) in [
        ("{}", "missing field `context`"),
        (r#"{"context":{},"event":1}"#, "unknown field `event`"),
        (r#"{"context":{},"context":{}}"#, "duplicate field `context`"),
        (r#"{"context":{"a":1,"a":2}}"#, "duplicate key"),
        (r#"{"context":{}}"#, "instance requires property \"user\""),
        (r#"{"context":[]}"#, "the context is not usable JSON"),
        ("[]", "expected an object"),
    ] {
        let said = match fire(body).await {
            Err(ServiceError::Invalid { message, .. }) => message,
            other => panic!("{body}: {other:?}"),
        };
        assert!(said.contains(says), "{body}: {said}");
    }
    assert!(matches!(fire("nonsense").await, Err(ServiceError::BadRequest(_))));
}

#[tokio::test]
async fn a_context_that_cannot_be_used_runs_nothing() {
    let world = World::new();
    let (service, id) = one(&world, "echo", json!({})).await;
    let trigger = |body: Vec<u8>| service.trigger(ONE, sign_in(), body.into(), Instant::now());
    for body in [&b"null"[..], b"{\"a\":1,\"a\":2}", b"\xff", b""] {
        assert!(matches!(trigger(body.to_vec()).await, Err(ServiceError::Invalid { .. })), "{body:?}");
    }
    let padded = |size: usize| format!("{LOGIN}{}", " ".repeat(size - LOGIN.len())).into_bytes();
    assert_eq!(padded(2048).len(), 2048);
    assert!(trigger(padded(2048)).await.is_ok());
    assert!(matches!(trigger(padded(2049)).await, Err(ServiceError::TooLarge { limit: 2048, .. })));
    assert_eq!(log(&service, &id).await.len(), 1);
}

#[tokio::test]
async fn a_password_in_the_context_is_neither_logged_nor_stored() {
    let world = World::new();
    let service = world.first_start().await;
    service.create_env(ONE, r#"{"name":"KEY","value":"env-secret-value"}"#.into()).await.unwrap();
    let hook = json!({"type": "sign-up", "runtime": "wasm", "function": encoded("print"), "env_vars": ["KEY"]});
    let id = deploy(&service, ONE, hook).await.id.to_string();
    let context = r#"{"user_identifier":"env-secret-value","password":"correct horse"}"#;
    let answer = service.trigger(ONE, sign_up(), context.into(), Instant::now()).await.unwrap();
    let seen = format!("{}{:?}{}", serde_json::to_string(&answer).unwrap(), log(&service, &id).await, world.store.dump().concat());
    assert!(seen.contains("***") && !seen.contains("correct horse") && !seen.contains("env-secret"), "{seen}");
    let long = json!({"user_identifier": "x", "password": "p".repeat(1025)}).to_string();
    // The user who signs up chooses its length, so the hook's `on_error` answers and the caller gets no error.
    for (on_error, decision) in [("deny", "deny"), ("allow", "allow")] {
        update(&service, ONE, &id, json!({"on_error": on_error}).to_string().into()).await.unwrap();
        crate::testing::settled(&service, ONE, &id).await;
        let answer = service.trigger(ONE, sign_up(), long.clone().into(), Instant::now()).await.unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(answer["outcome"], "failed");
        assert_eq!(answer["decision"], decision);
        assert_eq!(answer["usage"]["attempts"], 0, "the function does not run");
        assert!(answer["error"]["message"].as_str().unwrap().contains("more than 1024 bytes"), "{answer}");
    }
    let seen = format!("{:?}{}", log(&service, &id).await, world.store.dump().concat());
    assert!(!seen.contains("pppppppp"), "{seen}");
}

#[tokio::test]
async fn a_result_with_a_key_twice_is_not_passed_on() {
    for result in [r#"{"user":{"policy_id":1,"policy_id":2}}"#, r#"{"user":{},"user":{"a":1}}"#, r#"{"user":{"a":[{"b":1,"\u0062":2}]}}"#] {
        let world = World::new();
        let (service, _) = one(&world, &format!("return {result}"), json!({})).await;
        let answer = trigger(&service).await;
        assert_eq!(answer["outcome"], "invalid_response", "{result}");
        assert_eq!(answer["result"], Value::Null, "{result}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("duplicate key"), "{answer}");
    }
}

#[tokio::test]
async fn a_verdict_has_commands_and_a_message() {
    let result = r#"{"user":{},"commands":[{"type":"set","value":{"a":1}}],"message":"Welcome"}"#;
    let world = World::new();
    let (service, id) = one(&world, &format!("return {result}"), json!({})).await;
    let answer = trigger(&service).await;
    assert_eq!(answer["commands"], json!([{"type": "set", "value": {"a": 1}}]));
    assert_eq!(answer["message"], "Welcome");
    update(&service, ONE, &id, json!({"function": encoded(r#"return {"no_change":1}"#)}).to_string().into()).await.unwrap();
    crate::testing::settled(&service, ONE, &id).await;
    let answer = trigger(&service).await;
    assert_eq!(answer["decision"], "no_change");
    assert_eq!(answer.get("commands"), None);
    assert_eq!(answer.get("message"), None);
    let decided = log(&service, &id).await.into_iter().map(|entry| entry.decision.as_str()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(decided.into_iter().collect::<Vec<_>>(), ["allow", "no_change"]);
}

#[tokio::test]
async fn a_service_ends_only_after_executions_whose_caller_has_gone() {
    let world = World::new();
    let (service, id) = one(&world, "wait", json!({})).await;
    let hanging = tokio::time::timeout(Duration::from_millis(20), trigger(&service)).await;
    assert!(hanging.is_err());
    let go_on = world.compiler.go_on.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        go_on.notify_one();
    });
    service.shutdown().await;
    drop(service);
    assert_eq!(log(&world.start(), &id).await.len(), 1, "it ended and was logged");
}

#[tokio::test]
async fn an_execution_ends_and_is_logged_even_if_the_caller_hangs_up() {
    let world = World::new();
    let (service, id) = one(&world, "wait", json!({})).await;
    let hanging = tokio::time::timeout(Duration::from_millis(20), trigger(&service)).await;
    assert!(hanging.is_err());
    assert!(log(&service, &id).await.is_empty());
    world.compiler.go_on.notify_one();
    while log(&service, &id).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_execution_finishes_on_the_version_that_it_started_with() {
    let world = World::new();
    let (service, id) = one(&world, "wait", json!({})).await;
    let running = tokio::spawn({
        let service = service.clone();
        async move { trigger(&service).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    service.delete_hook(ONE, &id).await.unwrap();
    world.compiler.go_on.notify_one();
    let answer = running.await.unwrap();
    assert_eq!((&answer["outcome"], &answer["version"]), (&json!("completed"), &json!(1)));
}

#[tokio::test]
async fn executions_are_paged_by_position_and_filtered() {
    let world = World::new();
    let (service, id) = one(&world, "return null", json!({})).await;
    for number in 0..5 {
        world.clock.advance(Duration::from_secs(1));
        let ids = format!(r#"{{"request_id":"r{number}","correlation_id":"c{}","#, number % 2);
        let context = LOGIN.replacen('{', &ids, 1);
        service.trigger(ONE, sign_in(), context.into(), Instant::now()).await.unwrap();
    }
    let page = |filter, page| list(&service, ONE, &id, filter, page);
    let ids = |items: &[ExecutionView]| items.iter().map(|one| one.request_id.clone()).collect::<Vec<_>>();
    let first = page(ExecutionFilter::default(), Page::new(Some(2), None, None).unwrap()).await.unwrap();
    assert_eq!(ids(&first.items), ["r4", "r3"]);
    world.clock.advance(Duration::from_secs(1));
    trigger(&service).await;
    let second = page(ExecutionFilter::default(), Page::new(None, None, first.next.as_deref()).unwrap()).await.unwrap();
    assert_eq!((ids(&second.items), second.page), (vec!["r2".into(), "r1".into()], 2), "what came since does not shift the pages");
    let numbered = page(ExecutionFilter::default(), Page::new(Some(2), Some(3), None).unwrap()).await.unwrap();
    assert_eq!(ids(&numbered.items), ["r1", "r0"]);
    assert!(numbered.next.is_none());
    let login = ExecutionFilter { correlation_id: Some("c1".into()), ..Default::default() };
    assert_eq!(ids(&page(login, Page::default()).await.unwrap().items), ["r3", "r1"]);
    let forged = Page::new(None, None, Some("YWZ0ZXI9eA")).unwrap();
    assert!(matches!(page(ExecutionFilter::default(), forged).await, Err(ServiceError::Invalid { .. })));
    world.clock.advance(Duration::from_secs(7 * 86_400 + 1));
    assert_eq!(page(ExecutionFilter::default(), Page::default()).await.unwrap().items, [], "a week later nothing is served");
}
