//! Keys as JSON (RFC 7517, with the numbers of RFC 7518 section 6 and RFC 8037). Members that say what a key is for are for the hook to look at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::contract::Curve;
use super::error::{CryptoError, ErrorKind};
use super::key::{Key, Kind};
use super::lc::{EcKey, Pkey, PkeyKind, PointForm, Rsa, Secret};

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

fn required(number: Option<&Number>) -> Option<Secret> {
    URL_SAFE_NO_PAD.decode(number?.0.trim_end_matches('=')).map(Zeroizing::new).ok()
}

fn curve(jwk: &Jwk) -> Result<Curve, CryptoError> {
    match jwk.crv.as_deref() {
        Some("P-256") => Ok(Curve::P256),
        Some("P-384") => Ok(Curve::P384),
        Some("P-521") => Ok(Curve::P521),
        Some("secp256k1") => Ok(Curve::Secp256k1),
        _ => Err(ErrorKind::JwkEc.into()),
    }
}

pub(super) fn read(json: &[u8]) -> Result<Key, CryptoError> {
    // What serde says could quote a member.
    let jwk: Jwk = serde_json::from_slice(json).map_err(|_| ErrorKind::Jwk)?;
    match jwk.kty.as_str() {
        "RSA" if jwk.d.is_some() => Key::of_rsa(&rsa_private(&jwk).ok_or(ErrorKind::JwkRsa)?, true),
        "RSA" => {
            let read = || Rsa::from_public_numbers(&required(jwk.n.as_ref())?, &required(jwk.e.as_ref())?);
            Key::of_rsa(&read().ok_or(ErrorKind::JwkRsa)?, false)
        }
        "EC" => {
            let curve = curve(&jwk)?;
            let key = ec(&jwk, curve).ok_or(ErrorKind::JwkEc)?;
            Key::of_ec(&key, jwk.d.is_some())
        }
        "OKP" => octets(&jwk),
        _ => Err(ErrorKind::Jwk.into()),
    }
}

fn rsa_private(jwk: &Jwk) -> Option<Rsa> {
    let numbers = [&jwk.n, &jwk.e, &jwk.d, &jwk.p, &jwk.q, &jwk.dp, &jwk.dq, &jwk.qi].map(|number| required(number.as_ref()));
    let [n, e, d, p, q, dp, dq, qi] = numbers;
    Rsa::from_private_numbers(&[n?, e?, d?, p?, q?, dp?, dq?, qi?])
}

/// Coordinates may come without their leading zeros, as some libraries write them.
fn ec(jwk: &Jwk, curve: Curve) -> Option<EcKey> {
    let full = |number: &Option<Number>| {
        let bytes = required(number.as_ref())?;
        let missing = curve.len().checked_sub(bytes.len())?;
        Some(Secret::new([&vec![0; missing], bytes.as_slice()].concat()))
    };
    let public = EcKey::from_point(curve, &[&[4][..], &full(&jwk.x)?, &full(&jwk.y)?].concat())?;
    if jwk.d.is_none() {
        return Some(public);
    }
    let private = EcKey::from_scalar(curve, &full(&jwk.d)?)?;
    let belongs = private.point(PointForm::Uncompressed)? == public.point(PointForm::Uncompressed)?;
    belongs.then_some(private)
}

fn octets(jwk: &Jwk) -> Result<Key, CryptoError> {
    let kind = match jwk.crv.as_deref() {
        Some("Ed25519") => PkeyKind::Ed25519,
        Some("X25519") => PkeyKind::X25519,
        _ => return Err(ErrorKind::Jwk.into()),
    };
    let key = match &jwk.d {
        Some(_) => Pkey::from_raw_private(kind, &required(jwk.d.as_ref()).ok_or(ErrorKind::Jwk)?),
        None => Pkey::from_raw_public(kind, &required(jwk.x.as_ref()).ok_or(ErrorKind::Jwk)?),
    };
    Key::of(key.ok_or(ErrorKind::Jwk)?, jwk.d.is_some())
}

pub(super) fn write(key: &Key) -> Result<Secret, CryptoError> {
    let jwk = match key.kind {
        Kind::Rsa => rsa_jwk(key).ok_or(ErrorKind::Failed)?,
        Kind::Ec(curve) => ec_jwk(key, curve).ok_or(ErrorKind::Failed)?,
        Kind::Ed25519 => octets_jwk(key, "Ed25519").ok_or(ErrorKind::Failed)?,
        Kind::X25519 => octets_jwk(key, "X25519").ok_or(ErrorKind::Failed)?,
        Kind::RsaPss => return Err(ErrorKind::JwkKind.into()),
    };
    serde_json::to_vec(&jwk).map(Zeroizing::new).map_err(|_| ErrorKind::Failed.into())
}

fn rsa_jwk(key: &Key) -> Option<Jwk> {
    let rsa = key.pkey.rsa()?;
    let [n, e] = rsa.public_numbers()?;
    let public = Jwk { kty: "RSA".into(), n: Number::new(&n), e: Number::new(&e), ..Jwk::default() };
    if !key.private {
        return Some(public);
    }
    let [d, p, q, dp, dq, qi] = rsa.private_numbers()?.map(|number| Number::new(&number));
    Some(Jwk { d, p, q, dp, dq, qi, ..public })
}

fn ec_jwk(key: &Key, curve: Curve) -> Option<Jwk> {
    let ec = key.pkey.ec()?;
    let point = ec.point(PointForm::Uncompressed)?;
    let (x, y) = point.get(1..)?.split_at_checked(curve.len())?;
    let d = if key.private { Number::new(&ec.scalar()?) } else { None };
    Some(Jwk { kty: "EC".into(), crv: Some(curve.name().into()), x: Number::new(x), y: Number::new(y), d, ..Jwk::default() })
}

fn octets_jwk(key: &Key, curve: &str) -> Option<Jwk> {
    let d = if key.private { Number::new(&key.pkey.raw_private()?) } else { None };
    Some(Jwk { kty: "OKP".into(), crv: Some(curve.into()), x: Number::new(&key.pkey.raw_public()?), d, ..Jwk::default() })
}
