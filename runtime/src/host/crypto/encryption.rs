//! RSA as encryption, and what two keys have in common.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};

use super::contract::{ErrorKind, Hash, PrivateDecrypt, PrivateEncrypt, PublicDecrypt, PublicEncrypt, RsaPadding};
use super::error::CryptoError;
use super::key::{Key, Kind};
use super::lc::{self, Oaep, Padding, Rsa, Secret};

/// What PKCS #1 v1.5 adds at least.
const PKCS1_OVERHEAD: usize = 11;

fn rsa(key: &Key) -> Result<Rsa, CryptoError> {
    if key.kind == Kind::Rsa { key.pkey.rsa().ok_or_else(|| ErrorKind::KeyKind.into()) } else { Err(ErrorKind::KeyKind.into()) }
}

fn oaep(hash: Option<Hash>, mgf1_hash: Option<Hash>, label: &[u8]) -> Result<Oaep<'_>, CryptoError> {
    let hash = hash.unwrap_or(Hash::Sha1);
    let mgf1_hash = mgf1_hash.unwrap_or(hash);
    if !(Rsa::takes(hash) && Rsa::takes(mgf1_hash)) {
        return Err(ErrorKind::HashNotHere.into());
    }
    Ok(Oaep { hash, mgf1_hash, label })
}

/// Without padding a message is as long as the modulus, and a smaller number.
fn check_unpadded(key: &Rsa, data: &[u8]) -> Result<(), CryptoError> {
    if data.len() > key.len() {
        return Err(ErrorKind::TooLargeForKey.into());
    }
    if data.len() < key.len() {
        return Err(ErrorKind::TooSmallForKey.into());
    }
    let [modulus, _] = key.public_numbers().ok_or(ErrorKind::Failed)?;
    if data >= modulus.as_slice() { Err(ErrorKind::TooLargeForModulus.into()) } else { Ok(()) }
}

pub(super) fn public_encrypt(header: &PublicEncrypt, [der, data, label]: [&[u8]; 3]) -> Result<Secret, CryptoError> {
    let key = rsa(&Key::public(der)?)?;
    let failed = || CryptoError::from(ErrorKind::Failed);
    match header.padding {
        RsaPadding::Oaep => {
            let oaep = oaep(header.hash, header.mgf1_hash, label)?;
            if data.len() + 2 * oaep.hash.len() + 2 > key.len() {
                return Err(ErrorKind::TooLargeForKey.into());
            }
            key.encrypt_oaep(&oaep, data).ok_or_else(failed)
        }
        RsaPadding::Pkcs1 if data.len() + PKCS1_OVERHEAD > key.len() => Err(ErrorKind::TooLargeForKey.into()),
        RsaPadding::Pkcs1 => key.encrypt_raw(data, Padding::Pkcs1).ok_or_else(failed),
        RsaPadding::None => {
            check_unpadded(&key, data)?;
            key.encrypt_raw(data, Padding::None).ok_or_else(failed)
        }
    }
}

pub(super) fn private_decrypt(header: &PrivateDecrypt, [der, data, label]: [&[u8]; 3]) -> Result<Secret, CryptoError> {
    let key = rsa(&Key::private(der)?)?;
    if header.padding == RsaPadding::Oaep {
        return key.decrypt_oaep(&oaep(header.hash, header.mgf1_hash, label)?, data).ok_or_else(|| ErrorKind::Oaep.into());
    }
    // Ciphertexts come without their leading zeros, too.
    let missing = key.len().checked_sub(data.len()).ok_or(ErrorKind::TooLargeForKey)?;
    let data = [&vec![0; missing], data].concat();
    check_unpadded(&key, &data)?;
    let message = key.decrypt_unpadded(&data).ok_or(ErrorKind::Failed)?;
    match header.padding {
        RsaPadding::Pkcs1 => unpadded(&key, &data, &message).ok_or_else(|| ErrorKind::Failed.into()),
        _ => Ok(message),
    }
}

