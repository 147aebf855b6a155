//! Compiled functions on the local disk, by content and engine.
//!
//! An artifact is native code, so write access to one is control over the process. Each artifact therefore has a keyed hash, its file must be
//! private to this user, and the file is mapped by the descriptor from which it was verified.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wasmtime::component::Component;
use wasmtime::{Engine, Module};

use crate::FunctionDigest;

/// The folder of one engine's artifacts.
pub(super) struct Cache {
    dir: PathBuf,
    /// The key, padded with zeros to the hash's block size as HMAC does.
    key: [u8; 64],
    /// Held while an artifact's two files get their names or lose them, so that they stay a pair.
    names: Mutex<()>,
}

/// The kind of compiled code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Component,
    Module,
}

/// Compiled code, mapped.
pub(super) enum Loaded {
    Component(Component),
    Module(Module),
}

impl Loaded {
    /// The module; an error for a component.
    pub(super) fn module(self) -> Result<Module, &'static str> {
        match self {
            Self::Module(module) => Ok(module),
            Self::Component(_) => Err("a component was found where a module belongs"),
        }
    }
}

/// The extension of a file that is being written.
const DRAFT: &str = "new";
/// The age from which a draft belongs to a write that was broken off.
const DRAFT_AGE: Duration = Duration::from_secs(3600);

/// Bytes of the keyed hash, which is in a file of its own beside the artifact.
const TAG_SIZE: usize = 32;

impl Cache {
    /// The cache in `dir`, a folder for one engine, which is made with the first artifact.
    pub(super) fn new(dir: &Path, key: [u8; 32]) -> Self {
        Self { dir: dir.to_owned(), key: block(key), names: Mutex::new(()) }
    }

    /// Whether an artifact seems to be there.
    pub(super) fn has(&self, digest: FunctionDigest) -> bool {
        self.path(digest, "cwasm").is_file()
    }

    fn path(&self, digest: FunctionDigest, extension: &str) -> PathBuf {
        self.dir.join(format!("{}.{extension}", digest.to_hex()))
    }

    /// Stores an artifact. Nothing is synced: a torn write is noticed when the artifact is loaded. The folder is made again if it is gone.
    pub(super) fn store(&self, digest: FunctionDigest, code: Code, artifact: &[u8]) -> io::Result<()> {
        let tag = self.mac(digest, code, artifact).finalize().into_bytes();
        let _names = self.lock_names();
        make_private(&self.dir)?;
        ["cwasm", "tag"].iter().try_for_each(|extension| make_way(&self.path(digest, extension)))?;
        write(&self.path(digest, "tag"), &[&tag])?;
        write(&self.path(digest, "cwasm"), &[artifact])
    }

