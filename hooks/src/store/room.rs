//! Whether a batch fits on the disk, asked before it is tried: an engine that finds out by failing is costly to bring back.

use std::os::fd::AsFd;

use super::Batch;

/// Room that must be left besides what a batch adds, for what an engine writes around it.
const HEADROOM: u64 = 4 << 20;

/// The bytes that can still be written where this file lies, if the file system says so. A quota may allow less.
pub(crate) fn free_bytes(file: impl AsFd) -> Option<u64> {
    let status = rustix::fs::fstatvfs(file).ok()?;
    Some(status.f_bavail.saturating_mul(status.f_frsize))
}

/// Whether the batch may be tried. One that only deletes always may: it is the way out of a full disk.
pub(super) fn fits(batch: &Batch, free: impl FnOnce() -> Option<u64>) -> bool {
    let added = batch.added_bytes();
    added == 0 || free().is_none_or(|free| free >= added.saturating_mul(2).saturating_add(HEADROOM))
}

#[cfg(test)]
mod tests {
    use super::super::{Key, Kind};
    use super::*;

    #[test]
    fn what_adds_needs_room_and_what_deletes_does_not() {
        let key = || Key::new(1, Kind::Hook);
        let (mut adding, mut deleting) = (Batch::new(), Batch::new());
        adding.put(key(), vec![0; 1 << 20]);
        deleting.delete(key());
        for (free, expected) in [(Some(0), false), (Some(6 << 20), false), (Some(7 << 20), true), (None, true)] {
            assert_eq!(fits(&adding, || free), expected);
        }
        assert!(fits(&deleting, || Some(0)));
    }

    #[test]
    fn a_file_system_tells_its_room() {
        assert!(free_bytes(tempfile::tempfile().unwrap()).is_some());
    }
}
