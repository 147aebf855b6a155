//! How a package is written: its files, a table of them, and where the table is with its digest.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Says what a file is, and in which notation.
const MAGIC: &[u8; 8] = b"HBPACK\x001";
/// Where the table begins, how long it is, its digest, and the words above.
const TRAILER: usize = 8 + 8 + 32 + MAGIC.len();
/// A table is read into memory at once.
const LARGEST_TABLE: u64 = 64 << 20;

/// A file within the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub(super) at: u64,
    pub(super) size: u64,
    #[serde(with = "as_text")]
    pub(super) digest: [u8; 32],
}

/// Digests in hexadecimal, which is read faster than a list of numbers.
mod as_text {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::integrity::{hex, unhex};

    pub(super) fn serialize<S: Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(digest))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        unhex(&text).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| D::Error::custom("no digest"))
    }
}

/// All that is known of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) files: BTreeMap<String, Slot>,
    /// By what it is recognised as a native add-on.
    pub(super) native: Option<String>,
    /// npm would run something when it is installed.
    pub(super) scripts: bool,
    /// Files in the tarball that were left out although programs may read them: links and devices.
    pub(super) left_out: usize,
    /// Bytes of all files of the tarball.
    pub(super) unpacked: u64,
    /// All files of the tarball.
    pub(super) count: usize,
}

/// Ends a file whose contents are written.
pub(super) fn write_table(writer: &mut impl Write, at: u64, table: &Table) -> io::Result<()> {
    let text = serde_json::to_vec(table)?;
    writer.write_all(&text)?;
    writer.write_all(&at.to_le_bytes())?;
    writer.write_all(&(text.len() as u64).to_le_bytes())?;
    writer.write_all(&Sha256::digest(&text))?;
    writer.write_all(MAGIC)
}

/// The table of a file, or nothing if the file is not whole.
pub(super) fn read_table(file: &mut (impl Read + Seek)) -> io::Result<Option<Table>> {
    let length = file.seek(SeekFrom::End(0))?;
    if length < TRAILER as u64 {
        return Ok(None);
    }
    let mut trailer = [0; TRAILER];
    file.seek(SeekFrom::End(-(TRAILER as i64)))?;
    file.read_exact(&mut trailer)?;
    let number = |at: usize| trailer.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes).unwrap_or_default();
    let (at, size) = (number(0), number(8));
    let fits = at.checked_add(size) == length.checked_sub(TRAILER as u64) && size <= LARGEST_TABLE;
    if !fits || !trailer.ends_with(MAGIC) {
        return Ok(None);
    }
    let mut text = vec![0; usize::try_from(size).unwrap_or_default()];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut text)?;
    let whole = trailer.get(16..48) == Some(&*Sha256::digest(&text));
    Ok(if whole { serde_json::from_slice(&text).ok() } else { None })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written_or_not_at_all() {
        let slot = Slot { at: 0, size: 5, digest: [7; 32] };
        let table = Table { files: [("a.js".to_owned(), slot)].into(), scripts: true, unpacked: 5, count: 1, ..Table::default() };
        let mut bytes = b"hello".to_vec();
        write_table(&mut bytes, 5, &table).unwrap();
        assert_eq!(read_table(&mut Cursor::new(&bytes)).unwrap().unwrap(), table);
        for cut in 0..bytes.len() {
            assert_eq!(read_table(&mut Cursor::new(&bytes[..cut])).unwrap(), None, "cut at {cut}");
        }
        for at in 5..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(read_table(&mut Cursor::new(&damaged)).unwrap(), None, "damaged at {at}");
        }
    }
}
