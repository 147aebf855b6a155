//! Keys that are derived from the master key, one for each purpose.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::error::VaultError;
use super::master::MasterKey;

/// A derived key. It is wiped when dropped, and has no `Debug`.
#[derive(Clone)]
pub(super) struct PurposeKey(pub(super) Zeroizing<[u8; 32]>);

impl PurposeKey {
    /// HKDF-SHA256 with the purpose as its info. A purpose must never change: values made with its key could no longer be read.
    pub(super) fn derive(master: &MasterKey, purpose: &str) -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(Some(b"hookbox/1"), master.as_bytes());
        hkdf.expand(purpose.as_bytes(), key.as_mut_slice()).map_err(|_| VaultError::Derivation)?;
        Ok(Self(key))
    }

    pub(super) fn hmac(&self, message: &[u8]) -> [u8; 32] {
        // HMAC pads a key to a block of its hash with zeros; a whole block is the form that cannot be refused.
        let mut block = Zeroizing::new([0; 64]);
        for (padded, byte) in block.iter_mut().zip(self.0.iter()) {
            *padded = *byte;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_key_is_the_one_that_hkdf_gives() {
        // Worked out with HMAC-SHA256 by hand: prk = HMAC(salt, ikm), okm = HMAC(prk, info || 0x01).
        let mut extract = Hmac::<Sha256>::new_from_slice(b"hookbox/1").unwrap();
        extract.update(&[7; 32]);
        let mut expand = Hmac::<Sha256>::new_from_slice(&extract.finalize().into_bytes()).unwrap();
        expand.update(b"token\x01");
        let expected: [u8; 32] = expand.finalize().into_bytes().into();
        assert_eq!(*PurposeKey::derive(&MasterKey::from_bytes([7; 32]), "token").unwrap().0, expected);
    }

    #[test]
    fn a_keyed_hash_is_the_one_that_hmac_gives() {
        let mut mac = Hmac::<Sha256>::new_from_slice(&[5; 32]).unwrap();
        mac.update(b"message");
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(PurposeKey(Zeroizing::new([5; 32])).hmac(b"message"), expected);
    }
}
