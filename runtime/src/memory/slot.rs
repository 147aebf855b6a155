//! One linear memory that serves one execution after another: its mapping, which part of it is accessible, and its reset.
//!
//! ```text
//! start          base.len()          accessible                                  RESERVED + GUARD
//!   | the base,      | what the guest     | inaccessible, so that a wild             |
//!   | copy-on-write  | grew by: zeros     | access traps                             |
//! ```

use std::io;
use std::ptr::NonNull;
use std::sync::Arc;

use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};
use rustix::param::page_size;

use super::pagemap::Way;
use super::singly::Singly;
use super::{Base, Pagemap};

/// Address space of one memory, in bytes: all that 32 bits can address, so that no access needs a check.
pub(crate) const RESERVED: usize = 4 << 30;
/// Inaccessible bytes behind that, for the constant offset that an access may add.
pub(crate) const GUARD: usize = 32 << 20;

/// The most private pages that a reset writes over; where there are more, it gives all back to the kernel. Writing a page costs a fifth of
/// faulting it in again.
const MAX_REWRITTEN_PAGES: usize = 256;

/// Private pages that a reset writes over without comparing them first. So many pages that the last use did not write may also stay private.
const UNCOMPARED_PAGES: usize = 24;

/// Uses in a row that left more private pages unwritten than that, after which a reset gives all pages back to the kernel.
const MAX_WASTEFUL_USES: u32 = 16;

/// Uses after which a reset gives all pages back to the kernel: until then, every scan looks at each page that was read once.
const MAX_USES: u32 = 4096;

/// How much is given back to the kernel at a time, in bytes. Meanwhile no other thread of the process may change its mappings.
const PIECE: usize = 1 << 20;

/// A slot. While it is idle, nothing else refers to its memory.
#[derive(Debug)]
pub(crate) struct Slot {
    start: NonNull<u8>,
    base: Arc<Base>,
    /// Bytes from the start that are accessible: the base's length or more.
    accessible: usize,
    /// Uses in a row after which many private pages still had the base's content.
    wasteful_uses: u32,
    /// Uses since all pages were given back.
    uses: u32,
}

// SAFETY: it owns the mapping that it points to.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to the slot")]
unsafe impl Send for Slot {}
// SAFETY: through a shared reference only the address and the length can be read.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to the slot")]
unsafe impl Sync for Slot {}

