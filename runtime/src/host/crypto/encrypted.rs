//! Keys that a password protects: PKCS #5's second scheme around PKCS #8 (RFC 8018), and the older one of PEM with its headers.

use der::Encode;
use der::asn1::{AnyRef, ObjectIdentifier};

use super::asn1;
use super::cipher;
use super::contract::{Cipher, Hash, Pbkdf2, Scrypt};
use super::derive;
use super::error::{CryptoError, ErrorKind};
use super::lc::Secret;

const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.4.11");

const CIPHERS: [(Cipher, &str, &str); 4] = [
    (Cipher::Aes128Cbc, "2.16.840.1.101.3.4.1.2", "AES-128-CBC"),
    (Cipher::Aes192Cbc, "2.16.840.1.101.3.4.1.22", "AES-192-CBC"),
    (Cipher::Aes256Cbc, "2.16.840.1.101.3.4.1.42", "AES-256-CBC"),
    (Cipher::DesEde3Cbc, "1.2.840.113549.3.7", "DES-EDE3-CBC"),
];

const PRFS: [(Hash, &str); 7] = [
    (Hash::Sha1, "1.2.840.113549.2.7"),
    (Hash::Sha224, "1.2.840.113549.2.8"),
    (Hash::Sha256, "1.2.840.113549.2.9"),
    (Hash::Sha384, "1.2.840.113549.2.10"),
    (Hash::Sha512, "1.2.840.113549.2.11"),
    (Hash::Sha512_224, "1.2.840.113549.2.12"),
    (Hash::Sha512_256, "1.2.840.113549.2.13"),
];

/// What OpenSSL takes to write one.
const ITERATIONS: u32 = 2048;
const SALT: usize = 16;

/// How the key is made of the password.
pub(super) enum Derivation {
    Pbkdf2(Pbkdf2),
    Scrypt(Scrypt),
}

/// An encrypted key, taken apart.
pub(super) struct Sealed<'a> {
    pub(super) derivation: Derivation,
    salt: &'a [u8],
    cipher: Cipher,
    iv: &'a [u8],
    data: &'a [u8],
}

fn is(name: ObjectIdentifier, known: &str) -> bool {
    ObjectIdentifier::new(known) == Ok(name)
}

impl<'a> Sealed<'a> {
    /// None for what is no encrypted key, or is encrypted in a way that is not known here.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let parts = asn1::sequence(der)?;
        let (scheme, parameters) = asn1::algorithm(*parts.first()?)?;
        if scheme != PBES2 {
            return None;
        }
        let parameters = asn1::list(parameters?)?;
        let (cipher, iv) = asn1::algorithm(*parameters.get(1)?)?;
        let (cipher, ..) = CIPHERS.into_iter().find(|(_, name, _)| is(cipher, name))?;
        let (derivation, salt) = derivation(*parameters.first()?, cipher.key_length())?;
        Some(Self { derivation, salt, cipher, iv: iv?.value(), data: parts.get(1)?.value() })
    }
}

fn derivation(algorithm: AnyRef<'_>, key_length: usize) -> Option<(Derivation, &[u8])> {
    let (name, parameters) = asn1::algorithm(algorithm)?;
    let parameters = asn1::list(parameters?)?;
    let small = |at: usize| u32::try_from(asn1::number(*parameters.get(at)?)?).ok();
    let (salt, length) = (parameters.first()?.value(), u32::try_from(key_length).ok()?);
    if name == SCRYPT {
        let n = asn1::number(*parameters.get(1)?)?;
        return Some((Derivation::Scrypt(Scrypt { n, r: small(2)?, p: small(3)?, length }), salt));
    }
    if name != PBKDF2 {
        return None;
    }
    // The key's length may stand before the hash, which may be left out.
    let hash = match parameters.iter().skip(2).find(|value| der::Tagged::tag(*value) == der::Tag::Sequence) {
        None => Hash::Sha1,
        Some(prf) => {
            let (name, _) = asn1::algorithm(*prf)?;
            PRFS.into_iter().find(|(_, known)| is(name, known))?.0
        }
    };
    Some((Derivation::Pbkdf2(Pbkdf2 { hash, iterations: small(1)?, length }), salt))
}

