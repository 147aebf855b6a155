//! From a request to its answer. Whether it may be computed is decided before, in `cost`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use zeroize::Zeroizing;

use super::error::CryptoError;
use super::hash::Hash;
use super::key::{Key, Private, Public};
use super::request::{GeneratedKind, KeyExport, KeyForm, KeyFormat, KeyImport, Operation, Request, Scheme, Signing};
use super::{cipher, derive, ec, jwk, pem};

/// Whether the answer is another one each time, so that it must not become part of a hook's image.
pub(super) fn is_random(operation: &Operation) -> bool {
    match operation {
        Operation::KeyGenerate { .. } => true,
        Operation::Sign(signing) => signing.scheme == Scheme::RsaPss,
        _ => false,
    }
}

pub(super) fn answer(request: &Request) -> Result<Vec<u8>, CryptoError> {
    match &request.operation {
        Operation::Digest { hash } => Ok(hash.digest(one(request)?)),
        Operation::Hmac { hash } => {
            let [key, data] = request.parts()?;
            hash.hmac(key, data)
        }
        Operation::Pbkdf2 { hash, iterations, length } => derive::pbkdf2(*hash, request.parts()?, *iterations, *length),
        Operation::Hkdf { hash, length } => derive::hkdf(*hash, request.parts()?, *length),
        Operation::Scrypt { n, r, p, length } => derive::scrypt(request.parts()?, (*n, *r, *p), *length),
        Operation::Aes(header) => cipher::aes(header, request.parts()?),
        Operation::KeyImport(header) => import(header, one(request)?),
        Operation::KeyExport(header) => export(header, one(request)?),
        Operation::Sign(header) => {
            let [key, data] = request.parts()?;
            sign(header, &Private::from_pkcs8(key)?, data)
        }
        Operation::Verify(header) => {
            let [key, data, signature] = request.parts()?;
            verify(header, &Public::from_spki(key)?, data, signature).map(|right| vec![u8::from(right)])
        }
        Operation::KeyGenerate { kind: GeneratedKind::Ec, curve } => {
            let [] = request.parts()?;
            ec::Private::generate(*curve)?.to_pkcs8().map(reveal)
        }
    }
}

fn one(request: &Request) -> Result<&[u8], CryptoError> {
    request.parts().map(|[part]| part)
}

/// Hands a key to the guest, whose memory is wiped with its sandbox.
fn reveal(mut key: Zeroizing<Vec<u8>>) -> Vec<u8> {
    std::mem::take(&mut *key)
}

/// What the engine learns of a key that it imports.
#[derive(Serialize)]
struct Imported {
    r#type: &'static str,
    kind: &'static str,
    bits: usize,
    curve: Option<&'static str>,
    der: Zeroizing<String>,
}

fn import(header: &KeyImport, bytes: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let key = match header.format {
        KeyFormat::Pem => pem::read(header.form, bytes)?,
        KeyFormat::Der => Key::from_der(header.form, bytes)?,
        KeyFormat::Jwk => jwk::read(bytes)?,
    };
    let key = if header.public { Key::Public(key.into_public()?) } else { key };
    let (kind, bits, curve) = match &key {
        Key::Private(Private::Rsa(key)) => ("rsa", key.bits(), None),
        Key::Public(Public::Rsa(key)) => ("rsa", key.bits(), None),
        Key::Private(Private::Ec(key)) => ("ec", key.curve().bits(), Some(key.curve().name())),
        Key::Public(Public::Ec(key)) => ("ec", key.curve().bits(), Some(key.curve().name())),
    };
    let (r#type, der) = match &key {
        Key::Private(key) => ("private", key.to_pkcs8()?),
        Key::Public(key) => ("public", Zeroizing::new(key.to_spki()?)),
    };
    let imported = Imported { r#type, kind, bits, curve, der: Zeroizing::new(STANDARD.encode(&*der)) };
    serde_json::to_vec(&imported).map_err(|_| CryptoError::Failed("key import"))
}

fn export(header: &KeyExport, der: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let key = Private::from_pkcs8(der).map(Key::Private).or_else(|_| Public::from_spki(der).map(Key::Public))?;
    let form = match (header.form, &key) {
        (Some(form), _) => form,
        (None, Key::Private(_)) => KeyForm::Pkcs8,
        (None, Key::Public(_)) => KeyForm::Spki,
    };
    match header.format {
        KeyFormat::Pem => pem::write(&key, form),
        KeyFormat::Der => key.to_der(form),
        KeyFormat::Jwk => jwk::write(&key),
    }
    .map(reveal)
}

/// MD5 is no hash to sign with.
fn digest_to_sign(header: &Signing, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if header.hash == Hash::Md5 { Err(CryptoError::Hash(header.hash.name())) } else { Ok(header.hash.digest(data)) }
}

fn sign(header: &Signing, key: &Private, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    match (header.scheme, key) {
        (Scheme::Ecdsa, Private::Ec(key)) => key.sign(&digest_to_sign(header, data)?, header.encoding.unwrap_or_default()),
        (Scheme::RsaPkcs1 | Scheme::RsaPss, Private::Rsa(key)) => key.sign(header, data),
        (Scheme::Ecdsa, Private::Rsa(_)) => Err(CryptoError::KeyKind { key: "RSA", wanted: "ECDSA" }),
        (Scheme::RsaPkcs1 | Scheme::RsaPss, Private::Ec(_)) => Err(CryptoError::KeyKind { key: "an elliptic curve", wanted: "RSA" }),
    }
}

fn verify(header: &Signing, key: &Public, data: &[u8], signature: &[u8]) -> Result<bool, CryptoError> {
    match (header.scheme, key) {
        (Scheme::Ecdsa, Public::Ec(key)) => Ok(key.verify(&digest_to_sign(header, data)?, signature, header.encoding.unwrap_or_default())),
        (Scheme::RsaPkcs1 | Scheme::RsaPss, Public::Rsa(key)) => key.verify(header, data, signature),
        (Scheme::Ecdsa, Public::Rsa(_)) => Err(CryptoError::KeyKind { key: "RSA", wanted: "ECDSA" }),
        (Scheme::RsaPkcs1 | Scheme::RsaPss, Public::Ec(_)) => Err(CryptoError::KeyKind { key: "an elliptic curve", wanted: "RSA" }),
    }
}
