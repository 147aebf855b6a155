//! Reads a backup file, item by item, and checks it on the way.

use std::io::Read;

use sha2::{Digest as _, Sha256};

use super::format::{BLOB, BackupError, Contents, END, MAGIC, RECORD};

/// One item.
#[derive(Debug)]
pub(crate) enum Item {
    /// A key and its value.
    Record(Vec<u8>, Vec<u8>),
    /// The bytes of a function.
    Function(Vec<u8>),
}

/// Passes every item to `take`. The backup is sound only if this returns `Ok`; items passed before may be of a damaged file.
pub(crate) fn read<E: From<BackupError>>(from: impl Read, mut take: impl FnMut(Item) -> Result<(), E>) -> Result<Contents, E> {
    let mut input = Input { from, digest: Sha256::new(), bytes: 0 };
    input.expect_magic()?;
    let mut contents = Contents::default();
    while let Some(item) = input.item()? {
        match item {
            Item::Record(..) => contents.records += 1,
            Item::Function(_) => contents.functions += 1,
        }
        take(item)?;
    }
    input.end(contents.records + contents.functions)?;
    Ok(Contents { bytes: input.bytes, ..contents })
}

struct Input<R> {
    from: R,
    digest: Sha256,
    bytes: u64,
}

impl<R: Read> Input<R> {
    fn expect_magic(&mut self) -> Result<(), BackupError> {
        let magic = self.take(MAGIC.len() as u64)?;
        if magic == MAGIC { Ok(()) } else { Err(BackupError::Foreign) }
    }

    fn item(&mut self) -> Result<Option<Item>, BackupError> {
        match self.array::<1>()? {
            [END] => Ok(None),
            [RECORD] => {
                let (key, value) = (u32::from_be_bytes(self.array()?), u32::from_be_bytes(self.array()?));
                Ok(Some(Item::Record(self.take(key.into())?, self.take(value.into())?)))
            }
            [BLOB] => {
                let length = u64::from_be_bytes(self.array()?);
                Ok(Some(Item::Function(self.take(length)?)))
            }
            _ => Err(BackupError::Damaged("it holds what is no item")),
        }
    }

    fn end(&mut self, items: u64) -> Result<(), BackupError> {
        if u64::from_be_bytes(self.array()?) != items {
            return Err(BackupError::Damaged("items are missing"));
        }
        let expected: [u8; 32] = self.digest.clone().finalize().into();
        if self.array::<32>()? != expected {
            return Err(BackupError::Damaged("its digest is another one"));
        }
        match self.from.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(BackupError::Damaged("there is more after its end")),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BackupError> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        self.seen(&bytes);
        Ok(bytes)
    }

    /// Reads this many bytes. Memory grows with the bytes that arrive, because the length may be wrong.
    fn take(&mut self, length: u64) -> Result<Vec<u8>, BackupError> {
        let mut bytes = Vec::new();
        self.from.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(BackupError::Damaged("it ends too early"));
        }
        self.seen(&bytes);
        Ok(bytes)
    }

    fn seen(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.digest.update(bytes);
    }
}
