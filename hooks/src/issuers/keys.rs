//! The public keys of an issuer: a JSON Web Key Set (RFC 7517), of which those for signatures are read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::algorithm::{Algorithm, KeyKind};
use super::der::der_sequence;

/// The most keys of a set that are looked at.
const MOST: usize = 64;

/// One public key.
#[derive(Debug)]
struct Key {
    id: Option<String>,
    kind: KeyKind,
    /// The algorithm that it is limited to.
    algorithm: Option<String>,
    /// As in a certificate: the key itself without what says its algorithm.
    public: Vec<u8>,
}

/// The keys of an issuer.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads a set. Keys of other kinds, and keys for encryption, are left out.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let Set { keys } = serde_json::from_slice(bytes).ok()?;
        Some(Self(keys.into_iter().take(MOST).filter_map(Key::read).collect()))
    }

    /// The key with this id that the algorithm is used with. A token without an id is answered where there is no choice.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&[u8]> {
        let fits = |key: &&Key| {
            key.kind == algorithm.key_kind()
                && key.algorithm.as_deref().is_none_or(|only| only == algorithm.as_str())
                && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        let mut found = self.0.iter().filter(fits);
        let first = found.next()?;
        (id.is_some() || found.next().is_none()).then_some(&*first.public)
    }
}

impl Key {
    fn read(jwk: Jwk) -> Option<Self> {
        if jwk.usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let number = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let (kind, public) = match (&*jwk.kty, jwk.crv.as_deref()) {
            ("RSA", _) => (KeyKind::Rsa, der_sequence(&[&number(jwk.n)?, &number(jwk.e)?])),
            ("EC", Some("P-256")) => {
                let (x, y) = (number(jwk.x)?, number(jwk.y)?);
                let whole = x.len() == 32 && y.len() == 32;
                // An uncompressed point.
                (KeyKind::P256, whole.then(|| [&[4][..], &x, &y].concat())?)
            }
            _ => return None,
        };
        Some(Self { id: jwk.kid, kind, algorithm: jwk.alg, public })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_searched_by_id_and_algorithm() {
        let set = r#"{"keys": [
            {"kty": "RSA", "kid": "a", "use": "enc", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "b", "alg": "RS256", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "c", "n": "AQAC", "e": "AQAB"},
            {"kty": "oct", "kid": "d", "k": "AQAB"},
            {"kty": "EC", "crv": "P-256", "kid": "e", "x": "AQ", "y": "AQ"}
        ]}"#;
        let keys = Keys::parse(set.as_bytes()).unwrap();
        assert_eq!(keys.0.len(), 2);
        assert!(keys.find(Some("b"), Algorithm::Rs256).is_some() && keys.find(Some("b"), Algorithm::Rs512).is_none());
        assert!(keys.find(Some("a"), Algorithm::Rs256).is_none() && keys.find(Some("b"), Algorithm::Es256).is_none());
        assert!(keys.find(None, Algorithm::Rs256).is_none(), "there are two");
        assert!(keys.find(None, Algorithm::Rs512).is_some(), "there is one");
        assert!(Keys::parse(b"{}").is_none());
    }
}
