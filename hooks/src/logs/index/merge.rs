//! Merging: the fresh rows of a day become a run of the lowest level, and a group of runs becomes one of the next level, a stretch of tags at
//! a time.
//!
//! A step is one batch, which writes pairs to where they belong and removes them from where they were, so that readers see each of them once,
//! and a server that is killed goes on where it was: what there is to do is read from the rows. Runs are numbered, and run `n` of a level goes
//! into run `n / group` of the next. A group is merged once it is complete, which is when no further run can get a number of it.
//!
//! A fresh row that is none stays where it is, for whoever reads the day, and so does a group that has one.

use std::ops::ControlFlow;

use super::lookup::{last_run, run_from};
use super::row::{HIGHEST, LOWEST, Pair, Pairs, Place, Row, Run, check_row, damaged, encode, fresh_of_day, rows_of_day, run_of_day};
use super::walk::first_key;
use crate::store::{Batch, Key, KeyReader, Kind, Order, SERVER, Store, StoreError};

/// How many of what is merged when.
#[derive(Clone, Copy, Debug)]
pub(in crate::logs) struct Sizes {
    /// More fresh rows than these of one day are merged, and at most about as many in one step.
    pub(in crate::logs) rows: usize,
    /// The same of their pairs.
    pub(in crate::logs) pairs: usize,
    /// Of a day that is over, more fresh rows than these are merged.
    few_rows: usize,
    /// The same of their pairs.
    few_pairs: usize,
    /// Pairs of a row of a run: what a page of the store has room for.
    row: usize,
    /// Runs that become one of the next level.
    group: u32,
    /// Rows of each of them that are read in one step.
    stretch: usize,
}

impl Sizes {
    pub(in crate::logs) const USUAL: Self =
        Self { rows: 4096, pairs: 65_536, few_rows: 64, few_pairs: 8192, row: 300, group: 16, stretch: 16 };

    #[cfg(test)]
    pub(super) const SMALL: Self = Self { rows: 6, pairs: 40, few_rows: 2, few_pairs: 10, row: 4, group: 3, stretch: 2 };

    /// With fewer rows of a day that is over.
    #[cfg(test)]
    pub(super) fn with_few(self, few_rows: usize) -> Self {
        Self { few_rows, ..self }
    }
}

/// The next thing to do for a day, and whether there may be more to do for it.
struct Step {
    batch: Batch,
    pairs: usize,
    again: bool,
}

/// Goes through the days of all accounts, and merges what there is to merge.
pub(in crate::logs) struct Merging {
    sizes: Sizes,
    /// The first day that is not over.
    today: u32,
    /// Where the next day begins; `None` at the end.
    from: Option<Key>,
    /// Whether nothing but one day is gone through.
    one_day: bool,
    /// The days that are damaged.
    pub(in crate::logs) damaged: Vec<(u64, u32)>,
}

impl Merging {
    /// Of all accounts and days.
    pub(in crate::logs) fn of_all(sizes: Sizes, today: u32) -> Self {
        let from = Some(Key::new(SERVER.saturating_add(1), Kind::LogIndex));
        Self { sizes, today, from, one_day: false, damaged: Vec::new() }
    }

    /// Of one day, as one that is not over.
    pub(in crate::logs) fn of_day(sizes: Sizes, account: u64, day: u32) -> Self {
        let from = Some(rows_of_day(account, day));
        Self { sizes, today: day, from, one_day: true, damaged: Vec::new() }
    }

