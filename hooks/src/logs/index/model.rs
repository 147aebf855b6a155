//! The index as a whole: what it leads to before, while and after it is merged, compared with a list of everything that was added; made anew;
//! and damaged.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hookbox_host_api::Outcome;
use proptest::prelude::*;

use super::row::{HIGHEST, LOWEST, Place, Row, Run};
use super::*;
use crate::logs::LogEntry;
use crate::logs::entry::tests::entry;
use crate::logs::entry::{MICROS_PER_DAY, day};
use crate::store::{Batch, Engine, Key, Kind, Order, Store, StoreError, forget_former_index, is_indexed, open, set_former, set_indexed};

const NOW: u64 = 1_780_000_000_000_000;

fn commit(store: &dyn Store, entries: &[LogEntry]) {
    let mut batch = Batch::new();
    for entry in entries {
        batch.put(entry.key(), entry.value().unwrap());
    }
    add(&mut batch, entries);
    store.commit(batch).unwrap();
}

/// Merges until there is nothing to merge, and returns the damaged days.
fn merge(store: &dyn Store, mut merging: Merging) -> Vec<(u64, u32)> {
    while let Some(batch) = merging.next(store).unwrap() {
        store.commit(batch).unwrap();
    }
    merging.damaged
}

fn make(store: &dyn Store) {
    let mut making = Making::new();
    while let Some(batch) = making.next(store).unwrap() {
        assert!(!is_indexed(store).unwrap(), "not before the end");
        store.commit(batch).unwrap();
    }
    set_indexed(store).unwrap();
}

fn missing(store: &dyn Store) -> Vec<String> {
    let mut missing = Vec::new();
    check_index(store, |_, id| missing.push(id.to_owned())).unwrap();
    missing
}

