//! `Intl.Collator`: sort keys, which the engine compares byte by byte, so that a sort asks once for each text and not for each pair.

use icu_collator::options::{AlternateHandling, CaseLevel, CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale::Locale;
use serde::Deserialize;

use super::computation::Computation;
use super::error::IntlError;

/// Finding a collator.
const COLLATOR: u64 = 8_000;
/// A byte of a text.
const BYTE: u64 = 60;

/// What texts are compared by.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Order {
    /// With the keywords `co`, `kn` and `kf` as they are to be.
    locale: String,
    sensitivity: Sensitivity,
    ignore_punctuation: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Sensitivity {
    Base,
    Accent,
    Case,
    Variant,
}

/// The sort keys of texts, one character per byte, with a zero between them: no key has one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    order: Order,
    #[serde(default, rename = "parts")]
    _parts: Vec<u32>,
}

impl Computation for Keys {
    fn fuel(&self, parts: &[Vec<u8>]) -> u64 {
        let bytes: usize = parts.iter().map(Vec::len).sum();
        COLLATOR.saturating_add(BYTE.saturating_mul(bytes as u64))
    }

    fn answer(&self, parts: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let collator = self.order.collator()?;
        let mut keys = String::new();
        for text in parts {
            let mut key = Vec::new();
            let Ok(()) = collator.write_sort_key_to(&String::from_utf8_lossy(text), &mut key);
            keys.extend(key.into_iter().map(char::from));
            keys.push(char::from(0));
        }
        keys.pop();
        Ok(keys.into_bytes())
    }
}

impl Order {
    fn collator(&self) -> Result<CollatorBorrowed<'static>, IntlError> {
        let locale: Locale = self.locale.parse().map_err(|_| IntlError::Malformed("no locale"))?;
        CollatorBorrowed::try_new(CollatorPreferences::from(&locale), self.options()).map_err(|_| IntlError::Fault)
    }

    fn options(&self) -> CollatorOptions {
        let mut options = CollatorOptions::default();
        options.strength = Some(match self.sensitivity {
            Sensitivity::Base | Sensitivity::Case => Strength::Primary,
            Sensitivity::Accent => Strength::Secondary,
            Sensitivity::Variant => Strength::Tertiary,
        });
        options.case_level = (self.sensitivity == Sensitivity::Case).then_some(CaseLevel::On);
        options.alternate_handling =
            Some(if self.ignore_punctuation { AlternateHandling::Shifted } else { AlternateHandling::NonIgnorable });
        options
    }
}
