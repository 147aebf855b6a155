//! The memory that Rust and QuickJS allocate from. Their interfaces to it are in `allocators`.
//!
//! A memory image costs what it spans, and an execution pays for each page that it touches first. So the heap begins right
//! behind the data, grows in small steps, hands out neighbouring bytes to neighbouring requests, and never keeps books in
//! memory that nobody asked for. Freed blocks go to lists by size and are not merged; a large one is cut up again before the
//! memory grows. Most small objects never come here: QuickJS has arenas for them.

use std::cell::UnsafeCell;
use std::ptr;

/// Bytes in front of each block that hold its size. A block is a multiple of 16 long and its content begins 8 bytes into it.
const HEADER: usize = 8;
const UNIT: usize = 16;
/// Up to this size there is a list for each multiple of `UNIT`, above it there are four for each doubling.
const FINE: usize = 1024;
const FINE_CLASSES: usize = FINE / UNIT;
const CLASSES: usize = FINE_CLASSES + 1 + 22 * 4;
/// Free blocks from this size on are cut up before the memory grows.
const RECYCLED: usize = 8 * 1024;
const PAGE: usize = 64 * 1024;
/// The memory grows by this many pages at a time, or by fewer when the host refuses them.
const STEP: usize = 4;

unsafe extern "C" {
    static __heap_base: u8;
}

struct Heap {
    /// The unused rest of the region that blocks are carved from.
    next: usize,
    end: usize,
    /// The end of the memory that blocks were ever carved from. The instance may have more, which belongs to the heap too.
    top: usize,
    free: [usize; CLASSES],
    /// A region that is used up before freed blocks are looked for, so that the allocations of one call are adjacent.
    fresh: usize,
    fresh_end: usize,
    refused: bool,
}

struct Shared(UnsafeCell<Heap>);

// SAFETY: an instance of this module has a single thread.
unsafe impl Sync for Shared {}

static HEAP: Shared = Shared(UnsafeCell::new(EMPTY));
const EMPTY: Heap = Heap { next: 0, end: 0, top: 0, free: [0; CLASSES], fresh: 0, fresh_end: 0, refused: false };

/// The list whose blocks all have `size` bytes or more.
fn class_above(size: usize) -> usize {
    if size <= FINE {
        return size.div_ceil(UNIT);
    }
    let log = (size - 1).ilog2() as usize;
    FINE_CLASSES + 1 + (log - 10) * 4 + (((size - 1) >> (log - 2)) & 3)
}

/// The least size of a list's blocks.
fn size_of_class(class: usize) -> usize {
    if class <= FINE_CLASSES {
        return class * UNIT;
    }
    let coarse = class - FINE_CLASSES - 1;
    let log = coarse / 4 + 10;
    (1 << log) + (coarse % 4 + 1) * (1 << (log - 2))
}

/// The list that a free block of `size` bytes belongs to.
fn class_below(size: usize) -> usize {
    let class = class_above(size);
    if size_of_class(class) == size { class } else { class - 1 }
}

impl Heap {
    fn head(&mut self, class: usize) -> Option<&mut usize> {
        self.free.get_mut(class)
    }

    /// A block of at least `size` bytes, header included; 0 when there is no memory.
    fn take(&mut self, size: usize) -> usize {
        let class = class_above(size);
        let length = size_of_class(class);
        if length <= self.fresh_end - self.fresh {
            let block = self.fresh;
            self.fresh += length;
            // SAFETY: the region belongs to the heap exclusively, and `length` fits into it.
            unsafe { *(block as *mut usize) = length };
            return block;
        }
        let Some(head) = self.head(class) else { return 0 };
        let block = *head;
        if block == 0 {
            return self.carve(length);
        }
        // SAFETY: a block in a list is ours, and holds the next of the list behind its header.
        *head = unsafe { *((block + HEADER) as *const usize) };
        block
    }

    fn carve(&mut self, size: usize) -> usize {
        if self.end - self.next < size && !self.refill(size) {
            return 0;
        }
        let block = self.next;
        self.next += size;
        // SAFETY: the region from `next` to `end` belongs to the heap exclusively, and `size` fits into it.
        unsafe { *(block as *mut usize) = size };
        block
    }

