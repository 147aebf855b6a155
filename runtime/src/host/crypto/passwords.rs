//! Hashes that passwords are kept as: what the packages `bcrypt`, `bcryptjs` and `argon2` compute. How a hash is written as text is the
//! engine's business; how much may be asked for is decided in `cost`, before anything here runs.

use argon2::{Algorithm, AssociatedData, ParamsBuilder, Version};

use super::contract::{Argon2, Argon2Kind, Bcrypt};
use super::error::{CryptoError, ErrorKind};
use super::lc::Secret;

/// The longest data that the library binds to a hash, in bytes.
const MAX_DATA: usize = argon2::Params::MAX_DATA_LEN;

pub(super) fn bcrypt(header: &Bcrypt, [password, salt]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let salt = salt.try_into().map_err(|_| CryptoError::malformed("a salt of bcrypt has 16 bytes"))?;
    if !(1..=72).contains(&password.len()) {
        return Err(CryptoError::malformed("a password of bcrypt has 1 to 72 bytes"));
    }
    Ok(Secret::new(bcrypt::bcrypt(header.cost, salt, password).to_vec()))
}

pub(super) fn argon2(header: &Argon2, [password, salt, secret, data]: [&[u8]; 4]) -> Result<Secret, CryptoError> {
    let algorithm = match header.kind {
        Argon2Kind::Argon2d => Algorithm::Argon2d,
        Argon2Kind::Argon2i => Algorithm::Argon2i,
        Argon2Kind::Argon2id => Algorithm::Argon2id,
    };
    let version = Version::try_from(header.version).map_err(|_| {
        CryptoError::saying(ErrorKind::TooMuch, format!("argon2 is computed in the versions 16 and 19, not {}", header.version))
    })?;
    let data = AssociatedData::new(data).map_err(|_| {
        let message = format!("argon2 takes {MAX_DATA} bytes of associated data at most, not {}", data.len());
        CryptoError::saying(ErrorKind::TooMuch, message)
    })?;
    let mut builder = ParamsBuilder::new();
    builder.m_cost(header.memory).t_cost(header.passes).p_cost(header.lanes).output_len(header.length as usize).data(data);
    let params = builder.build().map_err(parameters)?;
    let argon2 = argon2::Argon2::new_with_secret(secret, algorithm, version, params).map_err(parameters)?;
    let mut hash = Secret::new(vec![0; header.length as usize]);
    argon2.hash_password_into(password, salt, &mut hash).map_err(parameters)?;
    Ok(hash)
}

/// The engine has checked the parameters, to refuse them in the package's words.
fn parameters(error: argon2::Error) -> CryptoError {
    match error {
        argon2::Error::OutOfMemory => CryptoError::saying(ErrorKind::Memory, "the server has no memory left for argon2"),
        error => CryptoError::malformed(error),
    }
}
