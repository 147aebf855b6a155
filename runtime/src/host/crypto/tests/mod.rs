//! Known answers and refusals for every operation, and what a guest sees of them.
//!
//! `fixtures/` was made with the openssl command line (keys, a certificate, and signatures of `signed by openssl`) and with Node's
//! `KeyObject.export` (JWKs), so that each form has another implementation's word for it. The keys were made for these tests.

mod algorithms;
mod ciphers;
mod document;
mod encryption;
mod guest;
mod keys;
mod limits;
mod passwords;
mod signatures;

use serde_json::{Value, json};

use super::operation::answer;
use super::priced;

/// The memory that requests here may take.
const MEMORY: u64 = 1 << 30;

/// Computes a request as a guest would have it computed, limits included.
fn compute(header: Value, parts: &[&[u8]]) -> Result<Vec<u8>, String> {
    let (request, _) = priced(super::request::encode(header, parts), MEMORY).map_err(|error| error.to_string())?;
    answer(&request).map_err(|error| error.to_string())
}

/// The fields and the parts of a framed answer.
fn opened(answer: &[u8]) -> (Value, Vec<Vec<u8>>) {
    let (length, rest) = answer.split_first_chunk().unwrap();
    let (header, mut rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
    let mut fields: Value = serde_json::from_slice(header).unwrap();
    let lengths: Vec<usize> = serde_json::from_value(fields.as_object_mut().unwrap().remove("parts").unwrap()).unwrap();
    let parts = lengths.into_iter().map(|length| rest.split_off(..length).unwrap().to_vec()).collect();
    assert!(rest.is_empty());
    (fields, parts)
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

/// Reads a key: what is said of it, and its DER.
fn read(format: &str, key: &[u8], public: bool) -> Result<(Value, Vec<u8>), String> {
    let (fields, mut parts) = opened(&compute(json!({"op": "key_read", "format": format, "public": public}), &[key, b""])?);
    Ok((fields, parts.remove(0)))
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
    (read("pem", pem, false).unwrap().1, read("pem", pem, true).unwrap().1)
}
