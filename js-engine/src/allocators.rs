//! The heap behind Rust's and QuickJS's allocator interfaces.

use std::alloc::{GlobalAlloc, Layout};
use std::ptr;

use rquickjs::allocator::Allocator;

use crate::heap::{allocate, reallocate, release, usable};

struct Rust;

#[global_allocator]
static RUST: Rust = Rust;

// SAFETY: blocks are disjoint and aligned to 8; a larger alignment is made by hand, with the block's address in front.
unsafe impl GlobalAlloc for Rust {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= 8 {
            return allocate(layout.size());
        }
        let content = allocate(layout.size() + layout.align());
        if content.is_null() {
            return content;
        }
        let aligned = (content as usize + 4).next_multiple_of(layout.align());
        // SAFETY: content is 8-aligned, so at least 4 bytes lie between it and the aligned address.
        unsafe { *((aligned - 4) as *mut usize) = content as usize };
        aligned as *mut u8
    }

    unsafe fn dealloc(&self, content: *mut u8, layout: Layout) {
        // SAFETY: the caller hands back what `alloc` gave for the same layout.
        unsafe {
            if layout.align() <= 8 {
                release(content);
            } else {
                release(*((content as usize - 4) as *const usize) as *mut u8);
            }
        }
    }

    unsafe fn realloc(&self, content: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller hands over what `alloc` gave for the same layout.
        unsafe {
            if layout.align() <= 8 {
                return reallocate(content, size);
            }
            let Ok(layout_after) = Layout::from_size_align(size, layout.align()) else { return ptr::null_mut() };
            let moved = self.alloc(layout_after);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(content, moved, layout.size().min(size));
                self.dealloc(content, layout);
            }
            moved
        }
    }
}

/// The heap as QuickJS's allocator.
pub(crate) struct ForQuickJs;

// SAFETY: as for `Rust`; QuickJS needs no alignment above 8.
unsafe impl Allocator for ForQuickJs {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        allocate(size)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        let Some(size) = count.checked_mul(size) else { return ptr::null_mut() };
        let content = allocate(size);
        if !content.is_null() {
            // SAFETY: the block was just made with that length.
            unsafe { ptr::write_bytes(content, 0, size) };
        }
        content
    }

    unsafe fn dealloc(&mut self, content: *mut u8) {
        // SAFETY: the caller guarantees the same.
        unsafe { release(content) };
    }

    unsafe fn realloc(&mut self, content: *mut u8, size: usize) -> *mut u8 {
        if content.is_null() {
            return allocate(size);
        }
        // SAFETY: the caller guarantees the same.
        unsafe { reallocate(content, size) }
    }

    unsafe fn usable_size(content: *mut u8) -> usize {
        // SAFETY: the caller guarantees the same.
        unsafe { usable(content) }
    }
}
