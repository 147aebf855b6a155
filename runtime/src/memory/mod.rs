//! A pool of the memories of JavaScript hooks. Most begin with the same content, the engine after its start-up, and a hook's image is written
//! over it, see [`crate::javascript`]. A hook whose image is large has a base of its own. Memories stay mapped, and are reset to what they
//! began with after each use.
//!
//! wasmtime's own pool has a `pagemap_scan` for this. In wasmtime 48, which this was written against (September 2026), its reset misses
//! pages that are swapped out or that the kernel is moving at that moment, and the kernel moves pages on any machine: it asks for pages that
//! are `WRITTEN` and `PRESENT`. Once upstream asks for swapped pages too (`crates/wasmtime/src/runtime/vm/pagemap.rs`), that pool could take
//! this one's place.

mod base;
mod own;
mod pagemap;
mod sharded;
mod singly;
mod slot;
mod stack;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

pub(crate) use base::Base;
pub(crate) use own::OwnBase;
pub(crate) use pagemap::Pagemap;
pub use pagemap::PagemapUse;
use sharded::Sharded;
use singly::Singly;
use slot::{GUARD, RESERVED, Slot};
pub(crate) use stack::Stacks;

/// The most idle slots of hooks' own bases that a shard holds.
const MAX_UPPER: usize = 16;

thread_local! {
    /// What the memory begins with that is made next on this thread, where that is not the engine's base.
    static WANTED: RefCell<Option<Arc<Base>>> = const { RefCell::new(None) };
}

/// The pool. It holds as many slots as were ever in use at a time.
#[derive(Clone, Debug)]
pub(crate) struct Memories(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pagemap: Option<Pagemap>,
    /// `None` where the kernel does not offer it.
    singly: Option<Singly>,
    shards: Sharded<Shard>,
}

/// The pool's part for one thread.
#[derive(Debug, Default)]
struct Shard {
    /// What new memories begin with; `None` until the engine is ready, and until then there is no memory.
    base: Option<Arc<Base>>,
    /// Slots in their first state, all of the base above.
    idle: Vec<Slot>,
    /// Slots in their first state of bases that lie over it, the one that was used last at the end.
    upper: VecDeque<Slot>,
}

impl Memories {
    /// A pool without a base. With a pagemap, a reset finds the written pages and writes the base over them; without one, it gives all pages
    /// back to the kernel.
    pub(crate) fn new(pagemap: Option<Pagemap>) -> Self {
        Self(Arc::new(Inner { pagemap, singly: Singly::open().ok(), shards: Sharded::default() }))
    }

    /// Makes this the content that memories begin with from now on.
    pub(crate) fn set_base(&self, base: &Arc<Base>) {
        for mut shard in self.0.shards.iter_from_local() {
            let before = std::mem::replace(&mut *shard, Shard { base: Some(base.clone()), ..Shard::default() });
            // The slots are unmapped without the lock.
            drop(shard);
            drop(before);
        }
    }

    /// How written pages are found after each use.
    pub(crate) fn pagemap_use(&self) -> PagemapUse {
        self.0.pagemap.as_ref().map_or(PagemapUse::None, |pagemap| pagemap.way().needs())
    }

    /// The bytes of a memory of this pool that began with `base`. Of the base's pages it reads only the written ones: the kernel would have to
    /// bring each of the others.
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

    /// Makes an instance whose memory begins with `base`, which is not the engine's own.
    ///
    /// # Errors
    /// When no memory was asked for.
    pub(crate) async fn with_base<T>(base: &Arc<Base>, making: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
        let (mut making, mut taken) = (pin!(making), false);
        let made = poll_fn(|context| {
            WANTED.set(Some(base.clone()));
            let polled = making.as_mut().poll(context);
            taken |= WANTED.take().is_none();
            polled
        });
        match made.await {
            Ok(_) if !taken => Err(wasmtime::Error::msg("the instance has no memory of its own")),
            made => made,
        }
    }

    /// An idle slot, preferably the one that this thread used last, or a new one.
    fn take(&self) -> Result<Slot, String> {
        let wanted = WANTED.take();
        let idle = self.0.shards.iter_from_local().find_map(|mut shard| match &wanted {
            None => shard.idle.pop(),
            Some(base) => {
                let at = shard.upper.iter().rposition(|slot| Arc::ptr_eq(slot.base(), base))?;
                shard.upper.remove(at)
            }
        });
        if let Some(slot) = idle {
            return Ok(slot);
        }
        let base = wanted.or_else(|| self.0.shards.local().base.clone()).ok_or("no memory before the engine is ready")?;
        Slot::new(base, self.0.singly.as_ref()).map_err(|error| format!("no memory can be mapped: {error}"))
    }

    /// Unmaps the idle slots of a base that nothing begins with any more.
    fn forget(&self, base: &Arc<Base>) {
        for mut shard in self.0.shards.iter_from_local() {
            let (gone, left) = std::mem::take(&mut shard.upper).into_iter().partition(|slot| Arc::ptr_eq(slot.base(), base));
            shard.upper = left;
            // The slots are unmapped without the lock.
            drop(shard);
            drop::<VecDeque<Slot>>(gone);
        }
    }

    /// Gives the pages of the slot that this thread used last back to the kernel. For after a use that read most of its memory: every later scan
    /// would look at each of those pages again.
    pub(crate) fn empty_last(&self) {
        let mut shard = self.0.shards.local();
        if shard.idle.last_mut().is_some_and(|slot| slot.reset(None).is_err()) {
            shard.idle.pop();
        }
    }

    /// Takes a slot back. A slot that cannot be reset, or that has an earlier base, is unmapped.
    fn give_back(&self, mut slot: Slot) {
        if let Err(error) = slot.reset(self.0.pagemap.as_ref()) {
            tracing::error!(%error, "a memory could not be reset; it is not used again");
            return;
        }
        let mut shard = self.0.shards.local();
        let beyond = if slot.base().is_upper() {
            shard.upper.push_back(slot);
            if shard.upper.len() > MAX_UPPER { shard.upper.pop_front() } else { None }
        } else if shard.base.as_ref().is_some_and(|base| Arc::ptr_eq(base, slot.base())) {
            shard.idle.push(slot);
            None
        } else {
            Some(slot)
        };
        // It is unmapped without the lock.
        drop(shard);
        drop(beyond);
    }
}

// SAFETY: each memory is a mapping that only one holder has, of at least the address space and the guard that the engine asked for. Of
// what compiled code can reach in it, at least the memory's size is accessible, and everything from the end of the slot's accessible part
// on is not. Between the two there may be a part of the base: a base may be longer than `minimum`, and a slot is accessible up to its
// base's end from the start. That part holds the public content of the engine's base, which is the same for every hook, or what the hook
// itself made, and `Engine::start` grows the memory over it before any code of a guest runs.
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
        // Where the base is longer, the slot is accessible up to its end already, and the engine grows the memory up to there at its start.
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

// SAFETY: the mapping stays in place until this value is dropped, and `size` bytes of it are accessible.
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