fn rows(store: &dyn Store) -> Vec<(Place, Key, Vec<u8>)> {
    let mut rows = Vec::new();
    for account in 1..4 {
        store
            .scan(Key::new(account, Kind::LogIndex).range(), Order::Ascending, &mut |key, value| {
                check_row(key, value).unwrap();
                rows.push((Place::read(key).unwrap(), Key::from(key), value.to_vec()));
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    rows
}

/// The numbers of fresh rows, and of the runs of each level.
fn counts(store: &dyn Store) -> (usize, [usize; HIGHEST as usize]) {
    let (mut fresh, mut runs) = (0, std::collections::BTreeSet::new());
    for (place, ..) in rows(store) {
        match place.row {
            Row::Fresh { .. } => fresh += 1,
            Row::Merged { run, .. } => drop(runs.insert((place.account, place.day, run))),
        }
    }
    (fresh, std::array::from_fn(|level| runs.iter().filter(|(.., run)| usize::from(run.level - LOWEST) == level).count()))
}

fn each_engine(test: impl Fn(&dyn Store)) {
    for engine in [Engine::Redb, Engine::Sled] {
        let folder = tempfile::tempdir().unwrap();
        test(&*open(folder.path(), engine).unwrap());
    }
}

#[test]
fn rows_lead_to_moments_newest_first() {
    each_engine(|store| {
        let entries: Vec<_> = (0..6).map(|number| entry(number, "hook", NOW + number)).collect();
        let others = [entry(0, "hook2", NOW), LogEntry { account: 2, ..entry(0, "hook", NOW) }];
        commit(store, &[&entries[..], &others].concat());
        let found = |sought: Sought<'_>, oldest, before, most| {
            let found = moments(store, (1, day(NOW), sought.tag("hook")), oldest, before, most).unwrap();
            found.iter().map(|one| one - NOW).collect::<Vec<_>>()
        };
        for merged in [false, true] {
            assert_eq!(found(Sought::Request("request-3"), 0, None, 9), [3]);
            assert_eq!(found(Sought::Login("login-1"), 0, None, 9), [3, 2]);
            assert_eq!(found(Sought::Login("login-1"), 0, None, 1), [3]);
            assert_eq!(found(Sought::Login("login-1"), 0, Some(NOW + 3), 9), [2]);
            assert_eq!(found(Sought::Login("login-1"), NOW + 3, None, 9), [3]);
            assert_eq!(found(Sought::Outcome(Outcome::Failed), 0, None, 9), [5, 2]);
            assert_eq!(found(Sought::Outcome(Outcome::Completed), 0, None, 9), [0; 0], "these have no pairs");
            assert_eq!(found(Sought::Request("login-1"), 0, None, 9), [0; 0], "a request is no login");
            assert_eq!(last_day(store, 1, u32::MAX).unwrap(), Some(day(NOW)));
            assert_eq!(last_day(store, 1, day(NOW) - 1).unwrap(), None);
            assert_eq!(last_day(store, 3, u32::MAX).unwrap(), None);
            assert_eq!(counts(store), if merged { (1, [1, 0, 0, 0]) } else { (2, [0; 4]) });
            merge(store, Merging::of_all(Sizes::SMALL, day(NOW) + 1));
        }
    });
}

#[test]
fn a_store_without_an_index_and_one_with_a_former_one_get_one() {
    for former in [false, true] {
        each_engine(|store| {
            let mut entries: Vec<_> = (0..make::ENTRIES as u64 + 10).map(|number| entry(number, "hook", NOW + number)).collect();
            entries.extend([0, 1].map(|number| LogEntry { account: u64::MAX, ..entry(number, "other", NOW) }));
            let mut batch = Batch::new();
            for entry in &entries {
                batch.put(entry.key(), entry.value().unwrap());
                if former {
                    batch.put(rows_of_day(entry.account, day(entry.created_at)).fixed(&[7; 8]).u64(entry.created_at), []);
                }
            }
            batch.put(Key::new(1, Kind::Hook).u32(1), b"another kind");
            batch.put(Key::new(u64::MAX, Kind::Function).u32(1), b"another kind");
            store.commit(batch).unwrap();
            assert_eq!(missing(store).len(), entries.len(), "the check finds what is missing");
            set_former(store, former);
            assert_eq!(missing(store).len(), 0, "nothing is missing where nothing has to be");
            forget_former_index(store).unwrap();
            // What broke off is done once more.
            let mut broken_off = Making::new();
            for _ in 0..9 {
                store.commit(broken_off.next(store).unwrap().unwrap_or_default()).unwrap();
            }
            make(store);
            assert_eq!((missing(store), counts(store)), (vec![], (0, [2, 0, 0, 0])));
        });
    }
}

#[test]
fn a_day_never_has_many_rows_or_runs() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Engine::Redb).unwrap();
    let (sizes, mut highest) = (Sizes::SMALL, 0);
    let mut entries = Vec::new();
    for number in 0..900 {
        entries.push(entry(number, "hook", NOW + number));
        commit(&*store, &entries[entries.len() - 1..]);
        if number % 7 == 6 {
            merge(&*store, Merging::of_day(sizes, 1, day(NOW)));
            let (fresh, runs) = counts(&*store);
            assert!(fresh <= sizes.rows && runs[..3].iter().all(|runs| *runs < 3), "{fresh} {runs:?}");
            highest = highest.max(runs[3]);
        }
    }
    assert!(highest > 3, "{highest}");
    assert_eq!(missing(&*store), [""; 0]);
    let failed = Sought::Outcome(Outcome::Failed).tag("hook");
    let expected: Vec<_> = entries.iter().rev().filter(|entry| entry.outcome == Outcome::Failed).map(|entry| entry.created_at).collect();
    assert_eq!(moments(&*store, (1, day(NOW), failed), 0, None, 1000).unwrap(), expected);
    assert_eq!(moments(&*store, (1, day(NOW), failed), 0, Some(expected[9]), 5).unwrap(), expected[10..15]);
}

#[test]
fn many_small_days_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Engine::Redb).unwrap();
    for number in 0..48 {
        commit(&*store, &[LogEntry { account: 1 + number % 3, ..entry(number, "hook", NOW - number % 4 * MICROS_PER_DAY) }]);
    }
    let (mut merging, mut commits) = (Merging::of_all(Sizes::USUAL.with_few(2), day(NOW)), 0);
    while let Some(batch) = merging.next(&*store).unwrap() {
        store.commit(batch).unwrap();
        commits += 1;
    }
    assert_eq!((commits, counts(&*store), missing(&*store)), (1, (12, [9, 0, 0, 0]), vec![]), "today's rows stay");
}

