//! From uploaded to ready or failed, also across restarts.

use std::time::Duration;

use hookbox_host_api::Outcome;
use hookbox_runtime::FunctionDigest;
use serde_json::json;
use tokio::time::Instant;

use crate::ids::AccountId;
use crate::resources::Status;
use crate::service::{HookFilter, Page, Service};
use crate::testing::{LOGIN, ONE, World, body, create, deploy, encoded, function, new_hook, refused, settled, sign_in, update};

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
    service.quiet().await;
    // Once for the delete, and once more for what the preparation left after it.
    assert_eq!(world.compiler.forgotten.lock().unwrap().len(), 2);
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
}

#[tokio::test(start_paused = true)]
async fn the_hosts_own_trouble_leaves_a_version_pending_and_is_told() {
    let world = World::new();
    let service = world.first_start().await;
    let hook = deploy(&service, ONE, new_hook("trouble 12")).await;
    assert_eq!((hook.status, hook.status_message, world.compiler.count()), (Status::Ready, None, 13));
    let id = hook.id.to_string();
    world.compiler.set_troubled(true);
    update(&service, ONE, &id, script_of(GOOD)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let waiting = service.get_hook(ONE, &id).await.unwrap();
    let said = "the server has trouble; it tries again: no memory";
    assert_eq!((waiting.status, waiting.status_message.as_deref(), waiting.serving_version), (Status::UpdateQueued, Some(said), Some(1)));
    let troubles = ["preparing new versions of 1 hooks has trouble and is tried again: no memory"];
    assert!(service.readiness().is_empty() && service.troubles() == troubles, "{:?}", service.troubles());
    let tries = world.compiler.count();
    assert!((120..150).contains(&(tries - 13)), "{tries} tries in an hour");
    assert!(service.metrics().contains(&format!("hookbox_admission_host_faults_total {}\n", tries - 1)));
    world.compiler.set_troubled(false);
    let good = settled(&service, ONE, &id).await;
    assert_eq!((good.status, good.status_message, good.serving_version), (Status::Ready, None, Some(2)));
    assert!(service.troubles().is_empty());
}

#[tokio::test(start_paused = true)]
async fn trouble_at_a_start_leaves_a_hook_ready_until_it_loads_by_itself() {
    let world = World::new();
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook(GOOD)).await.id.to_string();
    service.shutdown().await;
    drop(service);
    world.compiler.set_troubled(true);
    let service = world.start();
    tokio::time::sleep(Duration::from_secs(600)).await;
    let hook = service.get_hook(ONE, &id).await.unwrap();
    let said = "the server has trouble; it tries again: no memory";
    assert_eq!((hook.status, hook.status_message.as_deref(), hook.serving_version), (Status::Ready, Some(said), None));
    let tried = world.compiler.count();
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
    assert_eq!(world.compiler.count(), tried, "an event does not repeat what the host cannot do");
    assert_eq!(service.troubles(), ["loading 1 hooks has trouble and is tried again: no memory"]);
    world.compiler.set_troubled(false);
    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(outcome(&service).await, (Outcome::Completed, Some(1)));
    let hook = service.get_hook(ONE, &id).await.unwrap();
    assert_eq!((hook.status, hook.status_message), (Status::Ready, None));
    assert!(service.troubles().is_empty());
}

#[tokio::test]
async fn a_preparation_that_breaks_off_is_repeated_a_few_times_and_counted() {
    let world = World::new();
    let service = world.first_start().await;
    let hook = deploy(&service, ONE, new_hook("break 2")).await;
    assert_eq!((hook.status, world.compiler.count()), (Status::Ready, 3));
    let id = hook.id.to_string();
    update(&service, ONE, &id, script_of("break 1000")).await.unwrap();
    let failed = settled(&service, ONE, &id).await;
    assert_eq!(failed.status, Status::UpdateFailed);
    assert_eq!(failed.status_message.as_deref(), Some("the server broke off at this function, in 3 tries; its log tells why"));
    assert!(service.metrics().contains("hookbox_admission_panics_total 5\n"));
    update(&service, ONE, &id, script_of(GOOD)).await.unwrap();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
}

