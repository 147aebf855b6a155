//! The tree as the resolver's library wants to see a disk.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use super::files::{FileError, Node, Tree};

/// A tree behind the library's trait.
pub(super) struct Disk(pub(super) Tree);

fn text(path: &Path) -> io::Result<&str> {
    path.to_str().ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))
}

impl FileSystem for Disk {
    fn new() -> Self {
        Self(Tree::default())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.0.read(text(path)?).map_err(|error| match error {
            FileError::Absent => ErrorKind::NotFound.into(),
            FileError::Folder => ErrorKind::IsADirectory.into(),
            FileError::NoFolder => ErrorKind::NotADirectory.into(),
            FileError::Disk(error) => error,
        });
        bytes.map(|bytes| bytes.to_vec())
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|_| ErrorKind::InvalidData.into())
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        match self.0.stat(text(path)?) {
            Some(Node::File(_)) => Ok(FileMetadata::new(true, false, false)),
            Some(Node::Folder) => Ok(FileMetadata::new(false, true, false)),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata(path)
    }

    fn read_link(&self, _path: &Path) -> Result<PathBuf, ResolveError> {
        Err(io::Error::from(ErrorKind::InvalidInput).into())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.metadata(path).map(|_| path.to_owned())
    }
}
