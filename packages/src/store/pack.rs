//! A package that is in the store.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Bound;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::format::{Table, read_table};

/// A package whose table is in memory. Its file is opened for each read, so that a thousand packages need no descriptor.
#[derive(Debug)]
pub(crate) struct Pack {
    place: PathBuf,
    table: Table,
}

impl Pack {
    /// Reads the table; nothing if there is no file, or it is not whole.
    pub(super) fn open(place: &Path) -> io::Result<Option<Self>> {
        let mut file = match File::open(place) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(read_table(&mut file)?.map(|table| Self { place: place.to_owned(), table }))
    }

    /// Whether there is a file with this path, and how large it is.
    pub(crate) fn size(&self, path: &str) -> Option<u64> {
        self.table.files.get(path).map(|slot| slot.size)
    }

    /// The files in a folder and below, by their paths from there on. The whole package is the folder without a name.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = (Bound::Included(prefix.clone()), Bound::Unbounded);
        self.table.files.range(from).map_while(move |(path, _)| path.strip_prefix(&prefix))
    }

    /// The SHA-256 of a file's bytes.
    pub(crate) fn digest(&self, path: &str) -> Option<[u8; 32]> {
        self.table.files.get(path).map(|slot| slot.digest)
    }

    /// The bytes of a file, checked.
    pub(crate) fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let slot = self.table.files.get(path).ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
        let mut file = File::open(&self.place)?;
        file.seek(SeekFrom::Start(slot.at))?;
        let mut bytes = vec![0; usize::try_from(slot.size).map_err(io::Error::other)?];
        file.read_exact(&mut bytes)?;
        if *Sha256::digest(&bytes) == slot.digest {
            Ok(bytes)
        } else {
            Err(io::Error::new(ErrorKind::InvalidData, format!("{path} in {} is damaged", self.place.display())))
        }
    }

    /// By what it is recognised as a native add-on.
    pub(crate) fn native(&self) -> Option<&str> {
        self.table.native.as_deref()
    }

    /// Whether npm would run something when it is installed.
    pub(crate) fn has_scripts(&self) -> bool {
        self.table.scripts
    }

    /// Links and devices in the tarball.
    pub(crate) fn left_out(&self) -> usize {
        self.table.left_out
    }

    /// Files and bytes of the tarball, for the tree's limits.
    pub(crate) fn weight(&self) -> (usize, u64) {
        (self.table.count, self.table.unpacked)
    }
}
