//! The memories of JavaScript hooks. All of them begin with the same content, the engine after its start-up, so they are kept mapped and
//! are brought back to it after each use instead of being mapped anew.
//!
//! wasmtime's own pool can do the like with its `pagemap_scan`; but before its version 50 that leaves pages as they are which are
//! swapped out or being moved by the kernel at the moment of the reset, and the latter happens on any machine. A pool that is ours asks
//! for these too, and knows that all hooks begin alike. What a hook adds is written over it: see [`crate::javascript`].

mod base;
mod pagemap;
mod piles;
mod singly;
mod slot;
mod stack;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

pub(crate) use base::Base;
pub(crate) use pagemap::Pagemap;
pub use pagemap::PagemapUse;
use piles::Piles;
use singly::Singly;
use slot::{GUARD, RESERVED, Slot};
pub(crate) use stack::Stacks;

/// The slots, of which as many are made as are ever in use at a time.
#[derive(Clone, Debug)]
pub(crate) struct Memories(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pagemap: Option<Pagemap>,
    /// Where the kernel offers it.
    singly: Option<Singly>,
    piles: Piles<State>,
}

/// Of one pile.
#[derive(Debug, Default)]
struct State {
    /// What new memories begin with. None until the engine is ready, and until then nobody gets a memory.
    base: Option<Arc<Base>>,
    /// Slots that are as they began, all of the base above.
    idle: Vec<Slot>,
}

impl Memories {
    /// A pool without a base. With a pagemap, what was written is found and written over; without, all is given back to the kernel.
    pub(crate) fn new(pagemap: Option<Pagemap>) -> Self {
        Self(Arc::new(Inner { pagemap, singly: Singly::open().ok(), piles: Piles::default() }))
    }

    /// Lets memories begin with this from now on.
    pub(crate) fn set_base(&self, base: &Arc<Base>) {
        for mut pile in self.0.piles.all() {
            let before = std::mem::replace(&mut *pile, State { base: Some(base.clone()), idle: Vec::new() });
            drop(pile);
            drop(before);
        }
    }

    /// What the kernel is asked after each use.
    pub(crate) fn pagemap_use(&self) -> PagemapUse {
        self.0.pagemap.as_ref().map_or(PagemapUse::None, |pagemap| pagemap.way().needs())
    }

    /// The bytes of a memory of this pool that began with `base`. Of the base's pages only those are looked at that were written: the kernel
    /// would have to bring each of the others.
    pub(crate) fn copy(&self, memory: &[u8], base: &Base) -> Vec<u8> {
        self.copy_written(memory, base).unwrap_or_else(|| memory.to_vec())
    }

    fn copy_written(&self, memory: &[u8], base: &Base) -> Option<Vec<u8>> {
        let start = memory.as_ptr().addr();
        let grown = memory.get(base.len()..)?;
        let mut copy = Vec::with_capacity(memory.len());
        copy.extend_from_slice(base.bytes());
        copy.extend_from_slice(grown);
        let mut inside = true;
        let copied = self.0.pagemap.as_ref()?.written(start..start + base.len(), |written| {
            let range = written.start.wrapping_sub(start)..written.end.wrapping_sub(start);
            match (copy.get_mut(range.clone()), memory.get(range)) {
                (Some(to), Some(from)) => to.copy_from_slice(from),
                _ => inside = false,
            }
            inside
        });
        (copied.is_ok() && inside).then_some(copy)
    }

    /// A slot that is idle, this thread's last one if it can be, or a new one.
    fn take(&self) -> Result<Slot, String> {
        if let Some(slot) = self.0.piles.all().find_map(|mut pile| pile.idle.pop()) {
            return Ok(slot);
        }
        let base = self.0.piles.mine().base.clone().ok_or("no memory before the engine is ready")?;
        Slot::new(base, self.0.singly.as_ref()).map_err(|error| format!("no memory can be mapped: {error}"))
    }

    /// Gives back what the slot holds that this thread used last: for after a use that looked at most of its memory, of which every later scan
    /// would look at each page again.
    pub(crate) fn empty_last(&self) {
        let mut mine = self.0.piles.mine();
        if mine.idle.last_mut().is_some_and(|slot| slot.reset(None).is_err()) {
            mine.idle.pop();
        }
    }

    /// Takes a slot back. One that cannot be reset, or is of an earlier base, is unmapped.
    fn give_back(&self, mut slot: Slot) {
        if let Err(error) = slot.reset(self.0.pagemap.as_ref()) {
            tracing::error!(%error, "a memory could not be reset; it is not used again");
            return;
        }
        let mut mine = self.0.piles.mine();
        if mine.base.as_ref().is_some_and(|base| Arc::ptr_eq(base, slot.base())) {
            mine.idle.push(slot);
        }
    }
}

// SAFETY: each memory is a mapping that only one holder has. Nothing beyond its size is accessible that the engine's code could reach
// with 32 bits and the offset that it was promised the guard for.
#[allow(unsafe_code, reason = "memories are handed to the engine; what makes it sound stands above")]
unsafe impl MemoryCreator for Memories {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        _: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        if reserved.is_none_or(|reserved| reserved > RESERVED) || guard > GUARD {
            return Err("a memory with this much address space cannot be had".to_owned());
        }
        let mut slot = self.take()?;
        // What the base is longer by is for the engine to grow into before anything runs.
        slot.grow_to(minimum).map_err(|error| error.to_string())?;
        Ok(Box::new(Lent { slot: Some(slot), size: minimum, home: self.clone() }))
    }
}

/// A memory in use.
struct Lent {
    slot: Option<Slot>,
    size: usize,
    home: Memories,
}

// SAFETY: the mapping stays where it is until the holder drops this, and `size` bytes of it are accessible.
#[allow(unsafe_code, reason = "memories are handed to the engine; what makes it sound stands above")]
unsafe impl LinearMemory for Lent {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        RESERVED
    }

    fn grow_to(&mut self, size: usize) -> wasmtime::Result<()> {
        let slot = self.slot.as_mut().ok_or_else(|| wasmtime::Error::msg("the memory was given back"))?;
        slot.grow_to(size)?;
        self.size = size;
        Ok(())
    }

    fn as_ptr(&self) -> *mut u8 {
        self.slot.as_ref().map_or(std::ptr::null_mut(), Slot::start)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.home.give_back(slot);
        }
    }
}