    /// Maps an artifact; `None` if there is none or it cannot be trusted, in which case its files are removed.
    pub(super) fn load(&self, engine: &Engine, digest: FunctionDigest, code: Code) -> Option<Loaded> {
        match self.open_verified(digest, code).and_then(|file| map(engine, code, file)) {
            Ok(loaded) => Some(loaded),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(function = %digest.to_hex(), %error, "compiled code cannot be used; compiling again");
                }
                self.remove_unless_usable(engine, digest, code)
            }
        }
    }

    /// Maps an artifact that has just been stored.
    pub(super) fn load_new(&self, engine: &Engine, digest: FunctionDigest, code: Code) -> io::Result<Loaded> {
        self.open_verified(digest, code).and_then(|file| map(engine, code, file))
    }

    /// Removes an artifact that could not be loaded, unless it was stored again meanwhile and can be.
    fn remove_unless_usable(&self, engine: &Engine, digest: FunctionDigest, code: Code) -> Option<Loaded> {
        let _names = self.lock_names();
        let loaded = self.open_verified(digest, code).and_then(|file| map(engine, code, file)).ok();
        if loaded.is_none() {
            self.remove_files(digest);
        }
        loaded
    }

    fn open_verified(&self, digest: FunctionDigest, code: Code) -> io::Result<File> {
        let (mut file, mut tag_file) = (open_private(&self.path(digest, "cwasm"))?, open_private(&self.path(digest, "tag"))?);
        let mut tag = [0; TAG_SIZE];
        tag_file.read_exact(&mut tag)?;
        let mut artifact = Vec::new();
        file.read_to_end(&mut artifact)?;
        self.mac(digest, code, &artifact).verify_slice(&tag).map_err(|_| io::Error::other("its keyed hash is wrong"))?;
        Ok(file)
    }

    fn mac(&self, digest: FunctionDigest, code: Code, artifact: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.key.into());
        mac.update(digest.as_bytes());
        mac.update(&[code as u8]);
        mac.update(artifact);
        mac
    }

    /// Removes a function's artifact, if there is one.
    pub(super) fn remove(&self, digest: FunctionDigest) {
        let _names = self.lock_names();
        self.remove_files(digest);
    }

    fn lock_names(&self) -> MutexGuard<'_, ()> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove_files(&self, digest: FunctionDigest) {
        for extension in ["cwasm", "tag"] {
            let _absent = fs::remove_file(self.path(digest, extension));
        }
    }
}

const NOFOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits() as i32;

/// Removes the folders of other engines: all but those named, and from these the drafts that are old.
pub(super) fn sweep(dir: &Path, kept: &[&str]) -> io::Result<()> {
    make_private(dir)?;
    for name in kept {
        let folder = dir.join(name);
        make_private(&folder)?;
        remove_drafts(&folder, DRAFT_AGE)?;
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let is_kept = kept.iter().any(|name| entry.file_name() == **name);
        if !is_kept && entry.file_type()?.is_dir() {
            tracing::info!(folder = %entry.path().display(), "removing what another engine left");
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Makes a folder that is private to this user. An existing folder stays as it is; what is no folder gives way to one.
pub(super) fn make_private(dir: &Path) -> io::Result<()> {
    let make = || DirBuilder::new().recursive(true).mode(0o700).create(dir);
    match make() {
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
            let in_the_way = dir.ancestors().find(|folder| folder.exists() && !folder.is_dir());
            in_the_way.map_or(Err(error), |file| {
                tracing::warn!(path = %file.display(), "a file is where the cache has a folder; it is removed");
                fs::remove_file(file)
            })?;
            make()
        }
        made => made,
    }
}

/// Removes a folder that has the name of a file that is to be written.
pub(super) fn make_way(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        _ => Ok(()),
    }
}

/// Writes a file under a name of its own and renames it. A file under its final name is whole, and nothing has it open for writing.
pub(super) fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let draft = draft_name(path);
    let written = write_new(&draft, parts).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _absent = fs::remove_file(&draft);
    }
    written
}

/// The name that a file is written under: no two writes share one, be they of one process or of several.
fn draft_name(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{}.{DRAFT}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    PathBuf::from(name)
}

fn write_new(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))
}

/// Removes the drafts that processes left when they ended in the middle of a write. A younger one may be another process's, which still
/// writes it.
fn remove_drafts(dir: &Path, age: Duration) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let is_draft = Path::new(&entry.file_name()).extension().is_some_and(|extension| extension == DRAFT);
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let is_old = modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|elapsed| elapsed >= age));
        if is_draft && is_old {
            let _absent = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Opens a file that is private to this user and is not a link.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(NOFOLLOW).open(path)?;
    private(&file)?;
    Ok(file)
}

/// A key, padded with zeros to the hash's block size as HMAC does.
pub(super) fn block(key: [u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = from);
    block
}

/// Refuses a file that another user could have written or can read.
fn private(file: &File) -> io::Result<()> {
    let meta = file.metadata()?;
    let ours = meta.is_file() && meta.mode() & 0o077 == 0 && meta.uid() == rustix::process::geteuid().as_raw();
    if ours { Ok(()) } else { Err(io::Error::other("it is not ours alone")) }
}

