//! JavaScript hooks: their runtimes, what is kept of them, and top levels that read env vars.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::error::ServiceError;
use crate::resources::{HookView, Status, TopLevel};
use crate::service::{Page, Service};
use crate::testing::{
    LOGIN, ONE, World, body, create, deploy, javascript_name, new_hook, new_javascript, refused, settled, sign_in, update,
};

const GOOD: &str = r#"return {"user":{"policy_id":1}}"#;

async fn env(service: &Service, name: &str, value: &str) -> String {
    service.create_env(ONE, json!({"name": name, "value": value}).to_string().into()).await.unwrap().id.to_string()
}

async fn set(service: &Service, id: &str, value: &str) -> Result<(), ServiceError> {
    service.update_env(ONE, id, json!({"value": value}).to_string().into()).await.map(drop)
}

async fn answer(service: &Service) -> Value {
    let answer = service.trigger(ONE, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
    serde_json::to_value(answer).unwrap()
}

async fn value_seen(service: &Service) -> Value {
    answer(service).await["result"]["user"]["env"].clone()
}

async fn awake(service: &Service) {
    while !service.readiness().is_empty() {
        tokio::task::yield_now().await;
    }
}

async fn preparing(world: &World, count: usize) {
    while world.compiler.count() < count {
        tokio::task::yield_now().await;
    }
}

/// A body of a hook that reads API_KEY at its top level.
fn reader() -> Value {
    serde_json::from_slice(&body(&new_javascript("top API_KEY"), json!({"env_vars": ["API_KEY"]}))).unwrap()
}

async fn detail(service: &Service, id: &str) -> HookView {
    service.get_hook(ONE, id).await.unwrap()
}

/// A hook's status, its message, and the version that serves.
async fn state(service: &Service, id: &str) -> (Status, Option<String>, Option<u32>) {
    let detail = detail(service, id).await;
    (detail.status, detail.status_message, detail.serving_version)
}

#[tokio::test]
async fn a_hook_tells_its_runtime_its_kind_and_its_top_level() {
    let world = World::new();
    let service = world.first_start().await;
    env(&service, "API_KEY", "first-value").await;
    let rows = [
        (new_hook(GOOD), "wasm", "command", None, None),
        (new_javascript(GOOD), "nodejs20.x", "javascript", Some(TopLevel::Frozen), None),
        (reader(), "nodejs20.x", "javascript", Some(TopLevel::FrozenWithEnv), None),
        (new_javascript("clock"), "nodejs20.x", "javascript", Some(TopLevel::Evaluated), Some("the clock")),
        (new_javascript("reject it"), "nodejs20.x", "javascript", None, None),
    ];
    for (hook, runtime, kind, top_level, reason) in rows {
        let id = deploy(&service, ONE, hook).await.id.to_string();
        let detail = detail(&service, &id).await;
        assert_eq!(
            (&*detail.runtime, &*detail.kind, detail.top_level, detail.top_level_reason.as_deref()),
            (runtime, kind, top_level, reason)
        );
        service.delete_hook(ONE, &id).await.unwrap();
    }
}

#[tokio::test]
async fn another_version_of_node_is_another_version_of_the_hook() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_javascript(GOOD)).await.id.to_string();
    let updated = update(&service, ONE, &id, r#"{"runtime":"nodejs24.x"}"#.into()).await.unwrap();
    assert_eq!((updated.version, &*updated.runtime, updated.status), (2, "nodejs24.x", Status::UpdateQueued));
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    assert_eq!(*world.compiler.prepared.lock().unwrap(), [GOOD, GOOD]);
    service.quiet().await;
    assert_eq!(*world.compiler.forgotten.lock().unwrap(), [javascript_name("nodejs20.x", GOOD)], "the source stays, its old image goes");
    let wasm = update(&service, ONE, &id, r#"{"runtime":"wasm"}"#.into()).await;
    assert_eq!(refused(wasm), "instance.runtime does not match the function, which is JavaScript");
    let records = world.store.dump().len();
    service.delete_hook(ONE, &id).await.unwrap();
    service.quiet().await;
    assert_eq!(world.store.dump().len(), records - 2, "the hook's record and its source");
    assert_eq!(world.compiler.forgotten.lock().unwrap().last(), Some(&javascript_name("nodejs24.x", GOOD)));
}

#[tokio::test]
async fn a_runtime_that_is_stored_comes_back_after_a_restart() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_javascript(GOOD)).await.id.to_string();
    let before = service.get_hook(ONE, &id).await.unwrap();
    service.shutdown().await;
    drop(service);
    let service = world.start();
    awake(&service).await;
    assert_eq!(service.get_hook(ONE, &id).await.unwrap(), before);
    assert_eq!(answer(&service).await["outcome"], "completed");
}

