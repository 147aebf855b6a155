//! Makes a new credential for an operator who has lost theirs.

use hookbox_host_api::Secret;

use super::{Folder, OfflineError};
use crate::clock::{Clock as _, SystemClock};
use crate::directory::records::{account_key, credential_key, put_credential};
use crate::ids::{AccountId, ClientId};
use crate::networks::Networks;
use crate::resources::{CredentialRecord, Scope};
use crate::store::Batch;

/// Makes a credential of account 1 with `operate` and `manage`. The others stay as they are.
///
/// # Errors
/// When the folder cannot be opened, has no account yet, or has a credential with this client id.
pub fn reset_credential(folder: &Folder, client_id: ClientId, secret: &Secret) -> Result<(), OfflineError> {
    let opened = folder.open()?;
    let account = AccountId::OPERATOR;
    if opened.store.get(account_key(account).as_bytes()).map_err(OfflineError::new)?.is_none() {
        return Err(OfflineError("there is no account yet: the first start of the server makes it, with a credential".into()));
    }
    let mut batch = Batch::new();
    batch.require_absent(credential_key(account, &client_id));
    let record = CredentialRecord {
        client_id,
        account,
        name: Some("made offline".into()),
        scopes: [Scope::Operate, Scope::Manage].into_iter().collect(),
        secret_hash: opened.vault.secret_hash(secret.expose()),
        generation: 0,
        created_at: SystemClock.now().into(),
        allowed_addresses: Networks::default(),
    };
    put_credential(&mut batch, &record).map_err(OfflineError::new)?;
    opened.store.commit(batch).map_err(OfflineError::new)
}
