//! Has the kernel make the pages of a mapping present one at a time.
//!
//! A page of a file that is read first brings fifteen around it into the page table, read or not, and every later scan looks at each of
//! them. The kernel leaves that out where somebody watches a mapping for writes to pages that were protected from them. So that is asked for
//! (a `userfaultfd`, Linux 5.19 for files in memory) and no page is ever protected: there is nothing to hear and nobody listens.
//!
//! It decides what is present and not what was written, so nothing depends on it: where the kernel refuses, pages come by the sixteen.

use std::ffi::c_void;
use std::io;
use std::ops::Range;
use std::os::fd::OwnedFd;

use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};
use rustix::mm::{UserfaultfdFlags, userfaultfd};

/// What is asked for as the kernel numbers it: faults of user code only, which needs no privilege; the interface; writes to protected pages.
const USER_MODE_ONLY: u32 = 1;
const INTERFACE: u64 = 0xAA;
const PROTECTED_WRITES: u64 = 1 << 1;

/// Mappings can be given to it for as long as it lives.
#[derive(Debug)]
pub(super) struct Singly(OwnedFd);

/// The version and features that are agreed on before anything else.
#[repr(C)]
struct Agreement {
    interface: u64,
    features: u64,
    requests: u64,
}

/// A range to be watched, and for what.
#[repr(C)]
struct Registration {
    start: u64,
    len: u64,
    mode: u64,
    requests: u64,
}

/// A request of this number, with its argument.
struct Request<const NUMBER: u8, T>(T);

// SAFETY: the opcode is that of a read-write ioctl on the argument that `as_ptr` gives, which has the kernel's layout: `Agreement` is that
// of number 0x3F and `Registration` that of 0x00, and no others are made. The kernel writes to the argument only.
#[allow(unsafe_code, reason = "an ioctl is described by hand; what makes it sound stands above")]
unsafe impl<const NUMBER: u8, T> Ioctl for Request<NUMBER, T> {
    type Output = ();

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        opcode::read_write::<T>(INTERFACE as u8, NUMBER)
    }

    fn as_ptr(&mut self) -> *mut c_void {
        (&raw mut self.0).cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, _: *mut c_void) -> rustix::io::Result<()> {
        Ok(())
    }
}

#[allow(unsafe_code, reason = "ioctls; what makes them sound stands with each")]
impl Singly {
    /// Fails where the kernel does not offer it.
    pub(super) fn open() -> io::Result<Self> {
        let flags = UserfaultfdFlags::CLOEXEC | UserfaultfdFlags::NONBLOCK | UserfaultfdFlags::from_bits_retain(USER_MODE_ONLY);
        // SAFETY: a new file descriptor, which does nothing to any memory.
        let file = unsafe { userfaultfd(flags) }?;
        // SAFETY: the file is a userfaultfd, and `Request` says what the kernel reads and writes.
        unsafe { ioctl(&file, Request::<0x3F, _>(Agreement { interface: INTERFACE, features: 0, requests: 0 })) }?;
        Ok(Self(file))
    }

    /// From now on, for this mapping of a file in memory.
    pub(super) fn map(&self, range: Range<usize>) -> io::Result<()> {
        let (start, len) = (range.start as u64, range.len() as u64);
        // SAFETY: as above. No page of the range is protected by it, so nothing about an access to it changes.
        Ok(unsafe { ioctl(&self.0, Request::<0x00, _>(Registration { start, len, mode: PROTECTED_WRITES, requests: 0 })) }?)
    }
}
