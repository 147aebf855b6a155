//! Changes the master key: seals every env value and every key of a client certificate again, in one commit, and removes what functions keep in
//! the cache. The vault replaces the key file.

use std::ops::ControlFlow;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use super::{Folder, OfflineError, OpenFolder};
use crate::directory::records::{decode, put_account, put_env};
use crate::directory::{seal_key, unseal_key, unsealed};
use crate::ids::AccountId;
use crate::resources::{AccountRecord, EnvRecord};
use crate::store::{Batch, Key, KeyRange, KeyReader, Kind, Order, Store, StoreError};
use crate::vault::{Rotation, Vault};

/// The result of a change of the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The number of env values that were sealed again.
    pub env_vars: u64,
    /// The number of keys of client certificates that were sealed again.
    pub client_keys: u64,
    /// The file with the new key.
    pub key_file: PathBuf,
    /// The file with the former key, which earlier backups need.
    pub former_key_file: PathBuf,
}

/// Replaces the master key by a new one in the same file.
///
/// Access tokens end, and client secrets stay valid. A crash at any moment leaves a folder that opens with its key file.
///
/// # Errors
/// When the folder or the key cannot be opened or written.
pub fn rotate(folder: &Folder) -> Result<Rotated, OfflineError> {
    let OpenFolder { store, vault, .. } = folder.open()?;
    let rotation = Rotation::begin(&folder.data, folder.master_key_file.as_deref(), &vault).map_err(OfflineError::new)?;
    let mut batch = Batch::new();
    let mut env_vars = 0;
    for (account, record) in env_records(&*store).map_err(OfflineError::new)? {
        put_env(&mut batch, account, &sealed_anew(&vault, rotation.vault(), account, record)?).map_err(OfflineError::new)?;
        env_vars += 1;
    }
    let mut client_keys = 0;
    for mut record in account_records(&*store).map_err(OfflineError::new)? {
        for (fingerprint, key) in &mut record.client_keys {
            let opened = unseal_key(&vault, record.id, fingerprint, &key.sealed).map_err(OfflineError::new)?;
            key.sealed = seal_key(rotation.vault(), record.id, fingerprint, &opened).map_err(OfflineError::new)?;
            client_keys += 1;
        }
        if !record.client_keys.is_empty() {
            put_account(&mut batch, &record).map_err(OfflineError::new)?;
        }
    }
    // What functions keep for a while is kept anew.
    store
        .scan(KeyRange::all(), Order::Ascending, &mut |key, _| {
            if KeyReader::kind_of(key) == Some(Kind::Cache) {
                batch.delete(Key::from(key));
            }
            ControlFlow::Continue(())
        })
        .map_err(OfflineError::new)?;
    rotation.put(&mut batch).map_err(OfflineError::new)?;
    store.commit(batch).map_err(OfflineError::new)?;
    let (key_file, former_key_file) = rotation.finish().map_err(OfflineError::new)?;
    Ok(Rotated { env_vars, client_keys, key_file, former_key_file })
}

fn sealed_anew(from: &Vault, to: &Vault, account: AccountId, record: EnvRecord) -> Result<EnvRecord, OfflineError> {
    let value = unsealed(from, account, &record).map_err(OfflineError::new)?;
    let sealed = to.seal(account.get(), &record.id.to_string(), record.name.as_str(), &value).map_err(OfflineError::new)?;
    Ok(EnvRecord { sealed: STANDARD.encode(sealed), ..record })
}

fn env_records(store: &dyn Store) -> Result<Vec<(AccountId, EnvRecord)>, StoreError> {
    records(store, Kind::EnvVar, "an env var")
}

fn account_records(store: &dyn Store) -> Result<Vec<AccountRecord>, StoreError> {
    Ok(records(store, Kind::Account, "an account")?.into_iter().map(|(_, record)| record).collect())
}

fn records<T: DeserializeOwned>(store: &dyn Store, kind: Kind, what: &str) -> Result<Vec<(AccountId, T)>, StoreError> {
    let mut records = Vec::new();
    store.scan(KeyRange::all(), Order::Ascending, &mut |key, value| {
        let account = KeyReader::new(key, kind).and_then(|(account, _)| AccountId::new(account).ok());
        records.extend(account.map(|account| decode(what, value).map(|record| (account, record))));
        ControlFlow::Continue(())
    })?;
    records.into_iter().collect()
}