    /// What has to be committed before the next call; `None` once there is nothing more to do. Blocks.
    pub(in crate::logs) fn next(&mut self, store: &dyn Store) -> Result<Option<Batch>, StoreError> {
        let (mut all, mut pairs) = (Batch::new(), 0);
        while let Some((account, day)) = self.next_day(store)? {
            let step = match self.step(store, account, day) {
                Ok(Some(step)) => step,
                Ok(None) => continue,
                Err(StoreError::Corrupt(_)) => {
                    self.damaged.push((account, day));
                    continue;
                }
                Err(error) => return Err(error),
            };
            all.append(step.batch);
            pairs += step.pairs;
            if step.again {
                self.from = Some(rows_of_day(account, day));
            }
            if step.again || pairs >= self.sizes.pairs {
                break;
            }
        }
        Ok(Some(all).filter(|all| !all.is_empty()))
    }

    /// The next day that has rows, and goes on to the one behind it.
    fn next_day(&mut self, store: &dyn Store) -> Result<Option<(u64, u32)>, StoreError> {
        while let Some(from) = self.from.take() {
            let Some(key) = first_key(store, Kind::LogIndex, &from)? else { break };
            if self.one_day && !key.starts_with(from.as_bytes()) {
                break;
            }
            if let Some((account, day)) =
                KeyReader::new(&key, Kind::LogIndex).and_then(|(account, mut parts)| Some((account, parts.u32()?)))
            {
                if !self.one_day {
                    self.from = Some(match day.checked_add(1) {
                        Some(next) => rows_of_day(account, next),
                        None => Key::account(account.saturating_add(1)),
                    });
                }
                return Ok(Some((account, day)));
            }
            // A key that is none; behind it is the next.
            self.from = Some(Key::from(key.as_slice()).fixed(&[0]));
        }
        Ok(None)
    }

    fn step(&self, store: &dyn Store, account: u64, day: u32) -> Result<Option<Step>, StoreError> {
        let on = Day { store, account, day, sizes: self.sizes };
        if let Some(step) = on.fresh(day < self.today)? {
            return Ok(Some(step));
        }
        for level in LOWEST..HIGHEST {
            if let Some(step) = on.group(level)? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }
}

/// The next number of a run of the lowest level.
pub(super) fn next_number(store: &dyn Store, account: u64, day: u32, sizes: Sizes) -> Result<u32, StoreError> {
    Day { store, account, day, sizes }.next_number(LOWEST)
}

/// Puts a run, or more of one. The pairs ascend, and are above those that the run has.
pub(super) fn put_run(batch: &mut Batch, (account, day, run): (u64, u32, Run), pairs: &[Pair], sizes: Sizes) {
    for pairs in pairs.chunks(sizes.row) {
        if let Some(first) = pairs.first() {
            batch.put(Place { account, day, row: Row::Merged { run, first: *first } }.key(), encode(day, pairs));
        }
    }
}

/// One account's day.
struct Day<'a> {
    store: &'a dyn Store,
    account: u64,
    day: u32,
    sizes: Sizes,
}