    fn put(&mut self, block: usize) {
        // SAFETY: a block begins with its size, and is large enough for the link behind it.
        let size = unsafe { *(block as *const usize) };
        let Some(head) = self.head(class_below(size)) else { return };
        // SAFETY: as above; the block is no longer in use.
        unsafe { *((block + HEADER) as *mut usize) = *head };
        *head = block;
    }

    /// Makes the rest of the region at least `size` long.
    fn refill(&mut self, size: usize) -> bool {
        if self.next == 0 {
            self.next = (&raw const __heap_base as usize).next_multiple_of(UNIT);
            self.end = self.next.next_multiple_of(PAGE).min(memory_end());
            self.top = self.end;
        } else if let Some(block) = self.largest_free(size) {
            // SAFETY: a block begins with its size.
            let length = unsafe { *(block as *const usize) };
            self.retire_rest();
            (self.next, self.end) = (block, block + length);
        }
        self.end - self.next >= size || self.grow(size)
    }

    fn largest_free(&mut self, size: usize) -> Option<usize> {
        let lowest = class_above(size.max(RECYCLED));
        let head = self.free.get_mut(lowest..)?.iter_mut().rev().find(|head| **head != 0)?;
        let block = *head;
        // SAFETY: as in `take`.
        *head = unsafe { *((block + HEADER) as *const usize) };
        Some(block)
    }

    /// Puts the rest of the region into the lists, so that another region can be begun.
    fn retire_rest(&mut self) {
        while self.end - self.next >= UNIT {
            let size = size_of_class(class_below(self.end - self.next));
            let block = self.carve(size);
            self.put(block);
        }
    }

    fn grow(&mut self, size: usize) -> bool {
        let is_last = self.end == self.top;
        let rest = if is_last { self.end - self.next } else { 0 };
        let least = (self.top + size - rest).next_multiple_of(PAGE);
        let wanted = least + (STEP - 1) * PAGE;
        let has = memory_end();
        if least > has && !grow_by((wanted - has) / PAGE) && !grow_by((least - has) / PAGE) {
            self.refused = true;
            return false;
        }
        if !is_last {
            self.retire_rest();
            self.next = self.top;
        }
        self.top = wanted.min(memory_end());
        self.end = self.top;
        true
    }

    /// Lengthens a block where it lies; only the last one that was carved can be.
    fn extend(&mut self, block: usize, size: usize, wanted: usize) -> bool {
        if block + size != self.next {
            return false;
        }
        let more = (wanted - size).next_multiple_of(UNIT);
        if self.end - self.next < more {
            // A region that does not end where the memory ends cannot be lengthened.
            if self.end != self.top || !self.grow(more) {
                return false;
            }
        }
        self.next += more;
        // SAFETY: a block begins with its size.
        unsafe { *(block as *mut usize) = size + more };
        true
    }

    fn scrub(&mut self) {
        for head in self.free {
            let mut block = head;
            while block != 0 {
                // SAFETY: blocks in the lists are ours; their header and link stay.
                unsafe {
                    let size = *(block as *const usize);
                    let behind_link = (block + HEADER + size_of::<usize>()) as *mut usize;
                    if *behind_link != 0 {
                        *behind_link = 0;
                    }
                    zero(block + UNIT, size - UNIT);
                    block = *((block + HEADER) as *const usize);
                }
            }
        }
        // SAFETY: the rest of the region is ours.
        unsafe { zero(self.next, self.end - self.next) };
    }
}

/// Zeroes bytes of which most are zero, and does not write to those: a page that is written costs.
///
/// # Safety
/// The bytes must not be in use. They begin at a multiple of 8, and whole multiples of 8 bytes are zeroed.
pub(crate) unsafe fn zero(start: usize, len: usize) {
    const AT_A_TIME: usize = 64;
    // SAFETY: the caller guarantees it.
    let words = unsafe { std::slice::from_raw_parts_mut(start as *mut u64, len / size_of::<u64>()) };
    words.chunks_mut(AT_A_TIME).filter(|words| words.iter().any(|word| *word != 0)).for_each(|words| words.fill(0));
}

fn memory_end() -> usize {
    core::arch::wasm32::memory_size(0) * PAGE
}

