//! TLS: whom a connection trusts, who it says it is, and what became of the handshake.

mod config;
mod facts;
mod faults;
mod handshake;
mod options;
mod pem;
mod validity;
mod verifier;

pub(crate) use config::Trust;
pub use config::{Identity, TlsConfig, TlsError, TlsSettings};
pub use facts::TlsFacts;
pub(crate) use handshake::{Offer, handshake};
pub use options::TlsOptions;
