//! Certificates and keys as somebody hands them in: whether they can be used, and what a certificate says of itself.

use std::fmt::Write as _;

use rustls::RootCertStore;
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

use super::config::Identity;
use super::der::Parts;
use super::pem;

/// What a certificate says of itself, and the name that is made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whose it is, as in `CN=client, O=Example`.
    pub subject: String,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
    /// SHA-256 of its DER, in hexadecimal digits.
    pub fingerprint: String,
}

/// Which part of an identity is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The certificate or its chain.
    Certificate,
    /// The private key.
    Key,
}

/// Whether a text holds certificates in PEM that can be trusted, and nothing else.
///
/// # Errors
/// Why not, without anything of the text.
pub fn check_authorities(text: &str) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    for certificate in pem::certificates(text)? {
        roots.add(certificate).map_err(|_| "it is a certificate that cannot be read".to_owned())?;
    }
    Ok(())
}

impl Identity {
    /// Whether certificate and key can be used, and belong together.
    ///
    /// # Errors
    /// Which of them cannot be used and why, without anything of them.
    pub fn facts(&self) -> Result<CertificateFacts, (Part, String)> {
        let of_cert = |reason| (Part::Certificate, reason);
        let of_key = |reason: &str| (Part::Key, reason.to_owned());
        let chain = pem::certificates(&self.cert).map_err(of_cert)?;
        let key = pem::key(self.key.expose()).map_err(|reason| (Part::Key, reason))?;
        let unreadable = || of_cert("it is a certificate that cannot be read".to_owned());
        let leaf = chain.first().cloned().ok_or_else(unreadable)?;
        let facts = read(&leaf).ok_or_else(unreadable)?;
        let key = rustls::crypto::aws_lc_rs::default_provider()
            .key_provider
            .load_private_key(key)
            .map_err(|_| of_key("it is a key of a kind that cannot be used"))?;
        CertifiedKey::new(chain, key).keys_match().map_err(|_| of_key("it is not the key of the certificate"))?;
        Ok(facts)
    }
}

fn read(der: &[u8]) -> Option<CertificateFacts> {
    let Parts { not_after, subject, .. } = Parts::read(der)?;
    let fingerprint = Sha256::digest(der).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Some(CertificateFacts { subject, expires: not_after, fingerprint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbox_host_api::Secret;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};

    fn made(change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let mut params = CertificateParams::new(["client.example".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "client");
        params.not_after = date_time_ymd(2050, 1, 1);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn facts(cert: &str, key: &str) -> Result<CertificateFacts, (Part, String)> {
        Identity { hosts: "a.example".parse().unwrap(), cert: cert.to_owned(), key: Secret::new(key) }.facts()
    }

    #[test]
    fn a_certificate_says_whose_it_is_and_until_when() {
        let (cert, key) = made(|_| ());
        let facts = facts(&cert, &key).unwrap();
        assert!(facts.subject.contains("CN=client"), "{facts:?}");
        assert_eq!((facts.expires, facts.fingerprint.len()), (2_524_608_000, 64));
    }

    #[test]
    fn what_cannot_be_used_is_named_and_never_quoted() {
        let ((cert, key), (_, other)) = (made(|_| ()), made(|_| ()));
        for (cert, key, part, says) in [
            ("nonsense", key.as_str(), Part::Certificate, "there is no certificate in it"),
            (&key, &key, Part::Certificate, "there is no certificate in it"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                &key,
                Part::Certificate,
                "it is a certificate that cannot be read",
            ),
            (&cert, "nonsense", Part::Key, "it is not a private key in PEM, or an encrypted one"),
            (&cert, &cert, Part::Key, "it is not a private key in PEM, or an encrypted one"),
            (&cert, &other, Part::Key, "it is not the key of the certificate"),
        ] {
            assert_eq!(facts(cert, key).unwrap_err(), (part, says.to_owned()));
        }
    }

    #[test]
    fn who_is_trusted_is_named_by_certificates() {
        let (authority, key) = made(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
        assert_eq!(check_authorities(&authority), Ok(()));
        assert_eq!(check_authorities(&[authority.clone(), authority.clone()].concat()), Ok(()));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (text, says) in [
            (key.as_str(), "there is no certificate in it"),
            ("", "there is no certificate in it"),
            ("-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----", "it is not a certificate in PEM"),
            (&[authority.as_str(), broken].concat(), "it is a certificate that cannot be read"),
        ] {
            assert_eq!(check_authorities(text).unwrap_err(), says);
        }
    }
}