fn grow_by(pages: usize) -> bool {
    core::arch::wasm32::memory_grow(0, pages) != usize::MAX
}

fn with<R>(use_it: impl FnOnce(&mut Heap) -> R) -> R {
    // SAFETY: there is one thread, and nothing that runs in here allocates.
    use_it(unsafe { &mut *HEAP.0.get() })
}

/// Whether the host has ever refused to grow this memory.
pub(crate) fn was_refused() -> bool {
    with(|heap| heap.refused)
}

/// Forgets every block, and leaves the memory as it was at first.
///
/// # Safety
/// Nothing that was allocated may be in use.
pub(crate) unsafe fn reset() {
    with(|heap| {
        let base = &raw const __heap_base as usize;
        // SAFETY: from the base to the top there are only blocks, and none is in use.
        unsafe { ptr::write_bytes(base as *mut u8, 0, heap.top.saturating_sub(base)) };
        *heap = EMPTY;
    });
}

/// The number of pages that an image needs. The pages above are unused; the heap takes them back when it needs them.
pub(crate) fn trim() -> usize {
    with(|heap| {
        if heap.end == heap.top {
            heap.top = heap.next.next_multiple_of(PAGE).min(heap.end);
            heap.end = heap.top;
        }
        heap.top / PAGE
    })
}

/// Zeroes free blocks, so that an image does not contain unreachable data.
pub(crate) fn scrub() {
    with(Heap::scrub);
}

/// Gives other memory to the allocator.
///
/// # Safety
/// The bytes must never be used otherwise again.
pub(crate) unsafe fn donate(start: *mut u8, len: usize) {
    let block = (start as usize).next_multiple_of(UNIT);
    let size = (start as usize + len).saturating_sub(block) & !(UNIT - 1);
    if size < RECYCLED {
        return;
    }
    with(|heap| {
        // SAFETY: the caller gives these bytes away.
        unsafe { *(block as *mut usize) = size };
        heap.put(block);
    });
}

/// A block's content of at least `size` bytes; null when there is no memory.
pub(crate) fn allocate(size: usize) -> *mut u8 {
    if size > isize::MAX as usize - UNIT {
        return ptr::null_mut();
    }
    let block = with(|heap| heap.take(size + HEADER));
    if block == 0 { ptr::null_mut() } else { (block + HEADER) as *mut u8 }
}

/// Takes a block back.
///
/// # Safety
/// `content` must come from `allocate` or `reallocate` and not be used again.
pub(crate) unsafe fn release(content: *mut u8) {
    with(|heap| heap.put(content as usize - HEADER));
}

/// How many bytes a block's content may take.
///
/// # Safety
/// `content` must come from `allocate` or `reallocate`.
pub(crate) unsafe fn usable(content: *const u8) -> usize {
    // SAFETY: the caller guarantees that a block's header precedes it.
    unsafe { *((content as usize - HEADER) as *const usize) - HEADER }
}

/// Makes a block longer or shorter, where it lies or elsewhere.
///
/// # Safety
/// As for `release`, unless null is returned.
pub(crate) unsafe fn reallocate(content: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: the caller guarantees the same.
    let has = unsafe { usable(content) };
    if size <= has && (has <= FINE || size > has / 2) {
        return content;
    }
    if size > has && size < isize::MAX as usize - UNIT {
        let block = content as usize - HEADER;
        if with(|heap| heap.extend(block, has + HEADER, size + HEADER)) {
            return content;
        }
    }
    let moved = allocate(size);
    if !moved.is_null() {
        // SAFETY: both are at least that long, and the new block is not the old one.
        unsafe {
            ptr::copy_nonoverlapping(content, moved, has.min(size));
            release(content);
        }
    }
    moved
}

/// Carves blocks from these bytes from now on, before freed blocks are looked for, until they are used up. `None` ends this.
///
/// # Safety
/// The bytes must not be used otherwise, now or later.
pub(crate) unsafe fn use_fresh(bytes: Option<(*mut u8, usize)>) {
    // A block's content is aligned, and its header lies in front of that.
    let range = bytes.map_or((0, 0), |(start, len)| ((start as usize).next_multiple_of(UNIT) + UNIT - HEADER, start as usize + len));
    with(|heap| (heap.fresh, heap.fresh_end) = range);
}
