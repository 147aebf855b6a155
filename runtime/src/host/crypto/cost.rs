//! What a request may ask for and what it costs, decided from its header and lengths before anything is computed. A unit of fuel is
//! about a third of a nanosecond, as it is for the guest's own instructions.

use super::error::CryptoError;
use super::request::{Curve, Operation, Request};
use super::rsa_scheme;

/// The hash blocks of one PBKDF2 call: iterations times blocks of output.
const MAX_PBKDF2_BLOCKS: u64 = 2_000_000;
/// The memory of one scrypt call, in bytes.
const MAX_SCRYPT_MEMORY: u64 = 64 << 20;
/// `n * r * p` of one scrypt call: four passes over the memory that it may have, or forty at the usual 16 MiB.
const MAX_SCRYPT_WORK: u64 = 2 << 20;
/// `p * r * 128` of one scrypt call, in bytes: with a tiny `n` these blocks would be most of the memory.
const MAX_SCRYPT_LANES: u64 = 1 << 20;
/// What a derivation may give, in bytes.
const MAX_DERIVED: u64 = 1 << 20;
/// The longest key in any form, in bytes: RSA-4096 as JWK has 3.2 KiB, a certificate with a long chain of names some more.
const MAX_KEY: u64 = 16 << 10;

/// The memory traffic of hashing or encrypting a byte.
const BYTE: u64 = 2;
/// Setting up a hash or a cipher.
const SET_UP: u64 = 1_000;
/// One iteration of HMAC in PBKDF2, which is two or four blocks of the hash.
const PBKDF2_ITERATION: u64 = 400;
/// One unit of `n * r * p` in scrypt: four Salsa20/8 blocks.
const SCRYPT_UNIT: u64 = 800;
/// Making, reading or using an elliptic-curve key: a scalar multiplication on P-384, the slower curve.
const EC_MULTIPLICATION: u64 = 900_000;
/// A scalar multiplication on P-256.
const P256_MULTIPLICATION: u64 = 300_000;
/// The longest a P-256 key can be as DER, with parameters and public key; a P-384 key with its public key is longer.
const P256_KEY: u64 = 150;
/// Parsing a key and checking it.
const KEY_PARSING: u64 = 100_000;

/// The fuel for a request.
///
/// # Errors
/// When the request asks for more than one call may have.
pub(super) fn fuel(request: &Request) -> Result<u64, CryptoError> {
    let bytes = BYTE * request.len() as u64;
    Ok(bytes.saturating_add(match &request.operation {
        Operation::Digest { .. } | Operation::Hmac { .. } | Operation::Aes(_) => SET_UP,
        Operation::Pbkdf2 { hash, iterations, length } => pbkdf2(hash.len() as u64, *iterations, *length)?,
        Operation::Hkdf { length, .. } => SET_UP + derived(*length)? * 20,
        Operation::Scrypt { n, r, p, length } => scrypt(*n, *r, *p, *length)?,
        Operation::KeyImport(_) | Operation::KeyExport(_) => KEY_PARSING + key_length(request)? * 20 + EC_MULTIPLICATION,
        Operation::Sign(_) => KEY_PARSING + signing(key_length(request)?),
        Operation::Verify(signing) => KEY_PARSING + verifying(key_length(request)?) * rsa_scheme::tries(signing),
        Operation::KeyGenerate { curve: Curve::P256, .. } => 2 * P256_MULTIPLICATION,
        Operation::KeyGenerate { curve: Curve::P384, .. } => 2 * EC_MULTIPLICATION,
    }))
}

fn at_most(name: &'static str, value: u64, limit: u64, unit: &'static str) -> Result<u64, CryptoError> {
    if value > limit { Err(CryptoError::TooMuch { name, limit, unit }) } else { Ok(value) }
}

fn derived(length: u32) -> Result<u64, CryptoError> {
    at_most("length", length.into(), MAX_DERIVED, "bytes")
}

fn pbkdf2(hash_length: u64, iterations: u32, length: u32) -> Result<u64, CryptoError> {
    if iterations == 0 {
        return Err(CryptoError::Zero("iterations"));
    }
    let blocks = u64::from(iterations) * derived(length)?.div_ceil(hash_length);
    let blocks = at_most("iterations", blocks, MAX_PBKDF2_BLOCKS, "hash blocks")?;
    Ok(SET_UP + blocks * PBKDF2_ITERATION)
}

fn scrypt(n: u64, r: u32, p: u32, length: u32) -> Result<u64, CryptoError> {
    if r == 0 || p == 0 {
        return Err(CryptoError::Scrypt);
    }
    let memory = n.saturating_mul(r.into()).saturating_mul(128);
    at_most("maxmem", memory, MAX_SCRYPT_MEMORY, "bytes of memory for N and r")?;
    let lanes = at_most("p", 128_u64.saturating_mul(r.into()).saturating_mul(p.into()), MAX_SCRYPT_LANES, "bytes of memory for p and r")?;
    let work = (n.saturating_mul(r.into())).saturating_mul(p.into());
    let work = at_most("p", work, MAX_SCRYPT_WORK, "for N times r times p")?;
    Ok(SET_UP + work * SCRYPT_UNIT + (lanes + derived(length)?) * 20)
}

fn key_length(request: &Request) -> Result<u64, CryptoError> {
    at_most("key", request.first_len() as u64, MAX_KEY, "bytes")
}

/// The modulus is two ninths of a private key, and the work grows with its cube: two million for RSA-2048.
fn signing(key: u64) -> u64 {
    let modulus = key * 2 / 9;
    let rsa = modulus.pow(3) / 10;
    rsa.max(if key <= P256_KEY { P256_MULTIPLICATION } else { EC_MULTIPLICATION })
}

/// A public key is little more than its modulus, and the work grows with its square: 60,000 for RSA-2048. P-256 and P-384 keys are told
/// from it by being shorter than the shortest modulus that is taken.
fn verifying(key: u64) -> u64 {
    match key {
        0..100 => 2 * P256_MULTIPLICATION,
        100..140 => 2 * EC_MULTIPLICATION,
        _ => key.pow(2) * 7 / 10,
    }
}
