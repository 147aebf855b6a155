//! The parts of a backup file, and why one cannot be used.

use std::io;

pub(super) const MAGIC: &[u8] = b"hookbox backup 1\n";
pub(super) const END: u8 = 0;
pub(super) const RECORD: u8 = 1;
pub(super) const BLOB: u8 = 2;

/// A summary of a backup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Records.
    pub records: u64,
    /// Functions that are stored as blobs.
    pub functions: u64,
    /// The length of the file, in bytes.
    pub bytes: u64,
}

/// Why a backup cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It cannot be read.
    #[error("the backup cannot be read: {0}")]
    Io(io::Error),
    /// It is not a backup of this format.
    #[error("this is no backup that this version of Hookbox can read")]
    Foreign,
    /// Its bytes are not those that were written.
    #[error("the backup is damaged: {0}")]
    Damaged(&'static str),
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Damaged("it ends too early"),
            _ => Self::Io(error),
        }
    }
}
