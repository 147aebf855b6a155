//! Operations on keys: read, write and make them.

use super::contract::{Curve, ErrorKind, KeyForm, KeyFormat, KeyGenerate, KeyKind, KeyRead, KeyReadAnswer, KeyWrite, Point};
use super::encrypted::{self, Sealed};
use super::error::CryptoError;
use super::key::{Key, Kind, PssParameters};
use super::lc::{EcKey, Pkey, PkeyKind, PointForm, Rsa, Secret};
use super::request::framed;
use super::{jwk, pem};

/// The usual public exponent.
const USUAL_EXPONENT: u64 = 65537;

pub(super) fn read(header: &KeyRead, [bytes, passphrase]: [&[u8]; 2]) -> Result<Vec<u8>, CryptoError> {
    let passphrase = header.passphrase.unwrap_or(false).then_some(passphrase);
    let key = match header.format {
        KeyFormat::Pem => pem::read(bytes, header.public, passphrase)?,
        KeyFormat::Der => from_der(header, bytes, passphrase)?,
        KeyFormat::Jwk => jwk::read(bytes)?,
        KeyFormat::Raw => from_raw(header, bytes)?,
    };
    let key = match header.public {
        true => key.into_public()?,
        false if key.private => key,
        false => return Err(ErrorKind::Unsupported.into()),
    };
    framed(described(&key)?, &[&key.to_canonical()?])
}

fn from_der(header: &KeyRead, der: &[u8], passphrase: Option<&[u8]>) -> Result<Key, CryptoError> {
    if Sealed::read(der).is_some() {
        let pkcs8 = encrypted::open(der, passphrase.ok_or(ErrorKind::PassphraseMissing)?)?;
        return Key::private(&pkcs8).map_err(|_| ErrorKind::BadDecrypt.into());
    }
    match header.form {
        Some(form) => Key::from_der(form, der),
        None => Key::from_any_der(der),
    }
}

fn from_raw(header: &KeyRead, bytes: &[u8]) -> Result<Key, CryptoError> {
    let curved = |kind| {
        let read = if header.public { Pkey::from_raw_public(kind, bytes) } else { Pkey::from_raw_private(kind, bytes) };
        Key::of(read.ok_or(ErrorKind::KeyLength)?, !header.public)
    };
    match (header.kind, header.curve) {
        (Some(KeyKind::Ec), Some(curve)) if header.public => {
            Key::of_ec(&EcKey::from_point(curve, &plain_point(curve, bytes)).ok_or(ErrorKind::PublicNotOfCurve)?, false)
        }
        (Some(KeyKind::Ec), Some(curve)) => Key::of_ec(&EcKey::from_scalar(curve, bytes).ok_or(ErrorKind::PrivateNotOfCurve)?, true),
        (Some(KeyKind::Ed25519), _) => curved(PkeyKind::Ed25519),
        (Some(KeyKind::X25519), _) => curved(PkeyKind::X25519),
        _ => Err(CryptoError::malformed("a raw key needs a kind, and of a curve its name")),
    }
}

/// The hybrid form says in its first byte which of the two y is meant, and has y as well.
fn plain_point(curve: Curve, bytes: &[u8]) -> Vec<u8> {
    let mut point = bytes.to_vec();
    let odd = bytes.last().map_or(0, |last| last & 1);
    if let Some(first) = point.first_mut()
        && *first == 6 + odd
        && bytes.len() == 1 + 2 * curve.len()
    {
        *first = 4;
    }
    point
}

fn described(key: &Key) -> Result<KeyReadAnswer, CryptoError> {
    let mut answer = KeyReadAnswer {
        kind: key.kind.name(),
        private: key.private,
        bits: None,
        exponent: None,
        curve: None,
        hash: key.pss.map(|pss| pss.hash),
        mgf1_hash: key.pss.map(|pss| pss.mgf1_hash),
        salt_length: key.pss.map(|pss| pss.salt_length),
    };
    if let Kind::Ec(curve) = key.kind {
        answer.curve = Some(curve);
    } else if let Some(rsa) = key.pkey.rsa() {
        let [_, exponent] = rsa.public_numbers().ok_or(ErrorKind::Failed)?;
        answer.bits = u32::try_from(rsa.bits()).ok();
        answer.exponent = Some(exponent.iter().map(|byte| format!("{byte:02x}")).collect());
    }
    Ok(answer)
}

