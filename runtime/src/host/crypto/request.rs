//! A request as the engine writes it: the length of a header, the header as JSON, then the parts. Reading it checks every length; what
//! the fields mean is for the operations.

use std::ops::Range;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::CryptoError;
use super::hash::Hash;

/// The longest header.
const MAX_HEADER: usize = 4096;

/// What is to be computed.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Operation {
    Digest { hash: Hash },
    Hmac { hash: Hash },
    Pbkdf2 { hash: Hash, iterations: u32, length: u32 },
    Hkdf { hash: Hash, length: u32 },
    Scrypt { n: u64, r: u32, p: u32, length: u32 },
    Aes(Aes),
    KeyImport(KeyImport),
    KeyExport(KeyExport),
    Sign(Signing),
    Verify(Signing),
    KeyGenerate { kind: GeneratedKind, curve: Curve },
}

/// An encryption or decryption.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aes {
    pub(super) mode: AesMode,
    pub(super) encrypt: bool,
    /// CBC: PKCS#7 or none.
    #[serde(default)]
    pub(super) padding: Option<bool>,
    /// GCM: bytes.
    #[serde(default)]
    pub(super) tag_length: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum AesMode {
    Gcm,
    Cbc,
    Ctr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyImport {
    pub(super) format: KeyFormat,
    /// Found out when it is null.
    #[serde(default, rename = "type")]
    pub(super) form: Option<KeyForm>,
    /// Only the public half of whatever it is.
    #[serde(default)]
    pub(super) public: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyExport {
    pub(super) format: KeyFormat,
    /// Not used for JWK.
    #[serde(default, rename = "type")]
    pub(super) form: Option<KeyForm>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyFormat {
    Pem,
    Der,
    Jwk,
}

/// The ASN.1 structure that a key is written as.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyForm {
    Pkcs8,
    Spki,
    Pkcs1,
    Sec1,
}

/// How a signature is made or checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signing {
    pub(super) scheme: Scheme,
    pub(super) hash: Hash,
    /// PSS: bytes, or Node's constants: -1 as long as the hash; -2, like null, the longest to sign and any to verify.
    #[serde(default)]
    pub(super) salt_length: Option<i32>,
    /// ECDSA: how the two numbers are written; DER when null.
    #[serde(default)]
    pub(super) encoding: Option<SignatureEncoding>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scheme {
    RsaPkcs1,
    RsaPss,
    Ecdsa,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum SignatureEncoding {
    #[default]
    Der,
    P1363,
}

/// The kinds of key that can be made here.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum GeneratedKind {
    Ec,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) enum Curve {
    #[serde(rename = "P-256")]
    P256,
    #[serde(rename = "P-384")]
    P384,
}

/// A request. Its bytes may hold keys, so they are wiped when it is dropped and never shown.
pub(super) struct Request {
    pub(super) operation: Operation,
    bytes: Zeroizing<Vec<u8>>,
    parts: Vec<Range<usize>>,
}

impl Request {
    /// # Errors
    /// When a length does not fit, or the header is not one of those that the contract lists.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, CryptoError> {
        let bytes = Zeroizing::new(bytes);
        let (length, rest) = bytes.split_first_chunk().ok_or_else(|| CryptoError::malformed("it has no header"))?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_HEADER {
            return Err(CryptoError::malformed("its header is too long"));
        }
        let header = rest.get(..length).ok_or_else(|| CryptoError::malformed("its header is cut off"))?;
        let (operation, lengths) = header_fields(header)?;
        let parts = part_ranges(&lengths, 4 + length, bytes.len())?;
        Ok(Self { operation, bytes, parts })
    }

    /// The parts, of which there must be this many.
    pub(super) fn parts<const N: usize>(&self) -> Result<[&[u8]; N], CryptoError> {
        let parts: Vec<&[u8]> = self.parts.iter().filter_map(|range| self.bytes.get(range.clone())).collect();
        parts.try_into().map_err(|_| CryptoError::malformed(format!("it needs {N} parts and has {}", self.parts.len())))
    }

    /// How long the first part is, which is the key where there is one.
    pub(super) fn first_len(&self) -> usize {
        self.parts.first().map_or(0, Range::len)
    }

    /// How long the parts are together.
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(Range::len).sum()
    }
}

