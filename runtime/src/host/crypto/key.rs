//! A key of any kind, and its forms in ASN.1. PEM and JWK, which wrap or replace those, are next door in `pem` and `jwk`; encrypted
//! forms in `encrypted`.

use der::Encode;

use super::asn1;
use super::contract::{Curve, Hash, KeyForm, KeyKind};
use super::error::{CryptoError, ErrorKind};
use super::lc::{EcKey, Pkey, PkeyKind, Rsa, Secret};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    RsaPss,
    Ec(Curve),
    Ed25519,
    X25519,
}

impl Kind {
    pub(super) fn name(self) -> KeyKind {
        match self {
            Self::Rsa => KeyKind::Rsa,
            Self::RsaPss => KeyKind::RsaPss,
            Self::Ec(_) => KeyKind::Ec,
            Self::Ed25519 => KeyKind::Ed25519,
            Self::X25519 => KeyKind::X25519,
        }
    }
}

/// What a key that is bound to PSS is bound to.
#[derive(Clone, Copy)]
pub(super) struct PssParameters {
    pub(super) hash: Hash,
    pub(super) mgf1_hash: Hash,
    pub(super) salt_length: u32,
}

pub(super) struct Key {
    pub(super) pkey: Pkey,
    pub(super) kind: Kind,
    pub(super) private: bool,
    /// An RSA-PSS key may be bound to parameters.
    pub(super) pss: Option<PssParameters>,
}

impl Key {
    /// A private key in its canonical form, PKCS #8.
    pub(super) fn private(der: &[u8]) -> Result<Self, CryptoError> {
        if let Some((parameters, pkcs1)) = pss_pkcs8(der) {
            let rsa = Rsa::from_pkcs1_private(&pkcs1).ok_or(ErrorKind::KeyMalformed)?;
            return Self::pss(&rsa, true, parameters?);
        }
        Self::of(Pkey::from_pkcs8(der).ok_or(ErrorKind::KeyMalformed)?, true)
    }

    /// A public key in its canonical form, SubjectPublicKeyInfo.
    pub(super) fn public(der: &[u8]) -> Result<Self, CryptoError> {
        if let Some((parameters, pkcs1)) = pss_spki(der) {
            let rsa = Rsa::from_pkcs1_public(&pkcs1).ok_or(ErrorKind::KeyMalformed)?;
            return Self::pss(&rsa, false, parameters?);
        }
        Self::of(Pkey::from_spki(der).ok_or(ErrorKind::KeyMalformed)?, false)
    }

    pub(super) fn of_rsa(rsa: &Rsa, private: bool) -> Result<Self, CryptoError> {
        Self::of(Pkey::from_rsa(rsa).ok_or(ErrorKind::Failed)?, private)
    }

    pub(super) fn of_ec(ec: &EcKey, private: bool) -> Result<Self, CryptoError> {
        Self::of(Pkey::from_ec(ec).ok_or(ErrorKind::Failed)?, private)
    }

    pub(super) fn pss(rsa: &Rsa, private: bool, pss: Option<PssParameters>) -> Result<Self, CryptoError> {
        Ok(Self { kind: Kind::RsaPss, pss, ..Self::of_rsa(rsa, private)? })
    }

    pub(super) fn of(pkey: Pkey, private: bool) -> Result<Self, CryptoError> {
        let kind = match pkey.kind() {
            Some(PkeyKind::Rsa) => Kind::Rsa,
            Some(PkeyKind::Ec) => Kind::Ec(pkey.ec().and_then(|key| key.curve()).ok_or(ErrorKind::Unsupported)?),
            Some(PkeyKind::Ed25519) => Kind::Ed25519,
            Some(PkeyKind::X25519) => Kind::X25519,
            None => return Err(ErrorKind::Unsupported.into()),
        };
        Ok(Self { pkey, kind, private, pss: None })
    }

    /// Reads DER in one form.
    pub(super) fn from_der(form: KeyForm, der: &[u8]) -> Result<Self, CryptoError> {
        match form {
            KeyForm::Pkcs8 => Self::private(der),
            KeyForm::Spki => Self::public(der),
            KeyForm::Sec1 => Self::of_ec(&EcKey::from_sec1(der).ok_or(ErrorKind::Unsupported)?, true),
            KeyForm::Pkcs1 => match Rsa::from_pkcs1_public(der) {
                Some(rsa) => Self::of_rsa(&rsa, false),
                None => Self::of_rsa(&Rsa::from_pkcs1_private(der).ok_or(ErrorKind::Unsupported)?, true),
            },
        }
    }

    /// Reads DER in whatever form it is: at most one of them parses.
    pub(super) fn from_any_der(der: &[u8]) -> Result<Self, CryptoError> {
        let forms = [KeyForm::Pkcs8, KeyForm::Spki, KeyForm::Pkcs1, KeyForm::Sec1];
        let read = forms.into_iter().find_map(|form| Self::from_der(form, der).ok());
        read.or_else(|| Self::certified(der).ok()).ok_or_else(|| ErrorKind::Unsupported.into())
    }

    /// The key that an X.509 certificate is about.
    pub(super) fn certified(der: &[u8]) -> Result<Self, CryptoError> {
        Self::public(&asn1::certified(der).ok_or(ErrorKind::KeyMalformed)?)
    }

    pub(super) fn into_public(self) -> Result<Self, CryptoError> {
        if !self.private {
            return Ok(self);
        }
        let public = self.to_spki()?;
        Self::public(&public)
    }

