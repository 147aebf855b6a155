//! What is done to a data folder while no server runs on it: checking it, bringing a backup back, a new credential, a new master key.
//!
//! The store's lock keeps all of it apart from a running server. Which folder and which key file are meant is for the caller.

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

/// Why it was not done; in words for an operator.
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
    /// The file with the master key; none: one in the folder.
    pub master_key_file: Option<PathBuf>,
}

/// What is in a folder, opened.
struct OpenFolder {
    store: Arc<dyn Store>,
    functions: Functions,
    vault: Vault,
}

impl Folder {
    /// Opens what is there, and makes nothing.
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

/// Files that somebody else makes here, be it root, would lock the server out of its own folder.
fn may_write(data: &Path) -> Result<(), OfflineError> {
    let owner = std::fs::metadata(data).map_err(|error| OfflineError(format!("{}: {error}", data.display())))?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(OfflineError(format!("{} belongs to the user {owner}: run this command as that user", data.display())))
}
