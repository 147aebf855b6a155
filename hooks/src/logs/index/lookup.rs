//! Looking up the moments of a tag.
//!
//! Pairs move up while a lookup is under way, from fresh rows into a run and from a run into one of a higher level, and each move is one
//! commit. So levels are read from the lowest up: a pair that has gone from one is in one that is still to be read.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::row::{LOWEST, Pair, Pairs, Place, Row, Run, at_pair, damaged, fresh_of_day, level_of_day, rows_of_day, run_of_day};
use super::tag::Tag;
use crate::store::{Key, KeyRange, KeyReader, Kind, Order, Store, StoreError};

/// The latest day up to `until` on which the account has rows.
pub(in crate::logs) fn last_day(store: &dyn Store, account: u64, until: u32) -> Result<Option<u32>, StoreError> {
    let all = Key::new(account, Kind::LogIndex).range();
    let range = match until.checked_add(1) {
        Some(next) => all.ending_before(rows_of_day(account, next).as_bytes()),
        None => all,
    };
    let mut found = None;
    store.scan(range, Order::Descending, &mut |key, _| {
        found = Some(KeyReader::new(key, Kind::LogIndex).and_then(|(_, mut parts)| parts.u32()));
        ControlFlow::Break(())
    })?;
    found.map(|day| day.ok_or_else(damaged)).transpose()
}

/// The newest moments of a day's pairs with this tag, newest first, from `oldest` on and before `before`. If there are fewer than `most`, there
/// are no more.
pub(in crate::logs) fn moments(
    store: &dyn Store,
    (account, day, tag): (u64, u32, Tag),
    oldest: u64,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<u64>, StoreError> {
    let before = Pair { tag, moment: before.unwrap_or(u64::MAX) };
    let mut search = Search { store, account, day, oldest, before, most, found: BTreeSet::new() };
    search.fresh()?;
    let mut next = Run { level: LOWEST, number: 0 };
    while let Some(run) = run_from(store, account, day, next)? {
        search.run(run)?;
        let Some(after) = run.next() else { break };
        next = after;
    }
    Ok(search.found.into_iter().rev().collect())
}

impl Run {
    fn next(self) -> Option<Self> {
        match self.number.checked_add(1) {
            Some(number) => Some(Self { number, ..self }),
            None => Some(Self { level: self.level.checked_add(1)?, number: 0 }),
        }
    }
}

/// The lowest run of a day from `from` on.
pub(super) fn run_from(store: &dyn Store, account: u64, day: u32, from: Run) -> Result<Option<Run>, StoreError> {
    let range = rows_of_day(account, day).range().starting_at(run_of_day(account, day, from).as_bytes());
    let mut found = None;
    store.scan(range, Order::Ascending, &mut |key, _| {
        found = Some(Place::read(key));
        ControlFlow::Break(())
    })?;
    match found.transpose()?.map(|place| place.row) {
        None => Ok(None),
        Some(Row::Merged { run, .. }) if run >= from => Ok(Some(run)),
        Some(_) => Err(damaged()),
    }
}

/// The highest run of a level.
pub(super) fn last_run(store: &dyn Store, account: u64, day: u32, level: u8) -> Result<Option<Run>, StoreError> {
    let mut found = None;
    store.scan(level_of_day(account, day, level).range(), Order::Descending, &mut |key, _| {
        found = Some(Place::read(key));
        ControlFlow::Break(())
    })?;
    match found.transpose()?.map(|place| place.row) {
        None => Ok(None),
        Some(Row::Merged { run, .. }) => Ok(Some(run)),
        Some(Row::Fresh { .. }) => Err(damaged()),
    }
}

struct Search<'a> {
    store: &'a dyn Store,
    account: u64,
    day: u32,
    oldest: u64,
    /// The sought tag, and the moment below which it is sought.
    before: Pair,
    most: usize,
    /// The newest moments, at most `most`.
    found: BTreeSet<u64>,
}

impl Search<'_> {
    /// Those that commits wrote, which are in the order of their newest pairs.
    fn fresh(&mut self) -> Result<(), StoreError> {
        let rows = fresh_of_day(self.account, self.day);
        let range = rows.range().starting_at(rows.u64(self.oldest).as_bytes());
        self.rows(range, |search, row| match row {
            Row::Fresh { newest, .. } if search.wants(newest) => Ok(Go::LookAndOn),
            Row::Fresh { .. } => Ok(Go::Stop),
            Row::Merged { .. } => Err(damaged()),
        })
    }

    /// Those of a run: all that may be wanted are in the row that begins below the limit, and in those before it that begin with the tag.
    fn run(&mut self, run: Run) -> Result<(), StoreError> {
        let rows = run_of_day(self.account, self.day, run);
        let range = rows.range().ending_before(at_pair(rows, self.before).as_bytes());
        let lowest = Pair { tag: self.before.tag, moment: self.oldest };
        self.rows(range, |search, row| match row {
            Row::Merged { first, .. } if first > lowest && search.wants(first.moment) => Ok(Go::LookAndOn),
            Row::Merged { .. } => Ok(Go::LookAndStop),
            Row::Fresh { .. } => Err(damaged()),
        })
    }

    fn rows(&mut self, range: KeyRange, mut go: impl FnMut(&Self, Row) -> Result<Go, StoreError>) -> Result<(), StoreError> {
        let (store, mut end) = (self.store, Ok(()));
        store.scan(range, Order::Descending, &mut |key, value| {
            let go = Place::read(key).and_then(|place| go(self, place.row)).and_then(|go| {
                if go != Go::Stop {
                    self.look(Pairs::read(self.day, value)?);
                }
                Ok(go)
            });
            match go {
                Ok(Go::LookAndOn) => return ControlFlow::Continue(()),
                Ok(_) => {}
                Err(error) => end = Err(error),
            }
            ControlFlow::Break(())
        })?;
        end
    }

    fn look(&mut self, pairs: Pairs<'_>) {
        for pair in pairs.below(self.before) {
            if pair.tag != self.before.tag || pair.moment < self.oldest || !self.wants(pair.moment) {
                break;
            }
            self.found.insert(pair.moment);
            if self.found.len() > self.most {
                self.found.pop_first();
            }
        }
    }

    /// Whether a moment is among the newest as far as they are known. If it is not, no earlier one is.
    fn wants(&self, moment: u64) -> bool {
        self.found.len() < self.most || self.found.first().is_some_and(|oldest| moment > *oldest)
    }
}

/// How a search through rows goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Go {
    LookAndOn,
    LookAndStop,
    Stop,
}
