//! Following a log: existing executions, new ones, and those that a slow reader missed; each once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::Outcome;
use tokio::time::Instant;

use crate::resources::ExecutionView;
use crate::service::{ExecutionFilter, Follow, Page, Service};
use crate::testing::{LOGIN, ONE, World, deploy, list, new_hook, refused, sign_in};

async fn one(world: &World) -> (Arc<Service>, String) {
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook(r#"return {"user": {"policy_id": 7}}"#)).await.id.to_string();
    (service, id)
}

async fn follow(service: &Service, id: &str, since: Option<Duration>, limit: u32) -> Follow {
    service.follow(ONE, id, ExecutionFilter::default(), since, limit).await.unwrap()
}

/// Makes this many executions, each committed in a batch of its own, and returns their ids.
async fn run(world: &World, service: &Service, id: &str, count: usize) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for _ in 0..count {
        world.clock.advance(Duration::from_millis(1));
        let answer = service.trigger(ONE, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
        ids.insert(answer.execution_id().to_string());
        list(service, ONE, id, ExecutionFilter::default(), Page::default()).await.unwrap();
    }
    ids
}

/// The ids of the next `count` executions, which must differ.
async fn next(follow: &mut Follow, count: usize) -> BTreeSet<String> {
    let (mut ids, mut last) = (BTreeSet::new(), String::new());
    while ids.len() < count {
        let chunk = follow.next().await.unwrap().unwrap();
        for line in chunk.split_inclusive(|byte| *byte == b'\n') {
            let view: ExecutionView = serde_json::from_slice(line).unwrap();
            let at = serde_json::to_value(view.created_at).unwrap().as_str().unwrap().to_owned();
            assert!(at >= last, "oldest first");
            last = at;
            assert!(ids.insert(view.execution_id), "twice");
        }
    }
    ids
}

#[tokio::test]
async fn what_was_there_comes_first_and_then_what_ends() {
    let world = World::new();
    let (service, id) = one(&world).await;
    let before = run(&world, &service, &id, 5).await;
    let mut all = follow(&service, &id, None, 100).await;
    let mut last = follow(&service, &id, None, 2).await;
    let mut none = follow(&service, &id, Some(Duration::ZERO), 100).await;
    assert_eq!(next(&mut all, 5).await, before);
    assert!(next(&mut last, 2).await.is_subset(&before));
    let after = run(&world, &service, &id, 3).await;
    for follow in [&mut all, &mut last] {
        assert_eq!(next(follow, 3).await, after);
    }
    // The clock has not moved since the last execution, so a `since` of zero includes that one.
    let seen = next(&mut none, 4).await;
    assert!(after.is_subset(&seen));
}

/// As many commits as executions.
#[tokio::test]
async fn a_slow_reader_misses_nothing() {
    let world = World::new();
    let (service, id) = one(&world).await;
    let before = run(&world, &service, &id, 3).await;
    let mut slow = follow(&service, &id, None, 100).await;
    assert_eq!(next(&mut slow, 3).await, before);
    let missed = run(&world, &service, &id, 100).await;
    assert_eq!(next(&mut slow, 100).await, missed);
    assert_eq!(next(&mut slow, 0).await, BTreeSet::new());
    let more = run(&world, &service, &id, 1).await;
    assert_eq!(next(&mut slow, 1).await, more, "nothing of what was missed comes again");
}

#[tokio::test]
async fn a_filter_and_other_hooks_are_heeded() {
    let world = World::new();
    let (service, id) = one(&world).await;
    let filter = ExecutionFilter { outcome: Some(Outcome::Timeout), ..ExecutionFilter::default() };
    let mut filtered = service.follow(ONE, &id, filter, None, 100).await.unwrap();
    run(&world, &service, &id, 3).await;
    assert!(tokio::time::timeout(Duration::from_millis(50), filtered.next()).await.is_err(), "nothing timed out");
    let absent = service.follow(ONE, "00000000-0000-4000-8000-000000000000", ExecutionFilter::default(), None, 1).await;
    assert!(refused(absent.map(drop)).contains("not"));
}
