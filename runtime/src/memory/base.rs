//! The content that every memory begins with: its bytes, and a file in memory that slots map, so that they share the pages they only read.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use sha2::{Digest, Sha256};

/// Bytes of a WebAssembly page, which is a multiple of the kernel's page on every platform.
const WASM_PAGE: usize = 64 << 10;

/// Bytes that one page table spans.
const PAGE_TABLE: usize = 2 << 20;

/// The content that memories begin with: one or more whole WebAssembly pages.
#[derive(Debug)]
pub(crate) struct Base {
    bytes: Box<[u8]>,
    /// The same bytes, sealed against every later write.
    file: OwnedFd,
    fingerprint: [u8; 32],
    /// See [`Base::deep`].
    deep: usize,
}

impl Base {
    /// # Errors
    /// When the length is no multiple of a WebAssembly page, or the kernel refuses the file.
    pub(crate) fn new(bytes: Vec<u8>) -> io::Result<Self> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(WASM_PAGE) {
            return Err(io::Error::other("a memory does not begin with this many bytes"));
        }
        let mut file = File::from(memfd_create("hookbox-base", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
        file.write_all(&bytes)?;
        fcntl_add_seals(&file, SealFlags::GROW | SealFlags::SHRINK | SealFlags::WRITE | SealFlags::SEAL)?;
        let empty = |part: &&[u8]| part.len() == PAGE_TABLE && part.iter().all(|byte| *byte == 0);
        let deep = bytes.chunks(PAGE_TABLE).take_while(empty).count() * PAGE_TABLE;
        Ok(Self { fingerprint: Sha256::digest(&bytes).into(), deep, bytes: bytes.into(), file: file.into() })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How long the deep end of the engine's stack is, with which a memory begins: nothing is in it, and hardly anybody gets there.
    pub(super) fn deep(&self) -> usize {
        self.deep
    }

    /// Tells bases apart: two boots of one engine differ, because each draws a hash seed.
    pub(crate) fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    pub(super) fn file(&self) -> &OwnedFd {
        &self.file
    }
}