/// A canonical key of either kind.
fn canonical(der: &[u8]) -> Result<Key, CryptoError> {
    Key::private(der).or_else(|_| Key::public(der))
}

pub(super) fn write(header: &KeyWrite, [der, passphrase]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let key = canonical(der)?;
    let form = header.form.unwrap_or(if key.private { KeyForm::Pkcs8 } else { KeyForm::Spki });
    match (header.format, header.cipher) {
        (KeyFormat::Pem, cipher) => pem::write(&key, form, cipher.map(|cipher| (cipher, passphrase))),
        (KeyFormat::Der, None) => key.to_der(form),
        (KeyFormat::Der, Some(cipher)) if form == KeyForm::Pkcs8 => encrypted::seal(&key.to_der(form)?, cipher, passphrase),
        (KeyFormat::Der, Some(_)) => Err(ErrorKind::KeyForm.into()),
        (KeyFormat::Jwk, _) => jwk::write(&key),
        (KeyFormat::Raw, _) => to_raw(&key, header.point.unwrap_or(Point::Uncompressed)).ok_or_else(|| ErrorKind::KeyForm.into()),
    }
}

fn to_raw(key: &Key, point: Point) -> Option<Secret> {
    match (key.kind, key.private) {
        (Kind::Ec(_), true) => key.pkey.ec()?.scalar(),
        (Kind::Ec(_), false) => {
            let form = if point == Point::Compressed { PointForm::Compressed } else { PointForm::Uncompressed };
            let mut bytes = key.pkey.ec()?.point(form)?;
            if point == Point::Hybrid {
                let odd = bytes.last()? & 1;
                *bytes.first_mut()? = 6 + odd;
            }
            Some(Secret::new(bytes))
        }
        (Kind::Ed25519 | Kind::X25519, true) => key.pkey.raw_private(),
        (Kind::Ed25519 | Kind::X25519, false) => Some(Secret::new(key.pkey.raw_public()?.to_vec())),
        (Kind::Rsa | Kind::RsaPss, _) => None,
    }
}

pub(super) fn generate(header: &KeyGenerate) -> Result<Vec<u8>, CryptoError> {
    let missing = |what: &str| CryptoError::malformed(format!("a key of this kind needs {what}"));
    let rsa = || {
        let exponent = header.exponent.unwrap_or(USUAL_EXPONENT);
        Rsa::generate(header.bits.ok_or_else(|| missing("bits"))?, exponent).ok_or_else(|| CryptoError::from(ErrorKind::Failed))
    };
    let curved = |kind| {
        let mut seed = Secret::new(vec![0; 32]);
        getrandom::fill(&mut seed).map_err(|_| ErrorKind::Failed)?;
        Key::of(Pkey::from_raw_private(kind, &seed).ok_or(ErrorKind::Failed)?, true)
    };
    let key = match header.kind {
        KeyKind::Rsa => Key::of_rsa(&rsa()?, true)?,
        KeyKind::RsaPss => Key::pss(&rsa()?, true, parameters(header))?,
        KeyKind::Ec => {
            let curve = header.curve.ok_or_else(|| missing("a curve"))?;
            Key::of_ec(&EcKey::generate(curve).ok_or(ErrorKind::Failed)?, true)?
        }
        KeyKind::Ed25519 => curved(PkeyKind::Ed25519)?,
        KeyKind::X25519 => curved(PkeyKind::X25519)?,
    };
    let private = key.to_canonical()?;
    framed(serde_json::Map::new(), &[&private, &key.into_public()?.to_canonical()?])
}

/// A key is bound to what is named, and to what follows from that.
fn parameters(header: &KeyGenerate) -> Option<PssParameters> {
    let hash = header.hash.or(header.mgf1_hash);
    if hash.is_none() && header.salt_length.is_none() {
        return None;
    }
    let hash = hash.unwrap_or(super::contract::Hash::Sha1);
    let salt_length = header.salt_length.unwrap_or_else(|| u32::try_from(hash.len()).unwrap_or_default());
    Some(PssParameters { hash, mgf1_hash: header.mgf1_hash.unwrap_or(hash), salt_length })
}
