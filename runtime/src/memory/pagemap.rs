//! Asks the kernel which pages of a mapping are private to this process: those that were written since they were mapped.
//!
//! Linux 6.7 has an ioctl on `/proc/self/pagemap` for this; in older kernels the file itself has the answer, eight bytes for each page. The
//! question includes pages that are not present: a written page may be swapped out, or the kernel may be moving it (which needs no swap: it
//! makes room for large pages). A question for present pages only would leave such a page with its content to the next user of the memory.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};
use rustix::param::page_size;

/// How the written pages of a JavaScript hook's memory may be found after each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PagemapUse {
    /// Not at all: all pages are given back to the kernel.
    None,
    /// By reading the state of each page.
    Read,
    /// By the ioctl, which answers with the written pages.
    Scan,
}

/// How the kernel is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Scan,
    Read,
}

impl Way {
    /// The setting that allows this way.
    pub(crate) fn needs(self) -> PagemapUse {
        match self {
            Self::Scan => PagemapUse::Scan,
            Self::Read => PagemapUse::Read,
        }
    }
}

/// The pagemap file of this process, and how it is asked.
#[derive(Debug)]
pub(crate) struct Pagemap {
    file: File,
    way: Way,
}

/// Bytes of the file for each page. Three bits of them are read.
const ENTRY: usize = 8;
const IS_PRESENT: u64 = 1 << 63;
const IS_SWAPPED: u64 = 1 << 62;
const IS_FILE: u64 = 1 << 61;
/// Entries that are read from the file at a time.
const ENTRIES_PER_READ: usize = 1024;
/// Entries that are looked at together.
const ENTRIES_PER_LOOK: usize = 16;

/// Kinds of pages, as the kernel numbers them.
const FILE: u64 = 1 << 2;
const PRESENT: u64 = 1 << 3;
const SWAPPED: u64 = 1 << 4;

/// Ranges that one ioctl answers with at most. Where there are more, the next one continues from there.
const MAX_RANGES: usize = 64;

/// What the kernel writes for each range: its bounds, and kinds of pages that the question does not ask for.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Answer {
    start: u64,
    end: u64,
    kinds: u64,
}

/// The argument of the ioctl (`struct pm_scan_arg`).
#[derive(Default)]
#[repr(C)]
struct Question {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walked_to: u64,
    answers: u64,
    answers_len: u64,
    max_pages: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    returned: u64,
}

/// An entry of the file as a number.
fn number(entry: &[u8]) -> u64 {
    entry.try_into().map_or(0, u64::from_ne_bytes)
}

/// An argument with the buffer for its answers.
struct Scan<'a> {
    question: Question,
    answers: &'a mut [Answer; MAX_RANGES],
}

// SAFETY: the opcode is that of a read-write ioctl on the argument that `as_ptr` gives, which has the kernel's layout. The kernel writes
// to it, and at most `answers_len` items to `answers`, which `Scan` borrows for as long as it lives.
#[allow(unsafe_code, reason = "an ioctl is described by hand; what makes it sound stands above")]
unsafe impl Ioctl for Scan<'_> {
    /// How many answers there are, and the address up to which the kernel looked.
    type Output = (usize, usize);

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        opcode::read_write::<Question>(b'f', 16)
    }

    fn as_ptr(&mut self) -> *mut c_void {
        self.question.answers = self.answers.as_mut_ptr().expose_provenance() as u64;
        (&raw mut self.question).cast()
    }

    unsafe fn output_from_ptr(count: IoctlOutput, question: *mut c_void) -> rustix::io::Result<Self::Output> {
        // SAFETY: it is the pointer that `as_ptr` gave.
        let walked_to = unsafe { (*question.cast::<Question>()).walked_to };
        Ok((usize::try_from(count).unwrap_or(0), walked_to as usize))
    }
}

impl Pagemap {
    /// Opens the file for the best way that is allowed and that the kernel has. The text says why a better way is not used.
    pub(crate) fn open(most: PagemapUse) -> (Option<Self>, Option<String>) {
        let mut why = None;
        for way in [Way::Scan, Way::Read] {
            if way.needs() > most {
                why = Some("it is switched off".to_owned());
                continue;
            }
            match Self::open_for(way) {
                Ok(pagemap) => return (Some(pagemap), why),
                Err(error) => why = Some(format!("the kernel cannot be asked: {error}")),
            }
        }
        (None, why)
    }

