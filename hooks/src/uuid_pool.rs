//! Fresh UUIDs (version 4) for what is made with every request. Fetching sixteen bytes at a time from the kernel would cost a login two
//! system calls, so each thread fetches many at once. They are unique, not secret: tokens, keys and nonces come from elsewhere.

use std::cell::RefCell;

use uuid::Uuid;

/// Random bytes of a thread, and how many of them are used.
struct Pool {
    bytes: [u8; 1024],
    used: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; 1024], used: 1024 }) };
}

impl Pool {
    /// Sixteen bytes that were not returned before; `None` if the kernel provides none.
    fn take(&mut self) -> Option<[u8; 16]> {
        if self.used >= self.bytes.len() {
            getrandom::fill(&mut self.bytes).ok()?;
            self.used = 0;
        }
        let taken = self.bytes.get(self.used..)?.first_chunk().copied()?;
        self.used += taken.len();
        Some(taken)
    }
}

pub(crate) fn uuid() -> Uuid {
    let random = POOL.with(|pool| pool.try_borrow_mut().ok()?.take());
    random.map_or_else(Uuid::new_v4, |bytes| uuid::Builder::from_random_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn uuids_are_random_and_never_come_twice() {
        let many = || (0..1000).map(|_| uuid()).collect::<Vec<_>>();
        let here = many();
        let there = std::thread::spawn(many).join().unwrap();
        let all: HashSet<Uuid> = here.iter().chain(&there).copied().collect();
        assert_eq!(all.len(), 2000);
        assert!(all.iter().all(|one| one.get_version_num() == 4 && one.get_variant() == uuid::Variant::RFC4122));
    }

    #[test]
    fn a_pool_gives_each_byte_once() {
        let mut pool = Pool { bytes: std::array::from_fn(|at| (at / 16) as u8), used: 0 };
        let taken: Vec<u8> = (0..64).map(|_| pool.take().unwrap()[3]).collect();
        assert_eq!(taken, (0..64).collect::<Vec<u8>>());
        pool.take().unwrap();
        assert_eq!(pool.used, 16);
        assert_ne!(pool.bytes[16..32], [1; 16]);
    }
}
