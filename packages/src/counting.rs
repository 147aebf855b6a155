//! Bytes that come in, counted for those who watch.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

/// Adds what is read to a counter that others add to as well.
pub(crate) struct Counting<'c, R> {
    inner: R,
    bytes: &'c AtomicU64,
}

impl<'c, R: Read> Counting<'c, R> {
    pub(crate) fn new(inner: R, bytes: &'c AtomicU64) -> Self {
        Self { inner, bytes }
    }
}

impl<R: Read> Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
