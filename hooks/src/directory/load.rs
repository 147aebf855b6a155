//! Reads the whole directory from the store, once, at the start. Values of env vars are unsealed; functions are not read.

use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use super::records::{account_key, decode};
use super::trust::account_tls;
use super::{Directory, EnvVar};
use crate::error::ServiceError;
use crate::hook_type::Registry;
use crate::ids::AccountId;
use crate::resources::{AccountRecord, CredentialRecord, EnvRecord, HookRecord};
use crate::store::{Key, KeyRange, KeyReader, Kind, Order, Store, StoreError};
use crate::vault::{Vault, VaultError};

/// Why the directory cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// The store failed, or holds a record that cannot be read.
    #[error("the store cannot be read: {0}")]
    Store(#[from] StoreError),
    /// A value cannot be unsealed.
    #[error("the env var {name} of account {account} cannot be opened: {error}")]
    Vault {
        /// The account of the env var.
        account: AccountId,
        /// The name of the env var.
        name: String,
        /// Why.
        error: VaultError,
    },
    /// The key of a client certificate cannot be unsealed.
    #[error("a client certificate of account {account} cannot be opened: {error}")]
    ClientKey {
        /// The account of the certificate.
        account: AccountId,
        /// Why.
        error: VaultError,
    },
    /// The records contradict each other.
    #[error("the directory cannot be built: {0}")]
    Directory(#[from] ServiceError),
}

/// Reads everything.
pub(crate) fn load(store: &dyn Store, vault: &Vault, registry: Registry) -> Result<Directory, LoadError> {
    let mut directory = Directory::new(registry.clone());
    let mut next = Some(AccountId::OPERATOR);
    while let Some(account) = first_account(store, next)? {
        load_account(store, vault, account, &mut directory)?;
        next = account.next();
    }
    Ok(directory.indexed(&Directory::new(registry)))
}

/// The first account that has a key, from `from` on.
fn first_account(store: &dyn Store, from: Option<AccountId>) -> Result<Option<AccountId>, StoreError> {
    let Some(from) = from else { return Ok(None) };
    let mut found = None;
    let range = KeyRange::all().starting_at(Key::account(from.get()).as_bytes());
    store.scan(range, Order::Ascending, &mut |key, _| {
        found = KeyReader::account_of(key).and_then(|number| AccountId::new(number).ok());
        ControlFlow::Break(())
    })?;
    Ok(found)
}

fn load_account(store: &dyn Store, vault: &Vault, id: AccountId, directory: &mut Directory) -> Result<(), LoadError> {
    // Log entries may outlive their account.
    let Some(record) = store.get(account_key(id).as_bytes())? else { return Ok(()) };
    let record: AccountRecord = decode("an account", &record)?;
    let tls = account_tls(vault, &record).map_err(|error| LoadError::ClientKey { account: id, error })?;
    directory.put_account(record, tls)?;
    for credential in all::<CredentialRecord>(store, id, Kind::Credential)? {
        directory.put_credential(credential);
    }
    let registry = directory.registry().clone();
    let account = directory.account_mut(id)?;
    for record in all::<EnvRecord>(store, id, Kind::EnvVar)? {
        let failed = |error| LoadError::Vault { account: id, name: record.name.to_string(), error };
        let value = unsealed(vault, id, &record).map_err(failed)?;
        account.put_env(EnvVar { record, value })?;
    }
    for record in all::<HookRecord<String>>(store, id, Kind::Hook)? {
        let record = record.resolve(&registry)?;
        // No preparation runs at the start, so a version that was being prepared is queued again.
        let status = if record.status.is_pending() { record.status.queued() } else { record.status };
        account.put_hook(record.with_status(status).without_trouble());
    }
    Ok(())
}

/// Unseals the value of an env var.
pub(crate) fn unsealed(vault: &Vault, account: AccountId, record: &EnvRecord) -> Result<hookbox_host_api::Secret, VaultError> {
    let sealed = STANDARD.decode(&record.sealed).map_err(|_| VaultError::Damaged)?;
    vault.unseal(account.get(), &record.id.to_string(), record.name.as_str(), &sealed)
}

fn all<T: DeserializeOwned>(store: &dyn Store, account: AccountId, kind: Kind) -> Result<Vec<T>, StoreError> {
    let mut records = Vec::new();
    store.scan(Key::new(account.get(), kind).range(), Order::Ascending, &mut |_, value| {
        records.push(decode("a record", value));
        ControlFlow::Continue(())
    })?;
    records.into_iter().collect()
}
