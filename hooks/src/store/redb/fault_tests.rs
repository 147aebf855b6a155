//! The engine on disks that fail: full, broken at a write, broken at a sync.

use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::super::{Key, Kind};
use super::*;

/// A disk in memory with a capacity, whose writes and syncs can be made to fail.
#[derive(Debug, Default)]
pub(super) struct MemoryDisk {
    bytes: Mutex<Vec<u8>>,
    /// The length beyond which it is full; zero for none.
    capacity: AtomicU64,
    hide_room: AtomicBool,
    fail_writes: AtomicBool,
    fail_syncs: AtomicBool,
    writes: AtomicU64,
}

impl Disk for MemoryDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = self.bytes.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        out.copy_from_slice(bytes.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if !matches!(self.capacity.load(Ordering::Relaxed), 0) && len > self.capacity.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.lock().unwrap().resize(usize::try_from(len).unwrap(), 0);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        if self.fail_writes.load(Ordering::Relaxed) {
            return Err(io::Error::from_raw_os_error(28));
        }
        let mut bytes = self.bytes.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        bytes.get_mut(at..at + data.len()).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        if self.fail_syncs.load(Ordering::Relaxed) { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) }
    }

    fn room(&self) -> Option<u64> {
        let capacity = self.capacity.load(Ordering::Relaxed);
        (capacity > 0 && !self.hide_room.load(Ordering::Relaxed)).then(|| capacity.saturating_sub(self.len().unwrap_or(0)))
    }
}

fn key(number: u64) -> Key {
    Key::new(1, Kind::Hook).u64(number)
}

fn put(store: &RedbStore, number: u64, size: usize) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    batch.put(key(number), vec![u8::try_from(number % 251).unwrap(); size]);
    store.commit(batch)
}

fn keys(store: &RedbStore) -> Vec<u64> {
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], _: &[u8]| {
        found.push(u64::from_be_bytes(*key.last_chunk().unwrap()));
        ControlFlow::Continue(())
    };
    store.scan(KeyRange::all(), Order::Ascending, visit).unwrap();
    found
}

/// Commits until one is refused; gives the number of the refused one.
fn fill(store: &RedbStore, size: usize) -> u64 {
    for number in 0..10_000 {
        match put(store, number, size) {
            Ok(()) => {}
            Err(StoreError::Full) => return number,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the disk never became full");
}

fn full_disk(hide_room: bool) {
    let disk = Arc::new(MemoryDisk::default());
    disk.capacity.store(16 << 20, Ordering::Relaxed);
    disk.hide_room.store(hide_room, Ordering::Relaxed);
    let store = RedbStore::on(disk.clone()).unwrap();
    let refused = fill(&store, 200_000);
    assert!(refused > 3);
    for _ in 0..3 {
        assert!(matches!(put(&store, refused, 200_000), Err(StoreError::Full)));
        assert_eq!(keys(&store), (0..refused).collect::<Vec<_>>());
        assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), vec![1; 200_000]);
    }
    disk.capacity.store(64 << 20, Ordering::Relaxed);
    put(&store, refused, 200_000).unwrap();
    assert_eq!(keys(&store), (0..=refused).collect::<Vec<_>>());
    drop(store);
    assert_eq!(keys(&RedbStore::on(disk).unwrap()), (0..=refused).collect::<Vec<_>>());
}

#[test]
fn a_full_disk_that_says_so_refuses_writes_until_there_is_room() {
    full_disk(false);
}

#[test]
fn a_full_disk_that_shows_only_when_written_refuses_writes_until_there_is_room() {
    full_disk(true);
}

#[test]
fn a_write_without_room_is_full_and_records_can_be_deleted_to_make_some() {
    let disk = Arc::new(MemoryDisk::default());
    let store = RedbStore::on(disk.clone()).unwrap();
    put(&store, 1, 1000).unwrap();
    disk.fail_writes.store(true, Ordering::Relaxed);
    assert!(matches!(put(&store, 2, 1000), Err(StoreError::Full)));
    assert!(matches!(put(&store, 2, 1000), Err(StoreError::Full)));
    assert_eq!(keys(&store), [1]);
    disk.fail_writes.store(false, Ordering::Relaxed);
    let mut batch = Batch::new();
    batch.delete(key(1));
    store.commit(batch).unwrap();
    put(&store, 3, 1000).unwrap();
    assert_eq!(keys(&store), [3]);
}

#[test]
fn a_failed_sync_ends_writes_and_keeps_reads() {
    let disk = Arc::new(MemoryDisk::default());
    let store = RedbStore::on(disk.clone()).unwrap();
    put(&store, 1, 1000).unwrap();
    disk.fail_syncs.store(true, Ordering::Relaxed);
    assert!(matches!(put(&store, 2, 1000), Err(StoreError::Io(_))));
    disk.fail_syncs.store(false, Ordering::Relaxed);
    let writes = disk.writes.load(Ordering::Relaxed);
    assert!(matches!(put(&store, 3, 1000), Err(StoreError::Io(_))));
    assert_eq!(disk.writes.load(Ordering::Relaxed), writes, "a poisoned store wrote");
    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), vec![1; 1000]);
    assert!(!keys(&store).contains(&3));
}

#[test]
fn readers_go_on_while_the_disk_fills_and_recovers() {
    let disk = Arc::new(MemoryDisk::default());
    let store = Arc::new(RedbStore::on(disk.clone()).unwrap());
    put(&store, 1, 5000).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(store.get(key(1).as_bytes()).unwrap().unwrap(), vec![1; 5000]);
                    assert!(keys(&store).starts_with(&[1]));
                }
            });
        }
        for round in 2..30 {
            disk.fail_writes.store(true, Ordering::Relaxed);
            assert!(matches!(put(&store, round, 5000), Err(StoreError::Full)));
            disk.fail_writes.store(false, Ordering::Relaxed);
            put(&store, round, 5000).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(keys(&store), (1..30).collect::<Vec<_>>());
}

#[test]
fn a_file_that_is_no_database_is_corrupt() {
    let disk = Arc::new(MemoryDisk::default());
    disk.set_len(8192).unwrap();
    disk.write(0, &[0xa5; 8192]).unwrap();
    assert!(matches!(RedbStore::on(disk), Err(StoreError::Corrupt(_))));
}
