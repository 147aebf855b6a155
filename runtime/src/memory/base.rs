//! The content that memories begin with: parts of files in memory that slots map, so that they share the pages they only read.
//!
//! ```text
//! the engine's base   | one file, all of it                                 |
//! a hook's own base   | the engine's |  own  | the engine's | own |   room   |
//! ```
//!
//! A base of a hook's own holds what the hook changed, in whole pages, and nothing else: the rest is mapped from the base below it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::ptr::NonNull;
use std::sync::Arc;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use rustix::param::page_size;
use sha2::{Digest, Sha256};

/// Bytes of a WebAssembly page, which is a multiple of the kernel's page on every platform.
const WASM_PAGE: usize = 64 << 10;

/// Bytes that one page table spans.
const PAGE_TABLE: usize = 2 << 20;

/// Bytes behind the content of a hook's own base that executions find there already, so that they seldom have to grow their memory.
const ROOM: usize = 8 * WASM_PAGE;

/// The most ranges of a hook's own base that are mapped one by one. Where there are more, the nearest are joined.
const MAX_RANGES: usize = 32;

/// The content that memories begin with: one or more whole WebAssembly pages.
#[derive(Debug)]
pub(crate) struct Base {
    /// From the bottom up: a part lies over those before it.
    parts: Vec<Part>,
    view: View,
    fingerprint: [u8; 32],
    /// Bytes of files that this base has for itself.
    own: usize,
    /// Whether it lies over another.
    is_upper: bool,
    /// See [`Base::deep`].
    deep: usize,
}

/// A part of a memory, and where its bytes are.
#[derive(Clone, Debug)]
struct Part {
    at: Range<usize>,
    /// Sealed against every later write.
    file: Arc<OwnedFd>,
    offset: u64,
}

impl Base {
    /// # Errors
    /// When the length is no multiple of a WebAssembly page, or the kernel refuses the file.
    pub(crate) fn new(bytes: &[u8]) -> io::Result<Self> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(WASM_PAGE) {
            return Err(io::Error::other("a memory does not begin with this many bytes"));
        }
        let all = std::iter::once(0..bytes.len()).collect();
        Self::of_parts(sealed(bytes, all)?, Sha256::digest(bytes).into(), false)
    }

    /// The base of a memory that began with `below` and is as long or longer, with room behind it.
    ///
    /// # Errors
    /// As [`Base::new`].
    pub(crate) fn over(below: &Self, memory: &[u8]) -> io::Result<Self> {
        if memory.len() < below.len() || !memory.len().is_multiple_of(WASM_PAGE) {
            return Err(io::Error::other("a memory is not this much shorter than it began"));
        }
        let mut ranges = changed(below.bytes(), memory);
        let behind = memory.len()..memory.len() + ROOM;
        let mut hash = Sha256::new();
        hash.update(below.fingerprint);
        for range in &ranges {
            hash.update((range.start as u64).to_le_bytes());
            hash.update(memory.get(range.clone()).unwrap_or_default());
        }
        hash.update((memory.len() as u64).to_le_bytes());
        ranges.push(behind);
        let mut parts = below.parts.clone();
        parts.extend(sealed(memory, ranges)?);
        Self::of_parts(parts, hash.finalize().into(), true)
    }

    fn of_parts(parts: Vec<Part>, fingerprint: [u8; 32], is_upper: bool) -> io::Result<Self> {
        let view = View::of(&parts)?;
        let own =
            parts.last().map_or(0, |last| parts.iter().filter(|part| Arc::ptr_eq(&part.file, &last.file)).map(|part| part.at.len()).sum());
        let empty = |part: &&[u8]| part.len() == PAGE_TABLE && part.iter().all(|byte| *byte == 0);
        let deep = view.bytes().chunks(PAGE_TABLE).take_while(empty).count() * PAGE_TABLE;
        Ok(Self { parts, view, fingerprint, own, is_upper, deep })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.view.bytes()
    }

    pub(crate) fn len(&self) -> usize {
        self.view.len
    }

    /// Bytes that it takes beside the base below it.
    pub(crate) fn own_len(&self) -> usize {
        self.own
    }

    /// Whether it is a hook's own, over another base.
    pub(super) fn is_upper(&self) -> bool {
        self.is_upper
    }

    /// How long the deep end of the engine's stack is, with which a memory begins: nothing is in it, and hardly anybody gets there.
    pub(super) fn deep(&self) -> usize {
        self.deep
    }

    /// Tells bases apart: two boots of one engine differ, because each draws a hash seed.
    pub(crate) fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// Lays the content over the beginning of a mapping, private to it.
    ///
    /// # Errors
    /// When the kernel refuses.
    ///
    /// # Safety
    /// From `start` on there is a mapping of at least this base's length that nothing refers to.
    #[allow(unsafe_code, reason = "memory is mapped by address")]
    pub(super) unsafe fn map(&self, start: NonNull<u8>) -> io::Result<()> {
        // SAFETY: as the caller promises.
        unsafe { lay(&self.parts, start, ProtFlags::READ | ProtFlags::WRITE) }
    }
}

