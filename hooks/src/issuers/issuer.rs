//! Who signs tokens, and what of a token can be checked without a key.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::refusal::TokenRefusal;
use super::token::Token;

/// How far the clocks of two servers may be apart.
const SKEW: Duration = Duration::from_secs(60);

/// Who signs tokens, for whom, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The claim `iss`, exactly.
    pub issuer: String,
    /// What the claim `aud` must name.
    pub audience: String,
    /// The URL of the keys.
    pub keys_url: String,
    /// The algorithms that are accepted. What a token names beside them is refused.
    pub algorithms: Vec<Algorithm>,
}

impl Issuer {
    /// What can be checked without a key. Only a token that passes makes the server fetch keys.
    pub(super) fn reads(&self, text: &str, now: SystemTime) -> Result<Token, TokenRefusal> {
        let token = Token::parse(text)?;
        if !self.algorithms.contains(&token.algorithm) {
            return Err(TokenRefusal::Algorithm);
        }
        if token.claims.get("iss").and_then(Value::as_str) != Some(&self.issuer) || !names(token.claims.get("aud"), &self.audience) {
            return Err(TokenRefusal::Foreign);
        }
        if is_current(&token.claims, now) { Ok(token) } else { Err(TokenRefusal::Time) }
    }
}

/// Whether an audience, which is a text or a list of them, names this one.
fn names(audience: Option<&Value>, wanted: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(wanted)),
        _ => false,
    }
}

/// Whether a token has an end that is not over and, if it has one, a beginning that is.
fn is_current(claims: &Map<String, Value>, now: SystemTime) -> bool {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let skew = SKEW.as_secs_f64();
    let moment = |name: &str| claims.get(name).map(|value| value.as_f64().unwrap_or(f64::NAN));
    let ends = moment("exp").is_some_and(|end| now < end + skew);
    let begun = ["nbf", "iat"].into_iter().filter_map(moment).all(|begin| begin <= now + skew);
    ends && begun
}
