//! The bytes under a redb database: a small port, the file that implements it, and the bridge to redb's own trait, which records how the
//! bytes failed. The adapter decides what follows from a failure.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ::redb::StorageBackend;

use super::super::disk_space::free_bytes;
use super::super::error::is_full;

/// A growable sequence of bytes that can be made durable.
pub(super) trait Disk: fmt::Debug + Send + Sync + 'static {
    fn len(&self) -> io::Result<u64>;
    /// Fills `out`; an error where the bytes end before.
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
    /// New bytes are zero.
    fn set_len(&self, len: u64) -> io::Result<()>;
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()>;
    /// Returns when everything written, and the length, survives a power loss.
    fn sync(&self) -> io::Result<()>;
    /// The bytes that can still be added, if known.
    fn room(&self) -> Option<u64>;
}

/// A file, readable by its owner only.
#[derive(Debug)]
pub(super) struct FileDisk(File);

impl FileDisk {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map(Self)
    }
}

impl Disk for FileDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write_all_at(data, offset)
    }

    /// `fdatasync` writes back the metadata without which the data could not be read, the length among it.
    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn room(&self) -> Option<u64> {
        free_bytes(&self.0)
    }
}

/// How the bytes failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A write was refused for lack of space. Synced bytes are untouched.
    Full,
    /// Anything else, and any failed sync.
    Broken,
}

/// The first failure under one open database.
#[derive(Debug, Default)]
pub(super) struct Fault(OnceLock<Failure>);

impl Fault {
    pub(super) fn get(&self) -> Option<Failure> {
        self.0.get().copied()
    }

    /// Only the first failure is recorded.
    pub(super) fn note(&self, failure: Failure) {
        let _ = self.0.set(failure);
    }
}

/// The bridge to redb. It takes no locks, because the folder's own lock admits one server only.
#[derive(Debug)]
pub(super) struct Backend {
    disk: Arc<dyn Disk>,
    fault: Arc<Fault>,
}

impl Backend {
    pub(super) fn new(disk: Arc<dyn Disk>, fault: Arc<Fault>) -> Self {
        Self { disk, fault }
    }

    fn growing<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| self.fault.note(if is_full(error) { Failure::Full } else { Failure::Broken }))
    }

    fn other<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|_| self.fault.note(Failure::Broken))
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.other(self.disk.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.other(self.disk.read(offset, out))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.growing(self.disk.set_len(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.other(self.disk.sync())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.growing(self.disk.write(offset, data))
    }
}
