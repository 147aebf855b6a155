//! Changes the master key: seals every env value again, in one commit, and removes what functions keep in the cache. The vault replaces the key file.

use std::ops::ControlFlow;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Folder, OfflineError, OpenFolder};
use crate::directory::records::{decode, put_env};
use crate::directory::unsealed;
use crate::ids::AccountId;
use crate::resources::EnvRecord;
use crate::store::{Batch, Key, KeyRange, KeyReader, Kind, Order, StoreError};
use crate::vault::{Rotation, Vault};

/// The result of a change of the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The number of env values that were sealed again.
    pub env_vars: u64,
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
    Ok(Rotated { env_vars, key_file, former_key_file })
}

fn sealed_anew(from: &Vault, to: &Vault, account: AccountId, record: EnvRecord) -> Result<EnvRecord, OfflineError> {
    let value = unsealed(from, account, &record).map_err(OfflineError::new)?;
    let sealed = to.seal(account.get(), &record.id.to_string(), record.name.as_str(), &value).map_err(OfflineError::new)?;
    Ok(EnvRecord { sealed: STANDARD.encode(sealed), ..record })
}

fn env_records(store: &dyn crate::store::Store) -> Result<Vec<(AccountId, EnvRecord)>, StoreError> {
    let mut records = Vec::new();
    store.scan(KeyRange::all(), Order::Ascending, &mut |key, value| {
        let account = KeyReader::new(key, Kind::EnvVar).and_then(|(account, _)| AccountId::new(account).ok());
        records.extend(account.map(|account| decode("an env var", value).map(|record| (account, record))));
        ControlFlow::Continue(())
    })?;
    records.into_iter().collect()
}