/// Lets an account have several hooks of a type, and returns the body of one that no event runs.
async fn lingering(service: &Service, account: AccountId, number: usize) -> bytes::Bytes {
    service.update_account(&account.to_string(), r#"{"hooks_per_type":9}"#.into()).await.unwrap();
    body(&new_hook(&format!("linger {number}")), json!({"disabled": true}))
}

#[tokio::test]
async fn an_accounts_slow_functions_hold_up_its_own_alone() {
    let world = World::new();
    let service = world.first_start().await;
    let other = service.create_account("{}".into()).await.unwrap().id;
    let mut slow = Vec::new();
    for number in 0..3 {
        slow.push(create(&service, ONE, lingering(&service, ONE, number).await).await.unwrap().id.to_string());
    }
    let theirs = deploy(&service, other, new_hook(GOOD)).await;
    assert_eq!(theirs.status, Status::Ready);
    assert_eq!(world.compiler.count(), 2, "one slow function is being prepared, and the others wait");
    for id in slow {
        world.compiler.go_on.notify_one();
        assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    }
}

#[tokio::test]
async fn an_account_has_only_so_many_deployments_under_way() {
    let mut world = World::new();
    world.limits.account_deployments = 2;
    let service = world.first_start().await;
    let mut made = Vec::new();
    for number in 0..2 {
        made.push(create(&service, ONE, lingering(&service, ONE, number).await).await.unwrap().id.to_string());
    }
    let refusal = "2 hooks of the account wait to be prepared, the most that may; please try again";
    let third = lingering(&service, ONE, 3).await;
    assert_eq!(refused(create(&service, ONE, third.clone()).await), refusal);
    update(&service, ONE, &made[1], script_of(GOOD)).await.unwrap();
    world.compiler.go_on.notify_one();
    settled(&service, ONE, &made[0]).await;
    settled(&service, ONE, &made[1]).await;
    create(&service, ONE, third).await.unwrap();
    world.compiler.go_on.notify_one();
}

#[tokio::test]
async fn loading_a_hook_that_was_kept_waits_for_no_compilation() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":9}"#.into()).await.unwrap();
    for number in 0..4 {
        world.compiler.go_on.notify_one();
        let slow = lingering(&service, ONE, number).await;
        deploy(&service, ONE, serde_json::from_slice(&slow).unwrap()).await;
    }
    deploy(&service, ONE, new_hook(GOOD)).await;
    service.shutdown().await;
    drop(service);
    world.compiler.kept.lock().unwrap().insert(FunctionDigest::of(&function(GOOD)));
    let service = world.start();
    while outcome(&service).await.0 != Outcome::Completed {
        tokio::task::yield_now().await;
    }
    assert_eq!(service.readiness(), ["4 hooks are still to be prepared"]);
    while !service.readiness().is_empty() {
        world.compiler.go_on.notify_waiters();
        tokio::task::yield_now().await;
    }
}

/// A function that is stored in a file of its own.
fn large() -> String {
    format!("reject not {}", "x".repeat(100_000))
}

#[tokio::test]
async fn a_damaged_function_is_the_fault_of_its_hook_alone() {
    let world = World::new();
    let service = world.first_start().await;
    service.update_account("1", r#"{"hooks_per_type":2}"#.into()).await.unwrap();
    let id = create(&service, ONE, new_hook(&large()).to_string().into()).await.unwrap().id.to_string();
    settled(&service, ONE, &id).await;
    deploy(&service, ONE, serde_json::from_slice(&body(&new_hook(GOOD), json!({"disabled": true}))).unwrap()).await;
    let blobs = world.folder.path().join("blobs");
    for folder in std::fs::read_dir(&blobs).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            std::fs::write(file.unwrap().path(), b"damage").unwrap();
        }
    }
    let page = service.list_hooks(ONE, HookFilter::default(), Page::default(), true).await.unwrap();
    assert!(page.items.len() == 2 && page.items.iter().all(|hook| hook.function.is_some() == (hook.id.to_string() != id)));
    // The version may be tried again, and then it tells that.
    update(&service, ONE, &id, r#"{"timeout":5}"#.into()).await.unwrap();
    let damaged = settled(&service, ONE, &id).await;
    assert!(damaged.function.is_none() && damaged.status.is_failed());
    let message = damaged.status_message.unwrap();
    assert!(message.starts_with("the server's copy of the function is damaged: the store is damaged: blob"), "{message}");
    update(&service, ONE, &id, script_of(GOOD)).await.unwrap();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    service.delete_hook(ONE, &id).await.unwrap();
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
    tokio::time::sleep(Duration::from_secs(2)).await;
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
    assert_eq!((seen.status.queued(), seen.timeout, seen.function), (Status::UpdateQueued, 5, Some(encoded("reject later"))));
    assert_eq!(service.get_hook(ONE, &new).await.unwrap().status.queued(), Status::CreateQueued);
    assert_eq!(service.readiness(), ["1 hooks are still to be prepared"]);
    assert_eq!(outcome(&service).await, (Outcome::NotReady, None));
    world.compiler.open();
    ready(&service).await;
    assert!(matches!(outcome(&service).await, (Outcome::Completed, Some(1 | 2))));
    assert_eq!(settled(&service, ONE, &old).await.status, Status::UpdateFailed);
    assert_eq!(settled(&service, ONE, &new).await.status, Status::Ready);
}

#[tokio::test]
async fn a_version_that_is_ready_before_the_one_before_is_loaded_leaves_nothing_to_load() {
    let world = World::new();
    let service = world.first_start().await;
    world.compiler.go_on.notify_one();
    let id = deploy(&service, ONE, new_hook("linger")).await.id.to_string();
    world.compiler.close();
    update(&service, ONE, &id, script_of(GOOD)).await.unwrap();
    service.shutdown().await;
    drop(service);
    world.compiler.open();
    let service = world.start();
    assert_eq!(settled(&service, ONE, &id).await.status, Status::Ready);
    world.compiler.go_on.notify_one();
    ready(&service).await;
    assert_eq!(outcome(&service).await, (Outcome::Completed, Some(2)));
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
