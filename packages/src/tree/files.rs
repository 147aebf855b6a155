//! The files that a hook sees: its author's own at `/`, and those of its packages below `/node_modules`. Nothing can be written.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::packages::PackageTree;
use crate::error::Error;

/// A disk that is read only and has no links. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    packages: Arc<PackageTree>,
    own: Arc<BTreeMap<String, Arc<[u8]>>>,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file of so many bytes.
    File(u64),
    /// A folder.
    Folder,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is nothing at the path: Node's `ENOENT`.
    #[error("no such file or directory")]
    Absent,
    /// It is a folder: `EISDIR`.
    #[error("illegal operation on a directory")]
    Folder,
    /// It is no folder: `ENOTDIR`.
    #[error("not a directory")]
    NoFolder,
    /// The store failed, which is a fault of the host: `EIO`.
    #[error("i/o error: {0}")]
    Disk(#[source] io::Error),
}

impl Tree {
    /// Puts an author's files, whose paths begin at the hook's folder, beside packages.
    ///
    /// # Errors
    /// A path leads out, is in `node_modules`, or is a file and a folder at once.
    pub fn new(packages: Arc<PackageTree>, own: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        for (path, bytes) in own {
            let whole = normal(&path);
            let relative = path.strip_prefix('/').or_else(|| path.strip_prefix("./")).unwrap_or(&path);
            if whole != format!("/{relative}") || whole == "/" || path.chars().any(char::is_control) {
                return Err(Error::request(format!("{path:?} is no path of a file")));
            }
            if whole.split('/').any(|part| part == "node_modules") {
                return Err(Error::request(format!("{path:?} is in node_modules, where packages are")));
            }
            files.insert(whole, bytes.into());
        }
        let is_file = |folder: &str| files.contains_key(folder);
        let clash =
            files.keys().find_map(|path| path.match_indices('/').filter_map(|(at, _)| path.get(..at)).find(|folder| is_file(folder)));
        match clash {
            Some(folder) => Err(Error::request(format!("{folder:?} is a file and a folder"))),
            None => Ok(Self { packages, own: Arc::new(files) }),
        }
    }

    /// The packages.
    pub fn packages(&self) -> &Arc<PackageTree> {
        &self.packages
    }

    /// What is at an absolute path. `.` and `..` are understood, and nothing is above `/`.
    pub fn stat(&self, path: &str) -> Option<Node> {
        let path = &normal(path);
        if let Some(bytes) = self.own.get(path) {
            return Some(Node::File(bytes.len() as u64));
        }
        if let Some(size) = self.packages.locate(path).and_then(|(pack, rest)| pack.size(rest)) {
            return Some(Node::File(size));
        }
        self.is_folder(path).then_some(Node::Folder)
    }

    fn is_folder(&self, path: &str) -> bool {
        let prefix = if path == "/" { path.to_owned() } else { format!("{path}/") };
        path == "/"
            || self.own.range(prefix.clone()..).next().is_some_and(|(own, _)| own.starts_with(&prefix))
            || self.packages.is_folder(path)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        let path = &normal(path);
        if let Some(bytes) = self.own.get(path) {
            return Ok(bytes.clone());
        }
        match self.packages.locate(path).filter(|(pack, rest)| pack.size(rest).is_some()) {
            Some((pack, rest)) => pack.read(rest).map(Into::into).map_err(FileError::Disk),
            None if self.is_folder(path) => Err(FileError::Folder),
            None => Err(FileError::Absent),
        }
    }

    /// The SHA-256 of a file's bytes, without reading one of a package.
    pub fn digest(&self, path: &str) -> Option<[u8; 32]> {
        let path = &normal(path);
        if let Some(bytes) = self.own.get(path) {
            return Some(Sha256::digest(bytes).into());
        }
        self.packages.locate(path).and_then(|(pack, rest)| pack.digest(rest))
    }

    /// The names in a folder, sorted, with what each is.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn list(&self, path: &str) -> Result<Vec<(String, Node)>, FileError> {
        let path = &normal(path);
        match self.stat(path) {
            None => return Err(FileError::Absent),
            Some(Node::File(_)) => return Err(FileError::NoFolder),
            Some(Node::Folder) => {}
        }
        let folder = path.trim_end_matches('/');
        let prefix = format!("{folder}/");
        let own = self.own.range(prefix.clone()..).map_while(|(own, _)| own.strip_prefix(&prefix));
        let mut names: BTreeSet<String> = own.filter_map(|rest| rest.split('/').next().map(str::to_owned)).collect();
        names.extend(self.packages.names(folder));
        Ok(names.into_iter().filter_map(|name| self.stat(&format!("{prefix}{name}")).map(|node| (name, node))).collect())
    }

    /// The paths of all files, the author's first.
    pub fn files(&self) -> impl Iterator<Item = String> {
        self.own.keys().cloned().chain(self.packages.all())
    }
}

/// An absolute path without `.`, `..` and doubled slashes.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