#[allow(unsafe_code, reason = "memory is mapped and written by address; each place says why it may be")]
impl Slot {
    /// Maps a new slot with the base's content.
    pub(crate) fn new(base: Arc<Base>, singly: Option<&Singly>) -> io::Result<Self> {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping, at a place that the kernel chooses.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), RESERVED + GUARD, ProtFlags::empty(), flags) }?;
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("the kernel mapped memory at address 0"))?;
        let slot = Self { start, accessible: base.len(), base, wasteful_uses: 0, uses: 0 };
        // SAFETY: it is the beginning of the mapping just made, which nothing refers to yet; the base is no longer than that.
        unsafe { slot.base.map(start) }?;
        if let Some(singly) = singly {
            let start = start.as_ptr().expose_provenance();
            // Without it all is the same but slower.
            singly.map(start..start + slot.base.len()).unwrap_or_default();
        }
        Ok(slot)
    }

    pub(crate) fn base(&self) -> &Arc<Base> {
        &self.base
    }

    pub(crate) fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Makes at least `len` bytes accessible.
    pub(crate) fn grow_to(&mut self, len: usize) -> io::Result<()> {
        if len <= self.accessible {
            return Ok(());
        }
        if len > RESERVED || !len.is_multiple_of(page_size()) {
            return Err(io::Error::other("a memory cannot have this size"));
        }
        // SAFETY: the range is within the mapping, and follows what is accessible.
        unsafe { mprotect(self.start().add(self.accessible).cast(), len - self.accessible, MprotectFlags::READ | MprotectFlags::WRITE) }?;
        self.accessible = len;
        Ok(())
    }

    /// Brings back the base's content and size, whatever a guest wrote and however it ended.
    ///
    /// # Errors
    /// When the kernel refuses. The slot must then not be used again.
    pub(crate) fn reset(&mut self, pagemap: Option<&Pagemap>) -> io::Result<()> {
        self.take_back_growth()?;
        self.uses += 1;
        let restored = match pagemap {
            Some(pagemap) if self.uses < MAX_USES => self.restore_written(pagemap)?,
            _ => false,
        };
        if !restored {
            // SAFETY: the range is mapped, and nothing refers to it while the slot is borrowed here. The next access finds the file's content.
            unsafe { madvise(self.start().cast(), self.base.len(), Advice::LinuxDontNeed) }?;
            (self.wasteful_uses, self.uses) = (0, 0);
        }
        Ok(())
    }

    /// Replaces the part that a guest grew into by new, inaccessible memory.
    fn take_back_growth(&mut self) -> io::Result<()> {
        let (from, len) = (self.base.len(), self.accessible - self.base.len());
        if len > 0 {
            // Replacing it gives its pages back, too, but all of them in one step.
            for piece in (from + PIECE..self.accessible).step_by(PIECE) {
                // SAFETY: the range is within the mapping, and nothing refers to it.
                unsafe { madvise(self.start().add(piece - PIECE).cast(), PIECE, Advice::LinuxDontNeed) }?;
            }
            let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
            // SAFETY: the range is within the mapping, and nothing refers to it.
            unsafe { mmap_anonymous(self.start().add(from).cast(), len, ProtFlags::empty(), flags) }?;
            self.accessible = from;
        }
        Ok(())
    }

    /// Writes the base over every private page. Returns `false` where giving all pages back is cheaper: there are too many private pages, or
    /// too many of them were not written in many uses.
    fn restore_written(&mut self, pagemap: &Pagemap) -> io::Result<bool> {
        let page_size = page_size();
        let start = self.start().expose_provenance();
        let (base, memory) = (self.base.bytes(), self.start());
        let (mut pages, mut unchanged, mut outside) = (0, 0, false);
        // A scan passes over pages that were never touched. Reading does not: there it costs less to give them back, touched or not.
        let deep = if pagemap.way() == Way::Read { self.base.deep() } else { 0 };
        if deep > 0 {
            // SAFETY: as in `reset`; it is a part of the base.
            unsafe { madvise(memory.cast(), deep, Advice::LinuxDontNeed) }?;
        }
        pagemap.written(start + deep..start + base.len(), |written| {
            pages += written.len() / page_size;
            if pages > MAX_REWRITTEN_PAGES {
                return false;
            }
            let at = written.start.wrapping_sub(start);
            let Some(content) = base.get(at..at.wrapping_add(written.len())) else {
                outside = true;
                return false;
            };
            // SAFETY: the range is as long as this part of the base and within the accessible mapping; the slot is borrowed exclusively.
            let range = unsafe { std::slice::from_raw_parts_mut(memory.add(at), content.len()) };
            if pages <= UNCOMPARED_PAGES {
                range.copy_from_slice(content);
                return true;
            }
            for (page, content) in range.chunks_exact_mut(page_size).zip(content.chunks_exact(page_size)) {
                if page == content {
                    unchanged += 1;
                } else {
                    page.copy_from_slice(content);
                }
            }
            true
        })?;
        self.wasteful_uses = if unchanged > UNCOMPARED_PAGES { self.wasteful_uses + 1 } else { 0 };
        match outside {
            true => Err(io::Error::other("the kernel's scan answered with pages that were not asked for")),
            false => Ok(pages <= MAX_REWRITTEN_PAGES && self.wasteful_uses < MAX_WASTEFUL_USES),
        }
    }
}

#[allow(unsafe_code, reason = "the slot's mapping ends with it")]
impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: the mapping belongs to the slot, and nothing refers to it once the slot is dropped.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), RESERVED + GUARD) };
        debug_assert!(unmapped.is_ok());
    }
}
