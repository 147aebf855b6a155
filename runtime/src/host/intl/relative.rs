//! `Intl.RelativeTimeFormat`: `in 3 days`, `yesterday`.

use serde::Deserialize;

use super::computation::{Computation, json};
use super::data::Data;
use super::error::IntlError;
use super::number;
use super::parts::{LITERAL, Parts};

/// Formatting a number, and finding the words.
const FORMAT: u64 = 50_000;

/// A relative time in a unit: its parts, of which the literal ones are words.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Format {
    locale: String,
    numbering_system: String,
    /// `-short`, `-narrow` or nothing.
    style: String,
    /// Words for some numbers: `yesterday`.
    has_words: bool,
    /// The number as JavaScript writes it.
    value: String,
    unit: String,
}

impl Computation for Format {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        FORMAT
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let data = Data::of(&self.locale);
        let field = format!("{}{}", self.unit, self.style);
        let mut parts = Parts::default();
        if let Some(word) = self.word(data, &field) {
            parts.push(LITERAL, word);
            return json(&parts);
        }
        let is_past = self.value.starts_with('-');
        let (digits, form) = number::plain(&self.locale, &self.numbering_system, self.value.trim_start_matches('-'))?;
        let when = if is_past { "past" } else { "future" };
        let get = |form: &str| data.get(&format!("rel/{field}/{when}/{form}"));
        let pattern = get(form).or_else(|| get("other")).ok_or(IntlError::Fault)?;
        let (before, after) = pattern.split_once("{0}").unwrap_or((pattern, ""));
        parts.push(LITERAL, before);
        if pattern.contains("{0}") {
            parts.append(&digits);
        }
        parts.push(LITERAL, after);
        json(&parts)
    }
}

impl Format {
    fn word(&self, data: Data, field: &str) -> Option<&'static str> {
        let value = if self.value == "-0" { "0" } else { &self.value };
        self.has_words.then(|| data.get(&format!("rel/{field}/{value}"))).flatten()
    }
}
