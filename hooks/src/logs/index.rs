//! The index of the log: where the executions of a request, of a login or with an outcome are. It is derived from the entries: written in
//! the same batch, deleted with their day, and made anew for stores that were written without one.
//!
//! A row is a key alone: account, day, a digest of hook and sought value, and the moment of the entry. Rows are short because every login
//! writes some, and in the order of days because a day is deleted as one range. Whoever follows a row compares the entry itself, so two
//! values with one digest do no harm.

use std::ops::ControlFlow;

use hookbox_host_api::Outcome;
use sha2::{Digest as _, Sha256};

use super::LogEntry;
use super::entry::day;
use crate::store::{Batch, Key, KeyRange, KeyReader, Kind, Order, SERVER, Store, StoreError, is_indexed, set_indexed};

/// Entries that one commit adds to the index, so that other writers do not wait for long.
const CHUNK: usize = 1024;

/// Something that entries are found by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sought<'a> {
    /// The id of the request.
    Request(&'a str),
    /// The id of the login.
    Login(&'a str),
    /// How the execution ended.
    Outcome(Outcome),
}

/// What the rows of one hook and one sought value have in common beside account and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag([u8; 8]);

impl Sought<'_> {
    pub(super) fn tag(self, hook_id: &str) -> Tag {
        let (sort, value) = match self {
            Self::Request(id) => (b'r', id),
            Self::Login(id) => (b'c', id),
            Self::Outcome(outcome) => (b'o', outcome.as_str()),
        };
        let mut digest = Sha256::new();
        digest.update((hook_id.len() as u64).to_be_bytes());
        digest.update(hook_id);
        digest.update([sort]);
        digest.update(value);
        Tag(digest.finalize().first_chunk().copied().unwrap_or_default())
    }

    /// Whether there are rows of it. Most executions are completed: whoever looks for these walks the log itself and finds enough.
    pub(super) fn is_indexed(self) -> bool {
        !matches!(self, Self::Outcome(Outcome::Completed))
    }
}

/// Adds an entry's rows to the batch that adds the entry.
pub(super) fn add(batch: &mut Batch, entry: &LogEntry) {
    for row in rows(entry) {
        batch.put(row, []);
    }
}

fn rows(entry: &LogEntry) -> impl Iterator<Item = Key> {
    let sought = [Sought::Request(&entry.request_id), Sought::Login(&entry.correlation_id), Sought::Outcome(entry.outcome)];
    sought.into_iter().filter(|one| one.is_indexed()).map(|one| row(entry.account, one.tag(&entry.hook_id), entry.created_at))
}

fn row(account: u64, tag: Tag, created_at: u64) -> Key {
    rows_of(account, day(created_at), tag).u64(created_at)
}

/// The beginning of the rows of one day with one tag.
fn rows_of(account: u64, day: u32, Tag(tag): Tag) -> Key {
    rows_of_day(account, day).fixed(&tag)
}

/// The beginning of the rows of one day.
pub(super) fn rows_of_day(account: u64, day: u32) -> Key {
    Key::new(account, Kind::LogIndex).u32(day)
}

/// The day and the moment of a row.
fn read(key: &[u8]) -> Option<(u32, u64)> {
    let (_, mut parts) = KeyReader::new(key, Kind::LogIndex)?;
    let (day, _tag) = (parts.u32()?, parts.fixed::<8>()?);
    Some((day, parts.u64()?))
}

fn damaged() -> StoreError {
    StoreError::Corrupt("a row of the log's index has a key that is none".to_owned())
}

/// Whether the key of a row is one.
pub(crate) fn check_row(key: &[u8]) -> Result<(), StoreError> {
    read(key).filter(|(of, created_at)| day(*created_at) == *of).map(drop).ok_or_else(damaged)
}

/// The latest day up to `until` on which the account has rows.
pub(super) fn last_day(store: &dyn Store, account: u64, until: u32) -> Result<Option<u32>, StoreError> {
    let all = Key::new(account, Kind::LogIndex).range();
    let range = match until.checked_add(1) {
        Some(next) => all.ending_before(rows_of_day(account, next).as_bytes()),
        None => all,
    };
    let mut found = None;
    store.scan(range, Order::Descending, &mut |key, _| {
        found = Some(read(key).map(|(day, _)| day));
        ControlFlow::Break(())
    })?;
    found.map(|day| day.ok_or_else(damaged)).transpose()
}