#[allow(unsafe_code, reason = "loading native code cannot be safe; what makes it sound stands below")]
fn map(engine: &Engine, code: Code, file: File) -> io::Result<Loaded> {
    // SAFETY: the file's whole content was authenticated, under a key that only this server has, as something that our compiler gave to
    // `store`. The descriptor that was read is the one that is mapped, so no change of a name comes between. The content does not change
    // afterwards: `write` makes a new file for each artifact (`create_new`), writes it before it has its name here, and never opens it
    // again; and only this user may write to it (`private`).
    let loaded = unsafe {
        match code {
            Code::Module => Module::deserialize_open_file(engine, file).map(Loaded::Module),
            Code::Component => Component::deserialize_file(engine, format!("/proc/self/fd/{}", file.as_raw_fd())).map(Loaded::Component),
        }
    };
    loaded.map_err(|error| io::Error::other(TooLarge::of(&error).unwrap_or_else(|| format!("{error:#}").into())))
}

/// The engine's pool has no place for what a function is made of.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct TooLarge(String);

impl TooLarge {
    /// wasmtime has no type for this error, but one phrase for all of its limits. The host's own troubles, such as too many open files, come
    /// with the system's words.
    fn of(error: &wasmtime::Error) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        let text = error.root_cause().to_string();
        text.contains("exceeds the").then(|| Self(text.replace(" in the pooling allocator", "")).into())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::admission::compile::precompile;
    use crate::engine;

    fn setup() -> (tempfile::TempDir, Engine, Cache, FunctionDigest) {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine::compiler().unwrap();
        let cache = Cache::new(&dir.path().join("engine-1"), [7; 32]);
        let function = wat::parse_str("(module (memory (export \"memory\") 1) (func (export \"_start\")))").unwrap();
        let digest = FunctionDigest::of(&function);
        cache.store(digest, Code::Module, &precompile(&function).unwrap()).unwrap();
        (dir, engine, cache, digest)
    }

    #[test]
    fn loads_what_it_stored() {
        let (_dir, engine, cache, digest) = setup();
        assert!(matches!(cache.load(&engine, digest, Code::Module), Some(Loaded::Module(_))));
        cache.remove(digest);
        assert!(cache.load(&engine, digest, Code::Module).is_none());
    }

    #[test]
    fn refuses_changed_foreign_open_and_torn_files() {
        type Damage = fn(&Cache, FunctionDigest);
        let damages: [Damage; 4] = [
            |cache, digest| {
                let mut bytes = fs::read(cache.path(digest, "cwasm")).unwrap();
                *bytes.last_mut().unwrap() ^= 1;
                fs::write(cache.path(digest, "cwasm"), bytes).unwrap();
            },
            |cache, digest| fs::set_permissions(cache.path(digest, "cwasm"), fs::Permissions::from_mode(0o640)).unwrap(),
            |cache, digest| OpenOptions::new().write(true).open(cache.path(digest, "cwasm")).unwrap().set_len(100).unwrap(),
            |cache, digest| fs::remove_file(cache.path(digest, "tag")).unwrap(),
        ];
        for damage in damages {
            let (_dir, engine, cache, digest) = setup();
            damage(&cache, digest);
            assert!(cache.load(&engine, digest, Code::Module).is_none());
            assert!(!cache.path(digest, "cwasm").exists());
        }
    }

