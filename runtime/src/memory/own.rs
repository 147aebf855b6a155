//! A hook's own base, for as long as the hook is loaded.

use std::io;
use std::sync::Arc;

use super::{Base, Memories};

/// Gives the memories that began with a base back when the base's hook is gone.
#[derive(Debug)]
pub(crate) struct OwnBase {
    base: Arc<Base>,
    memories: Memories,
}

impl OwnBase {
    /// The base of a memory that began with `below` and is `memory` now.
    ///
    /// # Errors
    /// When the kernel refuses the file or the mapping.
    pub(crate) fn new(memories: &Memories, below: &Base, memory: &[u8]) -> io::Result<Self> {
        Ok(Self { base: Arc::new(Base::over(below, memory)?), memories: memories.clone() })
    }

    pub(crate) fn base(&self) -> &Arc<Base> {
        &self.base
    }
}

impl Drop for OwnBase {
    fn drop(&mut self) {
        self.memories.forget(&self.base);
    }
}
