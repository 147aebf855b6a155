//! The keys of one server, and what is sealed, hashed and signed with them.

use std::fmt;

use hookbox_host_api::Secret;
use subtle::ConstantTimeEq;

use super::cache_keys::CacheKeys;
use super::error::VaultError;
use super::master::MasterKey;
use super::purpose_key::PurposeKey;
use super::seal;
use crate::store::{Key, Kind, SERVER};

/// The keys of one server.
pub(crate) struct Vault {
    pub(super) env: PurposeKey,
    pub(super) token: PurposeKey,
    pub(super) secret_hash: PurposeKey,
    pub(super) artifact: PurposeKey,
    pub(super) cache: CacheKeys,
    pub(super) inside_data_folder: bool,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("inside_data_folder", &self.inside_data_folder).finish_non_exhaustive()
    }
}

impl Vault {
    pub(super) fn derive(master: &MasterKey, inside_data_folder: bool) -> Result<Self, VaultError> {
        Ok(Self {
            env: PurposeKey::derive(master, "env")?,
            token: PurposeKey::derive(master, "token")?,
            secret_hash: PurposeKey::derive(master, "secret-hash")?,
            artifact: PurposeKey::derive(master, "artifact")?,
            cache: CacheKeys::derive(master)?,
            inside_data_folder,
        })
    }

    /// Whether the master key is in the data folder, so that a copy of the folder reveals every secret. The server then warns at its start.
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

    /// The keys of the cache that functions have.
    pub(crate) fn cache_keys(&self) -> &CacheKeys {
        &self.cache
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

/// The key of the check value's record. The value is derived for this purpose, so it reveals nothing about the other keys.
pub(super) fn check_key() -> Key {
    Key::new(SERVER, Kind::Meta).text("vault check")
}
