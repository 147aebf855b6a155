//! Power loss: a disk that knows what was synced, crashed at random places of random work, with an oracle of exact contents.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use super::super::{Key, Kind};
use super::*;

/// A small deterministic generator (xorshift), so that a failing seed can be run again.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[derive(Clone, Debug)]
enum Unsynced {
    Write(usize, Vec<u8>),
    SetLen(usize),
}

#[derive(Debug)]
struct State {
    synced: Vec<u8>,
    current: Vec<u8>,
    unsynced: Vec<Unsynced>,
    dice: Dice,
    /// One in so many operations is a crash whose outcome is kept in `crashes`; 0 for none.
    crash_every: u64,
    crashes: Vec<Vec<u8>>,
    syncs: u64,
    /// It says that it synced, and did not.
    lies: bool,
}

/// A disk whose power can fail.
#[derive(Debug)]
struct CrashDisk(Mutex<State>);

impl CrashDisk {
    fn new(bytes: Vec<u8>, seed: u64, crash_every: u64) -> Arc<Self> {
        let state = State {
            synced: bytes.clone(),
            current: bytes,
            unsynced: vec![],
            dice: Dice::new(seed),
            crash_every,
            crashes: vec![],
            syncs: 0,
            lies: false,
        };
        Arc::new(Self(Mutex::new(state)))
    }

    /// What the disk may hold if the power fails now.
    fn crash(&self) -> Vec<u8> {
        self.0.lock().unwrap().crash()
    }

    fn take_crashes(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.lock().unwrap().crashes)
    }
}

impl State {
    /// Synced bytes, and of the rest a random part: each write whole, absent, or torn at a sector.
    fn crash(&mut self) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let keep = self.dice.below(4);
        for write in self.unsynced.clone() {
            if self.dice.below(4) < keep {
                match write {
                    Unsynced::SetLen(len) => bytes.resize(len, 0),
                    Unsynced::Write(at, data) => self.write_torn(&mut bytes, at, &data),
                }
            }
        }
        bytes
    }

    fn write_torn(&mut self, bytes: &mut [u8], at: usize, data: &[u8]) {
        let torn = self.dice.below(3) == 0;
        for (index, sector) in data.chunks(512).enumerate() {
            let start = at + index * 512;
            if !(torn && self.dice.below(2) == 0) && start + sector.len() <= bytes.len() {
                bytes[start..start + sector.len()].copy_from_slice(sector);
            }
        }
    }

    fn maybe_crash(&mut self) {
        if self.crash_every > 0 && self.dice.below(self.crash_every) == 0 {
            let image = self.crash();
            self.crashes.push(image);
        }
    }
}

impl Disk for CrashDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().current.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        out.copy_from_slice(state.current.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        let len = usize::try_from(len).unwrap();
        state.current.resize(len, 0);
        state.unsynced.push(Unsynced::SetLen(len));
        state.maybe_crash();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        state.current.get_mut(at..at + data.len()).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        state.unsynced.push(Unsynced::Write(at, data.to_vec()));
        state.maybe_crash();
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        state.maybe_crash();
        state.syncs += 1;
        if !state.lies {
            state.synced = state.current.clone();
            state.unsynced.clear();
        }
        Ok(())
    }

    fn room(&self) -> Option<u64> {
        None
    }
}

type Content = BTreeMap<Vec<u8>, Vec<u8>>;

fn content(store: &RedbStore) -> Content {
    let mut found = Content::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        found.insert(key.to_vec(), value.to_vec());
        ControlFlow::Continue(())
    };
    store.scan(KeyRange::all(), Order::Ascending, visit).unwrap();
    found
}

/// A random batch, and the content that it leads to.
fn random_batch(dice: &mut Dice, before: &Content) -> (Batch, Content) {
    let (mut batch, mut after) = (Batch::new(), before.clone());
    for _ in 0..=dice.below(6) {
        let key = Key::new(1, Kind::Hook).u64(dice.below(30));
        if dice.below(3) == 0 {
            after.remove(key.as_bytes());
            batch.delete(key);
        } else {
            let scale = [50, 3_000, 40_000][usize::try_from(dice.below(3)).unwrap()];
            let value = vec![u8::try_from(dice.below(256)).unwrap(); usize::try_from(dice.below(scale)).unwrap()];
            after.insert(key.as_bytes().to_vec(), value.clone());
            batch.put(key, value);
        }
    }
    (batch, after)
}

/// Opens what a crash left, crashes some of these recoveries too, and checks that each ends in one of `allowed`.
fn check(image: Vec<u8>, seed: u64, depth: u32, allowed: &[&Content]) {
    let disk = CrashDisk::new(image, seed, if depth > 0 { 12 } else { 0 });
    let store = RedbStore::on(disk.clone()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let found = content(&store);
    assert!(allowed.contains(&&found), "seed {seed}: the store holds {} records, none of the allowed states", found.len());
    drop(store);
    for (number, crash) in disk.take_crashes().into_iter().take(4).enumerate() {
        check(crash, seed * 31 + number as u64, depth - 1, allowed);
    }
}

fn run(seed: u64, lies: bool) -> usize {
    let mut dice = Dice::new(seed + 1);
    let disk = CrashDisk::new(Vec::new(), seed, 0);
    let store = RedbStore::on(disk.clone()).unwrap();
    {
        let mut state = disk.0.lock().unwrap();
        (state.crash_every, state.lies) = (25, lies);
    }
    let (mut before, mut checked) = (Content::new(), 0);
    for step in 0..12 {
        let (batch, after) = random_batch(&mut dice, &before);
        let syncs = disk.0.lock().unwrap().syncs;
        store.commit(batch).unwrap();
        assert!(disk.0.lock().unwrap().syncs > syncs, "acknowledged without a sync");
        for image in disk.take_crashes().into_iter().take(3) {
            check(image, seed * 1000 + step, 1, &[&before, &after]);
            checked += 1;
        }
        check(disk.crash(), seed * 1000 + step, 1, &[&after]);
        before = after;
    }
    drop(store);
    check(disk.crash(), seed, 1, &[&before]);
    checked
}

#[test]
fn what_was_acknowledged_survives_a_power_loss() {
    let crashed_inside: usize = (0..12).map(|seed| run(seed, false)).sum();
    assert!(crashed_inside > 10, "only {crashed_inside} crashes fell inside a commit");
}

#[test]
#[should_panic(expected = "seed 3")]
fn the_oracle_notices_a_disk_that_only_says_it_synced() {
    run(3, true);
}
