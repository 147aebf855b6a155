//! What a finished handshake agreed on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::{CipherSuite, ClientConnection, ProtocolVersion};
use serde::Serialize;

/// The facts of a TLS connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub protocol: &'static str,
    /// The cipher suite as OpenSSL names it: `TLS_AES_256_GCM_SHA384`, `ECDHE-RSA-AES128-GCM-SHA256`.
    pub cipher: String,
    /// The protocol of ALPN that was agreed on.
    pub alpn: Option<String>,
    /// The server's certificate and what it sent above it, each in DER and base64.
    pub peer_certificates: Vec<String>,
    /// Whether the certificate verifies.
    pub authorized: bool,
    /// Node's code of the reason why not.
    pub authorization_error: Option<&'static str>,
}

impl TlsFacts {
    pub(super) fn of(connection: &ClientConnection, fault: Option<&'static str>) -> Self {
        let protocol = match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
            _ => "TLSv1.3",
        };
        Self {
            protocol,
            cipher: connection.negotiated_cipher_suite().map(|suite| cipher_name(suite.suite())).unwrap_or_default(),
            alpn: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
            peer_certificates: connection.peer_certificates().unwrap_or_default().iter().map(|der| STANDARD.encode(der)).collect(),
            authorized: fault.is_none(),
            authorization_error: fault,
        }
    }
}

fn cipher_name(suite: CipherSuite) -> String {
    let name = format!("{suite:?}");
    match name.strip_prefix("TLS13_") {
        Some(rest) => format!("TLS_{rest}"),
        None => {
            let name = name.trim_start_matches("TLS_").replace("_WITH_", "_").replace("AES_", "AES").replace('_', "-");
            name.strip_suffix("-POLY1305-SHA256").map_or(name.clone(), |rest| format!("{rest}-POLY1305"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ciphers_are_named_as_openssl_names_them() {
        for (suite, name) in [
            (CipherSuite::TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384"),
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305"),
        ] {
            assert_eq!(cipher_name(suite), name);
        }
    }
}
