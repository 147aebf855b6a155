//! Known answers and refusals for every operation, and what a guest sees of them.
//!
//! `fixtures/` was made with the openssl command line (keys, a certificate, and signatures of `signed by openssl`) and with Node's
//! `KeyObject.export` (JWKs), so that each form has another implementation's word for it. The keys were made for these tests.

mod algorithms;
mod guest;
mod keys;
mod limits;
mod signatures;

use serde_json::{Value, json};

use super::operation::answer;
use super::priced;

/// Computes a request as a guest would have it computed, limits included.
fn compute(header: Value, parts: &[&[u8]]) -> Result<Vec<u8>, String> {
    let (request, _) = priced(super::request::encode(header, parts)).map_err(|error| error.to_string())?;
    answer(&request).map_err(|error| error.to_string())
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name))
    };
}
use fixture;

/// Imports a key: its type, kind, bits and curve, and its DER.
fn import(format: &str, key: &[u8], public: bool) -> Result<(Value, Vec<u8>), String> {
    let answer = compute(json!({"op": "key_import", "format": format, "type": null, "public": public}), &[key])?;
    let mut imported: Value = serde_json::from_slice(&answer).unwrap();
    let der = base64(imported.as_object_mut().unwrap().remove("der").unwrap().as_str().unwrap());
    Ok((imported, der))
}

fn base64(text: &str) -> Vec<u8> {
    use ::base64::Engine;
    ::base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn base64url(text: &str) -> Vec<u8> {
    use ::base64::Engine;
    ::base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The DER of a private key and of its public half.
fn pair(pem: &[u8]) -> (Vec<u8>, Vec<u8>) {
    (import("pem", pem, false).unwrap().1, import("pem", pem, true).unwrap().1)
}
