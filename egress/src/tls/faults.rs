//! What is wrong with a server's certificate, in Node's words: packages compare the codes.

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, OtherError};
use webpki::EndEntityCert;

use crate::error::Error;

/// A fault of a certificate, carried through the handshake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct Fault {
    pub(super) code: &'static str,
    message: String,
}

impl Fault {
    fn new(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned() }
    }

    /// What the verifier's error means for this chain and this name.
    pub(super) fn of(error: &rustls::Error, name: &str, leaf: &CertificateDer<'_>, above: &[CertificateDer<'_>]) -> Self {
        use CertificateError as E;
        let rustls::Error::InvalidCertificate(error) = error else {
            return Self::new("EPROTO", "the certificate cannot be verified");
        };
        match error {
            E::Expired | E::ExpiredContext { .. } => Self::new("CERT_HAS_EXPIRED", "certificate has expired"),
            E::NotValidYet | E::NotValidYetContext { .. } => Self::new("CERT_NOT_YET_VALID", "certificate is not yet valid"),
            E::Revoked => Self::new("CERT_REVOKED", "certificate revoked"),
            E::BadSignature => Self::new("CERT_SIGNATURE_FAILURE", "certificate signature failure"),
            E::InvalidPurpose | E::InvalidPurposeContext { .. } => Self::new("INVALID_PURPOSE", "unsupported certificate purpose"),
            E::NotValidForName | E::NotValidForNameContext { .. } => {
                let message = format!("Hostname/IP does not match certificate's altnames: {name} is not in the certificate's altnames");
                Self { code: "ERR_TLS_CERT_ALTNAME_INVALID", message }
            }
            E::UnknownIssuer => Self::unknown(leaf, above),
            E::Other(_) if is_authority(error) => Self::unknown(leaf, above),
            _ => Self::new("CERT_REJECTED", "certificate rejected"),
        }
    }

    /// Nobody who is trusted stands above the chain.
    fn unknown(leaf: &CertificateDer<'_>, above: &[CertificateDer<'_>]) -> Self {
        let last = above.last();
        if issued_itself(leaf) {
            Self::new("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate")
        } else if last.is_some_and(issued_itself) {
            Self::new("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain")
        } else if last.is_some() {
            Self::new("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate")
        } else {
            Self::new("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate")
        }
    }

    /// The fault as the verifier returns it.
    pub(super) fn into_rustls(self) -> rustls::Error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(std::sync::Arc::new(self))))
    }
}

/// Whether the server's own certificate is refused for being one of an authority.
pub(super) fn is_authority(error: &CertificateError) -> bool {
    let CertificateError::Other(OtherError(inner)) = error else { return false };
    matches!(inner.downcast_ref::<webpki::Error>(), Some(webpki::Error::CaUsedAsEndEntity))
}

fn issued_itself(certificate: &CertificateDer<'_>) -> bool {
    EndEntityCert::try_from(certificate).is_ok_and(|certificate| certificate.issuer() == certificate.subject())
}

/// What a handshake failed with.
pub(super) fn error_of(error: &std::io::Error) -> Error {
    let Some(cause) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return match error.kind() {
            std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset => {
                Error::new("ECONNRESET", "Client network socket disconnected before secure TLS connection was established")
            }
            _ => Error::io(error, "connect"),
        };
    };
    match cause {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => match inner.downcast_ref::<Fault>() {
            Some(fault) => Error::new(fault.code, fault.message.clone()),
            None => Error::new("EPROTO", "the TLS handshake failed: the certificate is refused"),
        },
        rustls::Error::AlertReceived(alert) => {
            Error::new("EPROTO", format!("the TLS handshake failed: the server sent the alert {alert:?}"))
        }
        rustls::Error::InvalidMessage(_) => Error::new("EPROTO", "the TLS handshake failed: the server does not speak TLS here"),
        rustls::Error::PeerIncompatible(_) => Error::new("EPROTO", "the TLS handshake failed: no version or cipher in common"),
        rustls::Error::NoApplicationProtocol => Error::new("EPROTO", "the TLS handshake failed: no application protocol in common"),
        _ => Error::new("EPROTO", "the TLS handshake failed"),
    }
}
