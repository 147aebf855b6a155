//! The master key's file: where it is, who may read it, and how it is made at the first start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::VaultError;

const KEY_BYTES: usize = 32;

/// More than any accepted form of a key: 64 hexadecimal digits and a line's end.
const READ_LIMIT: u64 = 128;

/// The key that all others are derived from.
pub(super) struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    pub(super) fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Raw bytes, or hexadecimal digits with white space around them.
    fn parse(bytes: &[u8]) -> Option<Self> {
        if let Ok(raw) = bytes.try_into() {
            return Some(Self(Zeroizing::new(raw)));
        }
        let digits = bytes.trim_ascii();
        let (pairs, rest) = digits.as_chunks::<2>();
        if pairs.len() != KEY_BYTES || !rest.is_empty() {
            return None;
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        for (byte, [high, low]) in key.iter_mut().zip(pairs) {
            let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Some(Self(key))
    }
}

/// Where the key is.
pub(super) fn path(data: &Path, key_file: Option<&Path>) -> PathBuf {
    key_file.map_or_else(|| data.join("master.key"), Path::to_owned)
}

/// Reads the key. Makes the default file if it is missing and `may_make` says that nothing depends on an older key.
pub(super) fn load(data: &Path, key_file: Option<&Path>, may_make: bool) -> Result<(PathBuf, MasterKey), VaultError> {
    let path = path(data, key_file);
    let file = match OpenOptions::new().read(true).open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && key_file.is_none() && may_make => make(&path)?,
        other => other.map_err(|error| problem(&path, &error.to_string()))?,
    };
    let key = read(file, &path)?;
    Ok((path, key))
}

/// Whether the key file lies in the data folder, links followed.
pub(super) fn is_inside(path: &Path, data: &Path) -> bool {
    match (fs::canonicalize(path), fs::canonicalize(data)) {
        (Ok(path), Ok(data)) => path.starts_with(data),
        _ => path.starts_with(data),
    }
}

fn problem(path: &Path, problem: &str) -> VaultError {
    VaultError::KeyFile { path: path.to_owned(), problem: problem.to_owned() }
}

/// Checks and reads the file by its descriptor, so that it cannot be exchanged in between.
fn read(file: File, path: &Path) -> Result<MasterKey, VaultError> {
    let failed = |error: io::Error| problem(path, &error.to_string());
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(problem(path, "not a regular file"));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(problem(path, "others than its owner may use it; run chmod 600 on it, and consider the key known"));
    }
    // The buffer has its full size from the start: one that grows would leave copies of the key in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(READ_LIMIT as usize * 2));
    file.take(READ_LIMIT).read_to_end(&mut bytes).map_err(failed)?;
    MasterKey::parse(&bytes).ok_or_else(|| problem(path, "it must hold 32 bytes, or 64 hexadecimal digits"))
}

/// The name of the file with the key that will follow the one in this file.
fn next(path: &Path) -> PathBuf {
    beside(path, ".next")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The key that will follow, if there is one.
pub(super) fn load_next(path: &Path) -> Result<Option<MasterKey>, VaultError> {
    let next = next(path);
    match File::open(&next) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(problem(&next, &error.to_string())),
        Ok(file) => read(file, &next).map(Some),
    }
}

/// Makes the key that will follow. A key that an earlier attempt left is replaced.
pub(super) fn make_next(path: &Path) -> Result<MasterKey, VaultError> {
    let next = next(path);
    read(make(&next)?, &next)
}

