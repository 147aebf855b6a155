//! TLS: whom a connection trusts, who it says it is, and what became of the handshake.

mod certificate;
mod config;
mod der;
mod facts;
mod faults;
mod handshake;
mod options;
mod pem;
mod validity;
mod verifier;

pub use certificate::{CertificateFacts, Part, check_authorities};
pub(crate) use config::Trust;
pub use config::{Identity, TlsConfig, TlsError, TlsSettings};
pub use facts::TlsFacts;
pub(crate) use handshake::{Offer, handshake};
pub use options::TlsOptions;
