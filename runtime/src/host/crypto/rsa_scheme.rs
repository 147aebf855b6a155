//! Which of AWS-LC's RSA algorithms a request means. It has them as constants, so what is not in these tables is not to be had.

use aws_lc_rs::signature::{self as lc, RsaEncoding, RsaParameters, RsaPssSaltLength, RsaSignatureEncoding};

use super::error::{CryptoError, MIN_RSA_SIGNING_BITS};
use super::hash::Hash;
use super::request::{Scheme, Signing};

/// The salts that occur, besides those as long as the hash or as the key allows.
const SALTS: [u16; 5] = [0, 20, 32, 48, 64];

/// How many checks a verification may take: where the header does not say how long the salt is, it is found by trying.
pub(super) fn tries(header: &Signing) -> u64 {
    if header.scheme == Scheme::RsaPss && asked_salt(header).is_none() { SALTS.len() as u64 + 2 } else { 1 }
}

/// The algorithms that a signature may have been made with.
pub(super) fn to_verify(header: &Signing, bits: usize) -> Result<Vec<RsaParameters>, CryptoError> {
    let algorithm = || verification(header, bits);
    if header.scheme != Scheme::RsaPss {
        return Ok(vec![algorithm()?]);
    }
    let lengths = match asked_salt(header) {
        Some(asked) => vec![RsaPssSaltLength::Custom(known_salt(header.hash, asked, bits)?)],
        None => [RsaPssSaltLength::Digest, RsaPssSaltLength::Max].into_iter().chain(SALTS.map(RsaPssSaltLength::Custom)).collect(),
    };
    lengths.into_iter().map(|length| Ok(algorithm()?.with_pss_salt_length(length))).collect()
}

/// The algorithm to sign with.
pub(super) fn to_sign(header: &Signing, bits: usize) -> Result<&'static dyn RsaEncoding, CryptoError> {
    if bits < MIN_RSA_SIGNING_BITS {
        return Err(CryptoError::RsaTooShortToSign(bits));
    }
    match (header.scheme, header.hash) {
        (Scheme::RsaPkcs1, Hash::Sha256) => Ok(&lc::RSA_PKCS1_SHA256),
        (Scheme::RsaPkcs1, Hash::Sha384) => Ok(&lc::RSA_PKCS1_SHA384),
        (Scheme::RsaPkcs1, Hash::Sha512) => Ok(&lc::RSA_PKCS1_SHA512),
        (Scheme::RsaPss, hash) => pss_to_sign(header, hash, bits),
        (_, hash) => Err(CryptoError::Hash(hash.name())),
    }
}

fn pss_to_sign(header: &Signing, hash: Hash, bits: usize) -> Result<&'static dyn RsaEncoding, CryptoError> {
    let salt = match asked_salt(header) {
        Some(asked) => known_salt(hash, asked, bits)?,
        None => longest_salt(hash, bits),
    };
    let encodings = pss_encodings(hash)?;
    let listed = SALTS.iter().position(|listed| *listed == salt).and_then(|at| encodings.1.get(at));
    match listed {
        Some(encoding) => Ok(encoding),
        None if salt == longest_salt(hash, bits) => Ok(encodings.0),
        None => Err(CryptoError::SaltLength(salt.into())),
    }
}

/// PSS with the longest salt, and with each of [`SALTS`]; a hash's own length is among those.
type PssEncodings = (&'static RsaSignatureEncoding, &'static [RsaSignatureEncoding; SALTS.len()]);

macro_rules! pss_encodings {
    ($base:expr) => {
        (
            &const { $base.with_pss_salt_length(RsaPssSaltLength::Max) },
            &const {
                let [a, b, c, d, e] = SALTS;
                [
                    $base.with_pss_salt_length(RsaPssSaltLength::Custom(a)),
                    $base.with_pss_salt_length(RsaPssSaltLength::Custom(b)),
                    $base.with_pss_salt_length(RsaPssSaltLength::Custom(c)),
                    $base.with_pss_salt_length(RsaPssSaltLength::Custom(d)),
                    $base.with_pss_salt_length(RsaPssSaltLength::Custom(e)),
                ]
            },
        )
    };
}

fn pss_encodings(hash: Hash) -> Result<PssEncodings, CryptoError> {
    match hash {
        Hash::Sha256 => Ok(pss_encodings!(lc::RSA_PSS_SHA256)),
        Hash::Sha384 => Ok(pss_encodings!(lc::RSA_PSS_SHA384)),
        Hash::Sha512 => Ok(pss_encodings!(lc::RSA_PSS_SHA512)),
        Hash::Md5 | Hash::Sha1 | Hash::Sha224 => Err(CryptoError::Hash(hash.name())),
    }
}

/// Short keys and SHA-1 verify what was signed long ago, and only with PKCS#1 v1.5.
fn verification(header: &Signing, bits: usize) -> Result<RsaParameters, CryptoError> {
    let short = bits < MIN_RSA_SIGNING_BITS;
    match (header.scheme, header.hash) {
        (Scheme::RsaPkcs1, Hash::Sha1) => Ok(lc::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (Scheme::RsaPkcs1, Hash::Sha256) => Ok(lc::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        (Scheme::RsaPkcs1, Hash::Sha512) => Ok(lc::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        (_, Hash::Sha384) | (Scheme::RsaPss, Hash::Sha256 | Hash::Sha512) if short => Err(CryptoError::RsaTooShortToVerify(bits)),
        (Scheme::RsaPkcs1, Hash::Sha384) => Ok(lc::RSA_PKCS1_2048_8192_SHA384),
        (Scheme::RsaPss, Hash::Sha256) => Ok(lc::RSA_PSS_2048_8192_SHA256),
        (Scheme::RsaPss, Hash::Sha384) => Ok(lc::RSA_PSS_2048_8192_SHA384),
        (Scheme::RsaPss, Hash::Sha512) => Ok(lc::RSA_PSS_2048_8192_SHA512),
        (Scheme::RsaPkcs1 | Scheme::RsaPss | Scheme::Ecdsa, hash) => Err(CryptoError::Hash(hash.name())),
    }
}

/// The salt that the header asks for; none where it leaves that open (Node's -2).
fn asked_salt(header: &Signing) -> Option<i32> {
    header.salt_length.filter(|asked| *asked != -2)
}

fn known_salt(hash: Hash, asked: i32, bits: usize) -> Result<u16, CryptoError> {
    match asked {
        -1 => Ok(hash.len() as u16),
        asked => u16::try_from(asked).ok().filter(|salt| *salt <= longest_salt(hash, bits)).ok_or(CryptoError::SaltLength(asked)),
    }
}

/// What the encoded message (RFC 8017, 9.1.1) has room for.
fn longest_salt(hash: Hash, bits: usize) -> u16 {
    (bits + 6).div_euclid(8).saturating_sub(hash.len() + 2) as u16
}
