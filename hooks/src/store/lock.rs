//! The lock on a store's folder: one server at a time.

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
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join("lock"))?;
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
