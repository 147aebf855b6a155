//! How long reads of a large log take, and what its index costs those who write: fills a store with as many entries as `HOOKBOX_LOG_ENTRIES`
//! says, two million if it says nothing, and prints what it measured. It is not run with the other tests:
//! `cargo nextest run --workspace --run-ignored only --no-capture -E 'test(/logs::large/)'`.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hookbox_host_api::Outcome;

use super::entry::day;
use super::entry::tests::entry;
use super::index::{self, Growth, Merging, Sizes, Sought};
use super::{Indexed, LogEntry, LogFilter, LogReader, Retention, Wanted, moment};
use crate::store::{Batch, Engine, Key, Kind, Order, Store, open};

const END: u64 = 1_780_000_000_000_000;
const WEEK_US: u64 = 7 * 86_400_000_000;
const COMMIT: u64 = 10_000;
const SMALL_COMMIT: u64 = 512;
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

/// What is written with the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    NoIndex,
    /// Rows as the former index had them: one for each id.
    FormerIndex,
    Index,
    /// The index, merged whenever it has grown.
    MergedIndex,
}

/// Fills a store, and returns how long the commits took, and the merging.
fn fill(store: &dyn Store, all: u64, commit: u64, with: With) -> (Duration, Duration) {
    let (mut times, growth) = ((Duration::ZERO, Duration::ZERO), Growth::default());
    for first in (0..all).step_by(usize::try_from(commit).unwrap()) {
        let entries: Vec<_> = (first..(first + commit).min(all)).map(|number| nth(number, all)).collect();
        let began = Instant::now();
        let mut batch = Batch::new();
        match with {
            With::NoIndex => {}
            With::FormerIndex => entries.iter().for_each(|entry| add_former(&mut batch, entry)),
            With::Index | With::MergedIndex => growth.count(&index::add(&mut batch, &entries)),
        }
        for entry in entries {
            batch.put(entry.key(), entry.value().unwrap());
        }
        store.commit(batch).unwrap();
        times.0 += began.elapsed();
        let began = Instant::now();
        if with == With::MergedIndex {
            growth.take().into_iter().for_each(|(account, day)| merge(store, Merging::of_day(Sizes::USUAL, account, day)));
        }
        times.1 += began.elapsed();
    }
    times
}

fn merge(store: &dyn Store, mut merging: Merging) {
    while let Some(batch) = merging.next(store).unwrap() {
        store.commit(batch).unwrap();
    }
}

fn add_former(batch: &mut Batch, entry: &LogEntry) {
    for sought in [Sought::Request(&entry.request_id), Sought::Login(&entry.correlation_id), Sought::Outcome(entry.outcome)] {
        if sought.is_indexed() {
            let tag = sought.tag(&entry.hook_id).bytes();
            batch.put(index::rows_of_day(entry.account, day(entry.created_at)).fixed(&tag).u64(entry.created_at), []);
        }
    }
}

fn size(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("store.redb")).unwrap().len()
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
    println!("{all} entries in commits of {COMMIT}, and merging: {:?}", fill(&*store, all, COMMIT, With::MergedIndex));
    drop(store);
    let size = size(folder.path());
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
}

/// How long the thread has run.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

#[test]
#[ignore = "a measurement that takes a minute"]
fn what_the_index_costs() {
    const ALL: u64 = 200_000;
    for with in [With::NoIndex, With::FormerIndex, With::Index, With::MergedIndex] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let began = processor_time();
        let (commits, merging) = fill(&*store, ALL, SMALL_COMMIT, with);
        let used = processor_time() - began;
        let (mut rows, mut bytes) = (0, 0);
        store
            .scan(Key::new(1, Kind::LogIndex).range(), Order::Ascending, &mut |key, value| {
                rows += 1;
                bytes += key.len() + value.len();
                ControlFlow::Continue(())
            })
            .unwrap();
        drop(store);
        println!(
            "{ALL} entries in commits of {SMALL_COMMIT}, {with:?}: commits {commits:?}, merging {merging:?}, processor {used:?}, \
             {rows} rows of {bytes} bytes, the file has {} bytes an entry",
            size(folder.path()) / ALL
        );
    }
}