/// `parts` stands beside the operation's own fields; it is taken out so that each operation can refuse what it does not know.
fn header_fields(header: &[u8]) -> Result<(Operation, Vec<u32>), CryptoError> {
    let malformed = |error: serde_json::Error| CryptoError::malformed(error.to_string());
    let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header).map_err(malformed)?;
    let parts = fields.remove("parts").unwrap_or_default();
    let parts = if parts.is_null() { Vec::new() } else { serde_json::from_value(parts).map_err(malformed)? };
    let operation = serde_json::from_value(serde_json::Value::Object(fields)).map_err(malformed)?;
    Ok((operation, parts))
}

fn part_ranges(lengths: &[u32], start: usize, end: usize) -> Result<Vec<Range<usize>>, CryptoError> {
    let mut at = start;
    let mut ranges = Vec::with_capacity(lengths.len());
    for length in lengths {
        let next = at.saturating_add(*length as usize);
        ranges.push(at..next);
        at = next;
    }
    if at == end { Ok(ranges) } else { Err(CryptoError::malformed("its parts are not as long as it says")) }
}

/// Writes a request as the engine does.
#[cfg(test)]
pub(super) fn encode(mut header: serde_json::Value, parts: &[&[u8]]) -> Vec<u8> {
    header["parts"] = parts.iter().map(|part| part.len()).collect();
    let header = header.to_string();
    let mut bytes = (header.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(parts.concat());
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(bytes: Vec<u8>) -> String {
        Request::parse(bytes).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn reads_header_and_parts() {
        let request = Request::parse(encode(json!({"op": "hmac", "hash": "sha256"}), &[b"key", b"", b"data"])).unwrap();
        assert!(matches!(request.operation, Operation::Hmac { hash: Hash::Sha256 }));
        assert_eq!(request.parts::<3>().unwrap(), [&b"key"[..], b"", b"data"]);
        assert_eq!(request.len(), 7);
        assert!(request.parts::<2>().unwrap_err().to_string().contains("needs 2 parts and has 3"));
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let good = encode(json!({"op": "digest", "hash": "sha256"}), &[b"data"]);
        assert!(Request::parse(good.clone()).is_ok());
        for cut in 0..good.len() {
            assert!(Request::parse(good[..cut].to_vec()).is_err(), "cut at {cut}");
        }
        let mut long = good.clone();
        long.push(0);
        assert!(error(long).contains("not as long"));
        let mut huge = good;
        huge[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(error(huge).contains("header is too long"));
        let overflow = br#"{"op":"digest","hash":"sha1","parts":[4294967295,4294967295]}"#;
        let mut bytes = (overflow.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(overflow);
        assert!(error(bytes).contains("not as long"));
    }

    #[test]
    fn unknown_fields_operations_and_values_are_refused() {
        assert!(error(encode(json!({"op": "digest", "hash": "sha256", "hsah": 1}), &[])).contains("unknown field"));
        assert!(error(encode(json!({"op": "shred"}), &[])).contains("unknown variant"));
        assert!(error(encode(json!({"op": "digest", "hash": "crc32"}), &[])).contains("unknown variant"));
        assert!(error(encode(json!({"op": "aes", "mode": "ecb", "encrypt": true}), &[])).contains("unknown variant"));
        assert!(error(encode(json!({"op": "sign", "scheme": "ecdsa", "hash": "sha256", "curve": 1}), &[])).contains("unknown field"));
        assert!(error(encode(json!({"op": "pbkdf2", "hash": "sha1", "iterations": -1, "length": 1}), &[])).contains("invalid value"));
        assert!(error(encode(json!({"hash": "sha1"}), &[])).contains("op"));
    }
}
