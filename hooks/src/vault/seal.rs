//! Sealing values: XChaCha20-Poly1305 with a random nonce, bound to the place where a value is kept.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hookbox_host_api::Secret;
use zeroize::Zeroizing;

use super::error::VaultError;

/// The form of a sealed value: this byte, 24 bytes of nonce, the encrypted text and its tag.
const FORM: u8 = 1;

const NONCE_BYTES: usize = 24;

pub(super) fn seal(key: &[u8; 32], account: u64, id: &str, name: &str, value: &Secret) -> Result<Vec<u8>, VaultError> {
    seal_bytes(key, &place(account, id, name), value.expose().as_bytes())
}

pub(super) fn unseal(key: &[u8; 32], account: u64, id: &str, name: &str, sealed: &[u8]) -> Result<Secret, VaultError> {
    let mut text = Zeroizing::new(unseal_bytes(key, &place(account, id, name), sealed)?);
    // Moved, not copied, so that no second copy of the text is left behind.
    String::from_utf8(std::mem::take(&mut *text)).map(Secret::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        VaultError::Damaged
    })
}

/// Seals bytes for a place, which is told in any form that no other place has.
pub(super) fn seal_bytes(key: &[u8; 32], place: &[u8], bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
    // 24 random bytes do not repeat in any number of values that a server will ever seal.
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| VaultError::Random)?;
    let encrypted = cipher(key).encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: place }).map_err(|_| VaultError::Damaged)?;
    Ok([&[FORM], nonce.as_slice(), &encrypted].concat())
}

/// Opens what [`seal_bytes`] made.
pub(super) fn unseal_bytes(key: &[u8; 32], place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let Some((&FORM, rest)) = sealed.split_first() else { return Err(VaultError::Damaged) };
    let (nonce, encrypted) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Damaged)?;
    cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: encrypted, aad: place }).map_err(|_| VaultError::Damaged)
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*key).into())
}

/// The associated data: which value of which record this is. Lengths go before texts, so no two places look alike.
fn place(account: u64, id: &str, name: &str) -> Vec<u8> {
    let mut place = b"hookbox env value".to_vec();
    place.extend(account.to_be_bytes());
    for text in [id, name] {
        place.extend((text.len() as u64).to_be_bytes());
        place.extend(text.as_bytes());
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [3; 32];

    fn sealed() -> Vec<u8> {
        seal(&KEY, 1, "id", "NAME", &Secret::new("hunter2")).unwrap()
    }

    #[test]
    fn a_value_opens_in_its_place_only() {
        let sealed = sealed();
        assert_eq!(unseal(&KEY, 1, "id", "NAME", &sealed).unwrap().expose(), "hunter2");
        for (account, id, name) in [(2, "id", "NAME"), (1, "ie", "NAME"), (1, "id", "NAMF"), (1, "idN", "AME"), (1, "", "idNAME")] {
            assert!(matches!(unseal(&KEY, account, id, name, &sealed), Err(VaultError::Damaged)));
        }
        assert!(unseal(&[4; 32], 1, "id", "NAME", &sealed).is_err());
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let sealed = sealed();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(unseal(&KEY, 1, "id", "NAME", &changed).is_err());
            assert!(unseal(&KEY, 1, "id", "NAME", &sealed[..index]).is_err());
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time_and_never_in_the_clear() {
        let (one, two) = (sealed(), sealed());
        assert_ne!(one[1..], two[1..]);
        assert!(!one.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(unseal(&KEY, 1, "i", "N", &seal(&KEY, 1, "i", "N", &Secret::new("")).unwrap()).unwrap().expose(), "");
    }
}
