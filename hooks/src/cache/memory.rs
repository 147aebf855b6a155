//! Values in memory, so that most reads touch neither the store nor a cipher: the ones that were used last, within a bound for all accounts.
//!
//! Each shard has two generations. A value that is used moves into the younger one; when that is full, it becomes the older one, and what was
//! in the older one is forgotten.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::row::RowKey;

/// How long a value is given without a look into the store, where another node may have put another one.
const TRUSTED: Duration = Duration::from_secs(2);

/// What an entry takes besides its value, about.
const OVERHEAD: usize = 160;
const SHARDS: usize = 16;

#[derive(Clone)]
struct Held {
    value: Bytes,
    expires: u64,
    read: Instant,
}

#[derive(Default)]
struct Shard {
    young: HashMap<RowKey, Held>,
    old: HashMap<RowKey, Held>,
    /// Bytes of the younger generation.
    bytes: usize,
}

/// The values in memory.
pub(super) struct Memory {
    shards: [Mutex<Shard>; SHARDS],
    /// Bytes of a generation of a shard.
    most: usize,
}

impl Memory {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { shards: Default::default(), most: most_bytes / SHARDS / 2 }
    }

    fn shard(&self, row: &RowKey) -> MutexGuard<'_, Shard> {
        let [first, ..] = row.name;
        let [shard, ..] = &self.shards;
        self.shards.get(usize::from(first) % SHARDS).unwrap_or(shard).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value, if it is held, may be given at this moment (in milliseconds since 1970), and was read lately.
    pub(super) fn get(&self, row: &RowKey, now: u64) -> Option<Bytes> {
        let mut shard = self.shard(row);
        let held = match shard.young.get(row) {
            Some(held) => held.clone(),
            None => {
                let held = shard.old.remove(row)?;
                shard.put(*row, held.clone(), self.most);
                held
            }
        };
        (held.expires > now && held.read.elapsed() < TRUSTED).then_some(held.value)
    }

    pub(super) fn put(&self, row: RowKey, value: Bytes, expires: u64) {
        let mut shard = self.shard(&row);
        shard.remove(&row);
        shard.put(row, Held { value, expires, read: Instant::now() }, self.most);
    }

    pub(super) fn remove(&self, row: &RowKey) {
        self.shard(row).remove(row);
    }
}

impl Shard {
    fn remove(&mut self, row: &RowKey) {
        self.old.remove(row);
        if let Some(held) = self.young.remove(row) {
            self.bytes -= size(&held).min(self.bytes);
        }
    }

    fn put(&mut self, row: RowKey, held: Held, most: usize) {
        let size = size(&held);
        if size > most {
            return;
        }
        if self.bytes + size > most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert(row, held);
    }
}

fn size(held: &Held) -> usize {
    held.value.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use hookbox_runtime::{Area, Place};

    use super::super::row::Part;
    use super::*;

    fn row(number: u32) -> RowKey {
        let mut name = [0; 32];
        name[28..].copy_from_slice(&number.to_be_bytes());
        RowKey { account: 1, part: Part::of(Place { owner: 1, hook: 7, area: Area::Hook }), name }
    }

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten_within_the_bound() {
        let memory = Memory::new(SHARDS * 2 * 20 * (OVERHEAD + 40));
        memory.put(row(0), vec![1; 40].into(), 100);
        for number in 1..1000 {
            memory.put(row(number), vec![2; 40].into(), 100);
            assert_eq!(memory.get(&row(0), 99), Some(vec![1; 40].into()));
            let shard = memory.shard(&row(0));
            assert!(shard.young.len() <= 20 && shard.old.len() <= 20);
        }
        assert_eq!(memory.get(&row(1), 99), None);
        assert_eq!(memory.get(&row(0), 100), None, "its time is over");
        memory.remove(&row(999));
        assert_eq!(memory.get(&row(999), 0), None);
        memory.put(row(5), vec![0; 1 << 20].into(), 100);
        assert_eq!(memory.get(&row(5), 0), None, "it is larger than all that is held");
    }

    #[test]
    fn a_value_is_trusted_for_a_short_time() {
        let memory = Memory::new(1 << 20);
        memory.put(row(1), Bytes::from_static(b"x"), 100);
        let mut shard = memory.shard(&row(1));
        shard.young.get_mut(&row(1)).unwrap().read = Instant::now().checked_sub(TRUSTED).unwrap();
        drop(shard);
        assert_eq!(memory.get(&row(1), 0), None);
    }
}