#[test]
fn who_looks_while_it_is_merged_sees_everything() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Engine::Redb).unwrap();
    let entries: Vec<_> = (0..400).map(|number| entry(number, "hook", NOW + number)).collect();
    for entry in &entries {
        commit(&*store, std::slice::from_ref(entry));
    }
    let expected: Vec<_> = entries.iter().rev().filter(|entry| entry.outcome == Outcome::Failed).map(|entry| entry.created_at).collect();
    let done = Arc::new(AtomicBool::new(false));
    let looking = std::thread::spawn({
        let (store, done) = (store.clone(), done.clone());
        move || {
            let mut looked = 0;
            while !done.load(Ordering::Relaxed) {
                let failed = Sought::Outcome(Outcome::Failed).tag("hook");
                assert_eq!(moments(&*store, (1, day(NOW), failed), 0, None, 1000).unwrap(), expected);
                looked += 1;
            }
            looked
        }
    });
    merge(&*store, Merging::of_day(Sizes::SMALL, 1, day(NOW)));
    done.store(true, Ordering::Relaxed);
    assert!(looking.join().unwrap() > 1);
}

#[test]
fn missing_and_damaged_rows_are_found_and_merge_with_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), Engine::Redb).unwrap();
    let entries: Vec<_> = (0..60).map(|number| entry(number, "hook", NOW + number)).collect();
    for entry in &entries[..50] {
        commit(&*store, std::slice::from_ref(entry));
    }
    merge(&*store, Merging::of_day(Sizes::SMALL, 1, day(NOW)));
    for entry in &entries[50..] {
        commit(&*store, std::slice::from_ref(entry));
    }
    let (fresh, [_, runs, ..]) = counts(&*store);
    assert!(fresh >= 10 && runs > 0);
    let all = rows(&*store);
    let put = |key: &Key, value: &[u8]| {
        let mut batch = Batch::new();
        batch.put(key.clone(), value);
        store.commit(batch).unwrap();
    };
    let is_in_run = |place: &Place, level| matches!(place.row, Row::Merged { run: Run { level: of, .. }, .. } if of == level);
    for level in 0..=2 {
        let wanted = |place: &Place| if level == 0 { matches!(place.row, Row::Fresh { .. }) } else { is_in_run(place, level) };
        let Some((_, key, value)) = all.iter().find(|(place, ..)| wanted(place)) else { continue };
        let mut batch = Batch::new();
        batch.delete(key.clone());
        store.commit(batch).unwrap();
        assert!(!missing(&*store).is_empty(), "level {level}: a row is missing");
        put(key, &value[..value.len() - 1]);
        assert!(check_row(key.as_bytes(), &value[1..]).is_err() && !missing(&*store).is_empty(), "level {level}: a row is damaged");
        let request = Sought::Request("request-1").tag("hook");
        let found = moments(&*store, (1, day(NOW), request), 0, None, 9);
        assert!(level > 0 || matches!(found, Err(StoreError::Corrupt(_))), "whoever reads the row is told");
        put(key, value);
        assert_eq!(missing(&*store), [""; 0]);
    }
    // Sound rows are merged, and the others stay, and merging comes to an end.
    let damaged: Vec<_> = all.iter().filter(|(place, ..)| is_in_run(place, 1) || matches!(place.row, Row::Fresh { .. })).take(3).collect();
    damaged.iter().for_each(|(_, key, _)| put(key, b"damaged"));
    put(&Key::new(1, Kind::LogIndex).fixed(&[0]), b"no row");
    put(&rows_of_day(1, day(NOW)).fixed(&[1]).fixed(&[0xff; 4]).u64(1).u64(NOW), b"a number that has no next");
    for number in 100..150 {
        commit(&*store, &[entry(number, "hook", NOW + number)]);
    }
    let reported = merge(&*store, Merging::of_all(Sizes::SMALL, day(NOW)));
    assert_eq!(reported, [(1, day(NOW))]);
    damaged.iter().for_each(|(_, key, _)| assert_eq!(store.get(key.as_bytes()).unwrap().as_deref(), Some(&b"damaged"[..])));
}

