//! `Intl.NumberFormat` and `Intl.PluralRules`: the requests about numbers.

mod affix;
mod formatter;
mod notation;
mod pattern;
mod quantity;
mod range;
mod rounding;
mod style;
mod symbols;
mod words;

use serde::Deserialize;

use self::formatter::Formatter;
use self::quantity::{Quantity, Size};
use self::rounding::Rounding;
use self::style::Style;
use super::computation::{Computation, json};
use super::error::IntlError;
use super::parts::Parts;
use super::plural::Plurals;

/// Finding patterns and symbols, and rounding.
const FORMAT: u64 = 30_000;
/// Finding the rules of a language.
const RULES: u64 = 6_000;
/// A digit of a number, with what is done to it.
const DIGIT: u64 = 20;

/// One number, or the range from one to another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Format {
    style: Style,
    value: String,
    end: Option<String>,
    /// Parts as JSON; else the text.
    #[serde(default)]
    in_parts: bool,
}

impl Computation for Format {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        let len = self.value.len() + self.end.as_ref().map_or(0, String::len);
        FORMAT.saturating_add(DIGIT.saturating_mul(len as u64))
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let formatter = Formatter::new(&self.style);
        let start = Quantity::parse(&self.value);
        let parts = match &self.end {
            Some(end) => range::parts(&formatter, &start, &Quantity::parse(end)),
            None => formatter.parts(&start, false),
        };
        if self.in_parts { json(&parts.trimmed()) } else { Ok(parts.text().into_bytes()) }
    }
}

/// The plural form of a number or a range, or all forms of the language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Select {
    locale: String,
    #[serde(default)]
    ordinal: bool,
    digits: Option<Rounding>,
    value: Option<String>,
    end: Option<String>,
}

impl Computation for Select {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        let len = self.value.as_ref().map_or(0, String::len) + self.end.as_ref().map_or(0, String::len);
        RULES.saturating_add(DIGIT.saturating_mul(len as u64))
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let rules = Plurals::new(&self.locale, self.ordinal);
        let form = |text: &str| {
            let mut quantity = Quantity::parse(text);
            if let (Size::Finite(number), Some(digits)) = (&mut quantity.size, &self.digits) {
                digits.apply(number);
            }
            rules.form(quantity.finite())
        };
        match (&self.value, &self.end) {
            (None, _) => json(&rules.categories()),
            (Some(value), None) => json(&form(value)),
            (Some(value), Some(end)) => json(&rules.of_range(form(value), form(end))),
        }
    }
}

/// A number as it stands in a sentence of relative time.
pub(super) fn plain(locale: &str, numbering_system: &str, value: &str) -> Result<(Parts, &'static str), IntlError> {
    let style: Style = serde_json::from_value(serde_json::json!({
        "locale": locale, "numberingSystem": numbering_system, "digits": { "minimumFractionDigits": 0, "maximumFractionDigits": 3 }
    }))?;
    let formatter = Formatter::new(&style);
    let layers = formatter.layers(&Quantity::parse(value), false);
    let form = formatter.plurals.form(layers.rounded.finite());
    Ok((layers.middle.around(&layers.number), form))
}
