//! The server's keys: one master key, and a key derived from it for each purpose.
//!
//! [`master`] reads and makes the master key. The resources decide what is sealed, hashed or signed, and store it.

mod cache_keys;
mod error;
mod keys;
mod master;
mod purpose_key;
mod rotation;
mod seal;

use std::path::Path;

use subtle::ConstantTimeEq;

use self::keys::check_key;
use self::master::MasterKey;
use self::purpose_key::PurposeKey;
use crate::store::{Batch, Store};

pub(crate) use cache_keys::CacheKeys;
pub(crate) use error::VaultError;
pub(crate) use keys::Vault;
pub(crate) use rotation::Rotation;

impl Vault {
    /// Reads the master key from `key_file`, or from `<data>/master.key`, which is made if this store has never had a key; then
    /// checks that the store was made with it. Blocks.
    pub(crate) fn open(data: &Path, key_file: Option<&Path>, store: &dyn Store) -> Result<Self, VaultError> {
        let stored = store.get(check_key().as_bytes())?;
        let (path, master) = master::load(data, key_file, stored.is_none())?;
        master::tidy(&path);
        let master = match stored {
            Some(stored) => the_stores(&stored, master, &path)?,
            None => {
                keep_check(store, &PurposeKey::derive(&master, "check")?)?;
                master
            }
        };
        let mut vault = Self::derive(&master, master::is_inside(&path, data))?;
        if let Some(carried) = rotation::carried(store, &master)? {
            vault.secret_hash = carried;
        }
        Ok(vault)
    }
}

/// The key that the store was made with: the one in the file, or the one beside it if a change of keys was interrupted.
fn the_stores(stored: &[u8], master: MasterKey, path: &Path) -> Result<MasterKey, VaultError> {
    let fits = |master: &MasterKey| Ok::<bool, VaultError>(bool::from(PurposeKey::derive(master, "check")?.0.as_slice().ct_eq(stored)));
    if fits(&master)? {
        return Ok(master);
    }
    match master::load_next(path)? {
        Some(next) if fits(&next)? => {
            master::publish_next(path)?;
            Ok(next)
        }
        Some(_) | None => Err(VaultError::WrongKey(path.to_owned())),
    }
}

fn keep_check(store: &dyn Store, check: &PurposeKey) -> Result<(), VaultError> {
    let mut batch = Batch::new();
    batch.require_absent(check_key()).put(check_key(), check.0.as_slice());
    Ok(store.commit(batch)?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use hookbox_host_api::Secret;

    use super::*;
    use crate::store::{Engine, open};

    fn store(folder: &Path) -> Arc<dyn Store> {
        open(folder, Engine::Redb).unwrap()
    }

    #[test]
    fn the_same_key_opens_the_store_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let first = Vault::open(folder.path(), None, &*store).unwrap();
        let second = Vault::open(folder.path(), None, &*store).unwrap();
        assert!(first.key_is_inside_data_folder());
        assert_eq!(first.token_key(), second.token_key());
        let sealed = first.seal(1, "id", "NAME", &Secret::new("hunter2")).unwrap();
        assert_eq!(second.unseal(1, "id", "NAME", &sealed).unwrap().expose(), "hunter2");
    }

    #[test]
    fn another_key_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        Vault::open(folder.path(), None, &*store).unwrap();
        fs::write(folder.path().join("master.key"), [7; 32]).unwrap();
        let error = Vault::open(folder.path(), None, &*store).unwrap_err();
        assert!(matches!(&error, VaultError::WrongKey(path) if *path == folder.path().join("master.key")));
        assert!(error.to_string().starts_with("wrong master key"));
    }

    #[test]
    fn a_lost_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        Vault::open(folder.path(), None, &*store).unwrap();
        fs::remove_file(folder.path().join("master.key")).unwrap();
        assert!(matches!(Vault::open(folder.path(), None, &*store), Err(VaultError::KeyFile { .. })));
        assert!(!folder.path().join("master.key").exists());
    }

    #[test]
    fn every_purpose_has_its_own_key() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), None, &*store(folder.path())).unwrap();
        let keys = [&vault.env, &vault.token, &vault.secret_hash, &vault.artifact].map(|key| key.0.to_vec());
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert!(keys.iter().all(|key| *key != [0; 32]));
    }

    #[test]
    fn secrets_are_verified_by_their_hash() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), None, &*store(folder.path())).unwrap();
        let hash = vault.secret_hash("correct horse");
        assert!(vault.verify_secret("correct horse", &hash));
        assert!(!vault.verify_secret("correct horsf", &hash));
        assert!(!vault.verify_secret("", &hash));
    }

    #[test]
    fn debug_shows_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), None, &*store(folder.path())).unwrap();
        assert_eq!(format!("{vault:?}"), "Vault { inside_data_folder: true, .. }");
    }
}
