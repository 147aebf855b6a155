//! The redb engine: one file, copy-on-write trees, an fsync per commit.
//!
//! redb refuses every further call, reads included, once its storage has failed. This adapter keeps serving: after a failure it
//! opens the last committed state over an [`Overlay`] that never writes to the disk, so reads go on; when the failure was a
//! full disk, a later commit opens the file itself again.
//!
//! Commits are two-phase with quick repair: the state that a crash leaves is trusted without its checksums, which an attacker
//! who can write log lines could try to forge, and a restart after a crash does not walk the whole file.

#[cfg(test)]
mod crash;
mod disk;
#[cfg(test)]
mod fault_tests;
mod overlay;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

use ::redb::{Builder, Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};

use self::disk::{Backend, Disk, Fault, FileDisk};
use self::overlay::Overlay;
use super::batch::Change;
use super::error::is_full;
use super::guard::{guarded, outside};
use super::{Batch, KeyRange, Order, Store, StoreError, Visit, disk_space};

const TABLE: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("records");

/// The size of the page cache. It serves admin calls and log pages only, because events are decided without the store.
const CACHE_BYTES: usize = 64 << 20;

/// The state of the file, which decides what commits may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Everything works.
    Live,
    /// A write found no space. The next commit tries the file again.
    Full,
    /// A write or an fsync failed: what the disk holds is unknown until the server is restarted.
    Poisoned,
}

/// A store in one redb file.
pub(super) struct RedbStore {
    disk: Arc<dyn Disk>,
    /// Held by every commit, so there is one writer. Taken before `open`, never after.
    mode: Mutex<Mode>,
    open: RwLock<Option<Opened>>,
}

struct Opened {
    database: Database,
    fault: Arc<Fault>,
}

impl RedbStore {
    /// Opens the file, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::on(Arc::new(FileDisk::open(path)?))
    }

    fn on(disk: Arc<dyn Disk>) -> Result<Self, StoreError> {
        let opened = Opened::over(disk.clone())?;
        opened.write(&Batch::new())?;
        Ok(Self { disk, mode: Mutex::new(Mode::Live), open: RwLock::new(Some(opened)) })
    }

    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, Option<Opened>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, read: impl FnOnce(&Opened) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map_or_else(|| Err(closed()), read)
    }

    /// Reads. If the disk failed meanwhile, reads once more from the last committed state.
    fn read<T>(&self, mut read: impl FnMut(&Opened) -> Result<T, Interrupted>) -> Result<T, StoreError> {
        match self.with(|open| Ok(read(open)))? {
            Ok(value) => Ok(value),
            Err(Interrupted { error: StoreError::Io(_) | StoreError::Full, restartable: true }) => {
                self.degrade_if_failed(&mut self.mode());
                self.with(|open| read(open).map_err(|interrupted| interrupted.error))
            }
            Err(interrupted) => Err(interrupted.error),
        }
    }

    /// Replaces a failed database by one on the last committed state.
    fn degrade_if_failed(&self, mode: &mut Mode) {
        let mut open = self.exclusive();
        let Some(failure) = open.as_ref().and_then(|opened| opened.fault.get()) else { return };
        *mode = if failure == disk::Failure::Full && *mode != Mode::Poisoned { Mode::Full } else { Mode::Poisoned };
        // The failed database is dropped first: two databases on one file must not exist at the same time.
        *open = None;
        match Opened::over(Arc::new(Overlay::new(self.disk.clone()))) {
            Ok(overlay) => *open = Some(overlay),
            Err(error) => tracing::error!(%error, "the store cannot be read until the server is restarted"),
        }
        match mode {
            Mode::Full => tracing::error!("the disk is full: the store can be read but not written"),
            _ => tracing::error!("the disk failed: the store can be read, and takes no writes until the server is restarted"),
        }
    }

    /// Tries the file again after a full disk. Waits for the readers of the overlay, which read the same pages.
    fn revive(&self, mode: &mut Mode) -> Result<(), StoreError> {
        let mut open = self.exclusive();
        let opened = Opened::over(self.disk.clone())?;
        *open = Some(opened);
        *mode = Mode::Live;
        tracing::info!("there is room on the disk again: the store takes writes");
        Ok(())
    }
}

impl Store for RedbStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|open| Ok(open.get(key)?))
    }

    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        if range.is_empty() {
            return Ok(());
        }
        self.read(|open| open.scan(&range, order, visit))
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut mode = self.mode();
        if *mode == Mode::Poisoned {
            return Err(poisoned());
        }
        if !disk_space::has_space_for(&batch, || self.disk.room()) {
            return Err(StoreError::Full);
        }
        if *mode == Mode::Full {
            self.revive(&mut mode)?;
        }
        let result = self.with(|open| open.write(&batch));
        if result.is_err() {
            self.degrade_if_failed(&mut mode);
        }
        result
    }
}

