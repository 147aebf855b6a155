//! The sled engine: one folder. `redb` is the default; `docs/durability.md` says why.
//!
//! sled ends a flush with `sync_file_range`, which neither flushes the disk's own cache nor writes file metadata, so every
//! commit here syncs sled's files and folders itself. A commit and its sync exclude readers, because sled shows a batch before
//! it is on disk. After any failure of a write this engine takes no more writes until the server is restarted.

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::Instant;

use ::sled::{Db, Mode};

use super::batch::Change;
use super::folder::make_folder;
use super::guard::guarded;
use super::lock::{LOCK_RETRY, LOCK_TIMEOUT};
use super::{Batch, KeyRange, Order, Store, StoreError, Visit, disk_space};

/// The size of sled's cache. Events are decided without the store.
const CACHE_BYTES: u64 = 64 << 20;

/// A store in one sled folder.
pub(super) struct SledStore {
    folder: PathBuf,
    db: Db,
    state: RwLock<State>,
}

#[derive(PartialEq, Eq)]
enum State {
    Live,
    Poisoned,
}

impl SledStore {
    /// Opens the folder, or makes it. sled gives its files whatever mode the process's umask leaves, so the folder keeps others out.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let config = ::sled::Config::new().path(folder).mode(Mode::LowSpace).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        let db = guarded(|| open_soon(&config))?.map_err(explain)?;
        let store = Self { folder: folder.to_owned(), db, state: RwLock::new(State::Live) };
        store.sync()?;
        Ok(store)
    }

    /// Makes everything that sled has written survive a power loss: its log, its configuration, its snapshots, the files that
    /// it keeps large values in, and the folders that name them.
    fn sync(&self) -> Result<(), StoreError> {
        self.db.flush().map_err(write_failed)?;
        sync_files(&self.folder).map_err(StoreError::Io)
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        for precondition in &batch.preconditions {
            precondition.check(|key| self.db.get(key).map_err(explain))?;
        }
        let mut changes = ::sled::Batch::default();
        for change in &batch.changes {
            match change {
                Change::Put(key, value) => changes.insert(key.as_bytes(), value.as_slice()),
                Change::Delete(key) => changes.remove(key.as_bytes()),
            }
        }
        self.db.apply_batch(changes).map_err(write_failed)?;
        self.sync()
    }
}

/// Syncs the files in a folder and its subfolders, and the folders themselves. A file that sled removes meanwhile need not be synced.
fn sync_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let synced =
            if entry.file_type()?.is_dir() { sync_files(&entry.path()) } else { File::open(entry.path()).and_then(|file| file.sync_all()) };
        match synced {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other?,
        }
    }
    File::open(folder)?.sync_all()
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let _state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Ok(guarded(|| self.db.get(key))?.map_err(explain)?.map(|value| value.to_vec()))
    }

    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        if range.is_empty() {
            return Ok(());
        }
        let _state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let mut entries = self.db.range::<&[u8], _>(range.bounds());
        while let Some(entry) = guarded(|| if order == Order::Ascending { entries.next() } else { entries.next_back() })? {
            let (key, value) = entry.map_err(explain)?;
            if visit(&key, &value) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Poisoned {
            return Err(StoreError::Io(io::Error::other("an earlier write failed; restart the server once the disk is sound")));
        }
        if !disk_space::has_space_for(&batch, || File::open(&self.folder).ok().and_then(disk_space::free_bytes)) {
            return Err(StoreError::Full);
        }
        let result = guarded(|| self.apply(&batch)).flatten();
        if !matches!(result, Ok(()) | Err(StoreError::Conflict)) {
            *state = State::Poisoned;
            // After an error sled's threads may never answer, and dropping the last handle would wait for them forever.
            std::mem::forget(self.db.clone());
            tracing::error!("the disk failed: the store takes no writes until the server is restarted");
        }
        result
    }
}

/// Opens the database, and tries again while it is locked: sled's threads may hold the lock for a moment after the store was dropped. Another
/// process cannot hold it, because this one has the lock of the folder.
fn open_soon(config: &::sled::Config) -> ::sled::Result<Db> {
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match config.open() {
            Err(::sled::Error::Io(error)) if error.kind() == io::ErrorKind::Other && Instant::now() < deadline => thread::sleep(LOCK_RETRY),
            opened => return opened,
        }
    }
}

/// The error of a write that sled has begun. It is never `Full`, even on a full disk: the batch is in sled's memory, and may be on the disk
/// after a restart.
fn write_failed(error: ::sled::Error) -> StoreError {
    match error {
        ::sled::Error::Io(error) => StoreError::Io(error),
        error => explain(error),
    }
}

fn explain(error: ::sled::Error) -> StoreError {
    match error {
        ::sled::Error::Io(error) => StoreError::from(error),
        error @ ::sled::Error::Corruption { .. } => StoreError::Corrupt(error.to_string()),
        error => StoreError::Io(io::Error::other(error.to_string())),
    }
}