/// At most `most` moments of a day's rows with this tag, newest first, from `oldest` on and before `before`.
pub(super) fn moments(
    store: &dyn Store,
    (account, day, tag): (u64, u32, Tag),
    oldest: u64,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<u64>, StoreError> {
    let rows = rows_of(account, day, tag);
    let mut range = rows.range().starting_at(rows.clone().u64(oldest).as_bytes());
    if let Some(before) = before {
        range = range.ending_before(rows.clone().u64(before).as_bytes());
    }
    let (mut found, mut broken) = (Vec::new(), false);
    store.scan(range, Order::Descending, &mut |key, _| {
        match read(key) {
            Some((_, created_at)) => found.push(created_at),
            None => broken = true,
        }
        if broken || found.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if broken { Err(damaged()) } else { Ok(found) }
}

/// The entries of all accounts, a chunk at a time. Those that cannot be read are left out: whoever reads them finds the damage.
pub(super) struct Chunks {
    from: Option<KeyRange>,
    /// Where the last chunk began: in a damaged store keys may stand in any order, and lead in a circle.
    last: Vec<u8>,
}

impl Chunks {
    pub(super) fn new() -> Self {
        let first = Key::account(SERVER.saturating_add(1)).as_bytes().to_vec();
        Self { from: Some(KeyRange::all().starting_at(&first)), last: first }
    }

    /// The next entries, none of which need be there; `None` at the end. Blocks.
    fn next(&mut self, store: &dyn Store) -> Result<Option<Vec<LogEntry>>, StoreError> {
        let Some(from) = self.from.take() else { return Ok(None) };
        let (mut entries, mut seen, mut next) = (Vec::new(), 0, None);
        store.scan(from.clone(), Order::Ascending, &mut |key, value| {
            let kind = KeyReader::kind_of(key);
            if seen == CHUNK || kind != Some(Kind::Log) {
                next = if kind == Some(Kind::Log) { Some(key.to_vec()) } else { jump(key, kind) };
                return ControlFlow::Break(());
            }
            seen += 1;
            entries.extend(LogEntry::decode(key, value));
            ControlFlow::Continue(())
        })?;
        if let Some(next) = next {
            if next <= self.last {
                return Err(StoreError::Corrupt("the keys of the log do not stand in order".to_owned()));
            }
            self.from = Some(from.starting_at(&next));
            self.last = next;
        }
        Ok(Some(entries))
    }

    /// Adds the next entries to the index; `false` once all are in it, which the store then remembers. If this is never reached, the index
    /// is made from the start the next time: rows that are there already are written once more. Blocks.
    pub(super) fn add_next(&mut self, store: &dyn Store) -> Result<bool, StoreError> {
        let Some(entries) = self.next(store)? else {
            set_indexed(store)?;
            return Ok(false);
        };
        let mut batch = Batch::new();
        entries.iter().for_each(|entry| add(&mut batch, entry));
        if !batch.is_empty() {
            store.commit(batch)?;
        }
        Ok(true)
    }
}

/// Looks up every entry in the index, where there is one; `missing` is called with each that it does not lead to. Blocks.
pub(crate) fn check_index(store: &dyn Store, mut missing: impl FnMut(&LogEntry)) -> Result<(), StoreError> {
    if !is_indexed(store)? {
        return Ok(());
    }
    let mut chunks = Chunks::new();
    while let Some(entries) = chunks.next(store)? {
        for entry in &entries {
            for row in rows(entry) {
                if store.get(row.as_bytes())?.is_none() {
                    missing(entry);
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Where to look for entries after a key of another kind.
fn jump(key: &[u8], kind: Option<Kind>) -> Option<Vec<u8>> {
    let account = KeyReader::account_of(key)?;
    let log = Key::new(account, Kind::Log);
    match kind {
        Some(kind) if (kind as u8) < Kind::Log as u8 => Some(log.as_bytes().to_vec()),
        _ => Some(Key::account(account.checked_add(1)?).as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::entry;
    use super::*;
    use crate::store::{Engine, open, set_unindexed};

    const NOW: u64 = 1_780_000_000_000_000;

    fn put(store: &dyn Store, entries: &[LogEntry]) {
        let mut batch = Batch::new();
        for entry in entries {
            batch.put(entry.key(), entry.value().unwrap());
        }
        batch.put(Key::new(1, Kind::Hook).u32(1), b"another kind");
        batch.put(Key::new(u64::MAX, Kind::Function).u32(1), b"another kind");
        store.commit(batch).unwrap();
    }

    fn missing(store: &dyn Store) -> usize {
        let mut missing = 0;
        check_index(store, |_| missing += 1).unwrap();
        missing
    }

    fn each_engine(test: impl Fn(&dyn Store)) {
        for engine in [Engine::Redb, Engine::Sled] {
            let folder = tempfile::tempdir().unwrap();
            test(&*open(folder.path(), engine).unwrap());
        }
    }

    #[test]
    fn a_store_without_an_index_gets_one() {
        each_engine(|store| {
            let mut entries: Vec<_> = (0..CHUNK as u64 + 10).map(|number| entry(number, "hook", NOW + number)).collect();
            entries.extend([0, 1].map(|number| LogEntry { account: u64::MAX, ..entry(number, "other", NOW) }));
            put(store, &entries);
            assert_eq!(missing(store), entries.len(), "the check finds what is missing");
            set_unindexed(store);
            assert_eq!(missing(store), 0, "nothing is missing where nothing has to be");
            let mut chunks = Chunks::new();
            while chunks.add_next(store).unwrap() {
                assert!(!is_indexed(store).unwrap(), "not before the end");
            }
            assert!(is_indexed(store).unwrap());
            assert_eq!(missing(store), 0);
        });
    }

    #[test]
    fn rows_lead_to_moments_newest_first() {
        each_engine(|store| {
            let mut batch = Batch::new();
            (0..6).for_each(|number| add(&mut batch, &entry(number, "hook", NOW + number)));
            add(&mut batch, &entry(0, "hook2", NOW));
            add(&mut batch, &LogEntry { account: 2, ..entry(0, "hook", NOW) });
            store.commit(batch).unwrap();
            let found = |sought: Sought<'_>, oldest, before, most| {
                moments(store, (1, day(NOW), sought.tag("hook")), oldest, before, most)
                    .unwrap()
                    .iter()
                    .map(|one| one - NOW)
                    .collect::<Vec<_>>()
            };
            assert_eq!(found(Sought::Request("request-3"), 0, None, 9), [3]);
            assert_eq!(found(Sought::Login("login-1"), 0, None, 9), [3, 2]);
            assert_eq!(found(Sought::Login("login-1"), 0, None, 1), [3]);
            assert_eq!(found(Sought::Login("login-1"), 0, Some(NOW + 3), 9), [2]);
            assert_eq!(found(Sought::Login("login-1"), NOW + 3, None, 9), [3]);
            assert_eq!(found(Sought::Outcome(Outcome::Failed), 0, None, 9), [5, 2]);
            assert_eq!(found(Sought::Outcome(Outcome::Completed), 0, None, 9), [0; 0], "these have no rows");
            assert_eq!(found(Sought::Request("login-1"), 0, None, 9), [0; 0], "a request is no login");
            assert_eq!(last_day(store, 1, u32::MAX).unwrap(), Some(day(NOW)));
            assert_eq!(last_day(store, 1, day(NOW) - 1).unwrap(), None);
            assert_eq!(last_day(store, 3, u32::MAX).unwrap(), None);
        });
    }

    #[test]
    fn a_row_that_is_none_is_an_error() {
        let good = row(1, Sought::Request("x").tag("hook"), NOW);
        assert!(check_row(good.as_bytes()).is_ok());
        let elsewhere = rows_of_day(1, 5).fixed(&[0; 8]).u64(NOW);
        for bad in [elsewhere.as_bytes(), Key::new(1, Kind::LogIndex).as_bytes(), b"short"] {
            assert!(matches!(check_row(bad), Err(StoreError::Corrupt(_))));
        }
    }
}
