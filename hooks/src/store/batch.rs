//! A batch: the changes of one commit and their preconditions. The engines apply it.

use super::{Key, StoreError};

/// A key that must not exist when the batch is applied.
#[derive(Clone, Debug)]
pub(super) struct Absent(Key);

/// One change. A later change of a key wins over an earlier one.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Put(Key, Vec<u8>),
    Delete(Key),
}

/// Changes that are applied together or not at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    pub(super) preconditions: Vec<Absent>,
    pub(super) changes: Vec<Change>,
}

impl Batch {
    /// An empty batch; committing it does nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The commit is a conflict if `key` exists.
    pub(crate) fn require_absent(&mut self, key: Key) -> &mut Self {
        self.preconditions.push(Absent(key));
        self
    }

    /// Writes `key`.
    pub(crate) fn put(&mut self, key: Key, value: impl Into<Vec<u8>>) -> &mut Self {
        self.changes.push(Change::Put(key, value.into()));
        self
    }

    /// Removes `key`, which need not exist.
    pub(crate) fn delete(&mut self, key: Key) -> &mut Self {
        self.changes.push(Change::Delete(key));
        self
    }

    /// Whether the batch changes nothing. It may still have preconditions.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Adds the changes and preconditions of another batch behind this one's.
    pub(crate) fn append(&mut self, other: Self) -> &mut Self {
        self.preconditions.extend(other.preconditions);
        self.changes.extend(other.changes);
        self
    }

    /// The number of keys of a kind that get a value.
    #[cfg(test)]
    pub(crate) fn puts_of(&self, kind: super::Kind) -> usize {
        let is_of = |change: &&Change| matches!(change, Change::Put(key, _) if super::KeyReader::kind_of(key.as_bytes()) == Some(kind));
        self.changes.iter().filter(is_of).count()
    }

    /// The bytes that the batch adds; zero for a batch that only deletes.
    pub(super) fn added_bytes(&self) -> u64 {
        let size = |change: &Change| match change {
            Change::Put(key, value) => key.as_bytes().len() + value.len(),
            Change::Delete(_) => 0,
        };
        self.changes.iter().map(size).sum::<usize>() as u64
    }
}

impl Absent {
    /// Checks the precondition against the store's present state, which `get` reads.
    pub(super) fn check<T>(&self, get: impl FnOnce(&[u8]) -> Result<Option<T>, StoreError>) -> Result<(), StoreError> {
        if get(self.0.as_bytes())?.is_none() { Ok(()) } else { Err(StoreError::Conflict) }
    }
}