/// The message inside PKCS #1 v1.5. Where the padding is wrong, it is one that only the owner of the key could tell from a right one
/// (implicit rejection, draft-irtf-cfrg-rsa-guidance), and nothing but its length depends on what was found.
fn unpadded(key: &Rsa, ciphertext: &[u8], padded: &[u8]) -> Option<Secret> {
    let size = padded.len();
    let [exponent, ..] = key.private_numbers()?;
    let exponent = Secret::new([&vec![0; size.checked_sub(exponent.len())?], exponent.as_slice()].concat());
    let secret = Secret::new(Hash::Sha256.hmac(&Hash::Sha256.digest(&exponent), ciphertext).ok()?);
    let message = pseudo_random(&secret, b"message", size)?;
    let longest = u16::try_from(size.checked_sub(PKCS1_OVERHEAD - 1)?).ok()?;
    let mask = longest.checked_next_power_of_two().unwrap_or(0).wrapping_sub(1);
    let mut length = 0_u16;
    for pair in pseudo_random(&secret, b"length", 256)?.chunks_exact(2) {
        let candidate = u16::from_be_bytes(pair.try_into().ok()?) & mask;
        length.conditional_assign(&candidate, longest.ct_gt(&candidate));
    }
    let synthetic = u32::try_from(size - usize::from(length)).ok()?;
    // The first byte is 0, the second 2, and the message begins behind the next 0, which is not among the eight that follow.
    let mut right = padded.first()?.ct_eq(&0) & padded.get(1)?.ct_eq(&2);
    let (mut found, mut begin) = (Choice::from(0), 0_u32);
    for (at, byte) in (0_u32..).zip(padded).skip(2) {
        let zero = byte.ct_eq(&0);
        begin.conditional_assign(&(at + 1), zero & !found);
        found |= zero;
    }
    right &= found & begin.ct_gt(&10);
    let begin = u32::conditional_select(&synthetic, &begin, right) as usize;
    let mut out = Secret::new(message.to_vec());
    out.iter_mut().zip(padded).for_each(|(byte, real)| byte.conditional_assign(real, right));
    Some(Secret::new(out.get(begin..)?.to_vec()))
}

fn pseudo_random(secret: &[u8], label: &[u8], length: usize) -> Option<Secret> {
    let bits = u16::try_from(length * 8).ok()?.to_be_bytes();
    let mut out = Secret::default();
    for block in 0_u16.. {
        if out.len() >= length {
            break;
        }
        out.extend_from_slice(&Hash::Sha256.hmac(secret, &[&block.to_be_bytes(), label, &bits].concat()).ok()?);
    }
    out.truncate(length);
    Some(out)
}

pub(super) fn private_encrypt(header: &PrivateEncrypt, [der, data]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let key = rsa(&Key::private(der)?)?;
    match header.padding {
        RsaPadding::Pkcs1 if data.len() + PKCS1_OVERHEAD > key.len() => Err(ErrorKind::TooLargeForKey.into()),
        RsaPadding::Pkcs1 => key.sign_raw(data, Padding::Pkcs1).ok_or_else(|| ErrorKind::Failed.into()),
        RsaPadding::None => {
            check_unpadded(&key, data)?;
            key.sign_raw(data, Padding::None).ok_or_else(|| ErrorKind::Failed.into())
        }
        RsaPadding::Oaep => Err(ErrorKind::Padding.into()),
    }
}

pub(super) fn public_decrypt(header: &PublicDecrypt, [der, data]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let key = rsa(&Key::public(der)?)?;
    if data.len() > key.len() {
        return Err(ErrorKind::TooLargeForKey.into());
    }
    let invalid = || CryptoError::from(ErrorKind::RsaPadding);
    match header.padding {
        RsaPadding::Pkcs1 => key.verify_raw(data, Padding::Pkcs1).ok_or_else(invalid),
        RsaPadding::None => {
            check_unpadded(&key, data)?;
            key.verify_raw(data, Padding::None).ok_or_else(invalid)
        }
        RsaPadding::Oaep => Err(ErrorKind::Padding.into()),
    }
}

pub(super) fn agree([private, public]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let (private, public) = (Key::private(private)?, Key::public(public)?);
    let failed = || CryptoError::from(ErrorKind::Derivation);
    match (private.kind, public.kind) {
        (Kind::Ec(one), Kind::Ec(other)) if one == other => {
            let (private, public) = (private.pkey.ec().ok_or_else(failed)?, public.pkey.ec().ok_or_else(failed)?);
            private.agree(&public).ok_or_else(failed)
        }
        (Kind::X25519, Kind::X25519) => {
            let (private, public) = (private.pkey.raw_private().ok_or_else(failed)?, public.pkey.raw_public().ok_or_else(failed)?);
            lc::x25519(&private, &public).ok_or_else(failed)
        }
        (Kind::Ec(_), Kind::Ec(_)) => Err(failed()),
        (one, other) if one == other => Err(ErrorKind::KeyKind.into()),
        _ => Err(ErrorKind::IncompatibleKey.into()),
    }
}

pub(super) fn power([base, exponent, modulus]: [&[u8]; 3]) -> Result<Secret, CryptoError> {
    lc::power(base, exponent, modulus).ok_or_else(|| ErrorKind::Failed.into())
}
