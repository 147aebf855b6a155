//! The locks on a store: one server at a time. The folder has a file that is locked, and the store's own file is locked too, for the case that
//! somebody deletes the first.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a lock may outlive its server. A server that is killed while it starts a process leaves its lock to that process until the
/// process has begun its own program; a supervisor that restarts the server at once is not refused for it.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_millis(1000);
/// How often the lock is tried meanwhile.
pub(super) const LOCK_RETRY: Duration = Duration::from_millis(10);

/// Locks a folder until the file is closed; `None` when another process holds the lock.
pub(super) fn lock(folder: &Path) -> io::Result<Option<File>> {
    lock_file(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join("lock"))?)
}

/// Locks a file that exists until it is closed; `None` when another process holds the lock.
pub(super) fn lock_existing(path: &Path) -> io::Result<Option<File>> {
    lock_file(File::open(path)?)
}

fn lock_file(file: File) -> io::Result<Option<File>> {
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(LOCK_RETRY),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}
