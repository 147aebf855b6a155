//! Making, changing, listing and deleting hooks.

use std::time::Duration;

use bytes::Bytes;
use hookbox_runtime::FunctionDigest;
use serde_json::{Value, json};

use crate::error::ServiceError;
use crate::resources::Status;
use crate::service::{HookFilter, Page};
use crate::testing::{ONE, World, body, create, deploy, encoded, function, new_hook, refused, settled, sign_in, update};

/// A new hook with changes.
pub(super) fn with(changes: Value) -> Bytes {
    body(&new_hook("echo"), changes)
}

#[tokio::test]
async fn a_new_hook_has_the_documented_fields_and_defaults() {
    let world = World::new();
    let service = world.first_start().await;
    let hook = deploy(&service, ONE, new_hook("echo")).await;
    let shown = serde_json::to_value(&hook).unwrap();
    let expected = json!({
        "id": hook.id.to_string(), "account_id": 1, "type": "sign-in", "dialect": "sample", "disabled": false, "runtime": "wasm",
        "timeout": 1, "retries": 0, "env_vars": [], "packages": {}, "conditions": [],
        "limits": {"fuel": 3_000_000_000u64, "memory_mib": 64}, "on_error": "deny", "expose_errors": false, "http_cache": false,
        "settings": {"risk": false},
        "version": 1, "status": "ready", "status_message": null, "serving_version": 1, "kind": "command", "function_bytes": 12,
        "top_level": null, "top_level_reason": null,
        "created_at": "2026-05-28T20:26:40.000Z", "updated_at": "2026-05-28T20:26:40.000Z", "function": encoded("echo"),
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn an_update_is_a_merge_and_makes_a_version_only_if_one_changes() {
    let world = World::new();
    let service = world.first_start().await;
    let made = deploy(&service, ONE, serde_json::from_slice(&with(json!({"timeout": 3, "risk": true}))).unwrap()).await;
    let id = made.id.to_string();
    world.clock.advance(Duration::from_secs(5));

    for same in [json!({}), json!({"timeout": null, "env_vars": null, "settings": null}), serde_json::to_value(&made).unwrap()] {
        let hook = update(&service, ONE, &id, same.to_string().into()).await.unwrap();
        assert_eq!(hook, made, "{same}");
    }
    let disabled = update(&service, ONE, &id, r#"{"disabled":true}"#.into()).await.unwrap();
    assert_eq!((disabled.version, disabled.status, disabled.disabled), (1, Status::Ready, true));
    assert!(disabled.updated_at > made.updated_at);

    let changes =
        json!({"timeout": 7, "settings": {"secret": "s"}, "limits": {"memory_mib": 16}, "on_error": "allow", "version": 99, "status": "x"});
    let changed = update(&service, ONE, &id, changes.to_string().into()).await.unwrap();
    assert_eq!((changed.version, changed.status), (2, Status::UpdateQueued));
    assert_eq!((changed.timeout, changed.limits.memory_mib, changed.limits.fuel), (7, 16, 3_000_000_000));
    assert!(changed.settings["risk"] == true);
    assert_eq!(changed.function, made.function);
    let ready = settled(&service, ONE, &id).await;
    assert_eq!((ready.version, ready.status, ready.created_at), (2, Status::Ready, made.created_at));
    assert_eq!(world.compiler.count(), 1, "the function was prepared once: it did not change");
}

#[tokio::test]
async fn the_type_is_for_ever() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook("echo")).await.id.to_string();
    assert!(update(&service, ONE, &id, r#"{"type":"sign-in"}"#.into()).await.is_ok());
    let other = update(&service, ONE, &id, r#"{"type":"sign-up"}"#.into()).await;
    assert_eq!(refused(other), "instance.type cannot be changed: the hook is a 'sign-in' hook");
}

#[tokio::test]
async fn a_type_has_one_hook_unless_the_account_may_have_more_and_one_that_is_enabled() {
    let world = World::new();
    let service = world.first_start().await;
    let first = deploy(&service, ONE, new_hook("echo")).await.id.to_string();
    let second = create(&service, ONE, with(json!({"disabled": true}))).await;
    assert_eq!(refused(second), "The 'sign-in' hook is synchronous and can only have one defined function");

    service.update_account("1", r#"{"hooks_per_type":2}"#.into()).await.unwrap();
    let enabled = create(&service, ONE, with(json!({}))).await;
    assert!(matches!(&enabled, Err(ServiceError::Conflict(text)) if text.contains(&first)), "{enabled:?}");
    let second = create(&service, ONE, with(json!({"disabled": true}))).await.unwrap().id.to_string();
    let enable = update(&service, ONE, &second, r#"{"disabled":false}"#.into()).await;
    assert!(matches!(enable, Err(ServiceError::Conflict(_))), "{enable:?}");
    let third = create(&service, ONE, with(json!({"disabled": true}))).await;
    assert!(refused(third).contains("2 'sign-in' hooks"));

    update(&service, ONE, &first, r#"{"disabled":true}"#.into()).await.unwrap();
    update(&service, ONE, &second, r#"{"disabled":false}"#.into()).await.unwrap();
    service.delete_hook(ONE, &first).await.unwrap();
    service.delete_hook(ONE, &second).await.unwrap();
    assert!(create(&service, ONE, with(json!({}))).await.is_ok(), "a delete frees the type at once");
}

#[tokio::test]
async fn lists_are_filtered_and_paged_oldest_first() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":100}"#.into()).await.unwrap();
    let mut ids = Vec::new();
    for number in 0..5 {
        world.clock.advance(Duration::from_secs(1));
        ids.push(create(&service, ONE, with(json!({"disabled": number != 0}))).await.unwrap().id);
    }
    let migration = with(json!({"type": "sign-up"}));
    create(&service, ONE, migration).await.unwrap();

    let list = |filter, page| service.list_hooks(ONE, filter, page, true);
    let wanted = HookFilter { hook_type: Some(sign_in()), ..HookFilter::default() };
    let page = list(wanted, Page::new(Some(2), None, None).unwrap()).await.unwrap();
    assert_eq!((page.total, page.items.iter().map(|hook| hook.id).collect::<Vec<_>>()), (5, ids[..2].to_vec()));
    assert_eq!(page.items[0].function.as_deref(), Some(encoded("echo").as_str()));
    let page = list(wanted, Page::new(None, None, page.next.as_deref()).unwrap()).await.unwrap();
    assert_eq!(page.items.iter().map(|hook| hook.id).collect::<Vec<_>>(), ids[2..4].to_vec());
    assert_eq!(list(HookFilter { disabled: Some(false), ..HookFilter::default() }, Page::default()).await.unwrap().total, 2);
    assert_eq!(list(HookFilter::default(), Page::default()).await.unwrap().total, 6);
}

#[tokio::test]
async fn a_deleted_hook_leaves_nothing_but_its_log() {
    let world = World::new();
    let service = world.first_start().await;
    let before = world.store.dump().len();
    let large = "x".repeat(100_000);
    let id = deploy(&service, ONE, new_hook(&format!("return {{}}{large}"))).await.id.to_string();
    let blobs = || walk(&world.folder.path().join("blobs"));
    assert_eq!(blobs(), 1);
    service.delete_hook(ONE, &id).await.unwrap();
    assert!(matches!(service.get_hook(ONE, &id).await, Err(ServiceError::NotFound)));
    service.quiet().await;
    assert_eq!((world.store.dump().len(), blobs()), (before, 0));
    assert_eq!(*world.compiler.forgotten.lock().unwrap(), [FunctionDigest::of(&function(&format!("return {{}}{large}")))]);
}

fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn an_old_version_goes_once_the_new_one_is_ready() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook("return 1")).await.id.to_string();
    let records = world.store.dump().len();
    update(&service, ONE, &id, json!({"function": encoded("return 2")}).to_string().into()).await.unwrap();
    settled(&service, ONE, &id).await;
    assert_eq!(world.store.dump().len(), records);
    service.quiet().await;
    assert_eq!(*world.compiler.forgotten.lock().unwrap(), [FunctionDigest::of(&function("return 1"))]);
}

#[tokio::test]
async fn a_full_disk_changes_nothing() {
    let world = World::new();
    let service = world.first_start().await;
    let hook = deploy(&service, ONE, new_hook("echo")).await;
    let env = service.create_env(ONE, r#"{"name":"KEY","value":"v"}"#.into()).await.unwrap();
    let id = hook.id.to_string();
    let before = world.store.dump();
    world.store.set_full(true);
    let full = |error: ServiceError| assert!(matches!(error, ServiceError::StoreFull), "{error:?}");
    full(update(&service, ONE, &id, r#"{"timeout":9}"#.into()).await.unwrap_err());
    full(service.delete_hook(ONE, &id).await.unwrap_err());
    full(service.delete_env(ONE, &env.id.to_string()).await.unwrap_err());
    full(service.create_account("{}".into()).await.unwrap_err());
    assert_eq!(service.get_hook(ONE, &id).await.unwrap(), hook);
    assert_eq!(service.list_accounts(Page::default()).await.unwrap().total, 1);
    world.store.set_full(false);
    assert_eq!(world.store.dump(), before);
    update(&service, ONE, &id, r#"{"timeout":9}"#.into()).await.unwrap();
}

#[tokio::test]
async fn two_creates_at_once_make_one_hook() {
    let world = World::new();
    let service = world.first_start().await;
    let (left, right) = tokio::join!(create(&service, ONE, with(json!({}))), create(&service, ONE, with(json!({}))));
    assert!(left.is_ok() != right.is_ok());
}
