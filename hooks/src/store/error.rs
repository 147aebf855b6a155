//! Why the store could not do what it was asked, told apart by what the caller can do about it.

use std::io;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The disk, the quota or the allowed file size is used up. Reads work, and writes work again once there is space.
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
        /// The format that this program writes.
        expected: u64,
    },
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Io(error) }
    }
}

/// Whether the error says that there is no space: ENOSPC, EDQUOT or EFBIG.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}
