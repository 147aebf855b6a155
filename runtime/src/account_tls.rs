//! Whom the calls of an account's hooks trust beside the server's authorities, and who they are.

use std::fmt;
use std::sync::{Arc, OnceLock};

use hookbox_egress::{Egress, TlsConfig, TlsError, TlsSettings};

/// The authorities and client certificates of an account, in one state of its settings. What TLS needs of them is made at the first call, for
/// all of its hooks.
pub struct AccountTls {
    settings: TlsSettings,
    made: OnceLock<Result<Arc<TlsConfig>, TlsError>>,
}

impl AccountTls {
    /// With these settings.
    pub fn new(settings: TlsSettings) -> Self {
        Self { settings, made: OnceLock::new() }
    }

    pub(crate) fn config(&self, egress: &Egress) -> Result<Arc<TlsConfig>, TlsError> {
        self.made.get_or_init(|| egress.tls(&self.settings)).clone()
    }
}

impl fmt::Debug for AccountTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TlsSettings { ca, identities } = &self.settings;
        f.debug_struct("AccountTls").field("authorities", &ca.len()).field("certificates", &identities.len()).finish_non_exhaustive()
    }
}
