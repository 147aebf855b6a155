//! A request as the engine writes it: the length of a header, the header as JSON, then the parts. Reading it checks every length; what
//! the fields mean is for the operations. Some answers are framed likewise.

use std::ops::Range;

use zeroize::Zeroizing;

use super::contract::Operation;
use super::error::{CryptoError, ErrorKind};

/// The longest header.
const MAX_HEADER: usize = 4096;

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
        if parts.len() != operation.parts() {
            return Err(CryptoError::malformed(format!("it needs {} parts and has {}", operation.parts(), parts.len())));
        }
        Ok(Self { operation, bytes, parts })
    }

    /// A part; their number was checked when the request was read.
    pub(super) fn part(&self, index: usize) -> &[u8] {
        self.parts.get(index).and_then(|range| self.bytes.get(range.clone())).unwrap_or_default()
    }

    /// The first parts.
    pub(super) fn parts<const N: usize>(&self) -> [&[u8]; N] {
        std::array::from_fn(|index| self.part(index))
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

/// An answer of fields and parts.
pub(super) fn framed(fields: impl serde::Serialize, parts: &[&[u8]]) -> Result<Vec<u8>, CryptoError> {
    #[derive(serde::Serialize)]
    struct Header<T> {
        #[serde(flatten)]
        fields: T,
        parts: Vec<usize>,
    }
    let header = Header { fields, parts: parts.iter().map(|part| part.len()).collect() };
    let header = serde_json::to_vec(&header).map_err(|_| ErrorKind::Failed)?;
    let length = u32::try_from(header.len()).map_err(|_| ErrorKind::Failed)?;
    let mut answer = Vec::with_capacity(4 + header.len() + parts.iter().map(|part| part.len()).sum::<usize>());
    answer.extend_from_slice(&length.to_le_bytes());
    answer.extend_from_slice(&header);
    parts.iter().for_each(|part| answer.extend_from_slice(part));
    Ok(answer)
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
    use crate::host::crypto::contract::Hash;

    fn error(bytes: Vec<u8>) -> String {
        Request::parse(bytes).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn reads_header_and_parts() {
        let request = Request::parse(encode(json!({"op": "hmac", "hash": "sha256"}), &[b"key", b"data"])).unwrap();
        assert!(matches!(&request.operation, Operation::Hmac(hmac) if hmac.hash == Hash::Sha256));
        assert_eq!(request.parts::<2>(), [&b"key"[..], b"data"]);
        assert_eq!(request.len(), 7);
        assert!(error(encode(json!({"op": "hmac", "hash": "sha256"}), &[b"key"])).contains("needs 2 parts and has 1"));
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
        assert!(error(encode(json!({"op": "digest", "hash": "sha256", "hsah": 1}), &[b""])).contains("unknown field"));
        assert!(error(encode(json!({"op": "shred"}), &[])).contains("unknown variant"));
        assert!(error(encode(json!({"op": "digest", "hash": "crc32"}), &[b""])).contains("unknown variant"));
        assert!(error(encode(json!({"op": "sign", "scheme": "ecdsa", "curve": 1}), &[b"", b""])).contains("unknown field"));
        assert!(
            error(encode(json!({"op": "pbkdf2", "hash": "sha1", "iterations": -1, "length": 1}), &[b"", b""])).contains("invalid value")
        );
        assert!(error(encode(json!({"hash": "sha1"}), &[b""])).contains("op"));
    }
}
