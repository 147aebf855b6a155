//! Signatures. ECDSA is over whatever the hash gives; RSA over the hashes that have a name for it.

use super::asn1;
use super::contract::{ErrorKind, Hash, Scheme, Sign, SignatureEncoding, Verify};
use super::error::CryptoError;
use super::key::{Key, Kind};
use super::lc::{self, EcKey, Padding, Rsa, Secret};

/// Where the salt's length is left open: the longest to sign, any to verify.
const OPEN: i32 = -2;

pub(super) fn sign(header: &Sign, der: &[u8], data: &[u8]) -> Result<Secret, CryptoError> {
    let key = Key::private(der)?;
    match header.scheme {
        Scheme::RsaPkcs1 => sign_pkcs1(&rsa(&key, true)?, hash(header.hash)?, data),
        Scheme::RsaPss => {
            let hash = hash(header.hash)?;
            let pss = Pss { hash, mgf1_hash: header.mgf1_hash.unwrap_or(hash), salt: header.salt_length.unwrap_or(OPEN) };
            pss.check(&key)?;
            pss.sign(&rsa(&key, false)?, data)
        }
        Scheme::Ecdsa => sign_ecdsa(&ec(&key)?, &hash(header.hash)?.digest(data), header.encoding),
        Scheme::Ed25519 => {
            let seed = edwards(&key, header.hash)?.raw_private().ok_or(ErrorKind::KeyKind)?;
            lc::ed25519_sign(&seed, data).map(Secret::new).ok_or_else(|| ErrorKind::Failed.into())
        }
    }
}

pub(super) fn verify(header: &Verify, der: &[u8], data: &[u8], signature: &[u8]) -> Result<bool, CryptoError> {
    let key = Key::public(der)?;
    match header.scheme {
        Scheme::RsaPkcs1 => verify_pkcs1(&rsa(&key, true)?, hash(header.hash)?, data, signature),
        Scheme::RsaPss => {
            let hash = hash(header.hash)?;
            let pss = Pss { hash, mgf1_hash: header.mgf1_hash.unwrap_or(hash), salt: header.salt_length.unwrap_or(OPEN) };
            pss.check(&key)?;
            pss.verify(&rsa(&key, false)?, data, signature)
        }
        Scheme::Ecdsa => verify_ecdsa(&ec(&key)?, &hash(header.hash)?.digest(data), header.encoding, signature),
        Scheme::Ed25519 => {
            let public = edwards(&key, header.hash)?.raw_public().ok_or(ErrorKind::KeyKind)?;
            Ok(lc::ed25519_verify(&public, data, signature))
        }
    }
}

fn hash(asked: Option<Hash>) -> Result<Hash, CryptoError> {
    asked.ok_or_else(|| CryptoError::malformed("this scheme needs a hash"))
}

/// A key that is bound to PSS signs nothing else.
fn rsa(key: &Key, pkcs1: bool) -> Result<Rsa, CryptoError> {
    match key.kind {
        Kind::Rsa => key.pkey.rsa().ok_or_else(|| ErrorKind::KeyKind.into()),
        Kind::RsaPss if !pkcs1 => key.pkey.rsa().ok_or_else(|| ErrorKind::KeyKind.into()),
        Kind::RsaPss => Err(ErrorKind::Padding.into()),
        Kind::Ec(_) | Kind::Ed25519 | Kind::X25519 => Err(ErrorKind::KeyKind.into()),
    }
}

fn ec(key: &Key) -> Result<EcKey, CryptoError> {
    key.pkey.ec().ok_or_else(|| ErrorKind::KeyKind.into())
}

fn edwards(key: &Key, hash: Option<Hash>) -> Result<&lc::Pkey, CryptoError> {
    match (key.kind, hash) {
        (Kind::Ed25519, None) => Ok(&key.pkey),
        (Kind::Ed25519, Some(_)) => Err(ErrorKind::InvalidDigest.into()),
        _ => Err(ErrorKind::KeyKind.into()),
    }
}

/// The digest with its hash's name, as PKCS #1 v1.5 has it (RFC 8017, 9.2).
fn named_digest(hash: Hash, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let algorithm = asn1::hash_algorithm(hash).ok_or(ErrorKind::DigestNotAllowed)?;
    let digest = asn1::value(0x04, &[&hash.digest(data)]).ok_or(ErrorKind::Failed)?;
    asn1::sequence_of(&[&algorithm, &digest]).ok_or_else(|| ErrorKind::Failed.into())
}

