//! What a hook says of a TLS connection.

use std::fmt;

use serde::Deserialize;

use crate::policy::Host;

/// The options of TLS on a raw connection, or of a request.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsOptions {
    /// The name (or address) that the server's certificate must have, and that SNI tells.
    pub name: String,
    /// Whether a certificate that does not verify ends the handshake. If not, [`super::TlsFacts::authorized`] says how it stands.
    #[serde(default = "yes")]
    pub verify: bool,
    /// Protocols to offer, the preferred one first.
    #[serde(default)]
    pub alpn: Vec<String>,
    /// Certificates in PEM to trust instead of the system's and the account's.
    #[serde(default)]
    pub ca: Vec<String>,
    /// A client certificate with its chain in PEM; goes with `key`. Without one, the account's for this host is used.
    #[serde(default)]
    pub cert: Option<String>,
    /// Its private key in PEM.
    #[serde(default)]
    pub key: Option<String>,
    /// The lowest version: `TLSv1.2` or `TLSv1.3`; older ones mean `TLSv1.2`.
    #[serde(default)]
    pub min: Option<String>,
    /// The highest version: `TLSv1.2` or `TLSv1.3`.
    #[serde(default)]
    pub max: Option<String>,
}

fn yes() -> bool {
    true
}

impl TlsOptions {
    /// The options of a verified connection to a name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), verify: true, alpn: Vec::new(), ca: Vec::new(), cert: None, key: None, min: None, max: None }
    }
}

impl TlsOptions {
    /// What of the options holds for another host: not who the hook says it is.
    pub(crate) fn elsewhere(&self, host: &Host) -> Self {
        let name = match host {
            Host::Name(name) => name.clone(),
            Host::Address(address) => address.to_string(),
        };
        Self { name, cert: None, key: None, ..self.clone() }
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("name", &self.name)
            .field("verify", &self.verify)
            .field("alpn", &self.alpn)
            .finish_non_exhaustive()
    }
}
