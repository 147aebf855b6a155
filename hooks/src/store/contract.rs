//! The contract of the store, tested on each engine.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Batch, Engine, Key, KeyRange, Kind, Order, Store, StoreError, open};

/// A store in a folder of its own, that can be closed and opened again.
struct Fixture {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl Fixture {
    fn open(&self) -> Arc<dyn Store> {
        open(self.folder.path(), self.engine).unwrap()
    }
}

/// Every test of the contract, once per engine.
macro_rules! contract {
    ($($test:ident)*) => {
        mod redb {
            $(#[test] fn $test() { super::$test(&super::fixture(super::Engine::Redb)) })*
        }
        mod sled {
            $(#[test] fn $test() { super::$test(&super::fixture(super::Engine::Sled)) })*
        }
    };
}

contract! {
    values_are_read_back
    a_conflict_changes_nothing
    a_precondition_that_holds_lets_the_batch_in
    the_last_change_of_a_key_wins
    scans_keep_to_their_range_and_order
    a_scan_stops_when_told
    large_values_and_many_keys
    everything_is_there_after_reopening
    writers_do_not_lose_each_others_work
    readers_see_whole_batches
    the_process_may_be_killed
}

fn fixture(engine: Engine) -> Fixture {
    Fixture { folder: tempfile::tempdir().unwrap(), engine }
}

fn key(number: u64) -> Key {
    Key::new(7, Kind::Hook).u64(number)
}

fn put(store: &dyn Store, number: u64, value: &[u8]) {
    let mut batch = Batch::new();
    batch.put(key(number), value);
    store.commit(batch).unwrap();
}

fn scan(store: &dyn Store, range: KeyRange, order: Order) -> Vec<u64> {
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], _: &[u8]| {
        found.push(u64::from_be_bytes(*key.last_chunk().unwrap()));
        ControlFlow::Continue(())
    };
    store.scan(range, order, visit).unwrap();
    found
}

fn values_are_read_back(fixture: &Fixture) {
    let store = fixture.open();
    assert_eq!(store.get(key(1).as_bytes()).unwrap(), None);
    put(&*store, 1, b"one");
    put(&*store, 2, b"");
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), b"one");
    assert_eq!(store.get(key(2).as_bytes()).unwrap().unwrap(), b"");
    let mut batch = Batch::new();
    batch.delete(key(1)).delete(key(99));
    store.commit(batch).unwrap();
    assert_eq!(store.get(key(1).as_bytes()).unwrap(), None);
    store.commit(Batch::new()).unwrap();
}

fn a_conflict_changes_nothing(fixture: &Fixture) {
    let store = fixture.open();
    put(&*store, 1, b"one");
    let mut absent = Batch::new();
    absent.put(key(2), b"two").delete(key(1)).require_absent(key(1));
    let mut second = Batch::new();
    second.put(key(2), b"two").require_absent(key(2)).require_absent(key(1));
    for batch in [absent, second] {
        assert!(matches!(store.commit(batch), Err(StoreError::Conflict)));
    }
    assert_eq!(scan(&*store, key(0).range().ending_before(&[8]), Order::Ascending), Vec::<u64>::new());
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), b"one");
    assert_eq!(store.get(key(2).as_bytes()).unwrap(), None);
}

fn a_precondition_that_holds_lets_the_batch_in(fixture: &Fixture) {
    let store = fixture.open();
    let mut first = Batch::new();
    first.require_absent(key(1)).put(key(1), b"one");
    store.commit(first).unwrap();
    let mut second = Batch::new();
    second.require_absent(key(2)).put(key(1), b"uno");
    store.commit(second).unwrap();
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), b"uno");
}

fn the_last_change_of_a_key_wins(fixture: &Fixture) {
    let store = fixture.open();
    let mut batch = Batch::new();
    batch.put(key(1), b"a").delete(key(1)).put(key(1), b"b").put(key(2), b"c").delete(key(2));
    store.commit(batch).unwrap();
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), b"b");
    assert_eq!(store.get(key(2).as_bytes()).unwrap(), None);
}

