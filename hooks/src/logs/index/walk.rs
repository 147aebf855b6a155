//! Going through the store's records of one kind, in all accounts, a chunk at a time.

use std::ops::ControlFlow;

use crate::store::{Key, KeyRange, KeyReader, Kind, Order, SERVER, Store, StoreError, Visit};

/// Where a walk is.
pub(in crate::logs) struct Walk {
    kind: Kind,
    from: Option<KeyRange>,
    /// Where the last chunk began: in a damaged store keys may stand in any order, and lead in a circle.
    last: Vec<u8>,
}

impl Walk {
    pub(super) fn new(kind: Kind) -> Self {
        let first = Key::account(SERVER.saturating_add(1)).as_bytes().to_vec();
        Self { kind, from: Some(KeyRange::all().starting_at(&first)), last: first }
    }

    /// Goes on to the end of an account's records, or to one at which `take` breaks, with which the next call begins; it must not break at
    /// its first. `false` at the end of the store. Blocks.
    pub(super) fn next(&mut self, store: &dyn Store, take: &mut Visit<'_>) -> Result<bool, StoreError> {
        let Some(from) = self.from.take() else { return Ok(false) };
        let mut next = None;
        store.scan(from.clone(), Order::Ascending, &mut |key, value| {
            let kind = KeyReader::kind_of(key);
            if kind != Some(self.kind) {
                next = jump(key, kind, self.kind);
            } else if take(key, value).is_break() {
                next = Some(key.to_vec());
            } else {
                return ControlFlow::Continue(());
            }
            ControlFlow::Break(())
        })?;
        if let Some(next) = next {
            if next <= self.last {
                return Err(unordered());
            }
            self.from = Some(from.starting_at(&next));
            self.last = next;
        }
        Ok(true)
    }
}

/// The first key of a kind from `from` on, in any account. Blocks.
pub(super) fn first_key(store: &dyn Store, kind: Kind, from: &Key) -> Result<Option<Vec<u8>>, StoreError> {
    let mut from = from.as_bytes().to_vec();
    loop {
        let mut found = None;
        store.scan(KeyRange::all().starting_at(&from), Order::Ascending, &mut |key, _| {
            found = Some(key.to_vec());
            ControlFlow::Break(())
        })?;
        let Some(key) = found else { return Ok(None) };
        let found = KeyReader::kind_of(&key);
        if found == Some(kind) {
            return Ok(Some(key));
        }
        match jump(&key, found, kind) {
            Some(next) if next > from => from = next,
            Some(_) => return Err(unordered()),
            None => return Ok(None),
        }
    }
}

fn unordered() -> StoreError {
    StoreError::Corrupt("the keys of the log do not stand in order".to_owned())
}

/// Where to look for records of the wanted kind after a key of another one.
fn jump(key: &[u8], kind: Option<Kind>, wanted: Kind) -> Option<Vec<u8>> {
    let account = KeyReader::account_of(key)?;
    match kind {
        Some(kind) if (kind as u8) < wanted as u8 => Some(Key::new(account, wanted).as_bytes().to_vec()),
        _ => Some(Key::account(account.checked_add(1)?).as_bytes().to_vec()),
    }
}
