//! From where a caller may come: lists of addresses for a scope, and for a single credential.

use std::net::IpAddr;

use super::AuthError;
use crate::networks::Networks;
use crate::resources::{CredentialRecord, Scope};

/// From where a scope may be used, whatever the credential. An empty list allows every address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessConfig {
    /// The accounts and credentials of the server.
    pub operate: Networks,
    /// Changes to hooks and env vars.
    pub manage: Networks,
}

impl AccessConfig {
    /// Refuses an address from which the scope must not be used.
    pub(super) fn check(&self, scope: Scope, address: IpAddr) -> Result<(), AuthError> {
        let (list, named) = match scope {
            Scope::Operate => (&self.operate, "the scope operate"),
            Scope::Manage => (&self.manage, "the scope manage"),
            Scope::Read | Scope::Fire => return Ok(()),
        };
        if list.allow(address) { Ok(()) } else { Err(AuthError::Address(named, address)) }
    }
}

/// Refuses an address from which the credential must not be used.
pub(super) fn check(record: &CredentialRecord, address: IpAddr) -> Result<(), AuthError> {
    if record.allowed_addresses.allow(address) { Ok(()) } else { Err(AuthError::Address("the credential", address)) }
}