#[tokio::test]
async fn equal_sources_never_share_what_may_hold_values() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":2}"#.into()).await.unwrap();
    env(&service, "API_KEY", "first-value").await;
    deploy(&service, ONE, reader()).await;
    let unlinked = body(&new_javascript("top API_KEY"), json!({"disabled": true}));
    let id = deploy(&service, ONE, serde_json::from_slice(&unlinked).unwrap()).await.id.to_string();
    let fired = service.fire(ONE, &id, format!(r#"{{"context":{LOGIN}}}"#).into(), Instant::now()).await.unwrap();
    assert_eq!(serde_json::to_value(fired).unwrap()["result"]["user"]["env"], "none");
    assert_eq!(value_seen(&service).await, "first-value");
    assert_eq!(world.compiler.count(), 2);
}

#[tokio::test]
async fn a_new_value_reaches_the_next_execution_of_a_top_level_that_read_the_old_one() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":2}"#.into()).await.unwrap();
    let id = env(&service, "API_KEY", "first-value").await;
    let hook = deploy(&service, ONE, reader()).await;
    let late = body(&new_javascript("env API_KEY"), json!({"env_vars": ["API_KEY"], "disabled": true}));
    deploy(&service, ONE, serde_json::from_slice(&late).unwrap()).await;
    assert_eq!((value_seen(&service).await, world.compiler.count()), (json!("first-value"), 2));
    set(&service, &id, "second-value").await.unwrap();
    assert_eq!(value_seen(&service).await, "second-value");
    assert_eq!(world.compiler.count(), 3, "only what holds the value is prepared anew");
    assert_eq!(service.get_hook(ONE, &hook.id.to_string()).await.unwrap(), hook, "the hook is the same");
    service.delete_env(ONE, &id).await.unwrap();
    assert_eq!(value_seen(&service).await, "none");
}

#[tokio::test]
async fn a_hook_that_fails_with_a_new_value_stops_and_says_why() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    let id = deploy(&service, ONE, reader()).await.id.to_string();
    set(&service, &value, "bad-and-secret").await.unwrap();
    let failed = (Status::UpdateFailed, Some("exception: *** (hook.js:1:1)".to_owned()), None);
    assert_eq!(state(&service, &id).await, failed);
    let denied = answer(&service).await;
    assert_eq!((&denied["outcome"], &denied["decision"]), (&json!("not_ready"), &json!("deny")));
    assert!(!world.store.dump().concat().contains("bad-and-secret"));
    service.shutdown().await;
    drop(service);

    let service = world.start();
    awake(&service).await;
    assert_eq!(state(&service, &id).await, failed, "also after a restart");
    set(&service, &value, "third-value").await.unwrap();
    assert_eq!(state(&service, &id).await, (Status::Ready, None, Some(1)));
    assert_eq!(value_seen(&service).await, "third-value");
    service.shutdown().await;
    drop(service);
    assert_eq!(world.start().get_hook(ONE, &id).await.unwrap().status, Status::Ready, "and that is kept");
}

#[tokio::test]
async fn a_version_to_come_decides_for_itself_when_the_one_before_stops() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    let id = deploy(&service, ONE, reader()).await.id.to_string();
    update(&service, ONE, &id, body(&new_javascript("reject second"), json!({}))).await.unwrap();
    settled(&service, ONE, &id).await;
    set(&service, &value, "bad-value").await.unwrap();
    assert_eq!(state(&service, &id).await, (Status::UpdateFailed, Some("second".to_owned()), None));
    update(&service, ONE, &id, body(&new_javascript(GOOD), json!({}))).await.unwrap();
    settled(&service, ONE, &id).await;
    assert_eq!(state(&service, &id).await, (Status::Ready, None, Some(3)));
}

#[tokio::test]
async fn trouble_of_the_hosts_own_leaves_the_old_value() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    deploy(&service, ONE, reader()).await;
    let before = world.store.dump();
    world.compiler.set_troubled(true);
    assert!(matches!(set(&service, &value, "second-value").await, Err(ServiceError::Unavailable(_))));
    assert!(matches!(service.delete_env(ONE, &value).await, Err(ServiceError::Unavailable(_))));
    assert_eq!((value_seen(&service).await, world.store.dump()), (json!("first-value"), before));
    world.compiler.set_troubled(false);
    set(&service, &value, "second-value").await.unwrap();
    assert_eq!(value_seen(&service).await, "second-value");
}

