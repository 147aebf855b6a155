//! The rows that a commit of entries writes: one for each account and day in it. They stand at the end of the account's index, so that a
//! commit touches one place of the store, however many entries it has.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::row::{Pair, Place, Row, encode};
use super::tagger::Tagger;
use crate::logs::LogEntry;
use crate::logs::entry::day;
use crate::store::Batch;

/// What a commit adds to the index of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::logs) struct Added {
    pub(in crate::logs) account: u64,
    pub(in crate::logs) day: u32,
    pub(in crate::logs) pairs: usize,
}

/// The pairs of one account and day, and the newest entry.
struct Gathered<'a> {
    newest: &'a LogEntry,
    pairs: Vec<Pair>,
}

/// Adds the rows of entries to the batch that adds the entries.
pub(in crate::logs) fn add(batch: &mut Batch, entries: &[LogEntry]) -> Vec<Added> {
    let (mut days, mut tagger) = (BTreeMap::new(), Tagger::default());
    for entry in entries {
        let day = days.entry((entry.account, day(entry.created_at)));
        let day = day.or_insert_with(|| Gathered { newest: entry, pairs: Vec::with_capacity(entries.len() * 2) });
        if day.newest.created_at < entry.created_at {
            day.newest = entry;
        }
        day.pairs.extend(tagger.pairs(entry));
    }
    let mut added = Vec::with_capacity(days.len());
    for ((account, day), Gathered { newest, mut pairs }) in days {
        pairs.sort_unstable();
        pairs.dedup();
        // No other row has this entry, so none has this key, whatever the clock does.
        let mark = Sha256::digest(&newest.id).first_chunk().copied().unwrap_or_default();
        let row = Row::Fresh { newest: newest.created_at, mark };
        batch.put(Place { account, day, row }.key(), encode(day, &pairs));
        added.push(Added { account, day, pairs: pairs.len() });
    }
    added
}
