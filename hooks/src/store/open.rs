//! Opens a store folder: checks that it is private, locks it, and checks its engine and its format.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{NotPrivate, make_folder, make_private, remove_any, sync_folder};
use super::lock::{lock, lock_existing};
use super::redb::RedbStore;
use super::sled::SledStore;
use super::{Batch, Key, KeyRange, Kind, Order, SERVER, Store, StoreError, Visit};

/// The format of keys and values that this program writes.
const FORMAT: u64 = 3;
/// A format that this program reads: its log has no index, or none that is complete.
const WITHOUT_INDEX: u64 = 1;
/// A format that this program reads: its log's index has rows that this program does not look up.
const FORMER_INDEX: u64 = 2;

/// An embedded storage engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// The default: one file, copy-on-write.
    #[default]
    Redb,
    /// The alternative: one folder, log-structured.
    Sled,
}

const ENGINES: [Engine; 2] = [Engine::Redb, Engine::Sled];

/// The name as it is configured.
pub(crate) fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Redb => "redb",
        Engine::Sled => "sled",
    }
}

/// The engine of the store in a folder, if there is one.
pub(crate) fn found(folder: &Path) -> Option<Engine> {
    ENGINES.into_iter().find(|engine| path_in(folder, *engine).exists())
}

/// Where the store of this engine is in a folder.
pub(crate) fn path_in(folder: &Path, engine: Engine) -> PathBuf {
    folder.join(format!("store.{}", name(engine)))
}

fn open_at(path: &Path, engine: Engine) -> Result<Box<dyn Store>, StoreError> {
    Ok(match engine {
        Engine::Redb => Box::new(RedbStore::open(path)?),
        Engine::Sled => Box::new(SledStore::open(path)?),
    })
}

/// Why a store folder was not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// Another server has it.
    #[error("{} is in use by another Hookbox server", .0.display())]
    InUse(PathBuf),
    /// It was made by another engine than the configured one.
    #[error("{} holds a {} store, but the configuration says engine = {:?}", .folder.display(), name(*.found), name(*.asked))]
    OtherEngine {
        /// The folder.
        folder: PathBuf,
        /// The engine that made it.
        found: Engine,
        /// The configured engine.
        asked: Engine,
    },
    /// Other users have permissions on it.
    #[error(transparent)]
    NotPrivate(#[from] NotPrivate),
    /// The engine could not open it, or its format is another one.
    #[error("{}: {}", .0.display(), .1)]
    Store(PathBuf, #[source] StoreError),
}

/// Opens the store in `folder`, making both if they are missing. The folder is private to its owner, and locked until the store is dropped.
pub(crate) fn open(folder: &Path, engine: Engine) -> Result<Arc<dyn Store>, OpenError> {
    let failed = |error| OpenError::Store(folder.to_owned(), error);
    make_folder(folder).map_err(|error| failed(error.into()))?;
    make_private(folder)?;
    let lock = lock(folder).map_err(|error| failed(error.into()))?.ok_or_else(|| OpenError::InUse(folder.to_owned()))?;
    for other in ENGINES {
        if other != engine && path_in(folder, other).exists() {
            return Err(OpenError::OtherEngine { folder: folder.to_owned(), found: other, asked: engine });
        }
    }
    let path = path_in(folder, engine);
    if !path.exists() {
        make_store(folder, &path, engine).map_err(failed)?;
    }
    let own = lock_existing(&path).map_err(|error| failed(error.into()))?.ok_or_else(|| OpenError::InUse(folder.to_owned()))?;
    let store = open_at(&path, engine).map_err(failed)?;
    check_format(store.as_ref()).map_err(failed)?;
    Ok(Arc::new(Locked { store, _locks: [own, lock] }))
}

/// Makes a store. It has another name until its format is on disk, so that an unfinished one is never opened.
fn make_store(folder: &Path, path: &Path, engine: Engine) -> Result<(), StoreError> {
    let unfinished = path.with_extension(format!("{}.new", name(engine)));
    remove_any(&unfinished)?;
    let store = open_at(&unfinished, engine)?;
    let mut batch = Batch::new();
    batch.require_absent(format_key()).put(format_key(), FORMAT.to_be_bytes());
    store.commit(batch)?;
    drop(store);
    fs::rename(&unfinished, path)?;
    Ok(sync_folder(folder)?)
}

fn format_key() -> Key {
    Key::new(SERVER, Kind::Meta).text("format")
}

/// Whether every entry of the log is in its index, as the present format has it.
pub(crate) fn is_indexed(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(format(store)? == Some(FORMAT))
}

/// Makes a store with a former index one without. This program adds to another one, so programs that know the former only would miss entries.
pub(crate) fn forget_former_index(store: &dyn Store) -> Result<(), StoreError> {
    if format(store)? == Some(FORMER_INDEX) { set_format(store, WITHOUT_INDEX) } else { Ok(()) }
}

/// Makes the store one of the present format, once every entry of its log is in the index. Programs that know former ones only would
/// add entries and not to this index, and refuse the store from now on.
pub(crate) fn set_indexed(store: &dyn Store) -> Result<(), StoreError> {
    set_format(store, FORMAT)
}

/// Makes the store one of a former format, with or without an index.
#[cfg(test)]
pub(crate) fn set_former(store: &dyn Store, indexed: bool) {
    set_format(store, if indexed { FORMER_INDEX } else { WITHOUT_INDEX }).unwrap();
}

fn set_format(store: &dyn Store, format: u64) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    batch.put(format_key(), format.to_be_bytes());
    store.commit(batch)
}

