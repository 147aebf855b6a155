//! What a request may ask for and what it costs, decided from its header and lengths before anything is computed. A unit of fuel is
//! about a third of a nanosecond, as it is for the guest's own instructions; the prices are measured.

use super::cipher::{BLOCK, Mode};
use super::contract::{Argon2, Bcrypt, Cipher, Hash, KeyFormat, KeyGenerate, KeyKind, KeyRead, KeyWrite, Operation, Pbkdf2, Scrypt};
use super::encrypted::{Derivation, Sealed};
use super::error::{CryptoError, ErrorKind};
use super::pem;
use super::request::Request;

/// The hash blocks of one PBKDF2 call: iterations times blocks of output.
const MAX_PBKDF2_BLOCKS: u64 = 10_000_000;
/// `n * r * p` of one scrypt call: four times what OWASP asks for.
const MAX_SCRYPT_WORK: u64 = 4 << 20;
/// The dearest bcrypt of one call.
const MAX_BCRYPT_COST: u32 = 14;
/// What one call of Argon2 fills, in KiB: its memory times its passes, five times what the package asks for by itself.
const MAX_ARGON2_WORK: u64 = 1 << 20;
/// What a derivation or a hash of any length may give, in bytes.
const MAX_DERIVED: u64 = 1 << 20;
/// The longest key in any form, in bytes: RSA-16384 as JWK has 13 KiB.
const MAX_KEY: u64 = 16 << 10;
/// The longest password of a key.
const MAX_PASSWORD: u64 = 1 << 10;
/// The sizes of RSA keys that are made, in bits.
const RSA_BITS: std::ops::RangeInclusive<u32> = 512..=4096;
/// The longest modulus of Diffie-Hellman, in bytes.
const MAX_MODULUS: u64 = 1 << 10;

/// The memory traffic of encrypting a byte.
const BYTE: u64 = 2;
/// Setting up a hash or a cipher.
const SET_UP: u64 = 1_000;
/// One unit of `n * r * p` in scrypt: four Salsa20/8 blocks. In 16 MiB it is less, and in 128 MiB, which no cache holds, a little more.
const SCRYPT_UNIT: u64 = 960;
/// One round of bcrypt: the key schedule of Blowfish twice, a thousand blocks.
const BCRYPT_ROUND: u64 = 190_000;
/// A KiB that Argon2 fills. In memory that a cache holds it is half of that.
const ARGON2_KIB: u64 = 2_300;
/// A KiB that Argon2 takes from the system.
const FRESH_KIB: u64 = 1_700;
/// Taking a key's structure apart.
const KEY_PARSING: u64 = 20_000;

/// The fuel for a request of a guest that has so many bytes of memory left.
///
/// # Errors
/// When the request asks for more than one call may have.
pub(super) fn fuel(request: &Request, memory: u64) -> Result<u64, CryptoError> {
    let bytes = BYTE * request.len() as u64;
    Ok(bytes.saturating_add(match &request.operation {
        Operation::Digest(header) => {
            let given = header.length.map_or(Ok(0), derived)?;
            SET_UP + (request.len() as u64 + given) * hash_byte(header.hash)
        }
        Operation::Hmac(header) => SET_UP * 3 + request.len() as u64 * hash_byte(header.hash),
        Operation::Encrypt(header) => SET_UP * 2 + request.len() as u64 * cipher_byte(header.cipher),
        Operation::Decrypt(header) => SET_UP * 2 + request.len() as u64 * cipher_byte(header.cipher),
        Operation::CipherStart(_) => SET_UP * 3,
        Operation::CipherUpdate(header) => SET_UP * 3 + request.len() as u64 * cipher_byte(header.cipher),
        Operation::CipherFinal(header) => SET_UP * 2 + request.len() as u64 * cipher_byte(header.cipher),
        Operation::Pbkdf2(header) => pbkdf2(header)?,
        Operation::Hkdf(header) => SET_UP * 4 + (request.len() as u64 + derived(header.length)?) * 4 * hash_byte(header.hash),
        Operation::Scrypt(header) => scrypt(header, memory)?,
        Operation::Bcrypt(header) => bcrypt(header)?,
        Operation::Argon2(header) => argon2(header, request, memory)?,
        Operation::KeyRead(header) => reading(header, request, memory)?,
        Operation::KeyWrite(header) => writing(header, request)?,
        Operation::KeyGenerate(header) => generating(header)?,
        Operation::Sign(header) => {
            let hashed = header.hash.map_or(4, hash_byte) * request.part(1).len() as u64;
            KEY_PARSING + private(key(request, 0)?) + hashed
        }
        Operation::Verify(header) => {
            let hashed = header.hash.map_or(4, hash_byte) * request.part(1).len() as u64;
            KEY_PARSING + public(key(request, 0)?) + hashed
        }
        Operation::PublicEncrypt(_) | Operation::PublicDecrypt(_) => KEY_PARSING + public(key(request, 0)?),
        Operation::PrivateDecrypt(_) | Operation::PrivateEncrypt(_) => KEY_PARSING + private(key(request, 0)?),
        Operation::Agree(_) => {
            let (own, other) = (key(request, 0)?, key(request, 1)?);
            2 * KEY_PARSING + private(own) + public(other)
        }
        Operation::Power(_) => {
            let [base, exponent, modulus] = request.parts::<3>().map(|part| part.len() as u64);
            at_most("prime", base.max(exponent).max(modulus), MAX_MODULUS, "bytes")?;
            KEY_PARSING + modulus.pow(2) * exponent
        }
    }))
}

