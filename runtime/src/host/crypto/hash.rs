//! Digests and their keyed form.

use hmac::{KeyInit, Mac};
use sha2::Digest;
use sha3::digest::{ExtendableOutput, Update, XofReader};

use super::contract::Hash;
use super::error::{CryptoError, ErrorKind};

/// Evaluates an expression with `$D` naming the hash's type and `$M` its HMAC; the shakes have neither.
macro_rules! with_keyed_hash {
    ($hash:expr, $D:ident, $M:ident => $body:expr) => {
        with_keyed_hash!(@arms $hash, $D, $M, $body,
            [Md5 md5::Md5] [Sha1 sha1::Sha1] [Sha224 sha2::Sha224] [Sha256 sha2::Sha256] [Sha384 sha2::Sha384] [Sha512 sha2::Sha512]
            [Sha512_224 sha2::Sha512_224] [Sha512_256 sha2::Sha512_256] [Sha3_224 sha3::Sha3_224] [Sha3_256 sha3::Sha3_256]
            [Sha3_384 sha3::Sha3_384] [Sha3_512 sha3::Sha3_512] [Ripemd160 ripemd::Ripemd160];
            [Blake2b512 blake2::Blake2b512] [Blake2s256 blake2::Blake2s256])
    };
    (@arms $hash:expr, $D:ident, $M:ident, $body:expr, $([$name:ident $type:ty])*; $([$slow:ident $slow_type:ty])*) => {
        match $hash {
            $(Hash::$name => {
                #[allow(dead_code, reason = "some bodies need one of the two")]
                type $D = $type;
                #[allow(dead_code, reason = "as above")]
                type $M = hmac::Hmac<$type>;
                $body
            })*
            $(Hash::$slow => {
                #[allow(dead_code, reason = "as above")]
                type $D = $slow_type;
                #[allow(dead_code, reason = "as above")]
                type $M = hmac::SimpleHmac<$slow_type>;
                $body
            })*
            Hash::Shake128 | Hash::Shake256 => Err($crate::host::crypto::error::ErrorKind::HashNotHere.into()),
        }
    };
}
pub(super) use with_keyed_hash;

impl Hash {
    /// Bytes of a digest.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Md5 | Self::Shake128 => 16,
            Self::Sha1 | Self::Ripemd160 => 20,
            Self::Sha224 | Self::Sha512_224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha512_256 | Self::Sha3_256 | Self::Shake256 | Self::Blake2s256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 | Self::Blake2b512 => 64,
        }
    }

    pub(super) fn is_extendable(self) -> bool {
        matches!(self, Self::Shake128 | Self::Shake256)
    }

    pub(super) fn digest(self, data: &[u8]) -> Vec<u8> {
        let fixed: Result<Vec<u8>, CryptoError> = with_keyed_hash!(self, D, M => Ok(D::digest(data).to_vec()));
        fixed.unwrap_or_else(|_| self.extended(data, self.len()))
    }

    /// A digest of any length, which only the shakes have.
    pub(super) fn digest_of_length(self, data: &[u8], length: usize) -> Result<Vec<u8>, CryptoError> {
        match self.is_extendable() {
            true => Ok(self.extended(data, length)),
            false if length == self.len() => Ok(self.digest(data)),
            false => Err(ErrorKind::NotXof.into()),
        }
    }

    fn extended(self, data: &[u8], length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        if self == Self::Shake128 {
            sha3::Shake128::default().chain(data).finalize_xof().read(&mut out);
        } else {
            sha3::Shake256::default().chain(data).finalize_xof().read(&mut out);
        }
        out
    }

    pub(super) fn hmac(self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        with_keyed_hash!(self, D, M => {
            let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| ErrorKind::KeyLength)?;
            Ok(mac.chain_update(data).finalize().into_bytes().to_vec())
        })
    }
}