fn sign_pkcs1(key: &Rsa, hash: Hash, data: &[u8]) -> Result<Secret, CryptoError> {
    let named = named_digest(hash, data)?;
    if named.len() + 11 > key.len() {
        return Err(ErrorKind::DigestTooBig.into());
    }
    key.sign_raw(&named, Padding::Pkcs1).ok_or_else(|| ErrorKind::Failed.into())
}

fn verify_pkcs1(key: &Rsa, hash: Hash, data: &[u8], signature: &[u8]) -> Result<bool, CryptoError> {
    let named = named_digest(hash, data)?;
    Ok(signature.len() == key.len() && key.verify_raw(signature, Padding::Pkcs1).is_some_and(|signed| *signed == named))
}

/// The parameters of a PSS signature.
struct Pss {
    hash: Hash,
    mgf1_hash: Hash,
    salt: i32,
}

impl Pss {
    /// What a key that is bound to PSS says of it, and which hashes there are for it.
    fn check(&self, key: &Key) -> Result<(), CryptoError> {
        if !(Rsa::takes(self.hash) && Rsa::takes(self.mgf1_hash)) {
            return Err(ErrorKind::DigestNotAllowed.into());
        }
        if self.salt < OPEN {
            return Err(ErrorKind::SaltLength.into());
        }
        let Some(bound) = &key.pss else { return Ok(()) };
        if bound.hash != self.hash || bound.mgf1_hash != self.mgf1_hash {
            return Err(ErrorKind::DigestNotAllowed.into());
        }
        let least = i32::try_from(bound.salt_length).unwrap_or(i32::MAX);
        if self.salt >= 0 && self.salt < least {
            return Err(ErrorKind::SaltLength.into());
        }
        Ok(())
    }

    /// What there is room for (RFC 8017, 9.1.1).
    fn longest(&self, key: &Rsa) -> i32 {
        let room = (key.bits() + 6) / 8;
        i32::try_from(room).unwrap_or(i32::MAX) - i32::try_from(self.hash.len()).unwrap_or(i32::MAX) - 2
    }

    fn sign(&self, key: &Rsa, data: &[u8]) -> Result<Secret, CryptoError> {
        let asked = if self.salt == -1 { i32::try_from(self.hash.len()).unwrap_or(i32::MAX) } else { self.salt };
        if asked > self.longest(key) || self.longest(key) < 0 {
            return Err(ErrorKind::TooLargeForKey.into());
        }
        key.sign_pss(&self.hash.digest(data), self.hash, self.mgf1_hash, self.salt).ok_or_else(|| ErrorKind::Failed.into())
    }

    fn verify(&self, key: &Rsa, data: &[u8], signature: &[u8]) -> Result<bool, CryptoError> {
        Ok(key.verify_pss(&self.hash.digest(data), self.hash, self.mgf1_hash, self.salt, signature))
    }
}

fn sign_ecdsa(key: &EcKey, digest: &[u8], encoding: Option<SignatureEncoding>) -> Result<Secret, CryptoError> {
    let der = key.sign(digest).ok_or(ErrorKind::Failed)?;
    match encoding.unwrap_or(SignatureEncoding::Der) {
        SignatureEncoding::Der => Ok(Secret::new(der)),
        SignatureEncoding::IeeeP1363 => {
            let length = key.curve().ok_or(ErrorKind::KeyKind)?.len();
            lc::signature_numbers(&der, length).map(Secret::new).ok_or_else(|| ErrorKind::Failed.into())
        }
    }
}

fn verify_ecdsa(key: &EcKey, digest: &[u8], encoding: Option<SignatureEncoding>, signature: &[u8]) -> Result<bool, CryptoError> {
    match encoding.unwrap_or(SignatureEncoding::Der) {
        SignatureEncoding::Der => Ok(key.verify(digest, signature)),
        SignatureEncoding::IeeeP1363 => {
            let length = key.curve().ok_or(ErrorKind::KeyKind)?.len();
            let der = if signature.len() == 2 * length { lc::signature_from_numbers(signature) } else { None };
            Ok(der.is_some_and(|der| key.verify(digest, &der)))
        }
    }
}
