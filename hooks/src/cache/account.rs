//! What one account has in the cache: how much, until when, and what of it is not on disk yet.

use std::collections::HashMap;

use bytes::Bytes;
use hookbox_runtime::Area;

use super::refusal::Refusal;
use super::row::{Part, RowKey};
use crate::limits::CacheConfig;

/// What an entry counts besides its value: keys and bookkeeping.
const OVERHEAD: u64 = 256;

#[derive(Clone, Copy)]
struct Entry {
    bytes: u64,
    expires: u64,
}

/// A change that is not on disk yet; `value` is `None` for a removal.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) value: Option<(Bytes, u64)>,
    /// Tells this change of a key from a later one.
    serial: u64,
}

impl Pending {
    pub(super) fn bytes(&self) -> u64 {
        OVERHEAD + self.value.as_ref().map_or(0, |(value, _)| value.len() as u64)
    }
}

/// The cache of one account in memory.
#[derive(Default)]
pub(super) struct AccountCache {
    /// Whether the entries are all that the store has.
    pub(super) loaded: bool,
    parts: HashMap<Part, HashMap<[u8; 32], Entry>>,
    bytes: u64,
    /// No entry's time is over before this.
    earliest: u64,
    pending: HashMap<RowKey, Pending>,
    pending_bytes: u64,
    /// Counts changes, so that a reader knows whether what it read is old.
    pub(super) changes: u64,
}

impl AccountCache {
    /// Notes an entry that the store has.
    pub(super) fn found(&mut self, row: &RowKey, value_bytes: u64, expires: u64) {
        self.note(row, Entry { bytes: value_bytes + OVERHEAD, expires });
    }

    fn note(&mut self, row: &RowKey, entry: Entry) {
        self.forget(row);
        self.bytes = self.bytes.saturating_add(entry.bytes);
        self.earliest = self.earliest.min(entry.expires);
        self.parts.entry(row.part).or_default().insert(row.name, entry);
    }

    fn forget(&mut self, row: &RowKey) {
        let Some(part) = self.parts.get_mut(&row.part) else { return };
        if let Some(entry) = part.remove(&row.name) {
            self.bytes = self.bytes.saturating_sub(entry.bytes);
        }
        if part.is_empty() {
            self.parts.remove(&row.part);
        }
    }

    /// Changes a key. Returns by how many bytes there is more that is not on disk; it may be less than nothing.
    fn change(&mut self, row: RowKey, value: Option<(Bytes, u64)>) -> i64 {
        self.changes += 1;
        let pending = Pending { value, serial: self.changes };
        let more = pending.bytes();
        let less = self.pending.insert(row, pending).map_or(0, |before| before.bytes());
        self.pending_bytes = self.pending_bytes.saturating_add(more).saturating_sub(less);
        i64::try_from(more).unwrap_or(i64::MAX) - i64::try_from(less).unwrap_or(i64::MAX)
    }

    /// Sets a value, if the bounds allow. Returns as well what had to go for it before its time was over. `now` and `expires` are milliseconds since 1970.
    pub(super) fn set(
        &mut self,
        config: &CacheConfig,
        row: RowKey,
        value: Bytes,
        expires: u64,
        now: u64,
    ) -> Result<(i64, Option<RowKey>), Refusal> {
        let entry = Entry { bytes: value.len() as u64 + OVERHEAD, expires };
        let (mut more, mut gone) = (0, None);
        if self.refusal(config, &row, &entry).is_some() {
            more += self.remove_expired(row.account, now);
        }
        // Kept answers give way to newer ones; what a function keeps stays.
        if matches!(row.part.area, Area::Answers | Area::Repeats) && matches!(self.refusal(config, &row, &entry), Some(Refusal::Entries(_)))
        {
            gone = self.first_to_end(&row);
            more += gone.map_or(0, |first| self.delete(first));
        }
        match self.refusal(config, &row, &entry) {
            Some(refusal) => Err(refusal),
            None => {
                self.note(&row, entry);
                Ok((more.saturating_add(self.change(row, Some((value, expires)))), gone))
            }
        }
    }

