//! Images: the bytes that a function's top level changed in the engine's memory.
//!
//! Every hook's memory begins with the same content ([`crate::memory::Base`]), most of which stays as it is. An image holds the runs of bytes
//! that differ, and an execution starts by copying them, some tens of kilobytes, over a memory with the base's content. A large image becomes
//! a base of the hook's own, of which an execution copies nothing.

use std::sync::Arc;
use std::{fmt, io};

use zeroize::Zeroizing;

use crate::memory::{Base, Memories, OwnBase};

/// The name that the engine exports its memory by.
pub(super) const MEMORY: &str = "memory";

/// Bytes of a WebAssembly page.
pub(super) const WASM_PAGE: usize = 64 << 10;

/// Bytes that are compared at a time.
const BLOCK: usize = 32;
/// The most equal blocks between two runs that are joined into one: a run of its own has a head of eight bytes.
const GAP: usize = 1;

/// An image from this size on, in bytes, is a base of its own. Copying costs an execution more from here on than another mapping does, which is
/// shared by fewer.
const LARGE: usize = 64 << 10;

/// The difference between the base and a memory in which a handler can be called.
pub(crate) struct Image {
    base: Arc<Base>,
    /// Bytes of the whole memory.
    len: usize,
    runs: Vec<Run>,
    /// The runs' bytes, one after the other. They may hold env values.
    bytes: Zeroizing<Vec<u8>>,
    /// What memories begin with instead of the base; there are no runs then.
    own: Option<OwnBase>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    at: u32,
    len: u32,
}

/// Stored bytes that are not an image, or are one of another base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the image is not usable")]
pub(crate) struct UnfitImage;

impl Image {
    /// The image that changes nothing.
    pub(crate) fn of_base(base: Arc<Base>) -> Self {
        Self { len: base.len(), base, runs: Vec::new(), bytes: Zeroizing::default(), own: None }
    }

    /// The image of `memory`, which must be as long as the base or longer.
    pub(super) fn new(base: Arc<Base>, memory: &[u8]) -> Self {
        let (runs, bytes) = difference(base.bytes(), memory);
        Self { len: memory.len(), base, runs, bytes: Zeroizing::new(bytes), own: None }
    }

    /// Whether an execution should not have to copy it.
    pub(crate) fn is_large(&self) -> bool {
        self.size() >= LARGE
    }

    /// Becomes a base of its own. It cannot be encoded any more.
    ///
    /// # Errors
    /// When the kernel refuses the file or the mapping.
    pub(crate) fn into_base(self, memories: &Memories) -> io::Result<Self> {
        let mut memory = Zeroizing::new(self.base.bytes().to_vec());
        memory.resize(self.len, 0);
        self.apply(&mut memory).map_err(io::Error::other)?;
        let own = OwnBase::new(memories, &self.base, &memory)?;
        Ok(Self { len: own.base().len(), base: self.base, runs: Vec::new(), bytes: Zeroizing::default(), own: Some(own) })
    }

    /// What memories begin with, where that is not the engine's base.
    pub(super) fn own_base(&self) -> Option<&Arc<Base>> {
        self.own.as_ref().map(OwnBase::base)
    }

    /// Bytes that a memory has to have before the image is written to it.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Bytes that the image takes.
    pub(crate) fn size(&self) -> usize {
        let own = self.own.as_ref().map_or(0, |own| own.base().own_len());
        self.runs.len() * size_of::<Run>() + self.bytes.len() + own
    }

    /// Writes the image over a memory with the base's content, or with that of its own base.
    pub(super) fn apply(&self, memory: &mut [u8]) -> Result<(), UnfitImage> {
        let mut rest = self.bytes.as_slice();
        for run in &self.runs {
            let (at, len) = (run.at as usize, run.len as usize);
            let (bytes, after) = rest.split_at_checked(len).ok_or(UnfitImage)?;
            memory.get_mut(at..at + len).ok_or(UnfitImage)?.copy_from_slice(bytes);
            rest = after;
        }
        Ok(())
    }

