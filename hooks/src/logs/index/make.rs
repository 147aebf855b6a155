//! Making the index anew: all rows are deleted, whatever they are, and then every entry that is there is added. What commits of entries write
//! meanwhile is kept, or belongs to entries that are still to be added.

use std::ops::ControlFlow;

use super::merge::{Sizes, next_number, put_run};
use super::row::{LOWEST, Pair, Run};
use super::tagger::Tagger;
use super::walk::Walk;
use crate::logs::LogEntry;
use crate::logs::entry::day;
use crate::store::{Batch, Key, Kind, Store, StoreError};

/// Rows that one commit deletes, so that other writers do not wait for long.
const ROWS: usize = 4096;
/// Entries that one commit adds.
pub(super) const ENTRIES: usize = 16_384;

/// How far it is.
pub(in crate::logs) enum Making {
    Deleting(Walk),
    Adding(Walk),
}

impl Making {
    pub(in crate::logs) fn new() -> Self {
        Self::Deleting(Walk::new(Kind::LogIndex))
    }

    /// What has to be committed before the next call, which may be nothing; `None` once every entry is in the index. Entries that cannot be
    /// read are left out: whoever reads them finds the damage. Blocks.
    pub(in crate::logs) fn next(&mut self, store: &dyn Store) -> Result<Option<Batch>, StoreError> {
        match self {
            Self::Adding(walk) => add_next(walk, store),
            Self::Deleting(walk) => {
                let rows = delete_next(walk, store)?;
                if rows.is_none() {
                    *self = Self::Adding(Walk::new(Kind::Log));
                }
                Ok(Some(rows.unwrap_or_default()))
            }
        }
    }
}

fn delete_next(walk: &mut Walk, store: &dyn Store) -> Result<Option<Batch>, StoreError> {
    let (mut batch, mut rows) = (Batch::new(), 0);
    let more = walk.next(store, &mut |key, _| {
        if rows == ROWS {
            return ControlFlow::Break(());
        }
        rows += 1;
        batch.delete(Key::from(key));
        ControlFlow::Continue(())
    })?;
    Ok(more.then_some(batch))
}

fn add_next(walk: &mut Walk, store: &dyn Store) -> Result<Option<Batch>, StoreError> {
    let (mut tagger, mut pairs, mut entries) = (Tagger::default(), Vec::new(), 0);
    let more = walk.next(store, &mut |key, value| {
        if entries == ENTRIES {
            return ControlFlow::Break(());
        }
        entries += 1;
        if let Ok(entry) = LogEntry::decode(key, value) {
            let day = day(entry.created_at);
            pairs.extend(tagger.pairs(&entry).map(|pair| (entry.account, day, pair)));
        }
        ControlFlow::Continue(())
    })?;
    if !more {
        return Ok(None);
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut batch = Batch::new();
    for of_day in pairs.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
        if let Some(&(account, day, _)) = of_day.first() {
            let run = Run { level: LOWEST, number: next_number(store, account, day, Sizes::USUAL)? };
            put_run(&mut batch, (account, day, run), &of_day.iter().map(|one| one.2).collect::<Vec<Pair>>(), Sizes::USUAL);
        }
    }
    Ok(Some(batch))
}
