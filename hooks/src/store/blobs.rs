//! Content-addressed files for large values. This stores the bytes and checks them; its users know which record needs which blob.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use super::StoreError;
use super::folder::{make_folder, sync_folder};

/// The SHA-256 of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest itself.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() || pairs.len() != bytes.len() || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
        }
        Some(Self(bytes))
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A folder of blobs: `<first two hex digits>/<digest>`, and `temp/` for files that are being written.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
    next_temp: AtomicU64,
    /// Held while a name is made or removed, so that no removal meets a blob that `put` has just found in place.
    held: Mutex<Held>,
}

/// What must not be removed now.
#[derive(Debug, Default)]
struct Held {
    /// How many users each blob has whose records may not be committed yet.
    blobs: HashMap<Digest, usize>,
    /// How many users want all blobs to stay.
    all: usize,
}

/// Keeps a blob from being removed: it was put, and the record that refers to it is yet to be committed.
#[derive(Debug)]
pub(crate) struct HeldBlob {
    blobs: Arc<Blobs>,
    digest: Digest,
}

/// Keeps every blob from being removed.
#[derive(Debug)]
pub(crate) struct HeldBlobs(Arc<Blobs>);

impl Drop for HeldBlob {
    fn drop(&mut self) {
        let mut held = self.blobs.held();
        if let Some(users) = held.blobs.get_mut(&self.digest) {
            *users = users.saturating_sub(1);
            if *users == 0 {
                held.blobs.remove(&self.digest);
            }
        }
    }
}

impl Drop for HeldBlobs {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.all = held.all.saturating_sub(1);
    }
}

impl Blobs {
    /// Opens the folder, or makes it.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(&folder.join("temp"))?;
        Ok(Self { folder: folder.to_owned(), next_temp: AtomicU64::new(0), held: Mutex::default() })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a blob from being removed until the result is dropped.
    pub(super) fn hold(self: &Arc<Self>, digest: Digest) -> HeldBlob {
        *self.held().blobs.entry(digest).or_default() += 1;
        HeldBlob { blobs: self.clone(), digest }
    }

    /// Keeps every blob from being removed until the result is dropped.
    pub(super) fn hold_all(self: &Arc<Self>) -> HeldBlobs {
        self.held().all += 1;
        HeldBlobs(self.clone())
    }

    /// Removes a blob that `is_used` does not know, unless it is held. Returns whether that is decided; a held blob is decided on later.
    pub(super) fn remove_unused(&self, digest: &Digest, is_used: impl FnOnce() -> Result<bool, StoreError>) -> Result<bool, StoreError> {
        let held = self.held();
        if held.all > 0 || held.blobs.contains_key(digest) {
            return Ok(false);
        }
        if !is_used()? {
            remove_file(&self.path(digest))?;
        }
        Ok(true)
    }

    /// Stores these bytes. After `Ok` they survive a power loss.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        let temp = self.write_temp(bytes)?;
        let placed = self.place(&temp, &digest);
        if placed.is_err() {
            let _ = fs::remove_file(&temp);
        }
        placed.map(|()| digest).map_err(StoreError::from)
    }

    /// The bytes of this digest, or `None`. Bytes that no longer have the digest are an error, `Corrupt`.
    pub(crate) fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let mut bytes = Vec::new();
        match File::open(self.path(digest)).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
            Ok(_) if Digest::of(&bytes) == *digest => Ok(Some(bytes)),
            Ok(_) => Err(StoreError::Corrupt(format!("blob {digest} has other bytes than its name says"))),
        }
    }

    /// Removes the blobs that `keep` does not know and the remains of interrupted writes, unless they are younger than `grace`: nothing is
    /// put meanwhile. Gives the number of files removed.
    pub(crate) fn sweep(&self, grace: Duration, keep: impl Fn(&Digest) -> bool) -> Result<usize, StoreError> {
        let mut removed = 0;
        for folder in fs::read_dir(&self.folder)? {
            for file in fs::read_dir(folder?.path())? {
                let path = file?.path();
                let digest = path.file_name().and_then(|name| name.to_str()).and_then(Digest::parse);
                if !digest.is_some_and(|digest| keep(&digest)) && self.remove_older(&path, grace)? {
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join(name.get(..2).unwrap_or_default()).join(name)
    }

    fn write_temp(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        let number = self.next_temp.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join("temp").join(format!("{}-{number}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if written.is_err() {
            let _ = fs::remove_file(&path);
        }
        written.map(|()| path)
    }

    /// Gives the file its name. An existing file is replaced: it may be damaged, and its age must start again.
    fn place(&self, temp: &Path, digest: &Digest) -> io::Result<()> {
        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.folder);
        make_folder(folder)?;
        let _held = self.held();
        fs::rename(temp, &path)?;
        sync_folder(folder)
    }

    fn remove_older(&self, path: &Path, grace: Duration) -> io::Result<bool> {
        let _held = self.held();
        let modified = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other?.modified()?,
        };
        let old = SystemTime::now().duration_since(modified).unwrap_or_default() >= grace;
        if old {
            remove_file(path)?;
        }
        Ok(old)
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&folder.path().join("blobs")).unwrap();
        (folder, blobs)
    }

    #[test]
    fn bytes_are_kept_under_their_digest() {
        let (_folder, blobs) = blobs();
        let digest = blobs.put(b"abc").unwrap();
        assert_eq!(digest.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(blobs.put(b"abc").unwrap(), digest);
        assert_eq!(blobs.get(&digest).unwrap().unwrap(), b"abc");
        assert_eq!(blobs.sweep(Duration::ZERO, |_| false).unwrap(), 1);
        assert_eq!(blobs.get(&digest).unwrap(), None);
    }

    #[test]
    fn only_the_owner_can_read_them() {
        let (_folder, blobs) = blobs();
        let path = blobs.path(&blobs.put(b"abc").unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap()), mode(&blobs.folder)), (0o600, 0o700, 0o700));
    }

    #[test]
    fn changed_bytes_are_corrupt_until_they_are_put_again() {
        let (_folder, blobs) = blobs();
        let digest = blobs.put(b"abc").unwrap();
        fs::write(blobs.path(&digest), b"abd").unwrap();
        assert!(matches!(blobs.get(&digest), Err(StoreError::Corrupt(_))));
        blobs.put(b"abc").unwrap();
        assert_eq!(blobs.get(&digest).unwrap().unwrap(), b"abc");
    }

    #[test]
    fn a_sweep_removes_orphans_and_remains_but_nothing_young() {
        let (_folder, blobs) = blobs();
        let (kept, orphan) = (blobs.put(b"kept").unwrap(), blobs.put(b"orphan").unwrap());
        fs::write(blobs.folder.join("temp/1-1"), b"half").unwrap();
        assert_eq!(blobs.sweep(Duration::from_secs(60), |digest| *digest == kept).unwrap(), 0);
        assert_eq!(blobs.sweep(Duration::ZERO, |digest| *digest == kept).unwrap(), 2);
        assert!(blobs.get(&kept).unwrap().is_some() && blobs.get(&orphan).unwrap().is_none());
    }

    #[test]
    fn a_digest_reads_back() {
        let digest = Digest::of(b"x");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for text in ["", "00", &"g".repeat(64), &"AB".repeat(32), &"0".repeat(65)] {
            assert_eq!(Digest::parse(text), None);
        }
    }
}
