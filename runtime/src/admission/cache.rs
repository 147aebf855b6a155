//! Compiled functions on the local disk, by content and engine.
//!
//! An artifact is native code: whoever can write one owns the process. So each carries a keyed hash, must belong to us with nobody else's
//! permission, and the very file that was verified is the one that is mapped.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wasmtime::component::Component;
use wasmtime::{Engine, Module};

use crate::FunctionDigest;

/// The folder of one engine's artifacts.
pub(super) struct Cache {
    dir: PathBuf,
    /// The key, filled up with zeros to the hash's block, as HMAC has it.
    key: [u8; 64],
}

/// What compiled code is.
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
    /// The module, if it is one.
    pub(super) fn module(self) -> Result<Module, &'static str> {
        match self {
            Self::Module(module) => Ok(module),
            Self::Component(_) => Err("a component was found where a module belongs"),
        }
    }
}

/// Bytes of the hash that stands in a file of its own beside the artifact.
const TAG_SIZE: usize = 32;

impl Cache {
    /// Opens the cache in `dir`, which is one engine's alone.
    pub(super) fn open(dir: &Path, key: [u8; 32]) -> io::Result<Self> {
        make_private(dir)?;
        Ok(Self { dir: dir.to_owned(), key: block(key) })
    }

    fn path(&self, digest: FunctionDigest, extension: &str) -> PathBuf {
        self.dir.join(format!("{}.{extension}", digest.to_hex()))
    }

    /// Stores an artifact. A torn write is found when it is loaded, so nothing is synced.
    pub(super) fn store(&self, digest: FunctionDigest, code: Code, artifact: &[u8]) -> io::Result<()> {
        let tag = self.mac(digest, code, artifact).finalize().into_bytes();
        write(&self.path(digest, "tag"), &[&tag])?;
        write(&self.path(digest, "cwasm"), &[artifact])
    }

    /// Maps an artifact; `None` if there is none that can be trusted, and then what is left of it is removed.
    pub(super) fn load(&self, engine: &Engine, digest: FunctionDigest, code: Code) -> Option<Loaded> {
        match self.open_verified(digest, code).and_then(|file| map(engine, code, file)) {
            Ok(loaded) => Some(loaded),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(function = %digest.to_hex(), %error, "compiled code cannot be used; compiling again");
                }
                self.remove(digest);
                None
            }
        }
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
        for extension in ["cwasm", "tag"] {
            let _absent = fs::remove_file(self.path(digest, extension));
        }
    }
}

const NOFOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits() as i32;

/// Removes the folders in a cache's folder but for those named, which are in use: what other engines left.
pub(super) fn sweep(dir: &Path, kept: &[&str]) -> io::Result<()> {
    make_private(dir)?;
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

/// Makes a folder that is ours alone, unless there is one.
pub(super) fn make_private(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Writes beside and renames, so that a file in use is never written to.
pub(super) fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.new", path.extension().and_then(|one| one.to_str()).unwrap_or_default()));
    let _absent = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    drop(file);
    fs::rename(&beside, path)
}

/// Opens a file, which must be ours alone and no link.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(NOFOLLOW).open(path)?;
    private(&file)?;
    Ok(file)
}

/// A key, filled up with zeros to the hash's block, as HMAC has it.
pub(super) fn block(key: [u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = from);
    block
}

/// Refuses a file that anybody else could have written or can read.
fn private(file: &File) -> io::Result<()> {
    let meta = file.metadata()?;
    let ours = meta.is_file() && meta.mode() & 0o077 == 0 && meta.uid() == rustix::process::geteuid().as_raw();
    if ours { Ok(()) } else { Err(io::Error::other("it is not ours alone")) }
}

#[allow(unsafe_code, reason = "loading native code cannot be safe; what makes it sound stands below")]
fn map(engine: &Engine, code: Code, file: File) -> io::Result<Loaded> {
    // SAFETY: the file's whole content was authenticated, under a key that only this server has, as something that `store` was given by
    // our compiler. It is mapped through the descriptor that was read, not by a name that could meanwhile lead elsewhere, and files of
    // this cache are replaced by renaming and never written in place.
    let loaded = unsafe {
        match code {
            Code::Module => Module::deserialize_open_file(engine, file).map(Loaded::Module),
            Code::Component => Component::deserialize_file(engine, format!("/proc/self/fd/{}", file.as_raw_fd())).map(Loaded::Component),
        }
    };
    loaded.map_err(|error| io::Error::other(format!("{error:#}")))
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
        let cache = Cache::open(&dir.path().join("engine-1"), [7; 32]).unwrap();
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
        assert!(Cache { dir: cache.dir.clone(), key: block([8; 32]) }.open_verified(digest, Code::Module).is_err());
        assert!(cache.open_verified(digest, Code::Component).is_err());
        let elsewhere = dir.path().join("elsewhere");
        fs::rename(cache.path(digest, "cwasm"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, cache.path(digest, "cwasm")).unwrap();
        assert!(cache.load(&engine, digest, Code::Module).is_none());
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
