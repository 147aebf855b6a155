//! The store port: what the service needs of durable storage, and nothing of any engine.
//!
//! Two engines serve it, `redb` (the default) and `sled`; one contract suite runs against both. Large values go to [`Blobs`].
//! What the keys and values mean is for the resources, the vault and the logs.
//!
//! Every call blocks. A commit waits for the disk, so it belongs on a blocking thread; a `get` of a small record is a few
//! microseconds once cached, and the only call that an async task may make directly.

mod batch;
mod blobs;
#[cfg(test)]
mod contract;
mod folder;
mod functions;
mod keys;
mod measured;
mod open;
mod redb;
mod room;
mod sled;

use std::io;
use std::ops::ControlFlow;

pub(crate) use batch::Batch;
pub(crate) use blobs::{Blobs, Digest};
pub(crate) use folder::{make_folder, make_private, sync_folder};
pub(crate) use functions::Functions;
pub(crate) use keys::{Key, KeyReader, Kind, SERVER};
pub(crate) use measured::Measured;
pub use open::Engine;
pub(crate) use open::{found, name, open, path_in as store_path};
pub(crate) use room::free_bytes;

/// What a scan calls for each key and value; `Break` ends the scan.
pub(crate) type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// An ordered map of bytes with atomic, durable batches.
pub(crate) trait Store: Send + Sync + 'static {
    /// The value of `key`, as of the last commit.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits the keys of `range` in `order`, all as of one moment. `visit` must not call the store.
    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// Applies the whole batch or nothing. After `Ok` the batch survives a power loss. After `Full` or `Conflict` nothing of it
    /// was kept; after `Io` it may or may not be there once the server has been restarted, whole in either case.
    fn commit(&self, batch: Batch) -> Result<(), StoreError>;
}

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The disk, the quota or the allowed file size is used up. Reads go on, and writes do once there is room.
    #[error("the disk is full")]
    Full,
    /// A precondition of the batch did not hold.
    #[error("the record was changed by somebody else")]
    Conflict,
    /// The disk failed, now or earlier. After a failed write no commit is accepted until the server is restarted,
    /// because what the disk then holds is unknown.
    #[error("the disk failed: {0}")]
    Io(io::Error),
    /// The stored bytes are not what was written.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The store was written by another version of Hookbox.
    #[error("the store has format {found}, and this version of Hookbox reads format {expected}")]
    Format {
        /// The format found.
        found: u64,
        /// The one that this program writes.
        expected: u64,
    },
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Io(error) }
    }
}

/// Whether the error says that there is no room: ENOSPC, EDQUOT or EFBIG.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// The direction of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// The keys from `start`, included, to `end`, excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyRange {
    start: Vec<u8>,
    end: Option<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub(crate) fn all() -> Self {
        Self { start: Vec::new(), end: None }
    }

    /// The keys that begin with `prefix`.
    pub(crate) fn prefix(prefix: &[u8]) -> Self {
        Self { start: prefix.to_vec(), end: after_prefix(prefix) }
    }

    /// Without the keys below `start`.
    pub(crate) fn starting_at(mut self, start: &[u8]) -> Self {
        if start > self.start.as_slice() {
            self.start = start.to_vec();
        }
        self
    }

    /// Without `end` and the keys above it.
    pub(crate) fn ending_before(mut self, end: &[u8]) -> Self {
        if self.end.as_deref().is_none_or(|current| end < current) {
            self.end = Some(end.to_vec());
        }
        self
    }

    /// Whether no key can lie in it. Engines differ in what they make of such a range, so it never reaches them.
    fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }

    fn bounds(&self) -> (std::ops::Bound<&[u8]>, std::ops::Bound<&[u8]>) {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        (Included(self.start.as_slice()), self.end.as_deref().map_or(Unbounded, Excluded))
    }
}

/// The smallest key above every key with this prefix; none when the prefix is empty or all ones.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}
