//! `Intl.Locale`: the subtags that a locale stands for when it does not say them.

use icu_locale::subtags::language;
use icu_locale::{Locale, LocaleExpander};
use serde::Deserialize;

use super::computation::{Computation, json};
use super::error::IntlError;

/// Looking up likely subtags.
const EXPAND: u64 = 6_000;

/// The locale with all subtags, and with as few as say the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Likely {
    locale: String,
}

impl Computation for Likely {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        EXPAND
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let mut locale: Locale = self.locale.parse().map_err(|_| IntlError::Range("Incorrect locale information provided".to_owned()))?;
        if locale.id.language.is_unknown() && locale.id.script.is_none() && locale.id.region.is_none() {
            locale.id.language = language!("en");
        }
        let expander = LocaleExpander::new_extended();
        let (mut longest, mut shortest) = (locale.clone(), locale);
        expander.maximize(&mut longest.id);
        expander.minimize(&mut shortest.id);
        json(&[longest.to_string(), shortest.to_string()])
    }
}