/// The ranges in which a memory differs from the base below it followed by zeros, in whole pages and no more than [`MAX_RANGES`].
fn changed(below: &[u8], memory: &[u8]) -> Vec<Range<usize>> {
    let page = page_size();
    let zeros = vec![0; page];
    let changed = memory.chunks(page).enumerate().filter_map(|(index, bytes)| {
        let at = index * page..index * page + bytes.len();
        (bytes != below.get(at.clone()).unwrap_or(zeros.get(..bytes.len())?)).then_some(at)
    });
    let mut ranges: Vec<Range<usize>> = changed.collect();
    // What lies behind the base below has to come from somewhere, zeros too.
    if memory.len() > below.len() {
        ranges.retain(|range| range.start < below.len());
        ranges.push(below.len()..memory.len());
    }
    let mut gap = 0;
    loop {
        ranges.dedup_by(|next, range| {
            let joined = next.start - range.end <= gap;
            if joined {
                range.end = next.end;
            }
            joined
        });
        if ranges.len() <= MAX_RANGES {
            return ranges;
        }
        gap = (gap * 2).max(page);
    }
}

/// A sealed file with these ranges of a memory, one after the other; what lies behind the memory is zeros. Pages of zeros take no memory.
fn sealed(memory: &[u8], ranges: Vec<Range<usize>>) -> io::Result<Vec<Part>> {
    let file = File::from(memfd_create("hookbox-base", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    let total: usize = ranges.iter().map(|range| range.len()).sum();
    ftruncate(&file, total as u64)?;
    let (mut offset, mut parts) = (0, Vec::new());
    for at in ranges {
        let bytes = memory.get(at.clone()).unwrap_or_default();
        for (index, page) in bytes.chunks(page_size()).enumerate() {
            if page.iter().any(|byte| *byte != 0) {
                file.write_all_at(page, offset + (index * page_size()) as u64)?;
            }
        }
        parts.push((at.clone(), offset));
        offset += at.len() as u64;
    }
    fcntl_add_seals(&file, SealFlags::GROW | SealFlags::SHRINK | SealFlags::WRITE | SealFlags::SEAL)?;
    let file = Arc::new(OwnedFd::from(file));
    Ok(parts.into_iter().map(|(at, offset)| Part { at, file: file.clone(), offset }).collect())
}

/// Maps parts over each other, private to the mapping.
///
/// # Safety
/// From `start` on there is a mapping as long as the parts that nothing refers to.
#[allow(unsafe_code, reason = "memory is mapped by address")]
unsafe fn lay(parts: &[Part], start: NonNull<u8>, access: ProtFlags) -> io::Result<()> {
    for part in parts {
        // SAFETY: it replaces a part of the mapping, which nothing refers to.
        unsafe {
            let at = start.as_ptr().add(part.at.start).cast();
            mmap(at, part.at.len(), access, MapFlags::PRIVATE | MapFlags::FIXED, part.file.as_ref(), part.offset)?;
        }
    }
    Ok(())
}

/// The content where this process reads it.
#[derive(Debug)]
struct View {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: it owns the mapping that it points to, which is only ever read.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to the view")]
unsafe impl Send for View {}
// SAFETY: as above.
#[allow(unsafe_code, reason = "the pointer is to a mapping that belongs to the view")]
unsafe impl Sync for View {}

#[allow(unsafe_code, reason = "memory is mapped by address; each place says why it may be")]
impl View {
    fn of(parts: &[Part]) -> io::Result<Self> {
        let len = parts.iter().map(|part| part.at.end).max().unwrap_or(0);
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping, at a place that the kernel chooses.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), len, ProtFlags::empty(), flags) }?;
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("the kernel mapped memory at address 0"))?;
        let view = Self { start, len };
        // SAFETY: the mapping was just made, and is as long as the parts.
        unsafe { lay(parts, start, ProtFlags::READ) }?;
        Ok(view)
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the parts cover the mapping, which stays as long as the view, and their files are sealed against writes.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

#[allow(unsafe_code, reason = "the mapping ends with the view")]
impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: the mapping belongs to the view, and nothing refers to it any more.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok());
    }
}
