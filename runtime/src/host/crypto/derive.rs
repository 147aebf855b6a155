//! Keys from passwords and from other keys. How much may be asked for is decided in `cost`, before anything here runs.

use hkdf::Hkdf;

use super::error::CryptoError;
use super::hash::{Hash, with_keyed_hash};

pub(super) fn pbkdf2(hash: Hash, [password, salt]: [&[u8]; 2], iterations: u32, length: u32) -> Result<Vec<u8>, CryptoError> {
    let mut key = vec![0; length as usize];
    with_keyed_hash!(hash, D => {
        pbkdf2::pbkdf2_hmac::<D>(password, salt, iterations, &mut key);
        Ok(key)
    })
}

pub(super) fn hkdf(hash: Hash, [key, salt, info]: [&[u8]; 3], length: u32) -> Result<Vec<u8>, CryptoError> {
    let mut derived = vec![0; length as usize];
    let limit = 255 * hash.len() as u64;
    with_keyed_hash!(hash, D => {
        let too_long = |_| CryptoError::TooMuch { name: "length", limit, unit: "bytes" };
        Hkdf::<D>::new(Some(salt), key).expand(info, &mut derived).map_err(too_long)?;
        Ok(derived)
    })
}

pub(super) fn scrypt([password, salt]: [&[u8]; 2], (n, r, p): (u64, u32, u32), length: u32) -> Result<Vec<u8>, CryptoError> {
    if n < 2 || !n.is_power_of_two() {
        return Err(CryptoError::Scrypt);
    }
    let mut key = vec![0; length as usize];
    let params = scrypt::Params::new(n.trailing_zeros() as u8, r, p).map_err(|_| CryptoError::Scrypt)?;
    if !key.is_empty() {
        scrypt::scrypt(password, salt, &params, &mut key).map_err(|_| CryptoError::Scrypt)?;
    }
    Ok(key)
}
