//! Free space on the disk, which is checked before each write: an engine that runs out of space in a write is costly to recover.

use std::os::fd::AsFd;

use super::Batch;

/// Bytes that must stay free besides twice what a batch adds, for what an engine writes around it.
const HEADROOM: u64 = 4 << 20;

/// The free bytes of the file system that this file is on; `None` where the file system does not say. A quota may allow less.
pub(crate) fn free_bytes(file: impl AsFd) -> Option<u64> {
    let status = rustix::fs::fstatvfs(file).ok()?;
    Some(status.f_bavail.saturating_mul(status.f_frsize))
}

/// Whether there is space for a batch. A batch that only deletes always may be tried, since deleting frees a full disk.
pub(super) fn has_space_for(batch: &Batch, free: impl FnOnce() -> Option<u64>) -> bool {
    let added = batch.added_bytes();
    added == 0 || free().is_none_or(|free| free >= added.saturating_mul(2).saturating_add(HEADROOM))
}

#[cfg(test)]
mod tests {
    use super::super::{Key, Kind};
    use super::*;

    #[test]
    fn a_batch_that_adds_needs_space_and_one_that_deletes_does_not() {
        let key = || Key::new(1, Kind::Hook);
        let (mut adding, mut deleting) = (Batch::new(), Batch::new());
        adding.put(key(), vec![0; 1 << 20]);
        deleting.delete(key());
        for (free, expected) in [(Some(0), false), (Some(6 << 20), false), (Some(7 << 20), true), (None, true)] {
            assert_eq!(has_space_for(&adding, || free), expected);
        }
        assert!(has_space_for(&deleting, || Some(0)));
    }

    #[test]
    fn a_file_system_says_how_much_is_free() {
        assert!(free_bytes(tempfile::tempfile().unwrap()).is_some());
    }
}
