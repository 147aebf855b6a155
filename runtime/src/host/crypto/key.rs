//! A key of any kind, and its forms in ASN.1. PEM and JWK, which wrap or replace those, are next door in `pem` and `jwk`.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use x509_cert::der::Encode;
use zeroize::Zeroizing;

use super::error::CryptoError;
use super::request::KeyForm;
use super::{ec, rsa};

pub(super) enum Key {
    Private(Private),
    Public(Public),
}

pub(super) enum Private {
    Rsa(rsa::Private),
    Ec(ec::Private),
}

pub(super) enum Public {
    Rsa(rsa::Public),
    Ec(ec::Public),
}

impl Key {
    /// Reads DER. Without a form it is found out: at most one of them parses.
    pub(super) fn from_der(form: Option<KeyForm>, der: &[u8]) -> Result<Self, CryptoError> {
        match form {
            Some(KeyForm::Pkcs8) => Private::from_pkcs8(der).map(Self::Private),
            Some(KeyForm::Spki) => Public::from_spki(der).map(Self::Public),
            Some(KeyForm::Sec1) => ec::Private::from_sec1(der).map(Private::Ec).map(Self::Private),
            Some(KeyForm::Pkcs1) => match rsa::Public::from_pkcs1(der) {
                Ok(key) => Ok(Self::Public(Public::Rsa(key))),
                Err(_) => rsa::Private::from_pkcs1(der).map(Private::Rsa).map(Self::Private),
            },
            None => Self::from_der(Some(form_of(der)?), der),
        }
    }

    /// The key that an X.509 certificate is about. Nothing else in it is looked at: not who signed it, not whether it has expired.
    pub(super) fn from_certificate(der: &[u8]) -> Result<Self, CryptoError> {
        let invalid = CryptoError::Key("it is not an X.509 certificate");
        let Ok(certificate) = x509_cert::Certificate::from_der(der) else { return Err(invalid) };
        let Ok(spki) = certificate.tbs_certificate().subject_public_key_info().to_der() else { return Err(invalid) };
        Public::from_spki(&spki).map(Self::Public)
    }

    pub(super) fn into_public(self) -> Result<Public, CryptoError> {
        match self {
            Self::Private(key) => key.public(),
            Self::Public(key) => Ok(key),
        }
    }

    /// DER, in the form that is asked for.
    pub(super) fn to_der(&self, form: KeyForm) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        match (self, form) {
            (Self::Private(key), KeyForm::Pkcs8) => key.to_pkcs8(),
            (Self::Public(key), KeyForm::Spki) => key.to_spki().map(Zeroizing::new),
            (Self::Private(Private::Rsa(key)), KeyForm::Pkcs1) => Ok(key.to_pkcs1()),
            (Self::Public(Public::Rsa(key)), KeyForm::Pkcs1) => Ok(Zeroizing::new(key.to_pkcs1())),
            (Self::Private(Private::Ec(key)), KeyForm::Sec1) => key.to_sec1(),
            (_, form) => Err(CryptoError::KeyType(form.name())),
        }
    }
}

impl Private {
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, CryptoError> {
        let info = PrivateKeyInfoRef::from_der(der).map_err(|_| CryptoError::Key("it is not a PKCS#8 private key"))?;
        match info.algorithm.oid {
            pkcs1::ALGORITHM_OID => rsa::Private::from_pkcs1(info.private_key.as_bytes()).map(Self::Rsa),
            ec::ALGORITHM => ec::Private::from_pkcs8(info).map(Self::Ec),
            _ => Err(CryptoError::Key("it is neither an RSA nor an elliptic-curve key")),
        }
    }

    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        match self {
            Self::Rsa(key) => key.to_pkcs8(),
            Self::Ec(key) => key.to_pkcs8(),
        }
    }

    pub(super) fn public(&self) -> Result<Public, CryptoError> {
        match self {
            Self::Rsa(key) => key.public().map(Public::Rsa),
            Self::Ec(key) => Ok(Public::Ec(key.public())),
        }
    }
}

impl Public {
    pub(super) fn from_spki(der: &[u8]) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::Key("it is not an SPKI public key");
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(invalid)?;
        match spki.algorithm.oid {
            pkcs1::ALGORITHM_OID => rsa::Public::from_pkcs1(spki.subject_public_key.raw_bytes()).map(Self::Rsa),
            ec::ALGORITHM => {
                let curve = spki.algorithm.parameters_oid().map_err(|_| CryptoError::Key("it names no curve"))?;
                ec::Public::from_spki(curve, der).map(Self::Ec)
            }
            _ => Err(CryptoError::Key("it is neither an RSA nor an elliptic-curve key")),
        }
    }

    pub(super) fn to_spki(&self) -> Result<Vec<u8>, CryptoError> {
        match self {
            Self::Rsa(key) => key.to_spki(),
            Self::Ec(key) => key.to_spki(),
        }
    }
}

impl KeyForm {
    fn name(self) -> &'static str {
        match self {
            Self::Pkcs8 => "PKCS#8",
            Self::Spki => "SPKI",
            Self::Pkcs1 => "PKCS#1",
            Self::Sec1 => "SEC1",
        }
    }
}

/// Which structure it is, whatever key is in it.
fn form_of(der: &[u8]) -> Result<KeyForm, CryptoError> {
    if PrivateKeyInfoRef::from_der(der).is_ok() {
        Ok(KeyForm::Pkcs8)
    } else if SubjectPublicKeyInfoRef::from_der(der).is_ok() {
        Ok(KeyForm::Spki)
    } else if sec1::EcPrivateKey::from_der(der).is_ok() {
        Ok(KeyForm::Sec1)
    } else if rsa::is_pkcs1(der) {
        Ok(KeyForm::Pkcs1)
    } else {
        Err(CryptoError::Key("it is in none of the forms PKCS#8, SPKI, PKCS#1 and SEC1"))
    }
}
