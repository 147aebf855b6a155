//! How long reads of a large log take: fills a store with as many entries as `HOOKBOX_LOG_ENTRIES` says, two million if it says nothing, and
//! prints what it measured. It is not run with the other tests:
//! `cargo nextest run --workspace --run-ignored only --no-capture -E 'test(/logs::large/)'`.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hookbox_host_api::Outcome;

use super::entry::tests::entry;
use super::index;
use super::{Indexed, LogEntry, LogFilter, LogReader, Retention, Wanted, moment};
use crate::store::{Batch, Engine, Store, open};

const END: u64 = 1_780_000_000_000_000;
const WEEK_US: u64 = 7 * 86_400_000_000;
const COMMIT: u64 = 10_000;
const SOUGHT: u64 = 1_234;

/// The n-th entry, with ids in no order, as callers make them.
fn nth(number: u64, all: u64) -> LogEntry {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    LogEntry {
        id: format!("{mixed:016x}-0000-4000-8000-execution"),
        request_id: format!("{:016x}-{number}-request", mixed.rotate_left(17)),
        correlation_id: format!("{:016x}-{number}-login", mixed.rotate_left(39)),
        outcome: if number.is_multiple_of(1000) { Outcome::Failed } else { Outcome::Completed },
        ..entry(number, "3f8f6c9e-52e5-4b5c-9f6b-2f6f2f0b8a11", END - WEEK_US + 3_600_000_000 + number * ((WEEK_US - 7_200_000_000) / all))
    }
}

fn fill(store: &dyn Store, all: u64, indexed: bool) -> Duration {
    let began = Instant::now();
    for first in (0..all).step_by(usize::try_from(COMMIT).unwrap()) {
        let mut batch = Batch::new();
        let entries: Vec<_> = (first..(first + COMMIT).min(all)).map(|number| nth(number, all)).collect();
        if indexed {
            index::add(&mut batch, &entries);
        }
        for entry in entries {
            batch.put(entry.key(), entry.value().unwrap());
        }
        store.commit(batch).unwrap();
    }
    began.elapsed()
}

fn measure(reader: &LogReader, what: &str, filter: LogFilter, limit: usize, expected: usize) {
    let never = AtomicBool::new(false);
    let log = reader.hook(1, "3f8f6c9e-52e5-4b5c-9f6b-2f6f2f0b8a11", moment(END), &never);
    let wanted = Wanted { filter, after: None, skip: 0, limit };
    let mut times = Vec::new();
    for _ in 0..20 {
        let (began, mut found) = (Instant::now(), 0);
        let stopped = log.page(&wanted, &mut |_| {
            found += 1;
            ControlFlow::Continue(())
        });
        stopped.unwrap();
        times.push(began.elapsed());
        assert_eq!(found, expected, "{what}");
    }
    let first = times[0];
    times.sort();
    println!("{what}: first {first:?}, median {:?}, longest {:?}", times[10], times[19]);
}

#[test]
#[ignore = "a measurement that takes minutes"]
fn reads_of_a_large_log() {
    let all = std::env::var("HOOKBOX_LOG_ENTRIES").map_or(2_000_000, |text| text.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Engine::Redb).unwrap();
    println!("{all} entries in commits of {COMMIT}: {:?}", fill(&*store, all, true));
    drop(store);
    let size = std::fs::metadata(folder.path().join("store.redb")).unwrap().len();
    println!("{} MiB, {} bytes an entry", size >> 20, size / all);
    // Opened anew, so that nothing is in the store's own cache.
    let store: Arc<dyn Store> = open(folder.path(), Engine::Redb).unwrap();
    let reader = LogReader::new(store.clone(), Retention::new(Duration::from_micros(WEEK_US)), Indexed::of(&*store).unwrap());
    let sought = nth(SOUGHT, all);
    measure(&reader, "first page", LogFilter::default(), 50, 50);
    let request = LogFilter { request_id: Some(sought.request_id), ..LogFilter::default() };
    measure(&reader, "an old entry by its request", request, 50, 1);
    let login = LogFilter { correlation_id: Some(sought.correlation_id), ..LogFilter::default() };
    measure(&reader, "an old entry by its login", login, 50, 1);
    let failed = LogFilter { outcome: Some(Outcome::Failed), ..LogFilter::default() };
    measure(&reader, "a page by outcome, one in a thousand", failed, 50, 50);
    let nothing = LogFilter { request_id: Some("nothing".to_owned()), ..LogFilter::default() };
    measure(&reader, "a request that there is not", nothing, 50, 0);
    let few = all.min(200_000);
    for indexed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        println!("{few} entries, index {indexed}: {:?}", fill(&*store, few, indexed));
    }
}