    /// The canonical form.
    pub(super) fn to_canonical(&self) -> Result<Secret, CryptoError> {
        if self.private { self.to_pkcs8() } else { self.to_spki() }
    }

    /// DER, in the form that is asked for.
    pub(super) fn to_der(&self, form: KeyForm) -> Result<Secret, CryptoError> {
        let other = || ErrorKind::KeyForm;
        let written = match (form, self.private) {
            (KeyForm::Pkcs8, true) => return self.to_pkcs8(),
            (KeyForm::Spki, false) => return self.to_spki(),
            (KeyForm::Pkcs1, true) if self.kind == Kind::Rsa => self.pkey.rsa().ok_or_else(other)?.to_pkcs1_private(),
            (KeyForm::Pkcs1, false) if self.kind == Kind::Rsa => self.pkey.rsa().ok_or_else(other)?.to_pkcs1_public(),
            (KeyForm::Sec1, true) => self.pkey.ec().ok_or_else(other)?.to_sec1(),
            _ => return Err(other().into()),
        };
        written.ok_or_else(|| ErrorKind::Failed.into())
    }

    fn to_pkcs8(&self) -> Result<Secret, CryptoError> {
        if self.kind == Kind::RsaPss {
            let inner = self.pkey.rsa().and_then(|rsa| rsa.to_pkcs1_private()).ok_or(ErrorKind::Failed)?;
            return self.wrapped(&[&[0x02, 0x01, 0x00]], (0x04, &[&inner]));
        }
        self.pkey.to_pkcs8().ok_or_else(|| ErrorKind::Failed.into())
    }

    fn to_spki(&self) -> Result<Secret, CryptoError> {
        if self.kind == Kind::RsaPss {
            let inner = self.pkey.rsa().and_then(|rsa| rsa.to_pkcs1_public()).ok_or(ErrorKind::Failed)?;
            return self.wrapped(&[], (0x03, &[&[0], &inner]));
        }
        self.pkey.to_spki().ok_or_else(|| ErrorKind::Failed.into())
    }

    /// An RSA-PSS key within what says so.
    fn wrapped(&self, before: &[&[u8]], (tag, content): (u8, &[&[u8]])) -> Result<Secret, CryptoError> {
        let made = || {
            let algorithm = pss_algorithm(self.pss)?;
            let content = Secret::new(asn1::value(tag, content)?);
            asn1::sequence_of(&[&before.concat(), &algorithm, &content])
        };
        made().map(Secret::new).ok_or_else(|| ErrorKind::Failed.into())
    }
}

/// The parameters in an algorithm and the key beside it, where the algorithm is RSA-PSS.
type PssKey = (Result<Option<PssParameters>, CryptoError>, Secret);

fn pss_pkcs8(der: &[u8]) -> Option<PssKey> {
    let parts = asn1::sequence(der)?;
    let parameters = pss_parameters(*parts.get(1)?)?;
    Some((parameters, Secret::new(parts.get(2)?.value().to_vec())))
}

fn pss_spki(der: &[u8]) -> Option<PssKey> {
    let parts = asn1::sequence(der)?;
    let parameters = pss_parameters(*parts.first()?)?;
    Some((parameters, Secret::new(parts.get(1)?.value().get(1..)?.to_vec())))
}

fn pss_parameters(algorithm: der::asn1::AnyRef<'_>) -> Option<Result<Option<PssParameters>, CryptoError>> {
    let (name, parameters) = asn1::algorithm(algorithm)?;
    (name == asn1::RSA_PSS).then(|| match parameters {
        None => Ok(None),
        Some(parameters) => read_pss(parameters).map(Some).ok_or_else(|| ErrorKind::Unsupported.into()),
    })
}

/// RFC 8017, A.2.3: each member is tagged, and left out where it is what it was in 1998.
fn read_pss(parameters: der::asn1::AnyRef<'_>) -> Option<PssParameters> {
    let mut read = PssParameters { hash: Hash::Sha1, mgf1_hash: Hash::Sha1, salt_length: 20 };
    for member in asn1::list(parameters)? {
        let inner = *asn1::list(member)?.first()?;
        match der::Tagged::tag(&member).number().value() {
            0 => read.hash = asn1::hash_of(asn1::algorithm(inner)?.0)?,
            1 => {
                let (name, hash) = asn1::algorithm(inner)?;
                read.mgf1_hash = if name == asn1::MGF1 { asn1::hash_of(asn1::algorithm(hash?)?.0)? } else { return None };
            }
            2 => read.salt_length = u32::try_from(asn1::number(inner)?).ok()?,
            _ => {}
        }
    }
    Some(read)
}

fn pss_algorithm(parameters: Option<PssParameters>) -> Option<Vec<u8>> {
    let name = asn1::RSA_PSS.to_der().ok()?;
    let Some(PssParameters { hash, mgf1_hash, salt_length }) = parameters else { return asn1::sequence_of(&[&name]) };
    let mut members = Vec::new();
    if hash != Hash::Sha1 {
        members.push(asn1::value(0xa0, &[&asn1::hash_algorithm(hash)?])?);
    }
    if mgf1_hash != Hash::Sha1 {
        let mgf1 = asn1::sequence_of(&[&asn1::MGF1.to_der().ok()?, &asn1::hash_algorithm(mgf1_hash)?])?;
        members.push(asn1::value(0xa1, &[&mgf1])?);
    }
    if salt_length != 20 {
        members.push(asn1::value(0xa2, &[&salt_length.to_der().ok()?])?);
    }
    let members: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    asn1::sequence_of(&[&name, &asn1::sequence_of(&members)?])
}
