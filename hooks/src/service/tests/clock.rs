//! A clock that is set wrong, and then right: logins go on, and nothing is lost or listed twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::clock::Clock as _;
use crate::resources::ExecutionView;
use crate::service::{ExecutionFilter, Follow, Page, Service};
use crate::testing::{LOGIN, ONE, World, deploy, list, new_hook, sign_in, update};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn one(world: &World) -> (Arc<Service>, String) {
    let service = world.first_start().await;
    let id = deploy(&service, ONE, new_hook(r#"return {"user": {"policy_id": 7}}"#)).await.id.to_string();
    (service, id)
}

/// A login at this time, which must be allowed; its id.
async fn login(world: &World, service: &Service, at: SystemTime) -> String {
    world.clock.set(at);
    let answer = service.trigger(ONE, sign_in(), LOGIN.into(), Instant::now()).await.unwrap();
    assert_eq!(answer.outcome().as_str(), "completed");
    answer.execution_id().to_string()
}

/// The whole log, by pages of this length.
async fn log(service: &Service, id: &str, limit: u64) -> Vec<ExecutionView> {
    let (mut all, mut cursor): (Vec<ExecutionView>, Option<String>) = (Vec::new(), None);
    loop {
        let page = Page::new(cursor.is_none().then_some(limit), None, cursor.as_deref()).unwrap();
        let listed = list(service, ONE, id, ExecutionFilter::default(), page).await.unwrap();
        all.extend(listed.items);
        cursor = listed.next;
        if cursor.is_none() {
            return all;
        }
    }
}

fn ids(log: &[ExecutionView]) -> Vec<&str> {
    log.iter().map(|one| one.execution_id.as_str()).collect()
}

/// The next executions of a followed log, in the order in which they come.
async fn next(follow: &mut Follow, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    while ids.len() < count {
        let chunk = follow.next().await.unwrap().unwrap();
        let lines = chunk.split_inclusive(|byte| *byte == b'\n');
        ids.extend(lines.map(|line| serde_json::from_slice::<ExecutionView>(line).unwrap().execution_id));
    }
    ids
}

#[tokio::test]
async fn a_clock_that_moves_ahead_and_back_stops_no_login_and_loses_no_entry() {
    let world = World::new();
    let (service, id) = one(&world).await;
    let start = world.clock.now();
    let mut follow = service.follow(ONE, &id, ExecutionFilter::default(), None, 100).await.unwrap();
    let first = login(&world, &service, start).await;
    let hours_ahead = login(&world, &service, start + 5 * HOUR).await;
    assert_eq!(ids(&log(&service, &id, 1).await), [&*hours_ahead, &first]);
    // So far ahead, what is from before is too old to be shown. It is not gone.
    let years_ahead = login(&world, &service, start + 3650 * DAY).await;
    assert_eq!(ids(&log(&service, &id, 1).await), [&*years_ahead]);
    let right = login(&world, &service, start + HOUR).await;
    let back = login(&world, &service, start - 2 * DAY).await;
    let moments = log(&service, &id, 100).await;
    let times: Vec<String> = moments.iter().map(|one| one.created_at.to_string()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    let expected = [&*years_ahead, &hours_ahead, &right, &first, &back];
    for limit in 1..=6 {
        assert_eq!(ids(&log(&service, &id, limit).await), expected, "pages of {limit}");
    }
    let beginning = login(&world, &service, UNIX_EPOCH).await;
    world.clock.set(start + HOUR);
    assert_eq!(ids(&log(&service, &id, 2).await), expected, "that is older than what is shown");
    // Who follows has each once, in the order in which they ended.
    assert_eq!(next(&mut follow, 6).await, [first, hours_ahead, years_ahead, right, back, beginning]);
}

#[tokio::test]
async fn entries_of_one_moment_are_listed_once_each() {
    let world = World::new();
    let (service, id) = one(&world).await;
    let start = world.clock.now();
    let mut logins = BTreeSet::new();
    for round in 0..3 {
        // Again and again the same seconds.
        for second in 0..4 {
            logins.insert(login(&world, &service, start + Duration::from_secs(second)).await);
        }
        let log = log(&service, &id, 2).await;
        let listed: BTreeSet<String> = log.iter().map(|one| one.execution_id.clone()).collect();
        assert_eq!((log.len(), &listed), (4 * (round + 1), &logins));
    }
}

#[tokio::test]
async fn changes_are_made_whatever_the_clock_says() {
    let world = World::new();
    let (service, id) = one(&world).await;
    let start = world.clock.now();
    for (number, at) in
        [start + 3650 * DAY, UNIX_EPOCH, UNIX_EPOCH - DAY, start - DAY, start + 3_000_000 * DAY, start].into_iter().enumerate()
    {
        world.clock.set(at);
        let name = format!("KEY_{number}");
        let made = service.create_env(ONE, format!(r#"{{"name":"{name}","value":"v"}}"#).into()).await.unwrap();
        service.update_env(ONE, &made.id.to_string(), r#"{"value":"w"}"#.into()).await.unwrap();
        let hook = update(&service, ONE, &id, r#"{"timeout":1}"#.into()).await.unwrap();
        assert_eq!(hook.id.to_string(), id);
        login(&world, &service, at).await;
        log(&service, &id, 100).await;
        service.metrics();
    }
    // What was written can be read again.
    drop(service);
    let service = world.start();
    assert_eq!(service.list_envs(ONE, Page::default()).await.unwrap().total, 6);
    assert_eq!(service.get_hook(ONE, &id).await.unwrap().timeout, 1);
}
