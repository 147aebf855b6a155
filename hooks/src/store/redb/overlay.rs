//! A disk that reads another one and keeps every write in memory: redb's recovery can run over a disk that takes no writes.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use super::disk::Disk;

const CHUNK: usize = 4096;

/// The changes over a disk that is left as it is.
#[derive(Debug)]
pub(super) struct Overlay {
    below: Arc<dyn Disk>,
    changes: RwLock<Option<Changes>>,
}

#[derive(Debug)]
struct Changes {
    len: u64,
    /// The length up to which the disk below is read. Bytes that were once cut off stay cut off.
    shown: u64,
    chunks: BTreeMap<u64, Box<[u8; CHUNK]>>,
}

impl Overlay {
    pub(super) fn new(below: Arc<dyn Disk>) -> Self {
        Self { below, changes: RwLock::new(None) }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Changes) -> io::Result<T>) -> io::Result<T> {
        let mut guard = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(changes) = guard.as_mut() {
            return change(changes);
        }
        let len = self.below.len()?;
        change(guard.insert(Changes { len, shown: len, chunks: BTreeMap::new() }))
    }

    /// Fills `out` from below, with zeros where it ends.
    fn read_below(&self, shown: u64, offset: u64, out: &mut [u8]) -> io::Result<()> {
        out.fill(0);
        let available = usize::try_from(shown.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
        out.get_mut(..available).map_or(Ok(()), |part| if part.is_empty() { Ok(()) } else { self.below.read(offset, part) })
    }
}

/// The pieces of `offset..offset + len`, each inside one chunk: chunk number, place in the chunk, place in the whole.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = (u64, std::ops::Range<usize>, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset + done as u64;
        let within = usize::try_from(at % CHUNK as u64).unwrap_or(0);
        let size = (CHUNK - within).min(len - done);
        let piece = (at / CHUNK as u64, within..within + size, done..done + size);
        done += size;
        (size > 0).then_some(piece)
    })
}

impl Disk for Overlay {
    fn len(&self) -> io::Result<u64> {
        self.change(|changes| Ok(changes.len))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.change(|changes| {
            if offset.checked_add(out.len() as u64).is_none_or(|end| end > changes.len) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.read_below(changes.shown, offset, out)?;
            for (number, within, place) in pieces(offset, out.len()) {
                let changed = changes.chunks.get(&number).and_then(|chunk| chunk.get(within));
                if let (Some(from), Some(to)) = (changed, out.get_mut(place)) {
                    to.copy_from_slice(from);
                }
            }
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(|changes| {
            changes.len = len;
            changes.shown = changes.shown.min(len);
            changes.chunks.split_off(&len.div_ceil(CHUNK as u64));
            let tail = usize::try_from(len % CHUNK as u64).unwrap_or(0);
            if let Some(chunk) = changes.chunks.get_mut(&(len / CHUNK as u64)).and_then(|chunk| chunk.get_mut(tail..)) {
                chunk.fill(0);
            }
            Ok(())
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(|changes| {
            if offset.checked_add(data.len() as u64).is_none_or(|end| end > changes.len) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            for (number, within, place) in pieces(offset, data.len()) {
                if !changes.chunks.contains_key(&number) {
                    let mut chunk = Box::new([0; CHUNK]);
                    self.read_below(changes.shown, number * CHUNK as u64, chunk.as_mut_slice())?;
                    changes.chunks.insert(number, chunk);
                }
                let chunk = changes.chunks.get_mut(&number).and_then(|chunk| chunk.get_mut(within));
                if let (Some(to), Some(from)) = (chunk, data.get(place)) {
                    to.copy_from_slice(from);
                }
            }
            Ok(())
        })
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn room(&self) -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fault_tests::MemoryDisk;
    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Write(u64, Vec<u8>),
        SetLen(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..20_000_u64, proptest::collection::vec(1..255_u8, 1..9_000)).prop_map(|(at, data)| Step::Write(at, data)),
            (0..30_000_u64).prop_map(Step::SetLen),
        ]
    }

    fn apply(disk: &dyn Disk, step: &Step) -> bool {
        match step {
            Step::Write(at, data) => disk.write(*at, data).is_ok(),
            Step::SetLen(len) => disk.set_len(*len).is_ok(),
        }
    }

    fn content(disk: &dyn Disk) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
        disk.read(0, &mut bytes).unwrap();
        bytes
    }

    proptest! {
        #[test]
        fn it_behaves_as_a_disk_and_leaves_the_one_below(steps in proptest::collection::vec(step(), 1..12)) {
            let (plain, below) = (MemoryDisk::default(), Arc::new(MemoryDisk::default()));
            for disk in [&plain, below.as_ref()] {
                disk.set_len(10_000).unwrap();
                disk.write(0, &[7; 10_000]).unwrap();
            }
            let overlay = Overlay::new(below.clone());
            for step in &steps {
                prop_assert_eq!(apply(&plain, step), apply(&overlay, step));
                prop_assert_eq!(content(&plain), content(&overlay));
            }
            prop_assert_eq!(content(below.as_ref()), vec![7; 10_000]);
        }
    }
}
