//! What a hook may reach outside of its sandbox.

use std::fmt;
use std::sync::Arc;

use hookbox_egress::Policy;
use hookbox_host_api::Secret;

use crate::account_tls::AccountTls;

/// What a hook may reach. By default that is nothing.
#[derive(Debug, Default)]
pub struct Grant {
    /// Whom it may call.
    pub hosts: Arc<Policy>,
    /// Whom the hooks of its account may call at most; `None` for whom the server lets them.
    pub ceiling: Option<Arc<Policy>>,
    /// The env vars whose values only these hosts get.
    pub sealed: Vec<SealedVar>,
    /// Its account's authorities and client certificates; `None` for the server's authorities and no certificates.
    pub tls: Option<Arc<AccountTls>>,
    /// Whether answers over HTTP are kept for it, as their servers allow.
    pub http_cache: bool,
    /// The hook's version. Connections are kept for executions of the same one.
    pub version: u32,
}

/// An env var of which the function sees a placeholder.
pub struct SealedVar {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
    /// Whom it is for.
    pub hosts: Policy,
}

impl fmt::Debug for SealedVar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedVar").field("name", &self.name).field("hosts", &self.hosts).finish_non_exhaustive()
    }
}