fn scans_keep_to_their_range_and_order(fixture: &Fixture) {
    let store = fixture.open();
    let mut batch = Batch::new();
    for number in [5, 1, 3, 2, 4] {
        batch.put(key(number), b"x");
        batch.put(Key::new(8, Kind::Hook).u64(number), b"other account");
        batch.put(Key::new(7, Kind::EnvVar).u64(number), b"other kind");
    }
    store.commit(batch).unwrap();
    let hooks = || Key::new(7, Kind::Hook).range();
    assert_eq!(scan(&*store, hooks(), Order::Ascending), [1, 2, 3, 4, 5]);
    assert_eq!(scan(&*store, hooks(), Order::Descending), [5, 4, 3, 2, 1]);
    assert_eq!(scan(&*store, hooks().starting_at(key(2).as_bytes()).ending_before(key(4).as_bytes()), Order::Ascending), [2, 3]);
    assert_eq!(scan(&*store, hooks().starting_at(key(2).as_bytes()).ending_before(key(4).as_bytes()), Order::Descending), [3, 2]);
    assert_eq!(scan(&*store, hooks().starting_at(key(4).as_bytes()).ending_before(key(2).as_bytes()), Order::Ascending), Vec::<u64>::new());
    assert_eq!(
        scan(&*store, hooks().starting_at(key(3).as_bytes()).ending_before(key(3).as_bytes()), Order::Descending),
        Vec::<u64>::new()
    );
    assert_eq!(scan(&*store, Key::account(7).range(), Order::Ascending).len(), 10);
}

fn a_scan_stops_when_told(fixture: &Fixture) {
    let store = fixture.open();
    (0..5).for_each(|number| put(&*store, number, b"x"));
    let mut seen = 0;
    let visit = &mut |_: &[u8], value: &[u8]| {
        assert_eq!(value, b"x");
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.scan(Key::account(7).range(), Order::Descending, visit).unwrap();
    assert_eq!(seen, 2);
}

fn large_values_and_many_keys(fixture: &Fixture) {
    let store = fixture.open();
    let large: Vec<u8> = (0..1_500_000_u32).map(|number| (number % 251) as u8).collect();
    put(&*store, 1, &large);
    let mut batch = Batch::new();
    for number in 10..3_010 {
        batch.put(key(number), vec![1; 300]);
    }
    store.commit(batch).unwrap();
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), large);
    drop(store);
    let store = fixture.open();
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), large);
    assert_eq!(scan(&*store, Key::account(7).range(), Order::Ascending).len(), 3_001);
}

fn everything_is_there_after_reopening(fixture: &Fixture) {
    for round in 0..5 {
        let store = fixture.open();
        assert_eq!(scan(&*store, Key::account(7).range(), Order::Ascending), (0..round).collect::<Vec<_>>());
        put(&*store, round, b"x");
    }
}

/// Eight writers take twenty numbers each, and no number is taken twice.
fn writers_do_not_lose_each_others_work(fixture: &Fixture) {
    let store = fixture.open();
    std::thread::scope(|scope| {
        for writer in 0..8_u8 {
            let store = &store;
            scope.spawn(move || {
                let mut numbers = 0..u64::MAX;
                (0..20).for_each(|_| while !take(&**store, numbers.next().unwrap(), writer) {});
            });
        }
    });
    let mut taken = [0; 8];
    for number in 0..160 {
        let writer = store.get(key(number).as_bytes()).unwrap().unwrap();
        taken[usize::from(writer[0])] += 1;
    }
    assert_eq!(taken, [20; 8]);
}

fn take(store: &dyn Store, number: u64, writer: u8) -> bool {
    let mut batch = Batch::new();
    batch.require_absent(key(number)).put(key(number), [writer]);
    match store.commit(batch) {
        Ok(()) => true,
        Err(StoreError::Conflict) => false,
        Err(error) => panic!("{error}"),
    }
}

/// 64 readers scan while every commit rewrites all the keys: each scan sees one commit's values only.
fn readers_see_whole_batches(fixture: &Fixture) {
    let store = fixture.open();
    let write = |round: u64| {
        let mut batch = Batch::new();
        for number in 0..20 {
            batch.put(key(number), round.to_be_bytes());
        }
        store.commit(batch).unwrap();
    };
    write(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let mut values = BTreeMap::new();
                    let visit = &mut |_: &[u8], value: &[u8]| {
                        *values.entry(value.to_vec()).or_insert(0) += 1;
                        ControlFlow::Continue(())
                    };
                    store.scan(Key::account(7).range(), Order::Ascending, visit).unwrap();
                    assert_eq!(values.into_values().collect::<Vec<_>>(), [20]);
                }
            });
        }
        (1..30).for_each(write);
        stop.store(true, Ordering::Relaxed);
    });
}

/// A copy of the files while the store is open is what a killed process leaves.
fn the_process_may_be_killed(fixture: &Fixture) {
    let store = fixture.open();
    for round in 0..10 {
        put(&*store, round, &vec![7; 20_000]);
        let copy = Fixture { folder: tempfile::tempdir().unwrap(), engine: fixture.engine };
        copy_folder(fixture.folder.path(), copy.folder.path());
        assert_eq!(scan(&*copy.open(), Key::account(7).range(), Order::Ascending), (0..=round).collect::<Vec<_>>());
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