fn at_most(name: &'static str, value: u64, limit: u64, unit: &'static str) -> Result<u64, CryptoError> {
    if value > limit { Err(CryptoError::too_much(name, limit, unit)) } else { Ok(value) }
}

fn derived(length: u32) -> Result<u64, CryptoError> {
    at_most("length", length.into(), MAX_DERIVED, "bytes")
}

/// Units per byte that is hashed.
fn hash_byte(hash: Hash) -> u64 {
    match hash {
        Hash::Sha1 | Hash::Sha224 | Hash::Sha256 => 2,
        Hash::Blake2b512 => 3,
        Hash::Blake2s256 => 5,
        Hash::Md5 => 9,
        Hash::Sha384 | Hash::Sha512 | Hash::Sha512_224 | Hash::Sha512_256 => 11,
        Hash::Ripemd160 | Hash::Shake128 => 16,
        Hash::Sha3_224 | Hash::Sha3_256 | Hash::Shake256 => 19,
        Hash::Sha3_384 | Hash::Sha3_512 => 32,
    }
}

/// Units per byte that is encrypted.
fn cipher_byte(cipher: Cipher) -> u64 {
    match cipher.mode() {
        Mode::Cbc | Mode::Ecb if cipher.block() < BLOCK => 220,
        Mode::Cfb8 => 140,
        Mode::Wrap | Mode::WrapPad => 45,
        Mode::Cbc | Mode::Cfb | Mode::Ofb | Mode::Ccm | Mode::ChaCha => 4,
        Mode::Ecb | Mode::Ctr | Mode::Gcm => 1,
    }
}

/// One iteration of HMAC, which is two blocks of the hash.
fn iteration(hash: Hash) -> u64 {
    match hash {
        Hash::Sha1 | Hash::Sha224 | Hash::Sha256 => 400,
        Hash::Md5 => 700,
        Hash::Sha384 | Hash::Sha512 | Hash::Sha512_224 | Hash::Sha512_256 => 1_300,
        _ => 2_000,
    }
}

fn pbkdf2(header: &Pbkdf2) -> Result<u64, CryptoError> {
    if header.iterations == 0 {
        return Err(CryptoError::saying(ErrorKind::TooMuch, "the value of \"iterations\" is out of range: at least 1"));
    }
    let blocks = u64::from(header.iterations) * derived(header.length)?.div_ceil(header.hash.len() as u64);
    let blocks = at_most("iterations", blocks, MAX_PBKDF2_BLOCKS, "hash blocks")?;
    Ok(SET_UP + blocks * iteration(header.hash))
}

