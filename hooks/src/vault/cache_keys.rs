//! What the cache of functions is sealed with, and what its names are hidden with.

use super::error::VaultError;
use super::master::MasterKey;
use super::purpose_key::PurposeKey;
use super::seal;

/// The keys of the cache. With another master key they are others, and what was kept is nothing.
#[derive(Clone)]
pub(crate) struct CacheKeys {
    value: PurposeKey,
    name: PurposeKey,
}

impl CacheKeys {
    pub(super) fn derive(master: &MasterKey) -> Result<Self, VaultError> {
        Ok(Self { value: PurposeKey::derive(master, "cache")?, name: PurposeKey::derive(master, "cache-name")? })
    }

    /// What stands for a name in the store: functions put addresses of people into names.
    pub(crate) fn name(&self, name: &[u8]) -> [u8; 32] {
        self.name.hmac(name)
    }

    /// Seals a value for this place; [`CacheKeys::unseal`] opens it there and nowhere else.
    pub(crate) fn seal(&self, place: &[u8], value: &[u8]) -> Result<Vec<u8>, VaultError> {
        seal::seal_bytes(&self.value.0, place, value)
    }

    /// Opens what [`CacheKeys::seal`] made.
    pub(crate) fn unseal(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        seal::unseal_bytes(&self.value.0, place, sealed)
    }
}