    /// The stored form. An image that holds env values must not be stored.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD + self.runs.len() * RUN + self.bytes.len());
        out.extend_from_slice(self.base.fingerprint());
        out.extend_from_slice(&(self.len as u32).to_le_bytes());
        out.extend_from_slice(&(self.runs.len() as u32).to_le_bytes());
        for run in &self.runs {
            out.extend_from_slice(&run.at.to_le_bytes());
            out.extend_from_slice(&run.len.to_le_bytes());
        }
        out.extend_from_slice(&self.bytes);
        out
    }

    /// Reads a stored image back.
    pub(crate) fn decode(base: Arc<Base>, stored: &[u8]) -> Result<Self, UnfitImage> {
        let (of, rest) = stored.split_at_checked(FINGERPRINT).ok_or(UnfitImage)?;
        let (len, rest) = number(rest).ok_or(UnfitImage)?;
        let (count, rest) = number(rest).ok_or(UnfitImage)?;
        let (heads, bytes) = rest.split_at_checked((count as usize).saturating_mul(RUN)).ok_or(UnfitImage)?;
        let runs: Vec<Run> = heads.chunks_exact(RUN).filter_map(run).collect();
        let total: usize = runs.iter().map(|run| run.len as usize).sum();
        let len = len as usize;
        let fits = runs.iter().all(|run| run.at as usize + run.len as usize <= len) && total == bytes.len();
        if of != base.fingerprint() || len < base.len() || !len.is_multiple_of(WASM_PAGE) || !fits {
            return Err(UnfitImage);
        }
        Ok(Self { base, len, runs, bytes: Zeroizing::new(bytes.to_vec()), own: None })
    }
}

/// Whether two images of one base make the same memory. Those with bases of their own are not compared.
impl PartialEq for Image {
    fn eq(&self, other: &Self) -> bool {
        let alike = Arc::ptr_eq(&self.base, &other.base) && self.own.is_none() && other.own.is_none();
        alike && (self.len, &self.runs, &self.bytes) == (other.len, &other.runs, &other.bytes)
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({} bytes in {} runs)", self.size(), self.runs.len())
    }
}

const FINGERPRINT: usize = 32;
const HEAD: usize = FINGERPRINT + 8;
const RUN: usize = 8;

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn run(head: &[u8]) -> Option<Run> {
    let (at, rest) = number(head)?;
    let (len, _) = number(rest)?;
    Some(Run { at, len })
}

/// The runs in which `memory` differs from the base followed by zeros, and their bytes.
fn difference(base: &[u8], memory: &[u8]) -> (Vec<Run>, Vec<u8>) {
    let zeros = [0; BLOCK];
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for (index, block) in memory.chunks(BLOCK).enumerate() {
        let (from, to) = (index * BLOCK, index * BLOCK + block.len());
        if block == base.get(from..to).unwrap_or_else(|| zeros.get(..block.len()).unwrap_or(&zeros)) {
            continue;
        }
        match ranges.last_mut() {
            Some((_, end)) if from - *end <= GAP * BLOCK => *end = to,
            _ => ranges.push((from, to)),
        }
    }
    let runs = ranges.iter().map(|(from, to)| Run { at: *from as u32, len: (to - from) as u32 }).collect();
    let bytes = ranges.iter().filter_map(|(from, to)| memory.get(*from..*to)).flatten().copied().collect();
    (runs, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(pages: usize) -> Arc<Base> {
        let bytes: Vec<u8> = (0..pages * WASM_PAGE).map(|at| (at % 251) as u8).collect();
        Arc::new(Base::new(&bytes).unwrap())
    }

    fn changed(base: &Base, pages: usize, changes: &[(usize, u8)]) -> Vec<u8> {
        let mut memory = base.bytes().to_vec();
        memory.resize(pages * WASM_PAGE, 0);
        changes.iter().for_each(|(at, byte)| memory[*at] = *byte);
        memory
    }

    #[test]
    fn an_image_gives_the_memory_back_byte_for_byte() {
        let base = base(3);
        let changes = [(0, 1), (5, 2), (700, 3), (65_535, 4), (65_536, 5), (3 * WASM_PAGE, 6), (5 * WASM_PAGE - 1, 7)];
        let memory = changed(&base, 5, &changes);
        let image = Image::new(base.clone(), &memory);
        assert!(image.encode().len() < 1000, "{}", image.encode().len());
        let again = Image::decode(base.clone(), &image.encode()).unwrap();
        for image in [image, again] {
            let mut fresh = changed(&base, image.len() / WASM_PAGE, &[]);
            image.apply(&mut fresh).unwrap();
            assert!(fresh == memory);
        }
    }

    #[test]
    fn what_is_stored_is_of_one_base_and_whole() {
        let base = base(2);
        let stored = Image::new(base.clone(), &changed(&base, 2, &[(9, 77)])).encode();
        let other = Arc::new(Base::new(&vec![1; 2 * WASM_PAGE]).unwrap());
        assert_eq!(Image::decode(other, &stored).map(|_| ()), Err(UnfitImage));
        for len in 0..stored.len() {
            assert_eq!(Image::decode(base.clone(), &stored[..len]).map(|_| ()), Err(UnfitImage), "{len}");
        }
        let mut outside = stored;
        outside[HEAD..HEAD + 4].copy_from_slice(&(2 * WASM_PAGE as u32).to_le_bytes());
        assert_eq!(Image::decode(base, &outside).map(|_| ()), Err(UnfitImage));
    }

    #[test]
    fn nothing_changed_costs_nothing() {
        let base = base(16);
        assert!(Image::new(base.clone(), base.bytes()).encode().len() < 50);
    }
}
