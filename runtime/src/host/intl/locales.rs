//! Locales: their canonical names, and the locales that each constructor of `Intl` supports. The engine interprets extensions.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use icu_locale::{Locale, LocaleCanonicalizer};
use serde::{Deserialize, Serialize};

use super::computation::{Computation, json};
use super::error::IntlError;

/// The data of each locale, one line each. The file's head describes the columns.
const TABLE: &str = include_str!("data/locales.txt");
/// Canonicalizing one tag, or looking it up.
const TAG: u64 = 6_000;
/// The locale that replaces locales without data.
const FALLBACK: &str = "en-US";

/// The defaults of a locale.
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

/// The defaults of a locale that [`Match`] returned.
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
/// When the text is not a language tag.
pub(super) fn canonical(tag: &str) -> Result<String, IntlError> {
    let parsed = Locale::try_from_str(tag).ok().filter(|_| !tag.contains('_') && !tag.eq_ignore_ascii_case("root"));
    let Some(mut locale) = parsed else { return Err(incorrect(tag)) };
    LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
    let posix = locale.id.variants.iter().all(|variant| variant.as_str() == "posix") && !locale.id.variants.is_empty();
    if posix {
        locale.id.variants.clear();
    }
    let canonical = locale.to_string();
    if posix && locale.extensions.is_empty() {
        return Ok(format!("{canonical}-u-va-posix"));
    }
    Ok(with_values_of_today(&canonical))
}

/// Values of the Unicode extension that have other names now, and `yes`, which is what a key says by itself.
fn with_values_of_today(tag: &str) -> String {
    let Some((before, extension)) = tag.split_once("-u-") else { return tag.to_owned() };
    let renamed = [
        ("-ca-islamicc-", "-ca-islamic-civil-"),
        ("-ca-ethiopic-amete-alem-", "-ca-ethioaa-"),
        ("-ca-gregorian-", "-ca-gregory-"),
        ("-kn-yes-", "-kn-"),
        ("-kb-yes-", "-kb-"),
        ("-kc-yes-", "-kc-"),
        ("-kh-yes-", "-kh-"),
        ("-kk-yes-", "-kk-"),
    ];
    let extension = renamed.iter().fold(format!("-{extension}-"), |text, (old, new)| text.replace(old, new));
    format!("{before}-u-{}", extension.trim_matches('-'))
}

/// The error for an incorrect tag. A tag with a correct beginning has a message of its own.
fn incorrect(tag: &str) -> IntlError {
    let lower = tag.to_ascii_lowercase();
    let has_begun = begins_as_tag(lower.strip_suffix('-').unwrap_or(&lower));
    IntlError::Range(if has_begun { format!("Invalid language tag: {lower}") } else { "Incorrect locale information provided".to_owned() })
}

/// A language, script, region and variants, and then nothing or what may be an extension.
fn begins_as_tag(tag: &str) -> bool {
    let letters =
        |part: &str, len: std::ops::RangeInclusive<usize>| len.contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphabetic());
    let mut parts = tag.split('-').peekable();
    let is_language = parts.next().is_some_and(|part| (letters(part, 2..=3) || letters(part, 5..=8)) && part != "root");
    parts.next_if(|part| letters(part, 4..=4));
    parts.next_if(|part| letters(part, 2..=2) || (part.len() == 3 && part.bytes().all(|c| c.is_ascii_digit())));
    let is_variant = |part: &&str| (5..=8).contains(&part.len()) || (part.len() == 4 && part.starts_with(|c: char| c.is_ascii_digit()));
    while parts.next_if(|part| is_variant(part) && part.bytes().all(|c| c.is_ascii_alphanumeric())).is_some() {}
    is_language && parts.next().is_none_or(|part| part.len() == 1 && part.bytes().all(|c| c.is_ascii_alphanumeric()))
}

/// The best supported locale of a constructor for requested locales, which are canonical.
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
