//! Keys from passwords and from other keys. How much may be asked for is decided in `cost`, before anything here runs.

use hkdf::GenericHkdf;

use super::contract::{Hash, Hkdf, Pbkdf2, Scrypt};
use super::error::{CryptoError, ErrorKind};
use super::hash::with_keyed_hash;
use super::lc::Secret;

pub(super) fn pbkdf2(header: &Pbkdf2, [password, salt]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let mut key = Secret::new(vec![0; header.length as usize]);
    with_keyed_hash!(header.hash, D, M => {
        pbkdf2::pbkdf2::<M>(password, salt, header.iterations, &mut key).map_err(|_| ErrorKind::KeyLength)?;
        Ok(key)
    })
}

pub(super) fn hkdf(header: &Hkdf, [key, salt, info]: [&[u8]; 3]) -> Result<Secret, CryptoError> {
    let mut derived = Secret::new(vec![0; header.length as usize]);
    with_keyed_hash!(header.hash, D, M => {
        GenericHkdf::<M>::new(Some(salt), key).expand(info, &mut derived).map_err(|_| ErrorKind::KeyLength)?;
        Ok(derived)
    })
}

pub(super) fn scrypt(header: &Scrypt, [password, salt]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let mut key = Secret::new(vec![0; header.length as usize]);
    let invalid = |_| ErrorKind::ScryptParameters;
    let rounds = u8::try_from(header.n.trailing_zeros()).unwrap_or_default();
    let params = scrypt::Params::new(rounds, header.r, header.p).map_err(invalid)?;
    if !key.is_empty() {
        scrypt::scrypt(password, salt, &params, &mut key).map_err(|_| ErrorKind::ScryptParameters)?;
    }
    Ok(key)
}
