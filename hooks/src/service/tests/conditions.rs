//! Which users a hook runs for, how often, on which context, and what a strict account makes of its result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::resources::Status;
use crate::service::{ExecutionFilter, Page, Service};
use crate::testing::{LOGIN, ONE, World, body, deploy, encoded, list, new_hook, new_javascript, settled, sign_in, sign_up, update};

async fn hook(service: &Service, script: &str, changes: Value) -> String {
    let hook = serde_json::from_slice(&body(&new_hook(script), changes)).unwrap();
    deploy(service, ONE, hook).await.id.to_string()
}

async fn login(service: &Service, roles: Value) -> Value {
    let mut context: Value = serde_json::from_str(LOGIN).unwrap();
    context["roles"] = roles;
    let answer = service.trigger(ONE, sign_in(), context.to_string().into(), Instant::now()).await.unwrap();
    serde_json::to_value(answer).unwrap()
}

fn condition(operator: &str, value: &str) -> Value {
    json!({"source": "roles", "operator": operator, "value": value})
}

#[tokio::test]
async fn a_hook_runs_for_the_users_that_meet_all_its_conditions() {
    let world = World::new();
    let service = world.first_start().await;
    let conditions = json!([condition("~", "12"), condition("!~", "34")]);
    let id = hook(&service, "echo", json!({"conditions": conditions, "on_error": "deny"})).await;
    for (roles, outcome) in [
        (json!([12]), "completed"),
        (json!(["12", 5]), "completed"),
        (json!([12, "34"]), "skipped"),
        (json!([1, 2, 123]), "skipped"),
        (json!([]), "skipped"),
        (Value::Null, "skipped"),
    ] {
        let answer = login(&service, roles.clone()).await;
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!(outcome), &json!("allow")), "{roles}");
        assert!(answer["result"]["user"]["context"].get("roles").is_none(), "no function sees the roles");
        assert_eq!(answer["hook_id"], id);
    }
    world.clock.advance(std::time::Duration::from_secs(1));
    let skipped = login(&service, json!([])).await;
    assert_eq!(skipped["result"], json!({"success": true, "user": {"user_identifier": "jim", "policy_id": 1}}));
    assert_eq!(skipped["usage"]["attempts"], 0);
    let entries = list(&service, ONE, &id, ExecutionFilter::default(), Page::default()).await.unwrap();
    assert_eq!((entries.items.len(), entries.items[0].outcome.as_str(), entries.items[0].events.is_empty()), (7, "skipped", true));
}

