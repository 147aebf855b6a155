//! Why a vault does not open.

use std::path::PathBuf;

use crate::store::StoreError;

/// Why the vault was not opened, or something in it cannot be read. No variant holds key material or plain text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    /// The key file cannot be used.
    #[error("the master key file {}: {problem}", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file, and what to do.
        problem: String,
    },
    /// The store was made with another master key.
    #[error("wrong master key: the store was made with another key than the one in {}", .0.display())]
    WrongKey(PathBuf),
    /// The store failed while its check value was read or written.
    #[error("the vault's check value: {0}")]
    Store(#[from] StoreError),
    /// A sealed value was changed, belongs to another record, or is cut short.
    #[error("a sealed value cannot be opened: it was changed, or it is another record's")]
    Damaged,
    /// A key could not be derived.
    #[error("a key could not be derived from the master key")]
    Derivation,
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    Random,
}