    fn refusal(&self, config: &CacheConfig, row: &RowKey, entry: &Entry) -> Option<Refusal> {
        let part = self.parts.get(&row.part);
        let before = part.and_then(|part| part.get(&row.name));
        if before.is_none() && part.map_or(0, HashMap::len) >= config.entries {
            return Some(Refusal::Entries(config.entries));
        }
        let bytes = self.bytes.saturating_sub(before.map_or(0, |before| before.bytes)).saturating_add(entry.bytes);
        (bytes > config.account_bytes).then_some(Refusal::AccountBytes(config.account_bytes))
    }

    /// Removes a value.
    pub(super) fn delete(&mut self, row: RowKey) -> i64 {
        self.forget(&row);
        self.change(row, None)
    }

    /// Removes what is over.
    pub(super) fn remove_expired(&mut self, account: u64, now: u64) -> i64 {
        if now < self.earliest {
            return 0;
        }
        let over = |(part, entries): (&Part, &HashMap<[u8; 32], Entry>)| {
            let over = entries.iter().filter(|(_, entry)| entry.expires <= now);
            over.map(|(name, _)| RowKey { account, part: *part, name: *name }).collect::<Vec<_>>()
        };
        let rows: Vec<RowKey> = self.parts.iter().flat_map(over).collect();
        let more = rows.into_iter().map(|row| self.delete(row)).sum();
        self.earliest = self.parts.values().flat_map(HashMap::values).map(|entry| entry.expires).min().unwrap_or(u64::MAX);
        more
    }

    fn first_to_end(&self, row: &RowKey) -> Option<RowKey> {
        let first = self.parts.get(&row.part).and_then(|part| part.iter().min_by_key(|(_, entry)| entry.expires));
        first.map(|(name, _)| RowKey { name: *name, ..*row })
    }

    /// Forgets all of a hook, of which nothing is to be written any more. Returns how many bytes less are not on disk.
    pub(super) fn forget_hook(&mut self, hook: u128) -> u64 {
        self.changes += 1;
        let parts: Vec<Part> = self.parts.keys().filter(|part| part.is_of(hook)).copied().collect();
        for part in parts {
            let entries = self.parts.remove(&part).unwrap_or_default();
            self.bytes = self.bytes.saturating_sub(entries.values().map(|entry| entry.bytes).sum());
        }
        let before = self.pending_bytes;
        self.pending.retain(|row, _| !row.part.is_of(hook));
        self.pending_bytes = self.pending.values().map(Pending::bytes).sum();
        before.saturating_sub(self.pending_bytes)
    }

    /// A change of this key that is not on disk yet.
    pub(super) fn pending(&self, row: &RowKey) -> Option<&Pending> {
        self.pending.get(row)
    }

    /// Some changes that are not on disk yet.
    pub(super) fn some_pending(&self, most_bytes: u64) -> Vec<(RowKey, Pending)> {
        let mut bytes = 0;
        let fits = |(_, pending): &(&RowKey, &Pending)| {
            let fits = bytes < most_bytes;
            bytes += pending.bytes();
            fits
        };
        self.pending.iter().take_while(fits).map(|(row, pending)| (*row, pending.clone())).collect()
    }

    /// Notes that these changes are on disk. Returns how many bytes less wait for it.
    pub(super) fn written(&mut self, changes: &[(RowKey, Pending)]) -> u64 {
        let mut less = 0;
        for (row, change) in changes {
            if self.pending.get(row).is_some_and(|pending| pending.serial == change.serial) {
                less += self.pending.remove(row).map_or(0, |pending| pending.bytes());
            }
        }
        self.pending_bytes = self.pending_bytes.saturating_sub(less);
        less
    }

    /// The bytes of the changes that are not on disk yet.
    pub(super) fn pending_bytes(&self) -> u64 {
        self.pending_bytes
    }

    pub(super) fn is_written(&self) -> bool {
        self.pending.is_empty()
    }
}
