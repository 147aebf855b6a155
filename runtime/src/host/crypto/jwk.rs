//! Keys as JSON (RFC 7517, with the numbers of RFC 7518 section 6). Members that say what a key is for are for the hook to look at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pkcs8::der::asn1::UintRef;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::CryptoError;
use super::key::{Key, Private, Public};
use super::request::Curve;
use super::{ec, rsa};

/// The members that make up a key. All others are passed over, as RFC 7517 asks.
#[derive(Default, Deserialize, Serialize)]
struct Jwk {
    kty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dp: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dq: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qi: Option<Number>,
}

/// Big-endian bytes in base64url.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Number(Zeroizing<String>);

impl Number {
    fn new(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes))))
    }
}

fn required(number: Option<&Number>) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let number = number.ok_or(CryptoError::Key("a member of the JWK is missing"))?;
    let bytes = URL_SAFE_NO_PAD.decode(number.0.trim_end_matches('='));
    bytes.map(Zeroizing::new).map_err(|_| CryptoError::Key("a member of the JWK is not base64url"))
}

fn uint(bytes: &[u8]) -> Result<UintRef<'_>, CryptoError> {
    UintRef::new(bytes).map_err(|_| CryptoError::Key("a member of the JWK is not a number"))
}

pub(super) fn read(json: &[u8]) -> Result<Key, CryptoError> {
    // What serde says could quote a member.
    let jwk: Jwk = serde_json::from_slice(json).map_err(|_| CryptoError::Key("it is not a JWK"))?;
    match (jwk.kty.as_str(), jwk.d.is_some()) {
        ("RSA", true) => rsa_private(&jwk).map(Private::Rsa).map(Key::Private),
        ("RSA", false) => {
            let (n, e) = (required(jwk.n.as_ref())?, required(jwk.e.as_ref())?);
            rsa::Public::from_numbers(uint(&n)?, uint(&e)?).map(Public::Rsa).map(Key::Public)
        }
        ("EC", true) => ec_private(&jwk).map(Private::Ec).map(Key::Private),
        ("EC", false) => ec_public(&jwk).map(Public::Ec).map(Key::Public),
        _ => Err(CryptoError::Key("its kty is neither RSA nor EC")),
    }
}

fn rsa_private(jwk: &Jwk) -> Result<rsa::Private, CryptoError> {
    let [n, e, d, p, q, dp, dq, qi] =
        [&jwk.n, &jwk.e, &jwk.d, &jwk.p, &jwk.q, &jwk.dp, &jwk.dq, &jwk.qi].map(|number| required(number.as_ref()));
    let (n, e, d, p, q, dp, dq, qi) = (n?, e?, d?, p?, q?, dp?, dq?, qi?);
    rsa::Private::from_numbers(&rsa::Numbers {
        modulus: uint(&n)?,
        public_exponent: uint(&e)?,
        private_exponent: uint(&d)?,
        prime1: uint(&p)?,
        prime2: uint(&q)?,
        exponent1: uint(&dp)?,
        exponent2: uint(&dq)?,
        coefficient: uint(&qi)?,
        other_prime_infos: None,
    })
}

fn curve(jwk: &Jwk) -> Result<Curve, CryptoError> {
    match jwk.crv.as_deref() {
        Some("P-256") => Ok(Curve::P256),
        Some("P-384") => Ok(Curve::P384),
        _ => Err(CryptoError::Key("its curve is neither P-256 nor P-384")),
    }
}

fn ec_public(jwk: &Jwk) -> Result<ec::Public, CryptoError> {
    ec::Public::from_coordinates(curve(jwk)?, &required(jwk.x.as_ref())?, &required(jwk.y.as_ref())?)
}

fn ec_private(jwk: &Jwk) -> Result<ec::Private, CryptoError> {
    let curve = curve(jwk)?;
    let scalar = required(jwk.d.as_ref())?;
    if scalar.len() != curve.len() {
        return Err(CryptoError::Key("its number is not as long as its curve has it"));
    }
    let key = ec::Private::from_scalar(curve, &scalar)?;
    if key.public() == ec_public(jwk)? { Ok(key) } else { Err(CryptoError::Key("its public half is that of another key")) }
}

pub(super) fn write(key: &Key) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let jwk = match key {
        Key::Public(key) => public(key)?,
        Key::Private(Private::Ec(key)) => Jwk { d: Number::new(&key.scalar()), ..public(&Public::Ec(key.public()))? },
        Key::Private(Private::Rsa(key)) => {
            let numbers = key.numbers()?;
            let number = |number: UintRef<'_>| Number::new(number.as_bytes());
            Jwk {
                d: number(numbers.private_exponent),
                p: number(numbers.prime1),
                q: number(numbers.prime2),
                dp: number(numbers.exponent1),
                dq: number(numbers.exponent2),
                qi: number(numbers.coefficient),
                ..public(&Public::Rsa(key.public()?))?
            }
        }
    };
    serde_json::to_vec(&jwk).map(Zeroizing::new).map_err(|_| CryptoError::KeyType("JWK"))
}

fn public(key: &Public) -> Result<Jwk, CryptoError> {
    Ok(match key {
        Public::Rsa(key) => {
            let (n, e) = key.numbers()?;
            Jwk { kty: "RSA".into(), n: Number::new(&n), e: Number::new(&e), ..Jwk::default() }
        }
        Public::Ec(key) => {
            let (x, y) = key.coordinates()?;
            Jwk { kty: "EC".into(), crv: Some(key.curve().name().into()), x: Number::new(&x), y: Number::new(&y), ..Jwk::default() }
        }
    })
}