    /// Opens the file for one way.
    ///
    /// # Errors
    /// When `/proc` is not mounted or the kernel does not have this way.
    pub(crate) fn open_for(way: Way) -> io::Result<Self> {
        let map = Self { file: File::open("/proc/self/pagemap")?, way };
        let page_size = page_size();
        let probe = &raw const map as usize & !(page_size - 1);
        map.written(probe..probe + page_size, |_| true)?;
        Ok(map)
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// Calls `each` with every range of written pages in `within`, in ascending order, until it returns `false`. The bounds are addresses of
    /// pages.
    pub(crate) fn written(&self, within: Range<usize>, each: impl FnMut(Range<usize>) -> bool) -> io::Result<()> {
        match self.way {
            Way::Scan => self.scan(within, each),
            Way::Read => self.read(within, each),
        }
    }

    fn scan(&self, within: Range<usize>, mut each: impl FnMut(Range<usize>) -> bool) -> io::Result<()> {
        let mut from = within.start;
        let mut answers = [Answer::default(); MAX_RANGES];
        loop {
            let (count, walked_to) = self.ask(from..within.end, &mut answers)?;
            for answer in answers.iter().take(count) {
                if !each(answer.start as usize..answer.end as usize) {
                    return Ok(());
                }
            }
            if walked_to >= within.end {
                return Ok(());
            }
            if walked_to <= from {
                return Err(io::Error::other("the kernel's scan of our pages stands still"));
            }
            from = walked_to;
        }
    }

    fn read(&self, within: Range<usize>, mut each: impl FnMut(Range<usize>) -> bool) -> io::Result<()> {
        let page_size = page_size();
        let mut entries = [0; ENTRIES_PER_READ * ENTRY];
        let mut from = within.start;
        let mut run: Option<Range<usize>> = None;
        while from < within.end {
            let wanted = ((within.end - from) / page_size).min(ENTRIES_PER_READ);
            let part = entries.get_mut(..wanted * ENTRY).unwrap_or_default();
            self.file.read_exact_at(part, (from / page_size * ENTRY) as u64)?;
            for (look, entries) in part.chunks(ENTRIES_PER_LOOK * ENTRY).enumerate() {
                // Most are neither, and are passed over together.
                if entries.chunks_exact(ENTRY).fold(0, |all, entry| all | number(entry)) & (IS_PRESENT | IS_SWAPPED) == 0 {
                    continue;
                }
                for (page, entry) in entries.chunks_exact(ENTRY).enumerate() {
                    let entry = number(entry);
                    if entry & (IS_PRESENT | IS_SWAPPED) == 0 || entry & IS_FILE != 0 {
                        continue;
                    }
                    let at = from + (look * ENTRIES_PER_LOOK + page) * page_size;
                    match &mut run {
                        Some(run) if run.end == at => run.end = at + page_size,
                        _ => {
                            if run.replace(at..at + page_size).is_some_and(|run| !each(run)) {
                                return Ok(());
                            }
                        }
                    }
                }
            }
            from += wanted * page_size;
        }
        run.map(each);
        Ok(())
    }

    #[allow(unsafe_code, reason = "an ioctl; what makes it sound stands below")]
    fn ask(&self, within: Range<usize>, answers: &mut [Answer; MAX_RANGES]) -> io::Result<(usize, usize)> {
        let question = Question {
            size: size_of::<Question>() as u64,
            start: within.start as u64,
            end: within.end as u64,
            answers_len: MAX_RANGES as u64,
            // Pages that are not the file's own. The kernel's page of zeros is among them: memory merging (KSM) can put it in the place of a
            // page that a guest filled with zeros, while a page that was only read is the file's.
            inverted: FILE,
            all_of: FILE,
            any_of: PRESENT | SWAPPED,
            ..Question::default()
        };
        // SAFETY: the file is a pagemap, and `Scan` says what the kernel reads and writes.
        Ok(unsafe { ioctl(&self.file, Scan { question, answers }) }?)
    }
}