/// The PKCS #8 in it.
pub(super) fn open(der: &[u8], password: &[u8]) -> Result<Secret, CryptoError> {
    let sealed = Sealed::read(der).ok_or(ErrorKind::Unsupported)?;
    let key = match &sealed.derivation {
        Derivation::Pbkdf2(header) => derive::pbkdf2(header, [password, sealed.salt])?,
        Derivation::Scrypt(header) => derive::scrypt(header, [password, sealed.salt])?,
    };
    if sealed.iv.len() != sealed.cipher.block() {
        return Err(ErrorKind::Unsupported.into());
    }
    cipher::plain(sealed.cipher, false, [&key, sealed.iv, sealed.data], true).map_err(|_| ErrorKind::BadDecrypt.into())
}

fn random(length: usize) -> Result<Vec<u8>, CryptoError> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|_| ErrorKind::Failed)?;
    Ok(bytes)
}

pub(super) fn seal(pkcs8: &[u8], cipher: Cipher, password: &[u8]) -> Result<Secret, CryptoError> {
    let (_, name, _) = CIPHERS.into_iter().find(|(known, ..)| *known == cipher).ok_or(ErrorKind::CipherParameter)?;
    let (salt, iv) = (random(SALT)?, random(cipher.block())?);
    let length = u32::try_from(cipher.key_length()).map_err(|_| ErrorKind::Failed)?;
    let key = derive::pbkdf2(&Pbkdf2 { hash: Hash::Sha256, iterations: ITERATIONS, length }, [password, &salt])?;
    let data = cipher::plain(cipher, true, [&key, &iv, pkcs8], true)?;
    let written = || {
        let oid = |name: &str| ObjectIdentifier::new(name).ok()?.to_der().ok();
        let prf = asn1::sequence_of(&[&oid("1.2.840.113549.2.9")?, &[0x05, 0x00]])?;
        let parameters = asn1::sequence_of(&[&asn1::value(0x04, &[&salt])?, &ITERATIONS.to_der().ok()?, &prf])?;
        let derivation = asn1::sequence_of(&[&PBKDF2.to_der().ok()?, &parameters])?;
        let encryption = asn1::sequence_of(&[&oid(name)?, &asn1::value(0x04, &[&iv])?])?;
        let scheme = asn1::sequence_of(&[&PBES2.to_der().ok()?, &asn1::sequence_of(&[&derivation, &encryption])?])?;
        asn1::sequence_of(&[&scheme, &asn1::value(0x04, &[&data])?])
    };
    written().map(Secret::new).ok_or_else(|| ErrorKind::Failed.into())
}

/// The key of the older scheme: MD5 over and over of what came before, the password and the vector's first bytes.
fn old_key(password: &[u8], iv: &[u8], length: usize) -> Secret {
    let salt = iv.get(..8).unwrap_or(iv);
    let mut key = Secret::default();
    let mut last = Secret::default();
    while key.len() < length {
        last = Secret::new(Hash::Md5.digest(&Secret::new([&last, password, salt].concat())));
        key.extend_from_slice(&last);
    }
    key.truncate(length);
    key
}

/// What a block with a header such as `AES-256-CBC,3D9A…` holds.
pub(super) fn open_old(info: &str, data: &[u8], password: &[u8]) -> Result<Secret, CryptoError> {
    let (name, iv) = info.split_once(',').ok_or(ErrorKind::Unsupported)?;
    let known = CIPHERS.into_iter().find(|(.., known)| known.eq_ignore_ascii_case(name));
    let (cipher, ..) = known.ok_or(ErrorKind::Unsupported)?;
    let digits = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let iv: Option<Vec<u8>> = iv.trim().as_bytes().chunks(2).map(digits).collect();
    let iv = iv.filter(|iv| iv.len() == cipher.block()).ok_or(ErrorKind::Unsupported)?;
    let key = old_key(password, &iv, cipher.key_length());
    cipher::plain(cipher, false, [&key, &iv, data], true).map_err(|_| ErrorKind::BadDecrypt.into())
}

/// The headers, and what the block holds.
pub(super) fn seal_old(der: &[u8], cipher: Cipher, password: &[u8]) -> Result<(String, Secret), CryptoError> {
    let (.., name) = CIPHERS.into_iter().find(|(known, ..)| *known == cipher).ok_or(ErrorKind::CipherParameter)?;
    let iv = random(cipher.block())?;
    let data = cipher::plain(cipher, true, [&old_key(password, &iv, cipher.key_length()), &iv, der], true)?;
    let digits: String = iv.iter().map(|byte| format!("{byte:02X}")).collect();
    Ok((format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: {name},{digits}\n\n"), data))
}
