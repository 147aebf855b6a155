//! Whether the index leads to every entry.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::row::{Pair, Pairs, Place, Row, Run, check_row, rows_of_day};
use super::tagger::Tagger;
use super::walk::Walk;
use crate::logs::LogEntry;
use crate::logs::entry::day;
use crate::store::{Kind, Order, Store, StoreError, is_indexed};

/// Entries that are looked for at a time: for each lot of them the rows of its days are read once.
const LOT: usize = 1 << 18;

/// A pair that there has to be, and the entry that it is to lead to.
struct Wanted {
    account: u64,
    day: u32,
    pair: Pair,
    entry: usize,
}

/// Looks for every entry in the index, where there is one; `missing` is called with the account and the id of each that it does not lead to.
/// Rows that are none lead to nothing, and so do those of a run that are not in order. Blocks.
pub(crate) fn check_index(store: &dyn Store, mut missing: impl FnMut(u64, &str)) -> Result<(), StoreError> {
    if !is_indexed(store)? {
        return Ok(());
    }
    let mut walk = Walk::new(Kind::Log);
    loop {
        let (mut tagger, mut entries, mut wanted) = (Tagger::default(), Vec::new(), Vec::new());
        let more = walk.next(store, &mut |key, value| {
            if entries.len() == LOT {
                return ControlFlow::Break(());
            }
            if let Ok(entry) = LogEntry::decode(key, value) {
                let (account, day, number) = (entry.account, day(entry.created_at), entries.len());
                wanted.extend(tagger.pairs(&entry).map(|pair| Wanted { account, day, pair, entry: number }));
                entries.push((account, entry.id));
            }
            ControlFlow::Continue(())
        })?;
        if !more {
            return Ok(());
        }
        wanted.sort_unstable_by_key(|one| (one.account, one.day, one.pair));
        let mut lost = BTreeSet::new();
        for of_day in wanted.chunk_by(|one, next| (one.account, one.day) == (next.account, next.day)) {
            look_for(store, of_day, &mut lost)?;
        }
        lost.into_iter().filter_map(|entry| entries.get(entry)).for_each(|(account, id)| missing(*account, id));
    }
}

/// Looks for pairs of one day, which ascend, and notes the entries that the rows do not lead to.
fn look_for(store: &dyn Store, wanted: &[Wanted], lost: &mut BTreeSet<usize>) -> Result<(), StoreError> {
    let Some(Wanted { account, day, .. }) = wanted.first() else { return Ok(()) };
    let (mut found, mut before): (_, Option<(Run, Pair)>) = (vec![false; wanted.len()], None);
    store.scan(rows_of_day(*account, *day).range(), Order::Ascending, &mut |key, value| {
        let (Ok(()), Ok(place), Ok(pairs)) = (check_row(key, value), Place::read(key), Pairs::read(*day, value)) else {
            return ControlFlow::Continue(());
        };
        if let (Row::Merged { run, first }, Some(last)) = (place.row, pairs.ascending().next_back()) {
            let in_order = before.is_none_or(|(former, end)| former != run || end < first);
            before = Some((run, last));
            if !in_order {
                return ControlFlow::Continue(());
            }
        }
        tick_off(wanted, pairs, &mut found);
        ControlFlow::Continue(())
    })?;
    lost.extend(wanted.iter().zip(found).filter(|(_, found)| !found).map(|(one, _)| one.entry));
    Ok(())
}

fn tick_off(wanted: &[Wanted], pairs: Pairs<'_>, found: &mut [bool]) {
    let Some(first) = pairs.ascending().next() else { return };
    let mut at = wanted.partition_point(|one| one.pair < first);
    for pair in pairs.ascending() {
        // Where rows are long and the wanted few, most of the wanted are behind: the next is near.
        while wanted.get(at).is_some_and(|one| one.pair < pair) {
            at += 1;
        }
        let mut same = at;
        while wanted.get(same).is_some_and(|one| one.pair == pair) {
            if let Some(found) = found.get_mut(same) {
                *found = true;
            }
            same += 1;
        }
    }
}
