//! Verifies a server's certificate, names the fault as Node does and, where a hook wants it so, goes on all the same and notes it.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use webpki::EndEntityCert;

use super::faults::{Fault, is_authority};
use super::validity::{Validity, validity};

/// The verifier of one configuration.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None`: nobody is trusted.
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    /// Certificates that a hook trusts by themselves, those of servers that issued their own included.
    pinned: Vec<CertificateDer<'static>>,
    /// Where the fault is noted instead of ending the handshake.
    lenient: Option<Arc<Noted>>,
}

/// The fault of a certificate that was let pass.
#[derive(Debug, Default)]
pub(super) struct Noted(Mutex<Option<&'static str>>);

impl Noted {
    pub(super) fn code(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, code: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }
}

impl Verifier {
    pub(super) fn new(
        roots: Arc<RootCertStore>,
        provider: Arc<CryptoProvider>,
        pinned: Vec<CertificateDer<'static>>,
        lenient: Option<Arc<Noted>>,
    ) -> Self {
        // It fails only where there are no roots, which then verify nothing.
        let inner = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build().ok();
        Self { inner, provider, pinned, lenient }
    }

    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let Some(inner) = &self.inner else { return Err(CertificateError::UnknownIssuer.into()) };
        match inner.verify_server_cert(leaf, above, name, &[], now) {
            Err(rustls::Error::InvalidCertificate(error)) if is_authority(&error) && self.pinned.iter().any(|one| one == leaf) => {
                verify_pinned(leaf, name, now)
            }
            other => other.map(drop),
        }
    }
}

/// A certificate that is trusted byte for byte, as servers have it that made an authority of themselves: what is left is its name and its time.
fn verify_pinned(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), rustls::Error> {
    match validity(leaf, now) {
        Some(Validity::Valid) => {}
        Some(Validity::Early) => return Err(CertificateError::NotValidYet.into()),
        Some(Validity::Expired) => return Err(CertificateError::Expired.into()),
        None => return Err(CertificateError::BadEncoding.into()),
    }
    let certificate = EndEntityCert::try_from(leaf).map_err(|_| CertificateError::BadEncoding)?;
    certificate.verify_is_valid_for_subject_name(name).map_err(|_| CertificateError::NotValidForName.into())
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Err(error) = self.verify(leaf, above, name, now) else { return Ok(ServerCertVerified::assertion()) };
        let fault = Fault::of(&error, &name.to_str(), leaf, above);
        match &self.lenient {
            None => Err(fault.into_rustls()),
            Some(noted) => {
                noted.note(fault.code);
                Ok(ServerCertVerified::assertion())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
