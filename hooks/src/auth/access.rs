//! From where a scope may be used, whatever the credential.

use std::net::IpAddr;

use crate::networks::Networks;
use crate::resources::Scope;

/// Lists of addresses. An empty one allows every address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessConfig {
    /// The accounts and credentials of the server.
    pub operate: Networks,
    /// Changes to hooks and env vars, and firing a hook.
    pub manage: Networks,
}

impl AccessConfig {
    /// Whether the scope may be used from the address.
    pub(super) fn allows(&self, scope: Scope, address: IpAddr) -> bool {
        match scope {
            Scope::Operate => self.operate.allow(address),
            Scope::Manage => self.manage.allow(address),
            Scope::Read | Scope::Fire => true,
        }
    }
}