/// The memory is the guest's, whose limit the hook sets; the work is bounded besides.
fn scrypt(header: &Scrypt, memory: u64) -> Result<u64, CryptoError> {
    let (n, r, p) = (header.n, u64::from(header.r), u64::from(header.p));
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 || r * p >= 1 << 30 {
        return Err(ErrorKind::ScryptParameters.into());
    }
    let lanes = 128_u64.saturating_mul(r).saturating_mul(p);
    let needed = n.saturating_mul(r).saturating_mul(128).saturating_add(lanes);
    in_memory(needed, memory, || format!("scrypt with N={n}, r={r} and p={p}"))?;
    let work = at_most("p", n.saturating_mul(r).saturating_mul(p), MAX_SCRYPT_WORK, "for N times r times p")?;
    Ok(SET_UP + work * SCRYPT_UNIT + (lanes + derived(header.length)?) * 20)
}

fn in_memory(needed: u64, memory: u64, who: impl FnOnce() -> String) -> Result<(), CryptoError> {
    if needed <= memory {
        return Ok(());
    }
    let (who, needed, left) = (who(), needed.div_ceil(1 << 20), memory >> 20);
    let message = format!("{who} needs {needed} MiB, and the hook's memory limit (limits.memory_mib) leaves {left} MiB");
    Err(CryptoError::saying(ErrorKind::Memory, message))
}

fn bcrypt(header: &Bcrypt) -> Result<u64, CryptoError> {
    let cost = header.cost;
    if cost > MAX_BCRYPT_COST {
        let message = format!("bcrypt with a cost of {cost} is more than one call may ask for: at most {MAX_BCRYPT_COST}");
        return Err(CryptoError::saying(ErrorKind::TooMuch, message));
    }
    Ok(SET_UP + (BCRYPT_ROUND << cost))
}

/// The memory is the guest's, as with scrypt; lanes are computed one after the other.
fn argon2(header: &Argon2, request: &Request, memory: u64) -> Result<u64, CryptoError> {
    let (filled, passes) = (u64::from(header.memory), u64::from(header.passes));
    let work = filled.saturating_mul(passes);
    if work > MAX_ARGON2_WORK {
        let message = format!(
            "argon2 with memoryCost={filled} and timeCost={passes} is more than one call may ask for: at most {MAX_ARGON2_WORK} for \
             memoryCost times timeCost"
        );
        return Err(CryptoError::saying(ErrorKind::TooMuch, message));
    }
    in_memory(filled << 10, memory, || format!("argon2 with memoryCost={filled}"))?;
    let hashed = (request.len() as u64 + 2 * derived(header.length)?) * hash_byte(Hash::Blake2b512);
    Ok(SET_UP * 2 + work * ARGON2_KIB + filled * FRESH_KIB + hashed)
}

fn key_length(request: &Request, part: usize) -> Result<u64, CryptoError> {
    at_most("key", request.part(part).len() as u64, MAX_KEY, "bytes")
}

fn key(request: &Request, part: usize) -> Result<&[u8], CryptoError> {
    key_length(request, part)?;
    Ok(request.part(part))
}

fn password_length(request: &Request) -> Result<u64, CryptoError> {
    at_most("passphrase", request.part(1).len() as u64, MAX_PASSWORD, "bytes")
}

/// Reading checks the numbers of a private key against each other.
fn reading(header: &KeyRead, request: &Request, memory: u64) -> Result<u64, CryptoError> {
    let length = key_length(request, 0)?;
    password_length(request)?;
    let bytes = request.part(0);
    Ok(KEY_PARSING
        + length * 4
        + match header.format {
            KeyFormat::Pem => match pem::find(bytes, header.public) {
                Some(block) => checking(block.der()) + opening(block.encrypted_pkcs8(), memory)?,
                None => 0,
            },
            KeyFormat::Der => checking(bytes) + opening(Some(bytes), memory)?,
            // The curve of such a key is known only after it is read.
            KeyFormat::Jwk | KeyFormat::Raw => 2 * SLOWEST_CURVE.checking + rsa_checking(length / 2),
        })
}

