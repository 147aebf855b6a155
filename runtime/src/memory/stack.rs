//! The stacks that executions suspend on, kept for the next one: mapping and unmapping one costs as much as a short handler.
//!
//! What an earlier execution left on one cannot be read by a guest: its locals are set before they are used, and its own stack is in its
//! memory.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::Arc;

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use wasmtime::{StackCreator, StackMemory};

use super::piles::Piles;

/// Bytes below a stack that cannot be touched.
const GUARD: usize = 64 << 10;

/// Makes stacks, or gives out those that are idle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stacks(Arc<Piles<Vec<Mapping>>>);

/// A stack with its guard, and where it belongs.
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
// SAFETY: a shared one gives away its address and length only.
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
        // SAFETY: the mapping is its own, and whoever ran on it has ended.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), GUARD + self.size) };
        debug_assert!(unmapped.is_ok());
    }
}

// SAFETY: each stack is a mapping of whole pages that only one holder has, with a guard below it.
#[allow(unsafe_code, reason = "stacks are handed to the engine; what makes it sound stands above")]
unsafe impl StackCreator for Stacks {
    fn new_stack(&self, size: usize, zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        let idle = self.0.all().find_map(|mut pile| pile.pop());
        let mapping = match idle.filter(|mapping| mapping.size == size && !zeroed) {
            Some(mapping) => mapping,
            None => Mapping::new(size)?,
        };
        Ok(Box::new(Lent { mapping: Some(mapping), home: self.clone() }))
    }
}

impl Lent {
    /// An address within, counted from the guard's beginning; null once it was given back, which is in `drop` only.
    fn at(&self, offset: impl Fn(&Mapping) -> usize) -> *mut u8 {
        self.mapping.as_ref().map_or(std::ptr::null_mut(), |mapping| mapping.at(offset(mapping)))
    }
}

// SAFETY: as above; the mapping stays where it is until the holder drops this.
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
        self.home.0.mine().extend(self.mapping.take());
    }
}