fn format(store: &dyn Store) -> Result<Option<u64>, StoreError> {
    let stored = store.get(format_key().as_bytes())?;
    Ok(stored.as_deref().and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes))
}

fn check_format(store: &dyn Store) -> Result<(), StoreError> {
    match format(store)? {
        Some(FORMAT | FORMER_INDEX | WITHOUT_INDEX) => Ok(()),
        Some(found) => Err(StoreError::Format { found, expected: FORMAT }),
        None => Err(StoreError::Corrupt("its format is not recorded".to_owned())),
    }
}

/// A store and the locks on it and its folder. The fields are dropped in this order.
struct Locked {
    store: Box<dyn Store>,
    _locks: [File; 2],
}

impl Store for Locked {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(key)
    }

    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.store.scan(range, order, visit)
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.store.commit(batch)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::thread;

    use super::super::lock::LOCK_TIMEOUT;
    use super::*;

    fn error(folder: &Path, engine: Engine) -> String {
        open(folder, engine).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_folder_has_one_server_at_a_time() {
        for engine in ENGINES {
            let folder = tempfile::tempdir().unwrap();
            let store = open(folder.path(), engine).unwrap();
            assert!(error(folder.path(), engine).ends_with("is in use by another Hookbox server"));
            drop(store);
            open(folder.path(), engine).unwrap();
        }
    }

    #[test]
    fn a_deleted_lock_lets_no_second_server_in() {
        for engine in ENGINES {
            let folder = tempfile::tempdir().unwrap();
            let _store = open(folder.path(), engine).unwrap();
            fs::remove_file(folder.path().join("lock")).unwrap();
            assert!(error(folder.path(), engine).ends_with("is in use by another Hookbox server"));
        }
    }

    #[test]
    fn a_lock_that_ends_soon_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let ending = thread::spawn(move || {
            thread::sleep(LOCK_TIMEOUT / 5);
            drop(store);
        });
        open(folder.path(), Engine::Redb).unwrap();
        ending.join().unwrap();
    }

    #[test]
    fn a_folder_of_another_engine_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), Engine::Sled).unwrap());
        assert!(error(folder.path(), Engine::Redb).ends_with("holds a sled store, but the configuration says engine = \"redb\""));
    }

    #[test]
    fn a_newer_format_is_refused() {
        for engine in ENGINES {
            let folder = tempfile::tempdir().unwrap();
            let store = open(folder.path(), engine).unwrap();
            let mut batch = Batch::new();
            batch.put(format_key(), 9_u64.to_be_bytes());
            store.commit(batch).unwrap();
            drop(store);
            assert!(error(folder.path(), engine).contains("has format 9, and this version of Hookbox reads format 3"));
        }
    }

    #[test]
    fn a_half_made_store_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("store.redb.new"), b"torn").unwrap();
        fs::create_dir(folder.path().join("store.sled.new")).unwrap();
        open(folder.path(), Engine::Redb).unwrap();
        assert!(!folder.path().join("store.redb.new").exists());
    }

    #[test]
    fn only_the_owner_can_read_it() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        let _store = open(&folder, Engine::Redb).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("store.redb")), mode(&folder.join("lock"))), (0o700, 0o600, 0o600));
    }

    /// Whatever byte of a store is damaged, and wherever it is cut: reading it ends in values or in an error.
    #[test]
    fn no_damage_makes_a_reader_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        let store = open(folder.path(), Engine::Redb).unwrap();
        for number in 0..300_u64 {
            let mut batch = Batch::new();
            batch.put(Key::new(number, Kind::Log).u64(number), vec![7; 200]);
            store.commit(batch).unwrap();
        }
        drop(store);
        let whole = fs::read(&path).unwrap();
        let mut wrong = 0;
        for place in (0..whole.len()).step_by(whole.len() / 120) {
            let mut damaged = whole.clone();
            damaged[place..].iter_mut().take(64).for_each(|byte| *byte ^= 0xff);
            damaged.truncate(if place % 7 == 0 { place } else { whole.len() });
            fs::write(&path, damaged).unwrap();
            let read = || {
                let store = open(folder.path(), Engine::Redb).map_err(|error| error.to_string())?;
                let visit = &mut |_: &[u8], _: &[u8]| std::ops::ControlFlow::Continue(());
                store.scan(KeyRange::all(), Order::Ascending, visit).map_err(|error| error.to_string())?;
                store.scan(KeyRange::all(), Order::Descending, visit).map_err(|error| error.to_string())
            };
            wrong += usize::from(read().is_err());
        }
        assert!(wrong > 20, "{wrong} of 120 damages were noticed");
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("store.redb"), vec![0x5a; 10_000]).unwrap();
        assert!(error(folder.path(), Engine::Redb).contains("the store is damaged"));
    }
}