/// What the password of an encrypted key takes.
fn opening(sealed: Option<&[u8]>, memory: u64) -> Result<u64, CryptoError> {
    match sealed.and_then(Sealed::read).map(|sealed| sealed.derivation) {
        None => Ok(0),
        Some(Derivation::Pbkdf2(header)) => pbkdf2(&header),
        Some(Derivation::Scrypt(header)) => scrypt(&header, memory),
    }
}

fn writing(header: &KeyWrite, request: &Request) -> Result<u64, CryptoError> {
    key_length(request, 0)?;
    password_length(request)?;
    let sealing = if header.cipher.is_some() { 2048 * iteration(Hash::Sha256) } else { 0 };
    Ok(KEY_PARSING + checking(request.part(0)) + sealing)
}

/// How long it takes to find primes is left to chance; this is what it takes on average.
fn generating(header: &KeyGenerate) -> Result<u64, CryptoError> {
    Ok(match header.kind {
        KeyKind::Rsa | KeyKind::RsaPss => {
            let bits = header.bits.unwrap_or_default();
            if !RSA_BITS.contains(&bits) {
                let message = format!("RSA keys are made with {} to {} bits, not {bits}", RSA_BITS.start(), RSA_BITS.end());
                return Err(CryptoError::saying(ErrorKind::TooMuch, message));
            }
            let exponent = header.exponent.unwrap_or(65537);
            if exponent < 3 || exponent.is_multiple_of(2) || exponent > u64::from(u32::MAX) {
                let message = "the public exponent of an RSA key that is made is odd, at least 3, and has 32 bits at most";
                return Err(CryptoError::saying(ErrorKind::TooMuch, message));
            }
            u64::from(bits).pow(3) / 40
        }
        KeyKind::Ec | KeyKind::Ed25519 | KeyKind::X25519 => 2 * SLOWEST_CURVE.checking,
    })
}

/// What a curve costs: checking a key of it, using a private key, using a public one.
struct Prices {
    checking: u64,
    private: u64,
    public: u64,
}

const SLOWEST_CURVE: Prices = Prices { checking: 1_100_000, private: 1_200_000, public: 550_000 };
const CURVES: [(&[u8], Prices); 4] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], Prices { checking: 26_000, private: 120_000, public: 160_000 }),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], Prices { checking: 140_000, private: 400_000, public: 550_000 }),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], Prices { checking: 220_000, private: 1_200_000, public: 1_500_000 }),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], SLOWEST_CURVE),
];
const CURVE25519: Prices = Prices { checking: 25_000, private: 70_000, public: 100_000 };
/// The longest key on a curve, in bytes. RSA keys of this length are too short to be used.
const LONGEST_EC_KEY: usize = 260;
/// The longest that a key on Curve25519 is.
const LONGEST_SHORT_KEY: usize = 85;

/// What the curve costs that a key in DER names; none for RSA. A key that spells out its curve is one of the slowest.
fn prices(der: &[u8]) -> Option<Prices> {
    let names = |name: &[u8]| der.windows(name.len()).any(|window| window == name);
    match der.len() {
        0..=LONGEST_EC_KEY => {
            let known = CURVES.into_iter().find(|(name, _)| names(name)).map(|(_, prices)| prices);
            Some(known.unwrap_or(if der.len() <= LONGEST_SHORT_KEY { CURVE25519 } else { SLOWEST_CURVE }))
        }
        _ => None,
    }
}

/// Multiplying and dividing the numbers of a private RSA key.
fn rsa_checking(length: u64) -> u64 {
    length.pow(2) * 2 / 5
}

fn checking(der: &[u8]) -> u64 {
    prices(der).map_or_else(|| rsa_checking(der.len() as u64) + SLOWEST_CURVE.checking / 10, |prices| prices.checking)
}

/// An RSA modulus is two ninths of a private key, and the work grows with its cube.
fn private(der: &[u8]) -> u64 {
    let modulus = der.len() as u64 * 2 / 9;
    checking(der) + prices(der).map_or(modulus.pow(3) / 8, |prices| prices.private)
}

/// A public RSA key is little more than its modulus, and the work grows with its square.
fn public(der: &[u8]) -> u64 {
    prices(der).map_or((der.len() as u64).pow(2), |prices| prices.public)
}
