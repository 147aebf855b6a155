//! The store port: the durable storage that the service needs, without any engine's types.
//!
//! Two engines implement it, `redb` (the default) and `sled`; one contract suite runs against both. Large values go to [`Blobs`]. The
//! resources, the vault and the logs define keys and values.
//!
//! Every call blocks. A commit waits for the disk, so it belongs on a blocking thread; a `get` of a small record is a few
//! microseconds once cached, and the only call that an async task may make directly.

mod batch;
mod blobs;
#[cfg(test)]
mod contract;
mod disk_space;
mod error;
mod folder;
mod functions;
mod guard;
mod keys;
mod lock;
mod open;
mod range;
mod redb;
mod sled;

use std::ops::ControlFlow;

pub(crate) use batch::Batch;
pub(crate) use blobs::{Blobs, Digest, HeldBlob};
pub(crate) use disk_space::free_bytes;
pub(crate) use error::StoreError;
pub(crate) use folder::{make_folder, make_private, sync_folder};
pub(crate) use functions::Functions;
pub(crate) use keys::{Key, KeyReader, Kind, SERVER};
pub use open::Engine;
#[cfg(test)]
pub(crate) use open::set_former;
pub(crate) use open::{forget_former_index, found, is_indexed, name, open, path_in as store_path, set_indexed};
pub(crate) use range::{KeyRange, Order};

/// The function that a scan calls for each key and value; `Break` ends the scan.
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
