//! Dates as text: finds patterns, and writes instants by a pattern. The engine handles the options.

mod calendar_data;
mod calendars;
mod data;
mod format;
mod generator;
mod numbers;
mod pattern;
mod range;
mod skeleton;
mod zone_names;

use icu_locale::{LanguageIdentifier, LocaleExpander};
use serde::Deserialize;

use self::calendar_data::Calendar;
pub(super) use self::data::index;
use self::data::{LocaleCalendar, calendar};
use self::format::Writer;
use self::generator::Generator;
use self::pattern::{Item, filled, items, written};
use super::computation::{Computation, json};
use super::error::IntlError;
use super::locales::defaults;

/// Unpacking the data of a locale.
const UNPACKING: u64 = 600_000;
/// Finding a pattern.
const MATCHING: u64 = 150_000;
/// Writing a date.
const WRITING: u64 = 30_000;
/// The longest skeleton or pattern of a request.
const MAX_PATTERN: usize = 512;

/// The pattern for the fields of a skeleton, or for styles of date and time (0 is full, 3 is short).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pattern {
    locale: String,
    calendar: String,
    #[serde(default)]
    skeleton: Option<String>,
    #[serde(default)]
    date: Option<usize>,
    #[serde(default)]
    time: Option<usize>,
    /// `h11`, `h12`, `h23` or `h24`, where something asks for it.
    #[serde(default)]
    hour_cycle: Option<String>,
}

impl Computation for Pattern {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        UNPACKING + MATCHING
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let data = calendar(&self.locale, &self.calendar)?;
        let (generator, own) = generator(&data, &self.locale);
        let wanted = self.hour_cycle.as_deref().map(|cycle| hour_letter(Some(cycle)));
        let pattern = match &self.skeleton {
            Some(skeleton) if skeleton.len() > MAX_PATTERN => return Err(IntlError::Malformed("the skeleton is too long")),
            Some(skeleton) => of_skeleton(generator, &data, skeleton, wanted.unwrap_or(own)),
            None => self.of_styles(generator, &data, wanted),
        };
        json(&pattern)
    }
}

/// The calendar's patterns, and how the locale counts hours.
fn generator<'d>(data: &'d LocaleCalendar, locale: &str) -> (&'d Generator, char) {
    let own = defaults(locale);
    let hour = hour_letter(own.map(|own| own.hour_cycle));
    (data.generator.get_or_init(|| Generator::new(data, hour, own.map_or("latn", |own| own.numbering))), hour)
}

/// The pattern letter for a way to count hours.
fn hour_letter(cycle: Option<&str>) -> char {
    match cycle {
        Some("h11") => 'K',
        Some("h12") => 'h',
        Some("h24") => 'k',
        _ => 'H',
    }
}

fn of_skeleton(generator: &Generator, data: &Calendar, skeleton: &str, hour: char) -> String {
    let wanted = written(&with_hour(&items(skeleton), hour));
    let pattern = generator.best(data, &wanted);
    written(&with_hour(&items(&pattern), hour))
}

/// The items with another way to count hours.
fn with_hour(items: &[Item], letter: char) -> Vec<Item> {
    let changed = items.iter().map(|item| match item {
        Item::Field('h' | 'H' | 'k' | 'K' | 'j', repeated) => Item::Field(letter, *repeated),
        item => item.clone(),
    });
    changed.collect()
}

impl Pattern {
    fn of_styles(&self, generator: &Generator, data: &Calendar, wanted: Option<char>) -> String {
        let date = self.date.and_then(|style| data.dates.get(style));
        let time = self.time.and_then(|style| data.times.get(style));
        let pattern = match (date, time) {
            (Some(date), Some(time)) => {
                let glue = self.date.and_then(|style| data.at.get(style)).map_or("{1} {0}", String::as_str);
                filled(glue, &[time, date])
            }
            (date, time) => date.or(time).cloned().unwrap_or_default(),
        };
        let has = items(&pattern).into_iter().find_map(|item| match item {
            Item::Field(letter @ ('h' | 'H' | 'k' | 'K'), _) => Some(letter),
            _ => None,
        });
        match (has, wanted) {
            (Some(has), Some(wanted)) if has != wanted => {
                let fields: Vec<Item> =
                    items(&pattern).into_iter().filter(|item| !matches!(item, Item::Text(_) | Item::Field('a' | 'b' | 'B', _))).collect();
                of_skeleton(generator, data, &written(&fields), wanted)
            }
            _ => pattern,
        }
    }
}

/// Writes an instant by a pattern: kinds and texts by turns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Format {
    locale: String,
    calendar: String,
    numbering: String,
    zone: String,
    pattern: String,
    /// Milliseconds since 1970.
    time: f64,
}

impl Computation for Format {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        WRITING
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        if self.pattern.len() > MAX_PATTERN || self.time.is_nan() || self.time.abs() > 8.64e15 {
            return Err(IntlError::Malformed("the pattern or the time is no such thing"));
        }
        let region = region(&self.locale);
        let writer = Writer::new(&self.locale, &region, &self.calendar, &self.numbering, &self.zone)?;
        let local = writer.local(self.time)?;
        let parts = writer.parts(&self.pattern, &local)?;
        json(&parts.iter().flat_map(|(kind, text)| [*kind, text.as_str()]).collect::<Vec<_>>())
    }
}

/// Writes two instants by a pattern: kinds, texts and sources by turns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    locale: String,
    calendar: String,
    numbering: String,
    zone: String,
    pattern: String,
    start: f64,
    end: f64,
}

impl Computation for Range {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        UNPACKING + MATCHING + 3 * WRITING
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let is_time = |time: f64| time.abs() <= 8.64e15;
        if self.pattern.len() > MAX_PATTERN || !is_time(self.start) || !is_time(self.end) {
            return Err(IntlError::Malformed("the pattern or a time is no such thing"));
        }
        let region = region(&self.locale);
        let writer = Writer::new(&self.locale, &region, &self.calendar, &self.numbering, &self.zone)?;
        let data = calendar(&self.locale, &self.calendar)?;
        let (generator, _) = generator(&data, &self.locale);
        let pieces = range::pieces(&writer, generator, &self.pattern, self.start, self.end)?;
        json(&pieces.iter().flat_map(|((kind, text), source)| [*kind, text.as_str(), source.name()]).collect::<Vec<_>>())
    }
}

/// The region that a locale is most likely for.
fn region(locale: &str) -> String {
    let Ok(mut id) = locale.parse::<LanguageIdentifier>() else { return "001".to_owned() };
    LocaleExpander::new_extended().maximize(&mut id);
    id.region.map_or_else(|| "001".to_owned(), |region| region.as_str().to_owned())
}
