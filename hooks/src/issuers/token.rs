//! A signed token in its compact form (RFC 7515), taken apart.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::refusal::TokenRefusal;

/// The longest token that is read, in bytes.
const LONGEST: usize = 8 << 10;

/// A token whose signature is still to be verified.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    pub(super) claims: Map<String, Value>,
    /// The text that was signed.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that a reader must understand; none is.
    crit: Option<Value>,
}

impl Token {
    pub(super) fn parse(text: &str) -> Result<Self, TokenRefusal> {
        if text.len() > LONGEST {
            return Err(TokenRefusal::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenRefusal::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenRefusal::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefusal::Malformed);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| TokenRefusal::Malformed)?;
        let claims = serde_json::from_slice(&decode(claims)?).map_err(|_| TokenRefusal::Malformed)?;
        if header.crit.is_some() {
            return Err(TokenRefusal::Malformed);
        }
        let algorithm = Algorithm::parse(&header.alg).ok_or(TokenRefusal::Algorithm)?;
        Ok(Self { algorithm, key_id: header.kid, claims, signed: signed.to_owned(), signature: decode(signature)? })
    }
}