impl Opened {
    fn over(disk: Arc<dyn Disk>) -> Result<Self, StoreError> {
        let fault = Arc::new(Fault::default());
        let backend = Backend::new(disk, fault.clone());
        let opening = guarded(|| Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(backend))?;
        let database = opening.map_err(|error| fault.explain(error.into()))?;
        Ok(Self { database, fault })
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = || -> Result<_, ::redb::Error> {
            let table = self.database.begin_read()?.open_table(TABLE)?;
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        };
        guarded(value)?.map_err(|error| self.fault.explain(error))
    }

    fn scan(&self, range: &KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), Interrupted> {
        let mut visited = false;
        let mut scanning = || -> Result<(), ::redb::Error> {
            let table = self.database.begin_read()?.open_table(TABLE)?;
            let mut entries = table.range::<&[u8]>(range.bounds())?;
            while let Some(entry) = if order == Order::Ascending { entries.next() } else { entries.next_back() } {
                let (key, value) = entry?;
                visited = true;
                if outside(|| visit(key.value(), value.value())) == ControlFlow::Break(()) {
                    break;
                }
            }
            Ok(())
        };
        guarded(&mut scanning)?.map_err(|error| Interrupted { error: self.fault.explain(error), restartable: !visited })
    }

    /// A panic fails the disk: what a damaged file made of the batch is unknown.
    fn write(&self, batch: &Batch) -> Result<(), StoreError> {
        guarded(|| self.write_unguarded(batch)).inspect_err(|_| self.fault.note(disk::Failure::Broken))?
    }

    fn write_unguarded(&self, batch: &Batch) -> Result<(), StoreError> {
        let explain = |error| self.fault.explain(error);
        let mut transaction = self.database.begin_write().map_err(|error| explain(error.into()))?;
        transaction.set_durability(Durability::Immediate).map_err(|error| explain(error.into()))?;
        transaction.set_quick_repair(true);
        self.apply(&transaction, batch)?;
        transaction.commit().map_err(|error| explain(error.into()))
    }

    fn apply(&self, transaction: &WriteTransaction, batch: &Batch) -> Result<(), StoreError> {
        let explain = |error| self.fault.explain(error);
        let mut table = transaction.open_table(TABLE).map_err(|error| explain(error.into()))?;
        for precondition in &batch.preconditions {
            precondition.check(|key| {
                let value = table.get(key).map_err(|error| explain(error.into()))?;
                Ok(value.map(|value| value.value().to_vec()))
            })?;
        }
        for change in &batch.changes {
            let changed = match change {
                Change::Put(key, value) => table.insert(key.as_bytes(), value.as_slice()).map(drop),
                Change::Delete(key) => table.remove(key.as_bytes()).map(drop),
            };
            changed.map_err(|error| explain(error.into()))?;
        }
        Ok(())
    }
}

/// A failed read, and whether it may be repeated, which a scan that has already called its visitor may not.
struct Interrupted {
    error: StoreError,
    restartable: bool,
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self { error, restartable: true }
    }
}

impl Fault {
    /// Converts redb's error. After a disk failure the disk's first error counts, because later ones only say that there was one. A sync that
    /// failed for lack of space is not `Full`, because it is unknown what it kept.
    fn explain(&self, error: ::redb::Error) -> StoreError {
        use ::redb::Error;
        match (self.get(), error) {
            (Some(disk::Failure::Full), _) => StoreError::Full,
            (Some(disk::Failure::Broken), Error::Io(error)) if !is_full(&error) => StoreError::Io(error),
            (Some(disk::Failure::Broken), _) => poisoned(),
            (None, Error::Corrupted(what)) => StoreError::Corrupt(what),
            (None, Error::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => StoreError::Corrupt(error.to_string()),
            (None, Error::Io(error)) => StoreError::from(error),
            (None, error @ Error::UpgradeRequired(_)) => StoreError::Corrupt(error.to_string()),
            (None, error) => StoreError::Io(std::io::Error::other(error.to_string())),
        }
    }
}

fn poisoned() -> StoreError {
    StoreError::Io(std::io::Error::other("an earlier write failed; restart the server once the disk is sound"))
}

fn closed() -> StoreError {
    StoreError::Io(std::io::Error::other("the store could not be reopened after a failure; restart the server"))
}
