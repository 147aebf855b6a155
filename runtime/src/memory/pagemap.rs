//! Asks the kernel which pages of a mapping are private to this process: those that were written since they were mapped.
//!
//! One ioctl of Linux 6.7 on `/proc/self/pagemap`, of which only the answer is used; older kernels have the same in that file, as eight
//! bytes for each page. A page that is swapped out, or that the kernel is
//! just moving to another place (which it does without any swap, to make room for large pages), is not present and was written all the
//! same: it is asked for too. Whoever asks for present pages only leaves such a page as it is, to the next one who gets the memory.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};

/// What the kernel may be asked about the memories of JavaScript hooks after each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PagemapUse {
    /// Nothing: memories are given back as a whole.
    None,
    /// The state of each page.
    Read,
    /// Which pages were written.
    Scan,
}

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Scan,
    Read,
}

impl Way {
    /// What has to be allowed for it.
    pub(crate) fn needs(self) -> PagemapUse {
        match self {
            Self::Scan => PagemapUse::Scan,
            Self::Read => PagemapUse::Read,
        }
    }
}

/// The file to ask.
#[derive(Debug)]
pub(crate) struct Pagemap {
    file: File,
    way: Way,
}

const PAGE: usize = 4 << 10;

/// Bytes of the file for each page, and what some of their bits say.
const ENTRY: usize = 8;
const IS_PRESENT: u64 = 1 << 63;
const IS_SWAPPED: u64 = 1 << 62;
const IS_FILE: u64 = 1 << 61;
/// Pages that are read at a time, and those that are looked at together.
const PAGES: usize = 1024;
const FEW: usize = 16;

/// Kinds of pages, as the kernel numbers them.
const FILE: u64 = 1 << 2;
const PRESENT: u64 = 1 << 3;
const SWAPPED: u64 = 1 << 4;
const ZERO: u64 = 1 << 5;

/// Ranges that one call can answer with. Where there are more, another call goes on from there.
const RANGES: usize = 64;

/// What the kernel writes for each range: its bounds, and kinds that we do not ask for.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Answer {
    start: u64,
    end: u64,
    kinds: u64,
}

/// The question, as the kernel lays it out.
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

/// An entry of the file.
fn number(entry: &[u8]) -> u64 {
    entry.try_into().map_or(0, u64::from_ne_bytes)
}

/// A question with room for its answers.
struct Scan<'a> {
    question: Question,
    answers: &'a mut [Answer; RANGES],
}

// SAFETY: the opcode is that of a read-write ioctl on the argument that `as_ptr` gives, which has the kernel's layout. The kernel writes
// to it, and at most `answers_len` items to `answers`, which `Scan` borrows for as long as it lives.
#[allow(unsafe_code, reason = "an ioctl is described by hand; what makes it sound stands above")]
unsafe impl Ioctl for Scan<'_> {
    /// How many answers there are, and up to where the kernel looked.
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
    /// Opens it, to be used in the best way that is allowed and that this machine knows; and why that is not the best of all.
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

    /// Opens it for one way.
    ///
    /// # Errors
    /// Where `/proc` is not there or the kernel does not know the question.
    pub(crate) fn open_for(way: Way) -> io::Result<Self> {
        let map = Self { file: File::open("/proc/self/pagemap")?, way };
        let probe = &raw const map as usize & !(PAGE - 1);
        map.written(probe..probe + PAGE, |_| true)?;
        Ok(map)
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// Calls `each` with every range of written pages within `within`, in order, until it says `false`. Addresses, of whole pages.
    pub(crate) fn written(&self, within: Range<usize>, each: impl FnMut(Range<usize>) -> bool) -> io::Result<()> {
        match self.way {
            Way::Scan => self.scan(within, each),
            Way::Read => self.read(within, each),
        }
    }

    fn scan(&self, within: Range<usize>, mut each: impl FnMut(Range<usize>) -> bool) -> io::Result<()> {
        let mut from = within.start;
        let mut answers = [Answer::default(); RANGES];
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
        let mut entries = [0; PAGES * ENTRY];
        let mut from = within.start;
        let mut run: Option<Range<usize>> = None;
        while from < within.end {
            let wanted = ((within.end - from) / PAGE).min(PAGES);
            let part = entries.get_mut(..wanted * ENTRY).unwrap_or_default();
            self.file.read_exact_at(part, (from / PAGE * ENTRY) as u64)?;
            for (few, entries) in part.chunks(FEW * ENTRY).enumerate() {
                // Most are neither, and are passed over together.
                if entries.chunks_exact(ENTRY).fold(0, |all, entry| all | number(entry)) & (IS_PRESENT | IS_SWAPPED) == 0 {
                    continue;
                }
                for (page, entry) in entries.chunks_exact(ENTRY).enumerate() {
                    let entry = number(entry);
                    if entry & (IS_PRESENT | IS_SWAPPED) == 0 || entry & IS_FILE != 0 {
                        continue;
                    }
                    let at = from + (few * FEW + page) * PAGE;
                    match &mut run {
                        Some(run) if run.end == at => run.end = at + PAGE,
                        _ => {
                            if run.replace(at..at + PAGE).is_some_and(|run| !each(run)) {
                                return Ok(());
                            }
                        }
                    }
                }
            }
            from += wanted * PAGE;
        }
        run.map(each);
        Ok(())
    }

    #[allow(unsafe_code, reason = "an ioctl; what makes it sound stands below")]
    fn ask(&self, within: Range<usize>, answers: &mut [Answer; RANGES]) -> io::Result<(usize, usize)> {
        let question = Question {
            size: size_of::<Question>() as u64,
            start: within.start as u64,
            end: within.end as u64,
            answers_len: RANGES as u64,
            // Neither a page of the file underneath nor the kernel's page of zeros, but one of our own, wherever it is.
            inverted: FILE | ZERO,
            all_of: FILE | ZERO,
            any_of: PRESENT | SWAPPED,
            ..Question::default()
        };
        // SAFETY: the file is a pagemap, and `Scan` says what the kernel reads and writes.
        Ok(unsafe { ioctl(&self.file, Scan { question, answers }) }?)
    }
}