#[tokio::test]
async fn an_author_fires_with_roles_beside_the_context() {
    let world = World::new();
    let service = world.first_start().await;
    let id = hook(&service, "echo", json!({"conditions": [condition("~", "12")]})).await;
    for (more, outcome) in [(r#","roles":["12"]"#, "completed"), (r#","roles":[]"#, "skipped"), ("", "skipped")] {
        let body = format!(r#"{{"context":{LOGIN}{more}}}"#);
        let answer = service.fire(ONE, &id, Bytes::from(body), Instant::now()).await.unwrap();
        assert_eq!(answer.outcome().as_str(), outcome, "{more}");
    }
}

#[tokio::test]
async fn outside_its_conditions_a_migration_is_denied_and_a_hook_that_is_not_ready_allows() {
    let world = World::new();
    let service = world.first_start().await;
    hook(&service, "reject it", json!({"conditions": [condition("~", "12")]})).await;
    let (outside, inside) = (login(&service, json!([])).await, login(&service, json!([12])).await);
    assert_eq!((&outside["outcome"], &outside["decision"]), (&json!("skipped"), &json!("allow")));
    assert_eq!((&inside["outcome"], &inside["decision"]), (&json!("not_ready"), &json!("deny")));
    hook(&service, "echo", json!({"type": "sign-up", "conditions": [condition("~", "12")]})).await;
    let context = r#"{"user_identifier":"jim","password":"p"}"#;
    let answer = service.trigger(ONE, sign_up(), context.into(), Instant::now()).await.unwrap();
    assert_eq!((answer.outcome().as_str(), answer.decision().as_str()), ("skipped", "deny"));
}

#[tokio::test]
async fn a_failed_run_is_repeated_in_one_execution() {
    let world = World::new();
    let service = world.first_start().await;
    let id = hook(&service, "fail trap boom", json!({"retries": 2})).await;
    let answer = login(&service, json!([])).await;
    assert_eq!((&answer["outcome"], &answer["usage"]["attempts"], &answer["usage"]["fuel"]), (&json!("failed"), &json!(3), &json!(21)));
    let entries = list(&service, ONE, &id, ExecutionFilter::default(), Page::default()).await.unwrap();
    let ends: Vec<&str> = entries.items[0].events.iter().filter_map(|line| line.rsplit('\t').next()).collect();
    assert_eq!(entries.items.len(), 1);
    assert_eq!(ends, ["trap: boom (run 1 failed, and is repeated)", "trap: boom (run 2 failed, and is repeated)", "trap: boom"]);
    assert_eq!(entries.items[0].usage.attempts, 3);
}

#[tokio::test]
async fn what_cannot_do_better_is_not_repeated() {
    for (script, outcome) in [
        ("fail timeout boom", "timeout"),
        ("fail overloaded boom", "overloaded"),
        ("return null", "completed"),
        (r#"return {"success":false,"user":{}}"#, "completed"),
    ] {
        let world = World::new();
        let service = world.first_start().await;
        hook(&service, script, json!({"retries": 4})).await;
        let answer = login(&service, json!([])).await;
        assert_eq!((&answer["outcome"], &answer["usage"]["attempts"]), (&json!(outcome), &json!(1)), "{script}");
    }
    // After the deadline there is no time for another run.
    let world = World::new();
    let service = world.first_start().await;
    hook(&service, "fail trap boom", json!({"retries": 4, "timeout": 2})).await;
    let late = Instant::now() - std::time::Duration::from_secs(3);
    let answer = service.trigger(ONE, sign_in(), LOGIN.into(), late).await.unwrap();
    assert_eq!(serde_json::to_value(answer).unwrap()["usage"]["attempts"], 1);
}

#[tokio::test]
async fn a_user_who_is_left_out_is_decided_about_as_if_there_were_no_hook() {
    let world = World::new();
    let service = world.first_start().await;
    hook(&service, "echo", json!({"conditions": [condition("~", "12")]})).await;
    for (on_no_hook, decision) in
        [("null", "allow"), (r#""deny""#, "deny"), (r#"{"sign-in":"deny"}"#, "deny"), (r#"{"sign-up":"deny"}"#, "allow")]
    {
        service.update_account("1", format!(r#"{{"on_no_hook":{on_no_hook}}}"#).into()).await.unwrap();
        let answer = login(&service, json!([])).await;
        assert_eq!(answer["outcome"], "skipped", "{on_no_hook}");
        assert_eq!(answer["decision"], decision, "{on_no_hook}");
    }
}

#[tokio::test]
async fn conditions_and_on_error_are_those_of_the_version_that_served_last() {
    let world = World::new();
    let service = world.first_start().await;
    let env = service.create_env(ONE, r#"{"name":"KEY","value":"good"}"#.into()).await.unwrap().id.to_string();
    let first = json!({"conditions": [condition("~", "12")], "env_vars": ["KEY"], "on_error": "deny"});
    let first = body(&new_javascript("top KEY"), first);
    let id = deploy(&service, ONE, serde_json::from_slice(&first).unwrap()).await.id.to_string();
    // A newer version that asks for another role, would allow everybody, and never serves.
    let second = json!({"function": STANDARD.encode("reject no"), "conditions": [condition("~", "99")], "on_error": "allow"});
    update(&service, ONE, &id, second.to_string().into()).await.unwrap();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::UpdateFailed);
    // The first version can no longer be prepared.
    service.update_env(ONE, &env, r#"{"value":"bad value"}"#.into()).await.unwrap();
    let answer = login(&service, json!(["12"])).await;
    assert_eq!(answer["outcome"], "not_ready", "{answer}");
    assert_eq!(answer["decision"], "deny", "{answer}");
    assert_eq!(login(&service, json!(["99"])).await["outcome"], "skipped");
}

#[tokio::test]
async fn before_a_version_was_ready_every_status_is_of_a_new_hook() {
    let world = World::new();
    let service = world.first_start().await;
    let made = deploy(&service, ONE, new_hook("reject no")).await;
    assert_eq!(made.status, Status::CreateFailed);
    let id = made.id.to_string();
    let again = update(&service, ONE, &id, json!({"function": encoded("reject neither")}).to_string().into()).await.unwrap();
    assert_eq!(again.status, Status::CreateQueued);
    assert_eq!(settled(&service, ONE, &id).await.status, Status::CreateFailed);
    update(&service, ONE, &id, json!({"function": encoded("echo")}).to_string().into()).await.unwrap();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    let changed = update(&service, ONE, &id, json!({"timeout": 2}).to_string().into()).await.unwrap();
    assert_eq!(changed.status, Status::UpdateQueued);
}
