//! Records in the store: their keys and their form.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ServiceError;
use crate::ids::{AccountId, ClientId, EnvId, HookId};
use crate::resources::{AccountRecord, CredentialRecord, EnvRecord, HookRecord};
use crate::store::{Batch, Key, Kind, StoreError};

/// The key of an account's own record.
pub(crate) fn account_key(id: AccountId) -> Key {
    Key::new(id.get(), Kind::Account)
}

pub(crate) fn credential_key(account: AccountId, client_id: &ClientId) -> Key {
    Key::new(account.get(), Kind::Credential).text(client_id.as_str())
}

pub(crate) fn hook_key(account: AccountId, id: HookId) -> Key {
    Key::new(account.get(), Kind::Hook).fixed(id.as_bytes())
}

pub(crate) fn env_key(account: AccountId, id: EnvId) -> Key {
    Key::new(account.get(), Kind::EnvVar).fixed(id.as_bytes())
}

pub(crate) fn put_account(batch: &mut Batch, record: &AccountRecord) -> Result<(), ServiceError> {
    batch.put(account_key(record.id), encode(record)?);
    Ok(())
}

pub(crate) fn put_credential(batch: &mut Batch, record: &CredentialRecord) -> Result<(), ServiceError> {
    batch.put(credential_key(record.account, &record.client_id), encode(record)?);
    Ok(())
}

pub(crate) fn put_hook(batch: &mut Batch, account: AccountId, record: &HookRecord) -> Result<(), ServiceError> {
    batch.put(hook_key(account, record.id), encode(record)?);
    Ok(())
}

pub(crate) fn put_env(batch: &mut Batch, account: AccountId, record: &EnvRecord) -> Result<(), ServiceError> {
    batch.put(env_key(account, record.id), encode(record)?);
    Ok(())
}

fn encode(record: &impl Serialize) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(record).map_err(|error| ServiceError::Internal(format!("a record cannot be written: {error}")))
}

/// Reads a record back.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Corrupt(format!("{what} cannot be read: {error}")))
}
