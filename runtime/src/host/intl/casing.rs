//! Upper and lower case in languages that have rules of their own for it.

use icu_casemap::CaseMapper;
use icu_locale::LanguageIdentifier;
use serde::Deserialize;

use super::computation::Computation;
use super::error::IntlError;

/// A byte of a text.
const BYTE: u64 = 40;

/// The text in the other case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Casing {
    language: String,
    upper: bool,
    #[serde(default, rename = "parts")]
    _parts: Vec<u32>,
}

impl Computation for Casing {
    fn fuel(&self, parts: &[Vec<u8>]) -> u64 {
        let bytes: usize = parts.iter().map(Vec::len).sum();
        BYTE.saturating_mul(bytes as u64)
    }

    fn answer(&self, parts: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let text = String::from_utf8_lossy(parts.first().ok_or(IntlError::Malformed("no text"))?);
        let language: LanguageIdentifier = self.language.parse().map_err(|_| IntlError::Malformed("no language"))?;
        let mapper = CaseMapper::new();
        let cased = if self.upper { mapper.uppercase_to_string(&text, &language) } else { mapper.lowercase_to_string(&text, &language) };
        Ok(cased.into_owned().into_bytes())
    }
}
