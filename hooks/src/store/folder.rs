//! Folders on the disk: makes them for their owner alone, with durable names, and checks that a data folder is private.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The permissions of the group and of others.
const OTHERS: u32 = 0o077;

/// The names that Hookbox gives to what it keeps in a data folder, by how they begin; and `lost+found`, which file systems make.
const OWN: [&str; 9] = ["lock", "store.", "blobs", "cache", "packages", "master.key", "admin-credential.json", "restoring", "lost+found"];

/// Why a data folder is not private to its owner, and was not made so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotPrivate {
    /// It belongs to another user, or holds files of others.
    #[error(
        "{path} must be for its owner alone, but others have permissions on it (mode {mode:o}): run `chmod 700 {path}`, or name another folder",
        path = .folder.display()
    )]
    Open {
        /// The folder.
        folder: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Its permissions could not be read or changed.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
}

/// Makes a data folder private (mode 0700).
///
/// A folder is changed only when this user owns it and it is empty or holds nothing but Hookbox's own files. Any other folder is refused:
/// it may be one that others need, such as `/tmp` or a home folder.
pub(crate) fn make_private(folder: &Path) -> Result<(), NotPrivate> {
    let failed = |error| NotPrivate::Io(folder.to_owned(), error);
    let handle = File::open(folder).map_err(failed)?;
    let metadata = handle.metadata().map_err(failed)?;
    if metadata.mode() & OTHERS == 0 {
        return Ok(());
    }
    let mode = metadata.mode() & 0o777;
    let is_mine = metadata.uid() == rustix::process::geteuid().as_raw();
    if !is_mine || !holds_only_own_files(folder).map_err(failed)? {
        return Err(NotPrivate::Open { folder: folder.to_owned(), mode });
    }
    handle.set_permissions(Permissions::from_mode(0o700)).map_err(failed)?;
    tracing::info!(folder = %folder.display(), former_mode = %format_args!("{mode:o}"), "the data folder is now for its owner alone (0700)");
    Ok(())
}

fn holds_only_own_files(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !OWN.iter().any(|own| name.as_encoded_bytes().starts_with(own.as_bytes())) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes a folder for the owner alone, and makes its name durable. A folder that exists keeps its mode.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(parent)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(parent),
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes a file or a folder with all that is in it. What does not exist counts as removed.
pub(super) fn remove_any(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with this mode that holds files with these names.
    fn folder(mode: u32, files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), b"").unwrap();
        }
        fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
        folder
    }

    fn mode(folder: &Path) -> u32 {
        fs::metadata(folder).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_folder_of_hookbox_becomes_private() {
        for files in [&[][..], &["master.key"], &["lock", "store.sled", "blobs", "cache", "master.key.former-1", "admin-credential.json"]] {
            for before in [0o755, 0o710, 0o701, 0o2770] {
                let folder = folder(before, files);
                make_private(folder.path()).unwrap();
                assert_eq!(mode(folder.path()), 0o700);
            }
        }
    }

    #[test]
    fn a_folder_with_other_files_is_refused_and_keeps_its_mode() {
        let folder = folder(0o750, &["lock", "notes.txt"]);
        let error = make_private(folder.path()).unwrap_err().to_string();
        let path = folder.path().display();
        assert!(error.contains("mode 750") && error.contains(&format!("run `chmod 700 {path}`")), "{error}");
        assert_eq!(mode(folder.path()), 0o750);
    }

    #[test]
    fn a_private_folder_is_left_as_it_is() {
        let folder = folder(0o700, &["notes.txt"]);
        make_private(folder.path()).unwrap();
        assert_eq!(mode(folder.path()), 0o700);
    }
}
