//! Writes a backup file, item by item.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use super::format::{BLOB, END, MAGIC, RECORD};

/// A backup under construction. It is complete only after [`Writer::finish`].
pub(crate) struct Writer<W> {
    to: W,
    digest: Sha256,
    items: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub(crate) fn new(to: W) -> io::Result<Self> {
        let mut writer = Self { to, digest: Sha256::new(), items: 0 };
        writer.put(MAGIC)?;
        Ok(writer)
    }

    /// Adds a record.
    pub(crate) fn record(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map(u32::to_be_bytes).map_err(io::Error::other);
        let (key_length, value_length) = (length(key)?, length(value)?);
        self.items += 1;
        [&[RECORD], &key_length[..], &value_length, key, value].into_iter().try_for_each(|part| self.put(part))
    }

    /// Adds a function.
    pub(crate) fn function(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.items += 1;
        [&[BLOB], &(bytes.len() as u64).to_be_bytes()[..], bytes].into_iter().try_for_each(|part| self.put(part))
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.put(&[END])?;
        self.put(&self.items.to_be_bytes())?;
        self.to.write_all(&self.digest.finalize())?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.to.write_all(bytes)
    }
}
