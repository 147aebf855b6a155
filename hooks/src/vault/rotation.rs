//! Changing the master key. Key file and store cannot change in one step, so this is the order:
//!
//! 1. The new key is written beside the old one, under the file's name and `.next`.
//! 2. One commit makes the store the new key's.
//! 3. The new file takes the old one's name.
//!
//! Before the commit the old key opens the store, and the new file is unused. After the commit the new key opens it, under either name:
//! [`super::Vault::open`] does the last step if it is missing.
//!
//! Of client secrets only keyed hashes are stored, so the key of these hashes cannot change: it is carried over, sealed with the new key.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::Secret;
use zeroize::Zeroizing;

use super::error::VaultError;
use super::keys::{Vault, check_key};
use super::master::{self, MasterKey};
use super::purpose_key::PurposeKey;
use super::seal;
use crate::store::{Batch, Key, Kind, SERVER, Store};

/// The place, as associated data, that the carried key is sealed for.
const PLACE: (&str, &str) = ("vault", "secret hash key");

/// A change of the master key under way.
pub(crate) struct Rotation {
    path: PathBuf,
    former: PathBuf,
    master: MasterKey,
    vault: Vault,
}

impl Rotation {
    /// Makes the new key, and gives the old one another name, for backups that need it.
    pub(crate) fn begin(data: &Path, key_file: Option<&Path>, old: &Vault) -> Result<Self, VaultError> {
        let path = master::path(data, key_file);
        let former = master::keep_former(&path)?;
        let master = master::make_next(&path)?;
        let vault = Vault { secret_hash: old.secret_hash.clone(), ..Vault::derive(&master, old.inside_data_folder)? };
        Ok(Self { path, former, master, vault })
    }

    /// The keys after the change.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Adds the records of the new key to a batch, which must also contain every sealed value.
    pub(crate) fn put(&self, batch: &mut Batch) -> Result<(), VaultError> {
        let key = Secret::new(STANDARD.encode(self.vault.secret_hash.0.as_slice()));
        let sealed = seal::seal(&carrier(&self.master)?.0, SERVER, PLACE.0, PLACE.1, &key)?;
        batch.put(check_key(), PurposeKey::derive(&self.master, "check")?.0.as_slice()).put(carried_key(), sealed);
        Ok(())
    }

    /// Gives the new key its final name, after the commit. Returns the paths of the new and of the former key.
    pub(crate) fn finish(self) -> Result<(PathBuf, PathBuf), VaultError> {
        master::publish_next(&self.path)?;
        Ok((self.path, self.former))
    }
}

/// The key of the hashes, if it was carried over from an earlier master key.
pub(super) fn carried(store: &dyn Store, master: &MasterKey) -> Result<Option<PurposeKey>, VaultError> {
    let Some(sealed) = store.get(carried_key().as_bytes())? else { return Ok(None) };
    let text = seal::unseal(&carrier(master)?.0, SERVER, PLACE.0, PLACE.1, &sealed)?;
    let mut key = Zeroizing::new([0; 32]);
    match STANDARD.decode_slice(text.expose(), key.as_mut_slice()) {
        Ok(32) => Ok(Some(PurposeKey(key))),
        Ok(_) | Err(_) => Err(VaultError::Damaged),
    }
}

fn carrier(master: &MasterKey) -> Result<PurposeKey, VaultError> {
    PurposeKey::derive(master, "carried key")
}

fn carried_key() -> Key {
    Key::new(SERVER, Kind::Meta).text("secret hash key")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::store::{Engine, open};

    fn world() -> (tempfile::TempDir, Arc<dyn Store>, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let vault = Vault::open(folder.path(), None, &*store).unwrap();
        (folder, store, vault)
    }

    fn commit(rotation: &Rotation, store: &dyn Store) {
        let mut batch = Batch::new();
        rotation.put(&mut batch).unwrap();
        store.commit(batch).unwrap();
    }

    #[test]
    fn hashes_stay_good_and_all_else_changes_each_time() {
        let (folder, store, mut vault) = world();
        let hash = vault.secret_hash("correct horse");
        for round in 1..=3 {
            let sealed = vault.seal(1, "id", "NAME", &Secret::new("x")).unwrap();
            let rotation = Rotation::begin(folder.path(), None, &vault).unwrap();
            commit(&rotation, &*store);
            let (path, former) = rotation.finish().unwrap();
            assert_eq!((path, former), (folder.path().join("master.key"), folder.path().join(format!("master.key.former-{round}"))));
            let new = Vault::open(folder.path(), None, &*store).unwrap();
            assert!(new.verify_secret("correct horse", &hash));
            assert!(new.token_key() != vault.token_key() && new.artifact_key() != vault.artifact_key());
            assert!(new.unseal(1, "id", "NAME", &sealed).is_err());
            vault = new;
        }
    }

    #[test]
    fn a_crash_before_the_commit_changes_nothing() {
        let (folder, store, vault) = world();
        let before = fs::read(folder.path().join("master.key")).unwrap();
        drop(Rotation::begin(folder.path(), None, &vault).unwrap());
        assert_eq!(Vault::open(folder.path(), None, &*store).unwrap().token_key(), vault.token_key());
        assert_eq!(fs::read(folder.path().join("master.key")).unwrap(), before);
        fs::write(folder.path().join("master.key.next.new"), b"half").unwrap();
        drop(Vault::open(folder.path(), None, &*store).unwrap());
        assert!(!folder.path().join("master.key.next.new").exists());
        let rotation = Rotation::begin(folder.path(), None, &vault).unwrap();
        commit(&rotation, &*store);
        assert_eq!(rotation.finish().unwrap().1, folder.path().join("master.key.former-1"), "the broken attempt left no key more");
        assert_ne!(Vault::open(folder.path(), None, &*store).unwrap().token_key(), vault.token_key());
    }

    #[test]
    fn a_crash_after_the_commit_is_made_up_for() {
        let (folder, store, vault) = world();
        let rotation = Rotation::begin(folder.path(), None, &vault).unwrap();
        commit(&rotation, &*store);
        let expected = *rotation.vault().token_key();
        drop(rotation);
        for _ in 0..2 {
            assert_eq!(*Vault::open(folder.path(), None, &*store).unwrap().token_key(), expected);
            assert!(!folder.path().join("master.key.next").exists());
        }
    }
}