#[tokio::test]
async fn a_full_disk_leaves_the_old_value() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    let id = deploy(&service, ONE, reader()).await.id.to_string();
    world.store.set_full(true);
    for new in ["second-value", "bad-value"] {
        assert!(matches!(set(&service, &value, new).await, Err(ServiceError::StoreFull)));
        assert_eq!(value_seen(&service).await, "first-value");
    }
    assert_eq!(state(&service, &id).await, (Status::Ready, None, Some(1)));
}

#[tokio::test]
async fn a_value_that_changes_while_a_hook_is_prepared_is_in_it() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    world.compiler.close();
    let id = create(&service, ONE, reader().to_string().into()).await.unwrap().id.to_string();
    preparing(&world, 1).await;
    set(&service, &value, "second-value").await.unwrap();
    world.compiler.open();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    assert_eq!((value_seen(&service).await, world.compiler.count()), (json!("second-value"), 2));
}

#[tokio::test]
async fn a_failure_with_a_value_that_is_gone_is_tried_again_and_not_told() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "bad-and-secret").await;
    world.compiler.close();
    let id = create(&service, ONE, reader().to_string().into()).await.unwrap().id.to_string();
    preparing(&world, 1).await;
    service.delete_env(ONE, &value).await.unwrap();
    world.compiler.open();
    let hook = settled(&service, ONE, &id).await;
    assert_eq!((hook.status, hook.status_message, hook.env_vars), (Status::Ready, None, vec![]));
    assert_eq!((value_seen(&service).await, world.compiler.count()), (json!("none"), 2));
    assert!(!world.store.dump().concat().contains("bad-and-secret"));
}

#[tokio::test]
async fn a_value_that_changes_while_a_server_starts_is_in_its_hooks() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    deploy(&service, ONE, reader()).await;
    service.shutdown().await;
    drop(service);
    world.compiler.close();
    let service = world.start();
    preparing(&world, 2).await;
    let changing = tokio::spawn({
        let service = service.clone();
        async move { set(&service, &value, "second-value").await }
    });
    // The change needs the hook with its value too, because nothing serves. It waits for the account's turn, or is told to.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    world.compiler.open();
    changing.await.unwrap().unwrap();
    awake(&service).await;
    assert_eq!(value_seen(&service).await, "second-value");
    assert_eq!(
        service.list_hooks(ONE, crate::service::HookFilter::default(), Page::default(), true).await.unwrap().items[0].status,
        Status::Ready
    );
}

#[tokio::test]
async fn a_slow_top_level_holds_up_no_other_change() {
    let world = World::new();
    let service = world.first_start().await;
    let value = env(&service, "API_KEY", "first-value").await;
    let hook = deploy(&service, ONE, reader()).await.id.to_string();
    world.compiler.close();
    let changing = tokio::spawn({
        let (service, value) = (service.clone(), value.clone());
        async move { set(&service, &value, "second-value").await }
    });
    preparing(&world, 2).await;
    // Of this account and of others. One of them makes the change begin again.
    env(&service, "OTHER_KEY", "a-value").await;
    let other = service.create_account("{}".into()).await.unwrap().id;
    service.create_env(other, r#"{"name":"API_KEY","value":"theirs"}"#.into()).await.unwrap();
    set(&service, &env(&service, "THIRD_KEY", "old").await, "new").await.unwrap();
    assert_eq!(value_seen(&service).await, "first-value");
    world.compiler.open();
    changing.await.unwrap().unwrap();
    assert_eq!((value_seen(&service).await, state(&service, &hook).await.0), (json!("second-value"), Status::Ready));
}

/// Two changes at once, each of a variable that a top level reads: the function that serves was prepared with both.
#[tokio::test]
async fn changes_of_values_that_overtake_each_other_are_made_again() {
    let world = World::new();
    let service = world.first_start().await;
    let (first, second) = (env(&service, "API_KEY", "first-value").await, env(&service, "SECOND", "old").await);
    let hook = body(&new_javascript("top API_KEY"), json!({"env_vars": ["API_KEY", "SECOND"]}));
    deploy(&service, ONE, serde_json::from_slice(&hook).unwrap()).await;
    world.compiler.close();
    let change = |id: String, value: &'static str| {
        let service = service.clone();
        tokio::spawn(async move { set(&service, &id, value).await })
    };
    let changes = [change(first, "second-value"), change(second, "new")];
    preparing(&world, 2).await;
    world.compiler.open();
    for change in changes {
        change.await.unwrap().unwrap();
    }
    assert_eq!(value_seen(&service).await, "second-value");
    assert!(world.compiler.count() >= 4, "one of them was made again: {}", world.compiler.count());
}