impl Day<'_> {
    /// The lowest number of a level that no run has or had. Numbers whose runs have become one of a higher level are below that one's.
    fn next_number(&self, level: u8) -> Result<u32, StoreError> {
        let last = last_run(self.store, self.account, self.day, level)?;
        let next = last.map_or(Some(0), |run| run.number.checked_add(1)).ok_or_else(damaged)?;
        if level >= HIGHEST {
            return Ok(next);
        }
        let above = self.next_number(level + 1)?.checked_mul(self.sizes.group).ok_or_else(damaged)?;
        Ok(next.max(above))
    }

    /// Makes a run of fresh rows, if there are enough.
    fn fresh(&self, is_over: bool) -> Result<Option<Step>, StoreError> {
        let Sizes { rows, pairs, few_rows, few_pairs, .. } = self.sizes;
        let (mut batch, mut gathered, mut count, mut full) = (Batch::new(), Vec::new(), 0, false);
        self.store.scan(fresh_of_day(self.account, self.day).range(), Order::Ascending, &mut |key, value| {
            if let (Ok(()), Ok(found)) = (check_row(key, value), Pairs::read(self.day, value)) {
                gathered.extend(found.ascending());
                batch.delete(Key::from(key));
                count += 1;
            }
            full = count > rows || gathered.len() > pairs;
            if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if !full && !(is_over && (count > few_rows || gathered.len() > few_pairs)) {
            return Ok(None);
        }
        gathered.sort_unstable();
        gathered.dedup();
        let run = Run { level: LOWEST, number: self.next_number(LOWEST)? };
        put_run(&mut batch, (self.account, self.day, run), &gathered, self.sizes);
        Ok(Some(Step { batch, pairs: gathered.len(), again: full }))
    }

    /// Merges a stretch of the lowest runs of a level, if their group is complete.
    fn group(&self, level: u8) -> Result<Option<Step>, StoreError> {
        let Some(first) = self.run_from(Run { level, number: 0 })? else { return Ok(None) };
        let into = first.number / self.sizes.group;
        let end = into.checked_add(1).and_then(|next| next.checked_mul(self.sizes.group)).ok_or_else(damaged)?;
        if self.next_number(level)? < end {
            return Ok(None);
        }
        let (mut stretches, mut next) = (Vec::new(), Some(first));
        while let Some(run) = next.filter(|run| run.number < end) {
            stretches.push(self.stretch(run)?);
            next = match run.number.checked_add(1) {
                Some(number) => self.run_from(Run { level, number })?,
                None => None,
            };
        }
        // Up to here every run was read.
        let limit = stretches.iter().filter_map(|stretch| stretch.goes_on_at).min();
        let (mut batch, mut merged) = (Batch::new(), Vec::new());
        for stretch in &stretches {
            for (key, pairs) in &stretch.rows {
                let below = limit.map_or(pairs.len(), |limit| pairs.partition_point(|pair| *pair < limit));
                let (taken, left) = pairs.split_at_checked(below).unwrap_or_default();
                if !taken.is_empty() {
                    merged.extend_from_slice(taken);
                    batch.delete(key.clone());
                    put_run(&mut batch, (self.account, self.day, stretch.run), left, self.sizes);
                }
            }
        }
        merged.sort_unstable();
        merged.dedup();
        put_run(&mut batch, (self.account, self.day, Run { level: level + 1, number: into }), &merged, self.sizes);
        Ok(Some(Step { batch, pairs: merged.len(), again: true }))
    }

    /// The first rows of a run.
    fn stretch(&self, run: Run) -> Result<Stretch, StoreError> {
        let (mut rows, mut goes_on_at, mut broken) = (Vec::new(), None, None);
        let mut read = |key: &[u8], value: &[u8]| {
            check_row(key, value)?;
            let Row::Merged { first, .. } = Place::read(key)?.row else { return Err(damaged()) };
            if rows.last().is_some_and(|(_, pairs): &(Key, Vec<Pair>)| pairs.last() >= Some(&first)) {
                return Err(damaged());
            }
            if rows.len() == self.sizes.stretch {
                goes_on_at = Some(first);
                return Ok(ControlFlow::Break(()));
            }
            rows.push((Key::from(key), Pairs::read(self.day, value)?.ascending().collect()));
            Ok(ControlFlow::Continue(()))
        };
        self.store.scan(run_of_day(self.account, self.day, run).range(), Order::Ascending, &mut |key, value| {
            read(key, value).unwrap_or_else(|error| {
                broken = Some(error);
                ControlFlow::Break(())
            })
        })?;
        broken.map_or(Ok(Stretch { run, rows, goes_on_at }), Err)
    }

    /// The lowest run from `from` on, if it is of the same level.
    fn run_from(&self, from: Run) -> Result<Option<Run>, StoreError> {
        Ok(run_from(self.store, self.account, self.day, from)?.filter(|run| run.level == from.level))
    }
}

/// The beginning of a run.
struct Stretch {
    run: Run,
    rows: Vec<(Key, Vec<Pair>)>,
    /// The first pair behind it.
    goes_on_at: Option<Pair>,
}
