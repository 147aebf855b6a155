//! Env vars: sealed, linked, masked, changed and deleted.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::hooks::with;
use crate::service::{ExecutionFilter, Page, Service};
use crate::testing::{LOGIN, ONE, World, body, create, deploy, list, new_hook, refused, sign_in};

async fn env(service: &Service, name: &str, value: &str) -> String {
    service.create_env(ONE, json!({"name": name, "value": value}).to_string().into()).await.unwrap().id.to_string()
}

async fn value_seen(service: &Service) -> Value {
    let answer = service.trigger(ONE, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
    serde_json::to_value(answer).unwrap()["result"]["user"]["env"].clone()
}

#[tokio::test]
async fn a_value_is_sealed_never_shown_and_opened_again_after_a_restart() {
    let world = World::new();
    let service = world.first_start().await;
    let id = env(&service, "API_KEY", "hunter2-hunter2").await;
    let shown = serde_json::to_string(&service.get_env(ONE, &id).await.unwrap()).unwrap();
    assert!(shown.contains("API_KEY") && !shown.contains("hunter2") && !shown.contains("sealed"), "{shown}");
    assert!(!world.store.dump().concat().contains("hunter2"));
    deploy(&service, ONE, serde_json::from_slice(&body(&new_hook("env API_KEY"), json!({"env_vars": ["API_KEY"]}))).unwrap()).await;
    service.shutdown().await;
    drop(service);

    let service = world.start();
    while !service.readiness().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(value_seen(&service).await, "hunter2-hunter2");
}

#[tokio::test]
async fn a_new_value_serves_from_the_next_execution_on_and_is_masked() {
    let world = World::new();
    let service = world.first_start().await;
    let id = env(&service, "API_KEY", "first-value").await;
    env(&service, "OTHER", "other-value").await;
    let hook =
        deploy(&service, ONE, serde_json::from_slice(&body(&new_hook("env API_KEY"), json!({"env_vars": ["API_KEY"]}))).unwrap()).await;
    assert_eq!(value_seen(&service).await, "first-value");
    service.update_env(ONE, &id, r#"{"value":"second-value"}"#.into()).await.unwrap();
    assert_eq!(value_seen(&service).await, "second-value");
    assert_eq!(service.get_hook(ONE, &hook.id.to_string()).await.unwrap(), hook, "the hook is the same");
    let log = list(&service, ONE, &hook.id.to_string(), ExecutionFilter::default(), Page::default()).await.unwrap();
    assert_eq!(log.items.len(), 2);
    assert!(
        log.items.iter().all(|one| matches!(one.events.iter().collect::<Vec<_>>()[..], [line] if line.ends_with("value=***"))),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_hook_sees_linked_variables_only() {
    let world = World::new();
    let service = world.first_start().await;
    env(&service, "API_KEY", "first-value").await;
    deploy(&service, ONE, new_hook("env API_KEY")).await;
    assert_eq!(value_seen(&service).await, Value::Null);
}

#[tokio::test]
async fn a_deleted_variable_leaves_every_hook() {
    let world = World::new();
    let service = world.first_start().await;
    let id = env(&service, "API_KEY", "first-value").await;
    env(&service, "OTHER", "other-value").await;
    let hook = body(&new_hook("env API_KEY"), json!({"env_vars": ["OTHER", "API_KEY"]}));
    let hook = deploy(&service, ONE, serde_json::from_slice(&hook).unwrap()).await.id.to_string();
    service.delete_env(ONE, &id).await.unwrap();
    assert_eq!(value_seen(&service).await, Value::Null);
    let left = service.get_hook(ONE, &hook).await.unwrap();
    assert_eq!((left.env_vars, left.version), (vec!["OTHER".to_owned()], 1));
    // An env var that gets the name later is another one.
    env(&service, "API_KEY", "later-value").await;
    assert_eq!(value_seen(&service).await, Value::Null);
    service.shutdown().await;
    drop(service);
    assert_eq!(world.start().get_hook(ONE, &hook).await.unwrap().env_vars, vec!["OTHER".to_owned()]);
}

#[tokio::test]
async fn names_are_unique_and_links_must_exist() {
    let world = World::new();
    let service = world.first_start().await;
    env(&service, "KEY", "v").await;
    let again = service.create_env(ONE, r#"{"name":"KEY","value":"w"}"#.into()).await;
    assert_eq!(refused(again), "instance.name is taken: the environment variable \"KEY\" exists");
    let unknown = create(&service, ONE, with(json!({"env_vars": ["KEY", "NONE"]}))).await;
    assert_eq!(refused(unknown), "instance.env_vars[1] names the environment variable \"NONE\", which does not exist");
    assert_eq!(service.list_envs(ONE, Page::default()).await.unwrap().total, 1);
}

#[tokio::test]
async fn there_is_room_for_so_much_in_an_account_and_on_a_server() {
    let mut world = World::new();
    (world.limits.account_env_vars, world.limits.account_hooks, world.limits.account_credentials, world.limits.accounts) = (2, 1, 2, 2);
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":9}"#.into()).await.unwrap();
    env(&service, "ONE", "v").await;
    let two = env(&service, "TWO", "v").await;
    let says = |have: usize, what: &str| format!("There are {have} {what} already, and {have} is the most that there may be");
    let third = || service.create_env(ONE, r#"{"name":"THREE","value":"w"}"#.into());
    assert_eq!(refused(third().await), says(2, "environment variables"));
    service.delete_env(ONE, &two).await.unwrap();
    third().await.unwrap();
    deploy(&service, ONE, new_hook("echo")).await;
    assert_eq!(refused(create(&service, ONE, with(json!({"disabled": true}))).await), says(1, "hooks"));
    service.create_credential(ONE, r#"{"scopes":["read"]}"#.into()).await.unwrap();
    let another = service.create_credential(ONE, r#"{"scopes":["read"]}"#.into()).await;
    assert_eq!(another.map(drop).unwrap_err().to_string(), says(2, "credentials of the account"));
    service.create_account("{}".into()).await.unwrap();
    assert_eq!(refused(service.create_account("{}".into()).await), says(2, "accounts"));
}

#[tokio::test]
async fn twenty_thousand_variables_are_applied_at_once() {
    let mut world = World::new();
    world.limits.account_env_vars = 20_000;
    let service = world.first_start().await;
    let vars: Vec<Value> = (0..20_000).map(|number| json!({"name": format!("KEY_{number}"), "value": format!("value {number}")})).collect();
    for (dry_run, changed, total) in [(true, true, 0), (false, true, 20_000), (true, false, 20_000), (false, false, 20_000)] {
        let wanted = json!({"hooks": [], "env_vars": vars, "dry_run": dry_run});
        let begun = std::time::Instant::now();
        let applied = service.apply(ONE, wanted.to_string().into()).await.unwrap();
        println!("dry_run {dry_run}, {total}: {:?}", begun.elapsed());
        assert_eq!((applied.env_vars.len(), applied.changed), (20_000, changed));
        assert_eq!(service.list_envs(ONE, Page::default()).await.unwrap().total, total);
    }
}

#[tokio::test]
async fn a_value_is_sealed_for_others_by_those_who_know_it() {
    let service = World::new().first_start().await;
    let apply = |var: Value| {
        let service = service.clone();
        async move { service.apply(ONE, json!({"hooks": [], "env_vars": [var]}).to_string().into()).await }
    };
    apply(json!({"name": "KEY", "value": "hunter2", "sealed_for": ["api.example"]})).await.unwrap();
    let refused = apply(json!({"name": "KEY", "sealed_for": ["other.example"]})).await.map(drop).unwrap_err().to_string();
    assert_eq!(refused, "instance.env_vars[0].value is needed: \"KEY\" is sealed for other hosts");
    for kept in [json!({"name": "KEY"}), json!({"name": "KEY", "sealed_for": ["api.example"]})] {
        assert!(!apply(kept).await.unwrap().changed);
    }
    assert!(apply(json!({"name": "KEY", "value": "hunter2", "sealed_for": ["other.example"]})).await.unwrap().changed);
    let shown = service.list_envs(ONE, Page::default()).await.unwrap().items.remove(0);
    assert_eq!(shown.sealed_for.as_deref(), Some(["other.example".to_owned()].as_slice()));
}
