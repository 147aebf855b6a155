//! Parses a request, and lists the operations. The header of each operation is defined in the file of its subject.

use serde::Deserialize;

use super::computation::Computation;
use super::error::IntlError;
use super::{casing, collation, dates, likely, locales, names, number, relative, segments, texts, zones};

/// The longest header.
const MAX_HEADER: usize = 64 << 10;
/// The most parts of one request.
const MAX_PARTS: usize = 16 << 10;
/// Parsing the header and answering, whatever the operation.
const REQUEST: u64 = 3_000;
/// A byte of the request, as JSON or UTF-8.
const BYTE: u64 = 8;

/// The operations, by their names in the header's `op`.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Operation {
    Casing(casing::Casing),
    CollationKeys(collation::Keys),
    DatesFormat(dates::Format),
    DatesPattern(dates::Pattern),
    DatesRange(dates::Range),
    LanguageName(names::Language),
    LocaleLikely(likely::Likely),
    LocalesCanonical(locales::Canonical),
    LocalesMatch(locales::Match),
    NumberFormat(number::Format),
    PluralSelect(number::Select),
    RelativeFormat(relative::Format),
    Segments(segments::Segments),
    Texts(texts::Texts),
    ZonesCanonical(zones::Canonical),
    ZonesList(zones::List),
}

impl Operation {
    fn computation(&self) -> &(dyn Computation + Sync) {
        match self {
            Self::Casing(computation) => computation,
            Self::CollationKeys(computation) => computation,
            Self::DatesFormat(computation) => computation,
            Self::DatesPattern(computation) => computation,
            Self::DatesRange(computation) => computation,
            Self::LanguageName(computation) => computation,
            Self::LocaleLikely(computation) => computation,
            Self::LocalesCanonical(computation) => computation,
            Self::LocalesMatch(computation) => computation,
            Self::NumberFormat(computation) => computation,
            Self::PluralSelect(computation) => computation,
            Self::RelativeFormat(computation) => computation,
            Self::Segments(computation) => computation,
            Self::Texts(computation) => computation,
            Self::ZonesCanonical(computation) => computation,
            Self::ZonesList(computation) => computation,
        }
    }
}

#[derive(Deserialize)]
struct Lengths {
    #[serde(default)]
    parts: Vec<u32>,
}

/// One request.
#[derive(Debug)]
pub(super) struct Request {
    operation: Operation,
    parts: Vec<Vec<u8>>,
    len: usize,
}

impl Request {
    /// # Errors
    /// When the bytes are not a request.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, IntlError> {
        let (len, rest) = bytes.split_first_chunk::<4>().ok_or(IntlError::Malformed("no header"))?;
        let len = u32::from_le_bytes(*len) as usize;
        if len > MAX_HEADER {
            return Err(IntlError::Malformed("the header is too long"));
        }
        let (header, mut rest) = rest.split_at_checked(len).ok_or(IntlError::Malformed("the header is cut off"))?;
        let lengths: Lengths = serde_json::from_slice(header)?;
        if lengths.parts.len() > MAX_PARTS {
            return Err(IntlError::Malformed("too many parts"));
        }
        let mut parts = Vec::with_capacity(lengths.parts.len());
        for len in lengths.parts {
            let (part, after) = rest.split_at_checked(len as usize).ok_or(IntlError::Malformed("a part is cut off"))?;
            parts.push(part.to_vec());
            rest = after;
        }
        Ok(Self { operation: serde_json::from_slice(header)?, parts, len: bytes.len() })
    }

    /// The fuel for answering it.
    pub(super) fn fuel(&self) -> u64 {
        let bytes = BYTE.saturating_mul(self.len as u64);
        REQUEST.saturating_add(bytes).saturating_add(self.operation.computation().fuel(&self.parts))
    }

    /// # Errors
    /// What JavaScript is to throw.
    pub(super) fn answer(&self) -> Result<Vec<u8>, IntlError> {
        self.operation.computation().answer(&self.parts)
    }
}
