//! Access tokens: self-contained and signed, so that any node checks one without a store read.
//!
//! A token is base64url, without padding, of a version byte, the credential's generation, the moment of issue, a nonce, the client id, and
//! an HMAC-SHA256 of all of them. The directory knows whether the credential still exists, which generation it has, and what it may do: see
//! [`Claims`].

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ids::ClientId;

/// How long a token is valid at least, from the moment when a client receives it.
pub const LIFETIME: Duration = Duration::from_secs(36_000);

/// How long the same token is issued again. A token is valid for at most this much longer than [`LIFETIME`].
pub(super) const SHARED: Duration = Duration::from_secs(3600);

/// How far ahead of the clock a token may have been issued: what clocks that are set right differ. A clock that was far ahead would otherwise
/// leave tokens behind that are valid for as long as it was wrong.
const AHEAD: Duration = Duration::from_secs(300);

const VERSION: u8 = 1;
const MAC_BYTES: usize = 32;
/// Everything before the client id: version, generation, seconds, nonce.
const HEAD_BYTES: usize = 1 + 8 + 8 + 8;
/// The size of a token with the longest client id, in bytes. A longer text is not a token.
const MAX_BYTES: usize = HEAD_BYTES + 128 + MAC_BYTES;

/// A token of another server, or one that has been changed or has expired. The error does not reveal which.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid")]
pub(crate) struct InvalidToken;

/// What a genuine, unexpired token says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    /// The credential that the token belongs to.
    pub(crate) client_id: ClientId,
    /// The credential's generation when the token was made. A token of an earlier generation is revoked.
    pub(crate) generation: u64,
}

/// Makes and checks tokens.
#[derive(Clone)]
pub(crate) struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    /// Signs and checks with this key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a key to a block of its hash with zeros. A whole block is the form that is never refused.
        let mut block = Zeroizing::new([0; 64]);
        for (padded, byte) in block.iter_mut().zip(key) {
            *padded = *byte;
        }
        Self(Hmac::new((&*block).into()))
    }

    /// A token for this credential, valid from `now` on.
    pub(crate) fn issue(&self, client_id: &ClientId, generation: u64, now: SystemTime) -> Result<String, getrandom::Error> {
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce)?;
        let mut bytes = Vec::with_capacity(MAX_BYTES);
        bytes.push(VERSION);
        bytes.extend(generation.to_be_bytes());
        bytes.extend(seconds(now).to_be_bytes());
        bytes.extend(nonce);
        bytes.extend(client_id.as_str().as_bytes());
        let mac = self.0.clone().chain_update(&bytes).finalize().into_bytes();
        bytes.extend(mac);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a token. The signature is compared in constant time, before the signed parts are read.
    pub(crate) fn verify(&self, token: &str, now: SystemTime) -> Result<Claims, InvalidToken> {
        let mut buffer = [0; MAX_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut buffer).map_err(|_| InvalidToken)?;
        let (signed, mac) = buffer.get(..length).and_then(<[u8]>::split_last_chunk::<MAC_BYTES>).ok_or(InvalidToken)?;
        self.0.clone().chain_update(signed).verify(mac.into()).map_err(|_| InvalidToken)?;
        read(signed, seconds(now)).ok_or(InvalidToken)
    }
}

fn read(signed: &[u8], now: u64) -> Option<Claims> {
    let (version, rest) = signed.split_first()?;
    let (generation, rest) = rest.split_first_chunk()?;
    let (issued, rest) = rest.split_first_chunk()?;
    let (_nonce, client_id) = rest.split_first_chunk::<8>()?;
    let issued = u64::from_be_bytes(*issued);
    let (age, ahead) = (now.saturating_sub(issued), issued.saturating_sub(now));
    if *version != VERSION || age >= (LIFETIME + SHARED).as_secs() || ahead > AHEAD.as_secs() {
        return None;
    }
    let client_id = std::str::from_utf8(client_id).ok()?.parse().ok()?;
    Some(Claims { client_id, generation: u64::from_be_bytes(*generation) })
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_790_000_000);

    fn at(offset: u64) -> SystemTime {
        UNIX_EPOCH + NOW + Duration::from_secs(offset)
    }

    fn client() -> ClientId {
        "ab".repeat(32).parse().unwrap()
    }

    fn key() -> TokenKey {
        TokenKey::new(&[7; 32])
    }

    #[test]
    fn a_token_reads_back_until_it_expires() {
        let token = key().issue(&client(), 3, at(0)).unwrap();
        let claims = Claims { client_id: client(), generation: 3 };
        assert_eq!(key().verify(&token, at(0)), Ok(Claims { client_id: client(), generation: 3 }));
        assert_eq!(key().verify(&token, at(39_599)), Ok(claims));
        assert_eq!(key().verify(&token, at(39_600)), Err(InvalidToken));
    }

    #[test]
    fn a_token_from_a_clock_far_ahead_is_refused() {
        let token = key().issue(&client(), 3, at(1000)).unwrap();
        assert!(key().verify(&token, at(700)).is_ok());
        assert_eq!(key().verify(&token, at(699)), Err(InvalidToken));
        assert_eq!(key().verify(&token, at(0)), Err(InvalidToken));
    }

    #[test]
    fn tokens_are_url_safe_and_never_alike() {
        let tokens: Vec<_> = (0..2).map(|_| key().issue(&client(), 1, at(0)).unwrap()).collect();
        assert_ne!(tokens[0], tokens[1]);
        assert!(tokens[0].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }

    #[test]
    fn the_longest_client_id_fits() {
        let client: ClientId = "x".repeat(128).parse().unwrap();
        let token = key().issue(&client, u64::MAX, at(0)).unwrap();
        assert_eq!(key().verify(&token, at(1)).unwrap().client_id, client);
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let token = key().issue(&client(), 1, at(0)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(key().verify(&URL_SAFE_NO_PAD.encode(changed), at(0)), Err(InvalidToken), "byte {index}");
        }
    }

    #[test]
    fn what_is_no_token_of_this_key_is_refused() {
        let foreign = TokenKey::new(&[8; 32]).issue(&client(), 1, at(0)).unwrap();
        let own = key().issue(&client(), 1, at(0)).unwrap();
        for text in ["", "a", "!!!!", &foreign, &own[..own.len() - 4], &format!("{own}AAAA"), &"A".repeat(4000), &"A".repeat(43)] {
            assert_eq!(key().verify(text, at(0)), Err(InvalidToken), "{text}");
        }
    }
}
