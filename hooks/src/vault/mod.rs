//! The server's keys: one master key, a key derived from it for each purpose, and what is done with them.
//!
//! Where the master key comes from is in [`master`]. What is sealed, hashed or signed, and where it is kept, is for the resources.

mod master;
mod rotation;
mod seal;

use std::fmt;
use std::path::{Path, PathBuf};

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use hookbox_host_api::Secret;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use self::master::MasterKey;
use crate::store::{Batch, Key, Kind, SERVER, Store, StoreError};

pub(crate) use rotation::Rotation;

/// Why the vault was not opened, or something in it cannot be read. No variant holds key material or plain text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    /// The key file cannot be used.
    #[error("the master key file {}: {problem}", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The store was made with another master key.
    #[error("wrong master key: the store was made with another key than the one in {}", .0.display())]
    WrongKey(PathBuf),
    /// The store failed while its check value was read or written.
    #[error("the vault's check value: {0}")]
    Store(#[from] StoreError),
    /// A sealed value was changed, belongs to another record, or is cut short.
    #[error("a sealed value cannot be opened: it was changed, or it is another record's")]
    Damaged,
    /// A key could not be derived.
    #[error("a key could not be derived from the master key")]
    Derivation,
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    Random,
}

/// A derived key: wiped when dropped, and never shown.
#[derive(Clone)]
struct PurposeKey(Zeroizing<[u8; 32]>);

impl PurposeKey {
    /// HKDF-SHA256 with the purpose as its info. The purposes are stored facts: changing one orphans what it made.
    fn derive(master: &MasterKey, purpose: &str) -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(Some(b"hookbox/1"), master.as_bytes());
        hkdf.expand(purpose.as_bytes(), key.as_mut_slice()).map_err(|_| VaultError::Derivation)?;
        Ok(Self(key))
    }

    fn hmac(&self, message: &[u8]) -> [u8; 32] {
        // HMAC pads a key to a block of its hash with zeros; a whole block is the form that cannot be refused.
        let mut block = Zeroizing::new([0; 64]);
        for (padded, byte) in block.iter_mut().zip(self.0.iter()) {
            *padded = *byte;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

/// The keys of one server.
pub(crate) struct Vault {
    env: PurposeKey,
    token: PurposeKey,
    secret_hash: PurposeKey,
    artifact: PurposeKey,
    inside_data_folder: bool,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("inside_data_folder", &self.inside_data_folder).finish_non_exhaustive()
    }
}

impl Vault {
    /// Reads the master key from `key_file`, or from `<data>/master.key`, which is made if this store has never had a key; then
    /// checks that the store was made with it. Blocks.
    pub(crate) fn open(data: &Path, key_file: Option<&Path>, store: &dyn Store) -> Result<Self, VaultError> {
        let stored = store.get(check_key().as_bytes())?;
        let (path, master) = master::load(data, key_file, stored.is_none())?;
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

    fn derive(master: &MasterKey, inside_data_folder: bool) -> Result<Self, VaultError> {
        Ok(Self {
            env: PurposeKey::derive(master, "env")?,
            token: PurposeKey::derive(master, "token")?,
            secret_hash: PurposeKey::derive(master, "secret-hash")?,
            artifact: PurposeKey::derive(master, "artifact")?,
            inside_data_folder,
        })
    }

    /// Whether the master key lies beside what it protects, so that a copy of the data folder reveals every secret: worth a
    /// warning at start.
    pub(crate) fn key_is_inside_data_folder(&self) -> bool {
        self.inside_data_folder
    }

    /// Seals an env var's value for this place; [`Vault::unseal`] opens it there and nowhere else.
    pub(crate) fn seal(&self, account: u64, id: &str, name: &str, value: &Secret) -> Result<Vec<u8>, VaultError> {
        seal::seal(&self.env.0, account, id, name, value)
    }

    /// Opens what [`Vault::seal`] made.
    pub(crate) fn unseal(&self, account: u64, id: &str, name: &str, sealed: &[u8]) -> Result<Secret, VaultError> {
        seal::unseal(&self.env.0, account, id, name, sealed)
    }

    /// The key that signs access tokens.
    pub(crate) fn token_key(&self) -> &[u8; 32] {
        &self.token.0
    }

    /// The key that authenticates compiled code in the cache.
    pub(crate) fn artifact_key(&self) -> &[u8; 32] {
        &self.artifact.0
    }

    /// The hash under which a client secret is stored. Fast, because the secrets are long and random, and keyed, because the
    /// store may leak without the key.
    pub(crate) fn secret_hash(&self, secret: &str) -> [u8; 32] {
        self.secret_hash.hmac(secret.as_bytes())
    }

    /// Whether the secret has this hash, in a time that does not depend on where they differ.
    pub(crate) fn verify_secret(&self, secret: &str, hash: &[u8; 32]) -> bool {
        self.secret_hash(secret).ct_eq(hash).into()
    }
}

/// The key that the store was made with: the one in the file, or the one beside it where a change of keys broke off.
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

/// Where the check value is kept. It is derived as a key of its own, so it tells nothing about the others.
fn check_key() -> Key {
    Key::new(SERVER, Kind::Meta).text("vault check")
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
    fn a_derived_key_is_the_one_that_hkdf_gives() {
        // Worked out with HMAC-SHA256 by hand: prk = HMAC(salt, ikm), okm = HMAC(prk, info || 0x01).
        let mut extract = Hmac::<Sha256>::new_from_slice(b"hookbox/1").unwrap();
        extract.update(&[7; 32]);
        let mut expand = Hmac::<Sha256>::new_from_slice(&extract.finalize().into_bytes()).unwrap();
        expand.update(b"token\x01");
        let expected: [u8; 32] = expand.finalize().into_bytes().into();
        assert_eq!(*PurposeKey::derive(&MasterKey::from_bytes([7; 32]), "token").unwrap().0, expected);
    }

    #[test]
    fn a_keyed_hash_is_the_one_that_hmac_gives() {
        let mut mac = Hmac::<Sha256>::new_from_slice(&[5; 32]).unwrap();
        mac.update(b"message");
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(PurposeKey(Zeroizing::new([5; 32])).hmac(b"message"), expected);
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
