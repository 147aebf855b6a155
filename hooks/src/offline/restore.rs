//! Restores a backup into an empty folder: checks it before and after, and publishes all of it or nothing.

use std::fs::{self, File};
use std::io::{self, BufReader, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::check::{Checked, check};
use super::{Folder, OfflineError, functions, may_write};
use crate::backup::{BackupError, Item, check_backup, read};
use crate::store::{Batch, Blobs, Engine, Key, Store, StoreError, make_folder, make_private, open, store_path, sync_folder};
use crate::vault::Vault;

/// The subfolder in which the store is prepared, so that the last step is a rename.
const STAGING: &str = "restoring";

/// Files that may be in the folder beforehand: the backup's key, the rest of an earlier attempt, and the file system's own folder.
const IGNORED: [&str; 4] = ["master.key", STAGING, "blobs", "lost+found"];

/// The size of the records of one commit, in bytes.
const BATCH_BYTES: usize = 4 << 20;

/// The result of a restore.
#[derive(Clone, Debug, Serialize)]
pub struct Restored {
    /// The contents of the folder now.
    pub checked: Checked,
    /// Whether the env values were opened, which needs the master key.
    pub key_checked: bool,
}

/// Restores a backup into a folder that has no store.
///
/// # Errors
/// When the folder is in use, the backup is damaged, or what it brings does not hold together. The folder is then as it was.
pub fn restore(backup: &Path, folder: &Folder, engine: Engine) -> Result<Restored, OfflineError> {
    let file = File::open(backup).map_err(|error| OfflineError(format!("{}: {error}", backup.display())))?;
    check_backup(BufReader::new(&file)).map_err(OfflineError::new)?;
    make_folder(&folder.data).map_err(|error| problem(&folder.data, &error))?;
    may_write(&folder.data)?;
    must_be_empty(&folder.data)?;
    make_private(&folder.data).map_err(OfflineError::new)?;
    let staging = Staging::new(&folder.data)?;
    fill(&staging.0, file, engine)?;
    // Opening the store again checks its format.
    let store = open(&staging.0, engine).map_err(OfflineError::new)?;
    let vault = vault(folder, &store)?;
    let checked = check(&*store, &functions(&staging.0, &store)?, vault.as_ref());
    if let Some(first) = checked.problems.first() {
        return Err(OfflineError(format!("the backup holds {} problems; the first: {first}", checked.problem_count)));
    }
    drop(store);
    staging.publish(&folder.data, engine).map_err(|error| problem(&folder.data, &error))?;
    Ok(Restored { checked, key_checked: vault.is_some() })
}

fn problem(path: &Path, error: &io::Error) -> OfflineError {
    OfflineError(format!("{}: {error}", path.display()))
}

fn must_be_empty(data: &Path) -> Result<(), OfflineError> {
    for entry in fs::read_dir(data).map_err(|error| problem(data, &error))? {
        let name = entry.map_err(|error| problem(data, &error))?.file_name();
        if !IGNORED.iter().any(|ignored| name == *ignored) {
            return Err(OfflineError(format!("{} is not empty: it holds {}", data.display(), name.display())));
        }
    }
    Ok(())
}

/// The vault, if there is a key file. A wrong key is an error.
fn vault(folder: &Folder, store: &Arc<dyn Store>) -> Result<Option<Vault>, OfflineError> {
    let there = folder.master_key_file.is_some() || folder.data.join("master.key").exists();
    there.then(|| Vault::open(&folder.data, folder.master_key_file.as_deref(), &**store)).transpose().map_err(OfflineError::new)
}

/// Why filling broke off.
#[derive(Debug, thiserror::Error)]
enum FillError {
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn fill(staging: &Path, mut file: File, engine: Engine) -> Result<(), OfflineError> {
    file.rewind().map_err(|error| problem(staging, &error))?;
    let store = open(staging, engine).map_err(OfflineError::new)?;
    let blobs = Blobs::open(&staging.join("blobs")).map_err(OfflineError::new)?;
    let (mut batch, mut bytes) = (Batch::new(), 0);
    let filled = read(BufReader::new(file), |item| {
        match item {
            Item::Record(key, value) => {
                bytes += key.len() + value.len();
                batch.put(Key::from(key.as_slice()), value);
            }
            Item::Function(function) => drop(blobs.put(&function)?),
        }
        if bytes >= BATCH_BYTES {
            bytes = 0;
            store.commit(std::mem::take(&mut batch))?;
        }
        Ok::<(), FillError>(())
    });
    filled.map_err(OfflineError::new)?;
    store.commit(batch).map_err(OfflineError::new)
}

fn remove(folder: &Path) -> io::Result<()> {
    fs::remove_dir_all(folder).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// The folder under construction. It is removed unless it is published.
struct Staging(PathBuf);

impl Staging {
    fn new(data: &Path) -> Result<Self, OfflineError> {
        let staging = Self(data.join(STAGING));
        staging.clear().map_err(|error| problem(&staging.0, &error))?;
        make_folder(&staging.0).map_err(|error| problem(&staging.0, &error))?;
        Ok(staging)
    }

    fn clear(&self) -> io::Result<()> {
        remove(&self.0)
    }

    /// Moves the parts to their places. The store is last, so that a folder with a store is complete.
    fn publish(&self, data: &Path, engine: Engine) -> io::Result<()> {
        // Blobs in a folder without a store are left over.
        let blobs = data.join("blobs");
        remove(&blobs)?;
        fs::rename(self.0.join("blobs"), blobs)?;
        sync_folder(data)?;
        fs::rename(store_path(&self.0, engine), store_path(data, engine))?;
        sync_folder(data)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // A folder that cannot be removed does no harm: the next attempt removes it first.
        let _ = self.clear();
    }
}
