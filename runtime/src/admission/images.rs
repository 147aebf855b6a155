//! Images on the local disk, by source and engine, so that a JavaScript hook is not evaluated again at each start of the server.
//!
//! An image is data and not code, but write access to one is control over what a hook does. Each image therefore begins with a keyed hash, and
//! its file must be private to this user. Images that hold env values are never stored.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::cache::{block, make_private, make_way, open_private, write};
use crate::FunctionDigest;

/// The folder of one engine's images.
pub(super) struct Images {
    dir: PathBuf,
    key: [u8; 64],
}

/// Bytes of the hash that an image's file begins with.
const TAG_SIZE: usize = 32;

/// The name of the folder for an engine's images.
pub(super) fn folder(engine: FunctionDigest) -> String {
    format!("images-{}", engine.to_hex().get(..32).unwrap_or_default())
}

impl Images {
    /// The folder of one engine, which is made with the first image.
    pub(super) fn new(dir: PathBuf, key: [u8; 32]) -> Self {
        Self { dir, key: block(key) }
    }

    /// Whether an image seems to be there.
    pub(super) fn has(&self, key: FunctionDigest) -> bool {
        self.path(key).is_file()
    }

    fn path(&self, key: FunctionDigest) -> PathBuf {
        self.dir.join(format!("{}.image", key.to_hex()))
    }

    /// Stores an image. Nothing is synced: a torn write is noticed when the image is loaded. The folder is made again, because a program with
    /// another engine that shares the cache, or a person, may have removed it.
    pub(super) fn store(&self, key: FunctionDigest, image: &[u8]) -> io::Result<()> {
        make_private(&self.dir)?;
        make_way(&self.path(key))?;
        write(&self.path(key), &[&self.mac(key, image).finalize().into_bytes(), image])
    }

    /// Reads an image; `None` if there is none or it cannot be trusted, in which case its file is removed.
    pub(super) fn load(&self, key: FunctionDigest) -> Option<Vec<u8>> {
        match self.read_verified(key) {
            Ok(image) => Some(image),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(image = %key.to_hex(), %error, "an image cannot be used; it is made again");
                    self.remove(key);
                }
                None
            }
        }
    }

    fn read_verified(&self, key: FunctionDigest) -> io::Result<Vec<u8>> {
        let mut file = open_private(&self.path(key))?;
        let (mut tag, mut image) = ([0; TAG_SIZE], Vec::new());
        file.read_exact(&mut tag)?;
        file.read_to_end(&mut image)?;
        self.mac(key, &image).verify_slice(&tag).map_err(|_| io::Error::other("its keyed hash is wrong"))?;
        Ok(image)
    }

    fn mac(&self, key: FunctionDigest, image: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.key.into());
        mac.update(b"image");
        mac.update(key.as_bytes());
        mac.update(image);
        mac
    }

    /// Removes an image, if there is one.
    pub(super) fn remove(&self, key: FunctionDigest) {
        let _absent = fs::remove_file(self.path(key));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn setup() -> (tempfile::TempDir, Images, FunctionDigest) {
        let dir = tempfile::tempdir().unwrap();
        let images = Images::new(dir.path().join("images"), [7; 32]);
        let key = FunctionDigest::of(b"a source");
        images.store(key, b"what it changed").unwrap();
        (dir, images, key)
    }

    #[test]
    fn loads_what_it_stored_until_it_is_removed() {
        let (_dir, images, key) = setup();
        assert_eq!(images.load(key).unwrap(), b"what it changed");
        assert!(images.load(FunctionDigest::of(b"another")).is_none());
        images.remove(key);
        assert!(images.load(key).is_none());
    }

    #[test]
    fn refuses_changed_foreign_and_torn_files_and_those_of_another_name() {
        type Damage = fn(&Images, FunctionDigest);
        let damages: [Damage; 4] = [
            |images, key| {
                let mut bytes = fs::read(images.path(key)).unwrap();
                *bytes.last_mut().unwrap() ^= 1;
                fs::write(images.path(key), bytes).unwrap();
            },
            |images, key| fs::set_permissions(images.path(key), fs::Permissions::from_mode(0o640)).unwrap(),
            |images, key| fs::OpenOptions::new().write(true).open(images.path(key)).unwrap().set_len(20).unwrap(),
            |images, key| {
                images.store(FunctionDigest::of(b"another"), b"what that changed").unwrap();
                fs::rename(images.path(FunctionDigest::of(b"another")), images.path(key)).unwrap();
            },
        ];
        for damage in damages {
            let (_dir, images, key) = setup();
            damage(&images, key);
            assert!(images.load(key).is_none());
            assert!(!images.path(key).exists());
        }
    }
}
