//! Room in which everything that is allocated for a while lies side by side: while a source is loaded, so that its image is on few pages,
//! and while a function is called, so that the call writes to few. Both would otherwise fill holes all over the heap.

use std::ptr;

use crate::heap;

unsafe extern "C" {
    fn JS_SetNursery(start: *mut u8, len: usize, cleared: bool);
    fn JS_GetNursery() -> usize;
}

/// QuickJS's own arenas, and so the nursery, have blocks up to this size.
const LARGEST_SMALL: usize = 512;

/// The room, until it is entered.
pub(crate) struct Nursery {
    start: *mut u8,
    /// Bytes for the small blocks of QuickJS's, and for all others.
    small: usize,
    others: usize,
}

impl Nursery {
    /// Sets the room aside. Without memory there is none, and blocks lie where they may.
    pub(crate) fn reserve(small: usize, others: usize) -> Option<Self> {
        let start = heap::allocate(small + others);
        (!start.is_null()).then_some(Self { start, small, others })
    }

    /// Has blocks lie in it from now on; with `cleared`, nothing is left there of small ones that are freed.
    pub(crate) fn enter(self, cleared: bool) {
        // SAFETY: the bytes are reserved for this permanently, and were not used before.
        unsafe {
            JS_SetNursery(self.start, self.small, cleared);
            heap::use_fresh(Some((self.start.add(self.small), self.others)));
        }
    }

    /// Has blocks lie where they may, and says whether there was room for all small ones until now.
    pub(crate) fn leave() -> bool {
        // SAFETY: without a region there are no bytes that would have to be unused.
        unsafe {
            let left = JS_GetNursery();
            JS_SetNursery(ptr::null_mut(), 0, false);
            heap::use_fresh(None);
            left >= LARGEST_SMALL
        }
    }
}
