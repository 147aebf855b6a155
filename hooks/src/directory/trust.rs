//! The authorities and client certificates of an account in memory, and its private keys between the vault and the store.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_egress::{Identity, TlsSettings};
use hookbox_host_api::Secret;
use hookbox_runtime::AccountTls;

use crate::ids::AccountId;
use crate::resources::AccountRecord;
use crate::vault::{Vault, VaultError};

/// What stands in the place of an env var's id where a private key is sealed. No id is like it.
const PLACE: &str = "client certificate";

/// Seals a private key for an account and a certificate's fingerprint.
pub(crate) fn seal_key(vault: &Vault, account: AccountId, fingerprint: &str, key: &Secret) -> Result<String, VaultError> {
    vault.seal(account.get(), PLACE, fingerprint, key).map(|sealed| STANDARD.encode(sealed))
}

/// Unseals what [`seal_key`] made.
pub(crate) fn unseal_key(vault: &Vault, account: AccountId, fingerprint: &str, sealed: &str) -> Result<Secret, VaultError> {
    let sealed = STANDARD.decode(sealed).map_err(|_| VaultError::Damaged)?;
    vault.unseal(account.get(), PLACE, fingerprint, &sealed)
}

/// What the calls of an account's hooks use; `None` for an account that adds nothing to the server's trust.
pub(crate) fn account_tls(vault: &Vault, record: &AccountRecord) -> Result<Option<Arc<AccountTls>>, VaultError> {
    let settings = &record.settings;
    let mut identities = Vec::new();
    for one in &settings.client_certificates {
        let key = record.client_keys.get(&one.fingerprint).ok_or(VaultError::Damaged)?;
        let (hosts, cert) = (one.hosts.clone(), key.cert.clone());
        identities.push(Identity { hosts, cert, key: unseal_key(vault, record.id, &one.fingerprint, &key.sealed)? });
    }
    let ca = settings.egress_ca.clone();
    Ok((!ca.is_empty() || !identities.is_empty()).then(|| Arc::new(AccountTls::new(TlsSettings { ca, identities }))))
}
