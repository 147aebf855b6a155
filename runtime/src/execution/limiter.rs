//! Grants memory and table space up to the hook's limit, and records the peak and every refusal.

use wasmtime::ResourceLimiter;

use super::memory_share::MemoryShare;
use crate::engine::{INSTANCES_PER_COMPONENT, TABLE_ELEMENTS};

/// The limiter of one store.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    limit: usize,
    /// Bytes granted to all memories of the store. A memory never shrinks, so this is the peak too.
    granted: usize,
    refused: bool,
    /// What the execution has of the memory for all.
    share: MemoryShare,
    /// Whether space was refused that the hook's own limit allows.
    pressed: bool,
    /// Whether what was asked for last was granted.
    allowed: bool,
}

impl MemoryLimiter {
    pub(crate) fn new(limit: usize, share: MemoryShare) -> Self {
        Self { limit, granted: 0, refused: false, share, pressed: false, allowed: false }
    }

    /// The most bytes that are granted.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Peak linear memory, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.granted as u64
    }

    /// Bytes that have not been granted.
    pub(crate) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.granted) as u64
    }

    /// Whether so many bytes more, which the host holds for the guest for a while, fit into its memory and into that for all.
    pub(crate) fn has_room_for(&mut self, held: usize) -> bool {
        let total = self.granted.saturating_add(held);
        total <= self.limit && self.share.reach(total)
    }

    /// Whether the guest was ever refused space, by the limit or by a maximum that it declared itself.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    /// Whether the guest was refused space because the memory for all was taken.
    pub(crate) fn pressed(&self) -> bool {
        self.pressed
    }

    fn grant(&mut self, allowed: bool) -> wasmtime::Result<bool> {
        self.refused |= !allowed;
        self.allowed = allowed;
        Ok(allowed)
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.granted.saturating_add(desired.saturating_sub(current));
        let within = total <= self.limit && maximum.is_none_or(|maximum| desired <= maximum);
        let allowed = within && self.share.reach(total);
        self.pressed |= within && !allowed;
        if allowed {
            self.granted = total;
        }
        self.grant(allowed)
    }

    /// What was granted and fails all the same is refused by the kernel, and no fault of the guest.
    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused = true;
        self.pressed |= self.allowed;
        Ok(())
    }

    fn table_growing(&mut self, _: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        self.grant(desired <= TABLE_ELEMENTS && maximum.is_none_or(|maximum| desired <= maximum))
    }

    fn table_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused = true;
        Ok(())
    }

    fn instances(&self) -> usize {
        INSTANCES_PER_COMPONENT as usize
    }

    fn tables(&self) -> usize {
        INSTANCES_PER_COMPONENT as usize * 4
    }

    fn memories(&self) -> usize {
        INSTANCES_PER_COMPONENT as usize
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::shares::Shares;

    fn with_limit(limit: usize) -> MemoryLimiter {
        MemoryLimiter::new(limit, MemoryShare::new(Arc::new(Shares::new(0)), 1))
    }

    #[test]
    fn counts_all_memories_and_remembers_refusals() {
        let mut limiter = with_limit(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, Some(40)).unwrap());
        assert!(!limiter.refused());
        assert!(!limiter.memory_growing(40, 41, None).unwrap());
        assert!(limiter.refused());
        assert_eq!(limiter.peak(), 100);
    }

    #[test]
    fn what_the_host_holds_has_the_room_that_is_left() {
        let mut limiter = with_limit(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.has_room_for(40) && !limiter.has_room_for(41));
        assert_eq!((limiter.peak(), limiter.refused()), (60, false));
        // Within its own memory, and not within that for all.
        let mut limiter = with_limit(64 << 20);
        assert!(limiter.has_room_for(16 << 20) && !limiter.has_room_for(17 << 20));
    }

    #[test]
    fn memory_that_the_kernel_does_not_give_is_no_fault_of_the_guest() {
        let failed = || wasmtime::Error::msg("no memory");
        let mut limiter = with_limit(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        limiter.memory_grow_failed(failed()).unwrap();
        assert!(limiter.refused() && limiter.pressed());
        let mut limiter = with_limit(100);
        assert!(!limiter.memory_growing(0, 101, None).unwrap());
        limiter.memory_grow_failed(failed()).unwrap();
        assert!(limiter.refused() && !limiter.pressed());
    }

    #[test]
    fn a_declared_maximum_is_a_refusal_too() {
        let mut limiter = with_limit(100);
        assert!(!limiter.memory_growing(10, 20, Some(15)).unwrap());
        assert!(limiter.refused());
        let mut limiter = with_limit(100);
        assert!(!limiter.table_growing(0, TABLE_ELEMENTS + 1, None).unwrap());
        assert!(limiter.refused());
    }
}