    #[test]
    fn refuses_another_key_another_kind_and_a_link() {
        let (dir, engine, cache, digest) = setup();
        assert!(Cache::new(&cache.dir, [8; 32]).open_verified(digest, Code::Module).is_err());
        assert!(cache.open_verified(digest, Code::Component).is_err());
        let elsewhere = dir.path().join("elsewhere");
        fs::rename(cache.path(digest, "cwasm"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, cache.path(digest, "cwasm")).unwrap();
        assert!(cache.load(&engine, digest, Code::Module).is_none());
    }

    #[test]
    fn a_function_that_is_stored_removed_and_loaded_at_once_is_whole_or_absent() {
        let (_dir, engine, cache, digest) = setup();
        let artifact = fs::read(cache.path(digest, "cwasm")).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..200).for_each(|_| cache.store(digest, Code::Module, &artifact).unwrap()));
                scope.spawn(|| (0..200).for_each(|_| drop(cache.load(&engine, digest, Code::Module))));
            }
            scope.spawn(|| (0..200).for_each(|_| cache.remove(digest)));
        });
        cache.store(digest, Code::Module, &artifact).unwrap();
        assert!(cache.load(&engine, digest, Code::Module).is_some());
        assert_eq!(fs::read_dir(&cache.dir).unwrap().count(), 2);
    }

    /// A load that finds half of an artifact must leave it alone: the other half may be on its way.
    #[test]
    fn a_load_beside_a_store_takes_nothing_away() {
        let (_dir, engine, cache, digest) = setup();
        let artifact = fs::read(cache.path(digest, "cwasm")).unwrap();
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    drop(cache.load(&engine, digest, Code::Module))
                }
            });
            for _ in 0..300 {
                cache.remove(digest);
                cache.store(digest, Code::Module, &artifact).unwrap();
                let loaded = cache.load(&engine, digest, Code::Module);
                if loaded.is_none() {
                    is_done.store(true, Ordering::Relaxed);
                    panic!("what was stored is gone");
                }
            }
            is_done.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn writes_of_one_file_at_once_disturb_each_other_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.image");
        std::thread::scope(|scope| {
            for byte in 0..4 {
                let path = &path;
                scope.spawn(move || (0..200).for_each(|_| write(path, &[&[byte; 10_000]]).unwrap()));
            }
        });
        let written = fs::read(&path).unwrap();
        assert_eq!(written.len(), 10_000);
        assert!(written.iter().all(|byte| *byte == written[0]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_draft_goes_when_it_is_old_and_nothing_else_does() {
        let (_dir, _, cache, digest) = setup();
        let draft = draft_name(&cache.path(digest, "cwasm"));
        write_new(&draft, &[b"half"]).unwrap();
        remove_drafts(&cache.dir, DRAFT_AGE).unwrap();
        assert!(draft.exists());
        remove_drafts(&cache.dir, Duration::ZERO).unwrap();
        assert!(!draft.exists());
        assert!(cache.path(digest, "cwasm").exists());
    }

    #[test]
    fn a_folder_that_is_gone_or_blocked_is_made_again() {
        let (dir, engine, cache, digest) = setup();
        let artifact = fs::read(cache.path(digest, "cwasm")).unwrap();
        type Damage = fn(&Path, &Cache, FunctionDigest);
        let damages: [Damage; 3] = [
            |dir, _, _| fs::remove_dir_all(dir).unwrap(),
            |_, cache, _| {
                fs::remove_dir_all(&cache.dir).unwrap();
                fs::write(&cache.dir, b"a file").unwrap();
            },
            |_, cache, digest| {
                cache.remove(digest);
                fs::create_dir_all(cache.path(digest, "cwasm").join("a folder")).unwrap();
            },
        ];
        for damage in damages {
            damage(dir.path(), &cache, digest);
            assert!(cache.load(&engine, digest, Code::Module).is_none() && !cache.has(digest));
            cache.store(digest, Code::Module, &artifact).unwrap();
            assert!(cache.load(&engine, digest, Code::Module).is_some() && cache.has(digest));
        }
    }

    #[test]
    fn what_another_engine_left_is_removed() {
        let (dir, _, cache, _) = setup();
        sweep(dir.path(), &["engine-1"]).unwrap();
        assert!(cache.dir.exists());
        sweep(dir.path(), &["engine-2"]).unwrap();
        assert!(!cache.dir.exists());
    }
}
