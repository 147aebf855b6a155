//! Locales: their canonical names, and which of them a constructor of `Intl` has. What an extension means to a constructor is the engine's.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use icu_locale::{Locale, LocaleCanonicalizer};
use serde::{Deserialize, Serialize};

use super::error::IntlError;
use super::{Computation, json};

/// What a locale has, a line each; the file's head says what the columns are.
const TABLE: &str = include_str!("data/locales.txt");
/// Canonicalizing one tag, or looking it up.
const TAG: u64 = 6_000;
/// The locale that takes the place of those which there is no data for.
const FALLBACK: &str = "en-US";

/// What there is for a locale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    services: &'static str,
    pub(super) numbering: &'static str,
    pub(super) calendar: &'static str,
    pub(super) hour_cycle: &'static str,
}

static LOCALES: LazyLock<HashMap<&'static str, Defaults>> = LazyLock::new(|| TABLE.lines().filter_map(row).collect());

fn row(line: &'static str) -> Option<(&'static str, Defaults)> {
    let mut columns = line.split(' ');
    let tag = columns.next().filter(|tag| *tag != "#")?;
    let (services, numbering, calendar, hour_cycle) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    Some((tag, Defaults { services, numbering, calendar, hour_cycle }))
}

/// What there is for a locale that [`Match`] gave.
pub(super) fn defaults(tag: &str) -> Option<&'static Defaults> {
    LOCALES.get(tag)
}

/// Canonical forms of language tags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Canonical {
    tags: Vec<String>,
    #[serde(default, rename = "parts")]
    _parts: Vec<u32>,
}

impl Computation for Canonical {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        TAG.saturating_mul(self.tags.len() as u64)
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let tags: Result<Vec<_>, _> = self.tags.iter().map(|tag| canonical(tag)).collect();
        json(&tags?)
    }
}

/// The canonical form of one tag.
///
/// # Errors
/// When it is none.
pub(super) fn canonical(tag: &str) -> Result<String, IntlError> {
    let parsed = Locale::try_from_str(tag).ok().filter(|_| !tag.contains('_') && !tag.eq_ignore_ascii_case("root"));
    let Some(mut locale) = parsed else { return Err(incorrect(tag)) };
    LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
    Ok(locale.to_string())
}

/// A tag that only ends too early has a message of its own.
fn incorrect(tag: &str) -> IntlError {
    let cut = tag.rsplit_once('-').filter(|(_, last)| last.len() == 1).is_some_and(|(before, _)| Locale::try_from_str(before).is_ok());
    IntlError::Range(if cut { format!("Invalid language tag: {tag}") } else { "Incorrect locale information provided".to_owned() })
}

/// The best locale that a constructor has for those that are asked for, which are canonical.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Match {
    /// The constructor's letter in the table.
    service: char,
    tags: Vec<String>,
    #[serde(default, rename = "parts")]
    _parts: Vec<u32>,
}

#[derive(Serialize)]
struct Matched {
    /// Without extensions.
    locale: &'static str,
    /// The keywords of the Unicode extension of the tag that was taken.
    keywords: BTreeMap<String, String>,
    numbering: &'static str,
    calendar: &'static str,
    hour_cycle: &'static str,
    /// Which of the tags the constructor has a locale for.
    supported: Vec<bool>,
}

impl Computation for Match {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        TAG.saturating_mul(self.tags.len() as u64)
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let found: Vec<_> = self.tags.iter().map(|tag| available(tag, self.service)).collect();
        let best = self.tags.iter().zip(&found).find_map(|(tag, locale)| Some((tag.as_str(), (*locale)?)));
        let (tag, locale) = best.unwrap_or((FALLBACK, FALLBACK));
        let defaults = defaults(locale).ok_or(IntlError::Fault)?;
        json(&Matched {
            locale,
            keywords: keywords(tag),
            numbering: defaults.numbering,
            calendar: defaults.calendar,
            hour_cycle: defaults.hour_cycle,
            supported: found.iter().map(Option::is_some).collect(),
        })
    }
}

/// The longest beginning of a tag that is a locale of the service.
fn available(tag: &str, service: char) -> Option<&'static str> {
    let locale = Locale::try_from_str(tag).ok()?;
    let mut name = locale.id.to_string();
    if keywords(tag).get("va").is_some_and(|value| value == "posix") && name == "en-US" {
        name.push_str("-u-va-posix");
    }
    loop {
        if let Some((known, defaults)) = LOCALES.get_key_value(name.as_str())
            && defaults.services.contains(service)
        {
            return Some(known);
        }
        let cut = name.rfind('-')?;
        name.truncate(cut);
    }
}

fn keywords(tag: &str) -> BTreeMap<String, String> {
    let Ok(locale) = Locale::try_from_str(tag) else { return BTreeMap::new() };
    locale.extensions.unicode.keywords.iter().map(|(key, value)| (key.as_str().to_owned(), value.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_canonical_or_are_refused() {
        for (tag, expected) in
            [("EN-us", "en-US"), ("iw", "he"), ("sh", "sr-Latn"), ("cmn", "zh"), ("en-u-ca-buddhist", "en-u-ca-buddhist")]
        {
            assert_eq!(canonical(tag).unwrap(), expected);
        }
        for tag in ["en_US", "i", "", "root", "zh-min-nan", "i-klingon"] {
            assert_eq!(canonical(tag).unwrap_err().to_string(), "RangeError: Incorrect locale information provided", "{tag}");
        }
    }

    #[test]
    fn the_longest_known_beginning_of_a_tag_is_taken() {
        assert_eq!(available("en-XX", 'd'), Some("en"));
        assert_eq!(available("zh-TW-u-ca-roc", 'd'), Some("zh-TW"));
        assert_eq!(available("xx", 'd'), None);
        assert!(defaults(FALLBACK).is_some());
    }
}
