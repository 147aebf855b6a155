//! One linear memory that is used again and again: what is mapped, what of it may be touched, and how it gets back to where it began.
//!
//! ```text
//! start          base.len()          accessible                                  RESERVED + GUARD
//!   | the base,      | what the guest     | neither to be read nor written,          |
//!   | copy-on-write  | grew by: zeros     | so that a wild access is a trap          |
//! ```

use std::io;
use std::ptr::NonNull;
use std::sync::Arc;

use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap, mmap_anonymous, mprotect, munmap};

use super::pagemap::Way;
use super::singly::Singly;
use super::{Base, Pagemap};

/// Address space of one memory: all that 32 bits can address, so that no access needs a check.
pub(crate) const RESERVED: usize = 4 << 30;
/// What follows it, for the constant offset that an access may add.
pub(crate) const GUARD: usize = 32 << 20;

/// Pages that are written back rather than given back. Writing one costs a fifth of what it costs to fault it in again.
const MOST_KEPT: usize = 256;

/// As many of them are written back without asking whether this use has written them, and as many may be kept for nothing.
const FEW: usize = 24;

/// Uses in a row that keep more for nothing, after which all are given back.
const PATIENCE: u32 = 16;

/// Uses after which all is given back: pages that were read once are looked at by every scan until then.
const USES: u32 = 4096;

const PAGE: usize = 4 << 10;

/// A slot. Nobody else knows its memory while it is idle.
#[derive(Debug)]
pub(crate) struct Slot {
    start: NonNull<u8>,
    base: Arc<Base>,
    /// Bytes from the start that may be touched. At least the base's.
    accessible: usize,
    /// Uses in a row that left many of the pages that are kept as they were.
    lean: u32,
    /// Uses since all was given back.
    uses: u32,
}

// SAFETY: it owns the mapping that it points to.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to the slot")]
unsafe impl Send for Slot {}
// SAFETY: a shared slot gives away its address and length only.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to the slot")]
unsafe impl Sync for Slot {}

#[allow(unsafe_code, reason = "memory is mapped and written by address; each place says why it may be")]
impl Slot {
    /// Maps a new one. Its content is the base's.
    pub(crate) fn new(base: Arc<Base>, singly: Option<&Singly>) -> io::Result<Self> {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping, at a place that the kernel chooses.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), RESERVED + GUARD, ProtFlags::empty(), flags) }?;
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("the kernel mapped memory at address 0"))?;
        let slot = Self { start, accessible: base.len(), base, lean: 0, uses: 0 };
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: it replaces the beginning of the mapping just made, which nobody has seen; the base is no longer than that.
        unsafe { mmap(start.as_ptr().cast(), slot.base.len(), access, MapFlags::PRIVATE | MapFlags::FIXED, slot.base.file(), 0) }?;
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

    /// Makes `len` bytes accessible, if they are not yet.
    pub(crate) fn grow_to(&mut self, len: usize) -> io::Result<()> {
        if len <= self.accessible {
            return Ok(());
        }
        if len > RESERVED || !len.is_multiple_of(PAGE) {
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
    /// The slot is then of no more use.
    pub(crate) fn reset(&mut self, pagemap: Option<&Pagemap>) -> io::Result<()> {
        self.take_back_growth()?;
        self.uses += 1;
        let restored = match pagemap {
            Some(pagemap) if self.uses < USES => self.restore_written(pagemap)?,
            _ => false,
        };
        if !restored {
            // SAFETY: the range is mapped, and nobody refers to it: the slot is ours alone. The next access finds the file's content.
            unsafe { madvise(self.start().cast(), self.base.len(), Advice::LinuxDontNeed) }?;
            (self.lean, self.uses) = (0, 0);
        }
        Ok(())
    }

    /// Replaces what was grown into by untouched, inaccessible memory.
    fn take_back_growth(&mut self) -> io::Result<()> {
        let (from, len) = (self.base.len(), self.accessible - self.base.len());
        if len > 0 {
            let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
            // SAFETY: the range is within the mapping, and nobody refers to it.
            unsafe { mmap_anonymous(self.start().add(from).cast(), len, ProtFlags::empty(), flags) }?;
            self.accessible = from;
        }
        Ok(())
    }

    /// Writes the base over every page that was written. Answers `false` where they are too many, or are kept for nothing.
    fn restore_written(&mut self, pagemap: &Pagemap) -> io::Result<bool> {
        let start = self.start().expose_provenance();
        let (base, memory) = (self.base.bytes(), self.start());
        let (mut pages, mut unchanged, mut outside) = (0, 0, false);
        // A scan passes over what was never touched. Reading does not: giving that back, touched or not, costs less.
        let deep = if pagemap.way() == Way::Read { self.base.deep() } else { 0 };
        if deep > 0 {
            // SAFETY: as in `reset`; it is a part of the base.
            unsafe { madvise(memory.cast(), deep, Advice::LinuxDontNeed) }?;
        }
        pagemap.written(start + deep..start + base.len(), |written| {
            pages += written.len() / PAGE;
            if pages > MOST_KEPT {
                return false;
            }
            let at = written.start.wrapping_sub(start);
            let Some(content) = base.get(at..at.wrapping_add(written.len())) else {
                outside = true;
                return false;
            };
            // SAFETY: the range is as long as the base's part and within the accessible mapping; the slot is ours alone.
            let range = unsafe { std::slice::from_raw_parts_mut(memory.add(at), content.len()) };
            if pages <= FEW {
                range.copy_from_slice(content);
                return true;
            }
            for (page, content) in range.chunks_exact_mut(PAGE).zip(content.chunks_exact(PAGE)) {
                if page == content {
                    unchanged += 1;
                } else {
                    page.copy_from_slice(content);
                }
            }
            true
        })?;
        self.lean = if unchanged > FEW { self.lean + 1 } else { 0 };
        match outside {
            true => Err(io::Error::other("the kernel's scan answered with pages that were not asked for")),
            false => Ok(pages <= MOST_KEPT && self.lean < PATIENCE),
        }
    }
}

#[allow(unsafe_code, reason = "the slot's mapping ends with it")]
impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: the mapping is the slot's own, and whoever could use it has given it back.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), RESERVED + GUARD) };
        debug_assert!(unmapped.is_ok());
    }
}
