//! Operations on a data folder on which no server runs: check it, restore a backup, make a new credential, change the master key.
//!
//! The store's lock excludes a running server. The caller names the folder and the key file.

mod check;
mod credential;
mod restore;
mod rotate;
#[cfg(test)]
mod tests;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::{Blobs, Functions, Store, found, open};
use crate::vault::Vault;

pub use check::{Checked, verify};
pub use credential::reset_credential;
pub use restore::{Restored, restore};
pub use rotate::{Rotated, rotate};

/// Why the operation failed, in words for an operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OfflineError(String);

impl OfflineError {
    fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A data folder and the file with its key.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder.
    pub data: PathBuf,
    /// The file with the master key; `None` for the one in the folder.
    pub master_key_file: Option<PathBuf>,
}

/// An opened data folder.
struct OpenFolder {
    store: Arc<dyn Store>,
    functions: Functions,
    vault: Vault,
}

impl Folder {
    /// Opens an existing store, and makes none.
    fn open(&self) -> Result<OpenFolder, OfflineError> {
        let store = self.store()?;
        let vault = Vault::open(&self.data, self.master_key_file.as_deref(), &*store).map_err(OfflineError::new)?;
        let functions = functions(&self.data, &store)?;
        Ok(OpenFolder { store, functions, vault })
    }

    fn store(&self) -> Result<Arc<dyn Store>, OfflineError> {
        let Some(engine) = found(&self.data) else {
            return Err(OfflineError(format!("{} holds no Hookbox store", self.data.display())));
        };
        may_write(&self.data)?;
        open(&self.data, engine).map_err(OfflineError::new)
    }
}

fn functions(data: &Path, store: &Arc<dyn Store>) -> Result<Functions, OfflineError> {
    let blobs = Blobs::open(&data.join("blobs")).map_err(OfflineError::new)?;
    Ok(Functions::new(store.clone(), Arc::new(blobs)))
}

/// Refuses a folder of another user: the server could not open files that this user, such as root, makes in it.
fn may_write(data: &Path) -> Result<(), OfflineError> {
    let owner = std::fs::metadata(data).map_err(|error| OfflineError(format!("{}: {error}", data.display())))?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(OfflineError(format!("{} belongs to the user {owner}: run this command as that user", data.display())))
}