/// Replaces the key in this file by the one that follows.
pub(super) fn publish_next(path: &Path) -> Result<(), VaultError> {
    let failed = |error: io::Error| problem(path, &format!("the new key beside it cannot take its place: {error}"));
    fs::rename(next(path), path).map_err(failed)?;
    File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Removes what a process left that was killed while it wrote a key. The caller has locked the data folder.
pub(super) fn tidy(path: &Path) {
    for unfinished in [unfinished(path), unfinished(&next(path))] {
        match fs::remove_file(&unfinished) {
            Ok(()) => tracing::info!(file = %unfinished.display(), "a key that was never finished is removed"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(file = %unfinished.display(), %error, "a key that was never finished cannot be removed"),
        }
    }
}

/// Gives the file a second name, under which its present key stays available. An attempt that was broken off may have done so.
pub(super) fn keep_former(path: &Path) -> Result<PathBuf, VaultError> {
    let identity = |path: &Path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let mut number = 1_u32;
    loop {
        let former = beside(path, &format!(".former-{number}"));
        match fs::hard_link(path, &former) {
            Ok(()) => return Ok(former),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && identity(&former) == identity(path) => return Ok(former),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number = number.saturating_add(1),
            Err(error) => return Err(problem(&former, &error.to_string())),
        }
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a random key. It is on disk, under its final name and whole, before anything is sealed with it.
fn make(path: &Path) -> Result<File, VaultError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).map_err(|_| VaultError::Random)?;
    write(path, &key).map_err(|error| problem(path, &format!("it cannot be made: {error}")))
}

/// The name of a key's file until it is whole.
fn unfinished(path: &Path) -> PathBuf {
    beside(path, ".new")
}

fn write(path: &Path, key: &[u8; KEY_BYTES]) -> io::Result<File> {
    let unfinished = unfinished(path);
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(key)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    File::open(folder(path))?.sync_all()?;
    File::open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn with_file(content: &[u8], mode: u32) -> Result<[u8; 32], String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        load(folder.path(), Some(&path), true).map(|(_, key)| *key.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn raw_and_hexadecimal_keys_are_read() {
        assert_eq!(with_file(&[0x2a; 32], 0o600), Ok([0x2a; 32]));
        assert_eq!(with_file("2a".repeat(32).as_bytes(), 0o400), Ok([0x2a; 32]));
        assert_eq!(with_file(format!("{}\n", "2A".repeat(32)).as_bytes(), 0o600), Ok([0x2a; 32]));
    }

    #[test]
    fn anything_else_is_refused_without_being_shown() {
        for content in [&b""[..], b"secretsecret", &[1; 31], &[1; 33], "zz".repeat(32).as_bytes(), &[b'a'; 500]] {
            let error = with_file(content, 0o600).unwrap_err();
            assert!(error.ends_with("it must hold 32 bytes, or 64 hexadecimal digits"), "{error}");
            assert!(!error.contains("secretsecret"));
        }
    }

    #[test]
    fn a_file_that_others_can_use_is_refused() {
        for mode in [0o640, 0o604, 0o620, 0o601] {
            assert!(with_file(&[1; 32], mode).unwrap_err().contains("chmod 600"));
        }
    }

    #[test]
    fn only_the_default_file_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere.key");
        assert!(load(folder.path(), Some(&elsewhere), true).is_err());
        assert!(load(folder.path(), None, false).is_err());
        fs::write(folder.path().join("master.key.new"), b"half").unwrap();
        let (path, key) = load(folder.path(), None, true).unwrap();
        assert_eq!(path, folder.path().join("master.key"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(load(folder.path(), None, false).unwrap().1.as_bytes(), key.as_bytes());
        assert!(!folder.path().join("master.key.new").exists());
    }

    #[test]
    fn two_made_keys_differ() {
        let keys = [(); 2].map(|()| {
            let folder = tempfile::tempdir().unwrap();
            *load(folder.path(), None, true).unwrap().1.as_bytes()
        });
        assert_ne!(keys[0], keys[1]);
    }

    #[test]
    fn inside_and_outside_are_told_apart_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(folder.path().join("key"), [1; 32]).unwrap();
        std::os::unix::fs::symlink(folder.path().join("key"), data.join("master.key")).unwrap();
        assert!(!is_inside(&data.join("master.key"), &data));
        fs::write(data.join("other.key"), [1; 32]).unwrap();
        assert!(is_inside(&data.join("other.key"), &data));
    }
}
