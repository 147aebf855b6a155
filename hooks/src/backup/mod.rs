//! The backup file: every record of a store and every function that lies in a file of its own, as of one moment.
//!
//! ```text
//! "hookbox backup 1\n"
//! 1  key length (u32)  value length (u32)  key  value      a record
//! 2  length (u64)  bytes                                   a function; its name is its digest
//! 0  items (u64)  SHA-256 of all before this digest         the end
//! ```
//!
//! Numbers are big-endian. Env values are in it as the store has them, sealed, and client secrets as keyed hashes; the master key is not in
//! it. The digest finds damage, not malice: a backup is to be kept as safe as the data folder. Making one is the service's, and bringing one
//! back is `offline`'s.

mod format;
mod reader;
mod writer;

use std::io;

pub use format::{BackupError, Contents};
pub(crate) use reader::{Item, read};
pub(crate) use writer::Writer;

/// Reads a backup to its end, checks it, and returns a summary of it.
///
/// # Errors
/// When it cannot be read, is something else, or is damaged.
pub fn check_backup(from: impl io::Read) -> Result<Contents, BackupError> {
    read(from, |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::format::{BLOB, MAGIC};
    use super::*;

    fn sample() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new()).unwrap();
        writer.record(b"key", b"value").unwrap();
        writer.record(b"empty", b"").unwrap();
        writer.function(&[7; 100_000]).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let mut items = Vec::new();
        let keep = |item: Item| {
            items.push(match item {
                Item::Record(key, value) => format!("{} {}", String::from_utf8(key).unwrap(), String::from_utf8(value).unwrap()),
                Item::Function(bytes) => format!("{} bytes", bytes.len()),
            });
            Ok::<(), BackupError>(())
        };
        let sample = sample();
        let contents = read(sample.as_slice(), keep).unwrap();
        assert_eq!(contents, Contents { records: 2, functions: 1, bytes: sample.len() as u64 });
        assert_eq!(items, ["key value", "empty ", "100000 bytes"]);
    }

    #[test]
    fn any_change_is_found() {
        let sample = sample();
        let places = (0..200).chain(sample.len() - 60..sample.len());
        for place in places {
            let mut changed = sample.clone();
            changed[place] ^= 0x40;
            assert!(check_backup(changed.as_slice()).is_err(), "byte {place}");
            assert!(check_backup(&sample[..place]).is_err(), "cut at {place}");
        }
        assert!(matches!(check_backup([&sample[..], b"x"].concat().as_slice()), Err(BackupError::Damaged("there is more after its end"))));
        assert!(matches!(check_backup(&b"hookbox backup 2\n..."[..]), Err(BackupError::Foreign)));
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        let lie = [MAGIC, &[BLOB], &u64::MAX.to_be_bytes(), b"few"].concat();
        assert!(matches!(check_backup(lie.as_slice()), Err(BackupError::Damaged("it ends too early"))));
    }
}
