//! The retention of entries: how older ones are deleted.

use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};

use super::entry::{Place, day, day_key};
use super::index::rows_of_day;
use super::micros;
use crate::store::{Batch, Key, KeyRange, KeyReader, Kind, Order, SERVER, Store, StoreError};

/// The most keys that one commit deletes, so that other writers do not wait for long.
const CHUNK: usize = 2048;

/// The age up to which entries are served and stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retention(Duration);

impl Retention {
    /// Entries up to this age.
    pub(crate) fn new(age: Duration) -> Self {
        Self(age)
    }

    /// The oldest moment whose entries are served, in microseconds since 1970.
    pub(super) fn oldest(self, now: SystemTime) -> u64 {
        micros(now).saturating_sub(u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX))
    }

    /// Deletes the entries of every account that are too old. Returns their number. Blocks.
    pub(crate) fn sweep(self, store: &dyn Store, now: SystemTime) -> Result<usize, StoreError> {
        let (oldest, mut deleted, mut next) = (self.oldest(now), 0, Some(SERVER));
        while let Some(account) = next.map(|next| account_from(store, next)).transpose()?.flatten() {
            let whole_days = Key::new(account, Kind::Log).range().ending_before(day_key(account, day(oldest)).as_bytes());
            deleted += delete(store, whole_days, u64::MAX)?;
            deleted += delete(store, day_key(account, day(oldest)).range(), oldest)?;
            // Rows of the index go a day at a time: until then some lead to entries that are gone, and so to nothing.
            delete_all(store, Key::new(account, Kind::LogIndex).range().ending_before(rows_of_day(account, day(oldest)).as_bytes()))?;
            next = account.checked_add(1);
        }
        Ok(deleted)
    }
}

/// The lowest account from `account` on that has anything stored.
fn account_from(store: &dyn Store, account: u64) -> Result<Option<u64>, StoreError> {
    let mut found = None;
    store.scan(KeyRange::all().starting_at(Key::account(account).as_bytes()), Order::Ascending, &mut |key, _| {
        found = KeyReader::account_of(key);
        ControlFlow::Break(())
    })?;
    Ok(found)
}

/// Deletes the entries of a range from before `before`. If it is interrupted, the next sweep deletes the rest.
fn delete(store: &dyn Store, range: KeyRange, before: u64) -> Result<usize, StoreError> {
    let (mut deleted, mut from) = (0, range.clone());
    loop {
        let (mut batch, mut size, mut last) = (Batch::new(), 0, None);
        store.scan(from, Order::Ascending, &mut |key, _| {
            // An unreadable key of the day is deleted too.
            if Place::read(key).is_none_or(|place| place.cursor.created_at() < before) {
                batch.delete(Key::from(key));
                size += 1;
            }
            last = Some(key.to_vec());
            if size < CHUNK { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if batch.is_empty() {
            return Ok(deleted);
        }
        store.commit(batch)?;
        deleted += size;
        let Some(last) = last.filter(|_| size == CHUNK) else { return Ok(deleted) };
        from = range.clone().starting_at(&last);
    }
}

/// Deletes a whole range.
fn delete_all(store: &dyn Store, range: KeyRange) -> Result<(), StoreError> {
    loop {
        let (mut batch, mut size) = (Batch::new(), 0);
        store.scan(range.clone(), Order::Ascending, &mut |key, _| {
            batch.delete(Key::from(key));
            size += 1;
            if size < CHUNK { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if batch.is_empty() {
            return Ok(());
        }
        store.commit(batch)?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::LogEntry;
    use super::super::entry::tests::entry;
    use super::super::index;
    use super::*;
    use crate::clock::Clock;
    use crate::store::{Engine, open};
    use crate::testing::FakeClock;

    const WEEK: Duration = Duration::from_secs(7 * 86_400);

    fn put(store: &dyn Store, entries: impl IntoIterator<Item = LogEntry>) {
        let mut batch = Batch::new();
        for entry in entries {
            batch.put(entry.key(), entry.value().unwrap());
        }
        batch.put(Key::new(1, Kind::Hook).u32(1), b"not a log entry");
        store.commit(batch).unwrap();
    }

    fn left(store: &dyn Store) -> Vec<(u64, u64)> {
        let mut left = Vec::new();
        let visit = &mut |key: &[u8], _: &[u8]| {
            left.extend(Place::read(key).map(|place| (place.account, place.cursor.created_at())));
            ControlFlow::Continue(())
        };
        store.scan(KeyRange::all(), Order::Ascending, visit).unwrap();
        left.sort_unstable();
        left
    }

    #[test]
    fn a_sweep_deletes_to_the_microsecond_in_every_account() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let clock = FakeClock::new();
        let limit = micros(clock.now()) - micros(std::time::UNIX_EPOCH + WEEK);
        let times = [limit + 1, limit, limit - 1, limit - 86_400_000_000, 5];
        put(&*store, times.iter().enumerate().map(|(number, time)| entry(number as u64, "hook", *time)));
        put(&*store, times.iter().map(|time| LogEntry { account: u64::MAX, ..entry(1, "hook", *time) }));
        put(&*store, [entry(7, "another", limit - 2), entry(8, "zzz", limit)]);
        assert_eq!(Retention::new(WEEK).sweep(&*store, clock.now()).unwrap(), 7);
        assert_eq!(left(&*store), [(1, limit), (1, limit), (1, limit + 1), (u64::MAX, limit), (u64::MAX, limit + 1)]);
        assert!(store.get(Key::new(1, Kind::Hook).u32(1).as_bytes()).unwrap().is_some());
        clock.advance(Duration::from_micros(2));
        assert_eq!(Retention::new(WEEK).sweep(&*store, clock.now()).unwrap(), 5);
        assert_eq!(Retention::new(WEEK).sweep(&*store, clock.now()).unwrap(), 0);
    }

    #[test]
    fn many_entries_go_in_several_commits() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let clock = FakeClock::new();
        let old = micros(clock.now()) - 2 * micros(std::time::UNIX_EPOCH + WEEK);
        put(&*store, (0..CHUNK as u64 * 2 + 10).map(|number| entry(number, "hook", old)));
        assert_eq!(Retention::new(WEEK).sweep(&*store, clock.now()).unwrap(), CHUNK * 2 + 10);
        assert_eq!(left(&*store), []);
    }

    #[test]
    fn the_index_goes_with_its_day() {
        for engine in [Engine::Redb, Engine::Sled] {
            let folder = tempfile::tempdir().unwrap();
            let store = open(folder.path(), engine).unwrap();
            let clock = FakeClock::new();
            let now = micros(clock.now());
            let old = (0..=CHUNK as u64).map(|number| entry(number, "hook", now - 9 * 86_400_000_000 + number));
            let mut batch = Batch::new();
            for entry in old.chain([entry(1, "hook", now)]) {
                index::add(&mut batch, &[entry]);
            }
            store.commit(batch).unwrap();
            let rows = |store: &dyn Store| {
                let mut rows = 0;
                let visit = &mut |_: &[u8], _: &[u8]| {
                    rows += 1;
                    ControlFlow::Continue(())
                };
                store.scan(Key::new(1, Kind::LogIndex).range(), Order::Ascending, visit).unwrap();
                rows
            };
            assert!(rows(&*store) > CHUNK);
            Retention::new(WEEK).sweep(&*store, clock.now()).unwrap();
            assert_eq!(rows(&*store), 1, "today's");
        }
    }
}
