//! Texts of the table, from which the engine builds lists and the names of currencies, calendars and fields.

use serde::Deserialize;

use super::computation::{Computation, json};
use super::data::Data;
use super::error::IntlError;

/// Finding a text.
const TEXT: u64 = 2_500;

/// The texts of keys, null where there is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    locale: String,
    keys: Vec<String>,
}

impl Computation for Texts {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        TEXT.saturating_mul(self.keys.len() as u64)
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let data = if self.locale == "supplement" { Data::supplement() } else { Data::of(&self.locale) };
        let texts: Vec<_> = self.keys.iter().map(|key| data.get(key)).collect();
        json(&texts)
    }
}