/// Lets the account have two hooks of a type.
async fn allow_two(service: &Service) {
    service.update_account("1", r#"{"hooks_per_type":2}"#.into()).await.unwrap();
}

#[tokio::test]
async fn javascript_does_not_wait_for_webassembly_nor_the_other_way_round() {
    let world = World::new();
    let service = world.first_start().await;
    allow_two(&service).await;
    for (slow, fast) in [(new_hook("linger"), new_javascript(GOOD)), (new_javascript("linger"), new_hook(GOOD))] {
        let before = world.compiler.count();
        let disabled = |hook: Value| body(&hook, json!({"disabled": true}));
        let slow = create(&service, ONE, disabled(slow)).await.unwrap().id.to_string();
        preparing(&world, before + 1).await;
        let fast = create(&service, ONE, disabled(fast)).await.unwrap().id.to_string();
        assert_eq!(settled(&service, ONE, &fast).await.status, Status::Ready);
        assert!(service.get_hook(ONE, &slow).await.unwrap().status.is_pending());
        world.compiler.go_on.notify_one();
        assert_eq!(settled(&service, ONE, &slow).await.status, Status::Ready);
        for id in [slow, fast] {
            service.delete_hook(ONE, &id).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_hook_that_changes_its_language_in_the_queue_is_prepared_as_what_it_is() {
    let world = World::new();
    let service = world.first_start().await;
    allow_two(&service).await;
    let slow = create(&service, ONE, body(&new_javascript("linger"), json!({"disabled": true}))).await.unwrap().id.to_string();
    preparing(&world, 1).await;
    let id = create(&service, ONE, body(&new_javascript("reject it"), json!({"disabled": true}))).await.unwrap().id.to_string();
    update(&service, ONE, &id, new_hook(GOOD).to_string().into()).await.unwrap();
    let hook = settled(&service, ONE, &id).await;
    assert_eq!((hook.status, hook.version), (Status::Ready, 2));
    world.compiler.go_on.notify_one();
    settled(&service, ONE, &slow).await;
    assert_eq!(world.compiler.count(), 2, "the version that was overtaken is not prepared");
}

#[tokio::test]
async fn an_event_wakes_its_hook_before_the_others() {
    let world = World::new();
    let service = world.first_start().await;
    allow_two(&service).await;
    world.compiler.go_on.notify_one();
    deploy(&service, ONE, serde_json::from_slice(&body(&new_javascript("linger"), json!({"disabled": true}))).unwrap()).await;
    deploy(&service, ONE, new_javascript(GOOD)).await;
    service.shutdown().await;

    let service = world.start();
    // That one takes long, and in order the other one would serve after it.
    while world.compiler.prepared.lock().unwrap()[2..].iter().all(|script| script != "linger") {
        tokio::task::yield_now().await;
    }
    assert_eq!(answer(&service).await["outcome"], "completed");
    assert!(!service.readiness().is_empty());
    world.compiler.go_on.notify_one();
    awake(&service).await;
}

#[tokio::test]
async fn an_event_waits_for_its_hook_no_longer_than_the_hook_may_run() {
    let world = World::new();
    let service = world.first_start().await;
    world.compiler.go_on.notify_one();
    deploy(&service, ONE, serde_json::from_slice(&body(&new_javascript("linger"), json!({"timeout": 1}))).unwrap()).await;
    service.shutdown().await;

    let service = world.start();
    assert_eq!(answer(&service).await["outcome"], "not_ready");
    // Two preparations may run by now: the worker's and the event's.
    world.compiler.go_on.notify_one();
    world.compiler.go_on.notify_one();
    awake(&service).await;
    assert_eq!(answer(&service).await["outcome"], "completed");
}

#[tokio::test]
async fn a_hook_that_cannot_be_woken_is_not_tried_again_for_each_event() {
    let world = World::new();
    let service = world.first_start().await;
    deploy(&service, ONE, new_javascript(GOOD)).await;
    service.shutdown().await;
    world.compiler.refuse_all();
    let service = world.start();
    awake(&service).await;
    let tried = world.compiler.count();
    for _ in 0..3 {
        assert_eq!(answer(&service).await["outcome"], "not_ready");
    }
    assert_eq!(world.compiler.count(), tried);
}