/// What is done to an index.
#[derive(Clone, Debug)]
enum Act {
    /// Entries are committed: account, day, hook, number of the ids, time of the day.
    Commit(Vec<(u64, u64, u8, u64, u64)>),
    /// So many steps of merging.
    Merge(usize, bool),
    /// The server is killed and started.
    Reopen,
    /// The index is made anew.
    Make,
}

fn act() -> impl Strategy<Value = Act> {
    let one = (1..3_u64, 0..2_u64, 0..2_u8, 0..12_u64, prop_oneof![0..40_u64, Just(MICROS_PER_DAY - 1)]);
    prop_oneof![
        8 => proptest::collection::vec(one, 1..12).prop_map(Act::Commit),
        4 => (1..12_usize, any::<bool>()).prop_map(|(steps, is_over)| Act::Merge(steps, is_over)),
        1 => Just(Act::Reopen),
        1 => Just(Act::Make),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn it_leads_to_what_was_added(acts in proptest::collection::vec(act(), 1..60), seed in any::<u64>(), sled in any::<bool>()) {
        let engine = if sled { Engine::Sled } else { Engine::Redb };
        let folder = tempfile::tempdir().unwrap();
        let (mut store, mut all) = (open(folder.path(), engine).unwrap(), Vec::<LogEntry>::new());
        let first = u64::from(day(NOW)) * MICROS_PER_DAY;
        for act in acts {
            match act {
                Act::Commit(entries) => {
                    let entries: Vec<_> = entries.into_iter().enumerate().map(|(number, (account, day, hook, ids, time))| LogEntry {
                        account,
                        id: format!("{}-{number}", all.len()),
                        ..entry(ids, ["hook", "hook2"][usize::from(hook)], first + day * MICROS_PER_DAY + time)
                    }).collect();
                    commit(&*store, &entries);
                    all.extend(entries);
                }
                Act::Merge(steps, is_over) => {
                    let mut merging = Merging::of_all(Sizes::SMALL, day(NOW) + if is_over { 2 } else { 0 });
                    for _ in 0..steps {
                        let Some(batch) = merging.next(&*store).unwrap() else { break };
                        store.commit(batch).unwrap();
                    }
                    prop_assert!(merging.damaged.is_empty());
                }
                Act::Reopen => {
                    drop(store);
                    store = open(folder.path(), engine).unwrap();
                }
                Act::Make => {
                    set_former(&*store, true);
                    make(&*store);
                }
            }
            prop_assert_eq!(missing(&*store), [""; 0]);
            // One lookup of each sort, in turns.
            let turn = seed.wrapping_add(all.len() as u64);
            let (account, on, hook) = (1 + turn % 2, day(NOW) + u32::from(turn % 3 == 0), if turn % 5 < 3 { "hook" } else { "hook2" });
            let (request, login) = (format!("request-{}", turn % 12), format!("login-{}", turn % 6));
            let oldest = first + turn % 30;
            let before = (turn % 7 > 2).then(|| first + turn % 60);
            for sought in [Sought::Request(&request), Sought::Login(&login), Sought::Outcome(Outcome::Failed)] {
                let mut expected: Vec<_> = all.iter().filter(|one| {
                    let sought = match sought {
                        Sought::Request(id) => one.request_id == id,
                        Sought::Login(id) => one.correlation_id == id,
                        Sought::Outcome(outcome) => one.outcome == outcome,
                    };
                    sought && one.account == account && one.hook_id == hook && day(one.created_at) == on
                }).map(|one| one.created_at).filter(|one| *one >= oldest && before.is_none_or(|before| *one < before)).collect();
                expected.sort_unstable_by(|one, other| other.cmp(one));
                expected.dedup();
                for most in [1, 3, 1000] {
                    let found = moments(&*store, (account, on, sought.tag(hook)), oldest, before, most).unwrap();
                    prop_assert_eq!(&found[..], &expected[..expected.len().min(most)]);
                }
            }
        }
        rows(&*store);
    }
}
