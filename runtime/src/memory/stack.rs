//! A pool of the stacks that executions suspend on. Mapping and unmapping a stack costs as much as a short handler.
//!
//! A guest cannot read what an earlier execution left on a stack: compiled code sets its locals before it uses them, and the guest's own
//! stack is in its memory.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::Arc;

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use wasmtime::{StackCreator, StackMemory};

use super::sharded::Sharded;

/// Bytes below a stack that cannot be touched.
const GUARD: usize = 64 << 10;

/// The pool: hands out an idle stack, or maps a new one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stacks(Arc<Sharded<Vec<Mapping>>>);

/// A stack in use, with its guard and the pool that it returns to.
struct Lent {
    mapping: Option<Mapping>,
    home: Stacks,
}

#[derive(Debug)]
struct Mapping {
    start: NonNull<u8>,
    /// The stack's bytes, guard aside.
    size: usize,
}

// SAFETY: it owns the mapping that it points to.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to it")]
unsafe impl Send for Mapping {}
// SAFETY: through a shared reference only the address and the length can be read.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to it")]
unsafe impl Sync for Mapping {}

#[allow(unsafe_code, reason = "memory is mapped; each place says why it may be")]
impl Mapping {
    fn new(size: usize) -> wasmtime::Result<Self> {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping, at a place that the kernel chooses.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), GUARD + size, ProtFlags::empty(), flags) }?;
        let start = NonNull::new(start.cast()).ok_or_else(|| wasmtime::Error::msg("the kernel mapped a stack at address 0"))?;
        let mapping = Self { start, size };
        // SAFETY: the range is within the mapping just made.
        unsafe { mprotect(start.as_ptr().add(GUARD).cast(), size, MprotectFlags::READ | MprotectFlags::WRITE) }?;
        Ok(mapping)
    }

    fn at(&self, offset: usize) -> *mut u8 {
        self.start.as_ptr().wrapping_add(offset)
    }
}

#[allow(unsafe_code, reason = "the mapping ends with its owner")]
impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping belongs to this value, and the execution that ran on it has ended.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), GUARD + self.size) };
        debug_assert!(unmapped.is_ok());
    }
}

// SAFETY: each stack is a mapping of whole pages that only one holder has, with a guard below it.
#[allow(unsafe_code, reason = "stacks are handed to the engine; what makes it sound stands above")]
unsafe impl StackCreator for Stacks {
    fn new_stack(&self, size: usize, zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        let idle = self.0.iter_from_local().find_map(|mut shard| shard.pop());
        let mapping = match idle.filter(|mapping| mapping.size == size && !zeroed) {
            Some(mapping) => mapping,
            None => Mapping::new(size)?,
        };
        Ok(Box::new(Lent { mapping: Some(mapping), home: self.clone() }))
    }
}

impl Lent {
    /// An address in the mapping, from the beginning of the guard; null after the stack was given back, which happens in `drop` only.
    fn at(&self, offset: impl Fn(&Mapping) -> usize) -> *mut u8 {
        self.mapping.as_ref().map_or(std::ptr::null_mut(), |mapping| mapping.at(offset(mapping)))
    }
}

// SAFETY: as above; the mapping stays in place until this value is dropped.
#[allow(unsafe_code, reason = "stacks are handed to the engine; what makes it sound stands above")]
unsafe impl StackMemory for Lent {
    fn top(&self) -> *mut u8 {
        self.at(|mapping| GUARD + mapping.size)
    }

    fn range(&self) -> Range<usize> {
        self.at(|_| GUARD).expose_provenance()..self.top().expose_provenance()
    }

    fn guard_range(&self) -> Range<*mut u8> {
        self.at(|_| 0)..self.at(|_| GUARD)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.0.local().extend(self.mapping.take());
    }
}
