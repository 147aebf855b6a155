//! From uploaded to ready or failed, also across restarts.

use hookbox_host_api::Outcome;
use serde_json::json;
use tokio::time::Instant;

use crate::resources::Status;
use crate::service::Service;
use crate::testing::{LOGIN, ONE, World, body, create, deploy, encoded, new_hook, settled, sign_in, update};

async fn outcome(service: &Service) -> (Outcome, Option<u64>) {
    let answer = service.trigger(ONE, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
    (answer.outcome(), serde_json::to_value(&answer).unwrap()["version"].as_u64())
}

async fn ready(service: &Service) {
    while !service.readiness().is_empty() {
        tokio::task::yield_now().await;
    }
}

fn script_of(script: &str) -> bytes::Bytes {
    json!({"function": encoded(script)}).to_string().into()
}

const GOOD: &str = r#"return {"user":{"policy_id":1}}"#;

#[tokio::test]
async fn a_refused_function_says_why_without_secrets_and_in_few_words() {
    let world = World::new();
    let service = world.first_start().await;
    service.create_env(ONE, r#"{"name":"KEY","value":"hunter2-hunter2"}"#.into()).await.unwrap();
    let hook = deploy(&service, ONE, new_hook(&format!("reject imports hunter2-hunter2 {}", "x".repeat(10_000)))).await;
    assert_eq!(hook.status, Status::CreateFailed);
    let message = hook.status_message.unwrap();
    assert!(message.starts_with("imports *** xxx") && message.len() <= 4096, "{message}");
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
}

#[tokio::test]
async fn the_old_version_serves_until_the_new_one_is_ready_and_for_ever_if_it_fails() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook(GOOD)).await.id.to_string();

    world.compiler.close();
    let queued = update(&service, ONE, &id, script_of("reject no")).await.unwrap();
    assert_eq!((queued.version, queued.status, queued.function), (2, Status::UpdateQueued, Some(encoded("reject no"))));
    assert_eq!(outcome(&service).await, (Outcome::Completed, Some(1)));
    world.compiler.open();
    let failed = settled(&service, ONE, &id).await;
    assert_eq!((failed.version, failed.status, failed.status_message.as_deref()), (2, Status::UpdateFailed, Some("no")));
    assert_eq!(outcome(&service).await, (Outcome::Completed, Some(1)));

    update(&service, ONE, &id, script_of(r#"return {"user":{"policy_id":3}}"#)).await.unwrap();
    let good = settled(&service, ONE, &id).await;
    assert_eq!((good.version, good.status, good.status_message), (3, Status::Ready, None));
    assert_eq!(outcome(&service).await, (Outcome::Completed, Some(3)));
}

#[tokio::test]
async fn an_update_that_overtakes_another_is_the_one_that_is_prepared() {
    let world = World::new();
    let service = world.first_start().await;
    world.compiler.close();
    let id = create(&service, ONE, new_hook("reject one").to_string().into()).await.unwrap().id.to_string();
    while world.compiler.count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.get_hook(ONE, &id).await.unwrap().status, Status::CreateRunning);
    for script in ["reject two", "reject three", GOOD] {
        update(&service, ONE, &id, script_of(script)).await.unwrap();
    }
    world.compiler.open();
    let hook = settled(&service, ONE, &id).await;
    assert_eq!((hook.version, hook.status), (4, Status::Ready));
    assert_eq!(*world.compiler.prepared.lock().unwrap(), ["reject one", GOOD]);
}

#[tokio::test]
async fn a_hook_deleted_while_it_is_prepared_is_gone() {
    let world = World::new();
    let service = world.first_start().await;
    world.compiler.close();
    let id = create(&service, ONE, new_hook(GOOD).to_string().into()).await.unwrap().id.to_string();
    while world.compiler.count() == 0 {
        tokio::task::yield_now().await;
    }
    service.delete_hook(ONE, &id).await.unwrap();
    world.compiler.open();
    deploy(&service, ONE, new_hook("reject next")).await;
    // Once for the delete, and once more for what the preparation left after it.
    assert_eq!(world.compiler.forgotten.lock().unwrap().len(), 2);
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
}

#[tokio::test(start_paused = true)]
async fn the_hosts_own_trouble_is_tried_again_and_told_in_the_end() {
    let world = World::new();
    let service = world.first_start().await;
    let hook = deploy(&service, ONE, new_hook("trouble 3")).await;
    assert_eq!((hook.status, world.compiler.count()), (Status::Ready, 4));
    let id = hook.id.to_string();
    update(&service, ONE, &id, script_of("trouble 1000")).await.unwrap();
    let failed = settled(&service, ONE, &id).await;
    assert_eq!(failed.status, Status::UpdateFailed);
    assert_eq!(failed.status_message.as_deref(), Some("the server could not prepare the function, in 4 tries: no fork"));
    // The same update is another try, and another version.
    let again = update(&service, ONE, &id, script_of("trouble 1000")).await.unwrap();
    assert_eq!((again.version, again.status), (3, Status::UpdateQueued));
}

#[tokio::test]
async fn trouble_with_a_version_that_was_overtaken_keeps_nobody_waiting() {
    let world = World::new();
    let service = world.first_start().await;
    world.compiler.close();
    let id = create(&service, ONE, new_hook("trouble 1000").to_string().into()).await.unwrap().id.to_string();
    while world.compiler.count() == 0 {
        tokio::task::yield_now().await;
    }
    update(&service, ONE, &id, script_of(GOOD)).await.unwrap();
    world.compiler.open();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    assert_eq!(*world.compiler.prepared.lock().unwrap(), ["trouble 1000", GOOD]);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_the_disk_does_not_take_is_kept_later() {
    let world = World::new();
    let service = world.first_start().await;
    world.compiler.close();
    let id = create(&service, ONE, new_hook(GOOD).to_string().into()).await.unwrap().id.to_string();
    world.store.set_full(true);
    world.compiler.open();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(service.get_hook(ONE, &id).await.unwrap().status.is_pending());
    world.store.set_full(false);
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
}

#[tokio::test]
async fn what_was_acknowledged_is_resumed_at_the_next_start() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":2}"#.into()).await.unwrap();
    let old = deploy(&service, ONE, new_hook(GOOD)).await.id.to_string();
    world.compiler.close();
    update(&service, ONE, &old, json!({"timeout": 5}).to_string().into()).await.unwrap();
    update(&service, ONE, &old, script_of("reject later")).await.unwrap();
    let new = create(&service, ONE, body(&new_hook("echo"), json!({"disabled": true}))).await.unwrap().id.to_string();
    service.shutdown().await;
    drop(service);

    let service = world.start();
    let seen = service.get_hook(ONE, &old).await.unwrap();
    assert_eq!((seen.status, seen.timeout, seen.function), (Status::UpdateQueued, 5, Some(encoded("reject later"))));
    assert_eq!(service.get_hook(ONE, &new).await.unwrap().status, Status::CreateQueued);
    assert_eq!(service.readiness(), ["1 hooks are still to be prepared"]);
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
    world.compiler.open();
    ready(&service).await;
    assert!(matches!(outcome(&service).await, (Outcome::Completed, Some(1 | 2))));
    assert_eq!(settled(&service, ONE, &old).await.status, Status::UpdateFailed);
    assert_eq!(settled(&service, ONE, &new).await.status, Status::Ready);
}

#[tokio::test]
async fn equal_functions_are_prepared_once_at_a_start() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":3}"#.into()).await.unwrap();
    for disabled in [false, true, true] {
        let hook = body(&new_hook("echo"), json!({"disabled": disabled}));
        deploy(&service, ONE, serde_json::from_slice(&hook).unwrap()).await;
    }
    assert_eq!(world.compiler.count(), 1);
    service.shutdown().await;
    drop(service);
    let service = world.start();
    ready(&service).await;
    assert_eq!(world.compiler.count(), 2);
}

#[tokio::test]
async fn a_function_that_is_no_longer_good_after_a_restart_fails_visibly() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook("trouble 0")).await.id.to_string();
    service.shutdown().await;
    drop(service);
    world.compiler.refuse_all();
    let service = world.start();
    ready(&service).await;
    let hook = service.get_hook(ONE, &id).await.unwrap();
    assert_eq!((hook.status, hook.status_message.as_deref()), (Status::UpdateFailed, Some("refused")));
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
}
