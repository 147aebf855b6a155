//! Names and patterns of dates, from the data file of tools/intl-data/dates.mjs. It is unpacked by the piece, and a number of unpacked pieces
//! is cached for all guests.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::calendar_data::{Calendar, Names};
use super::generator::Generator;
use crate::host::intl::error::IntlError;

static FILE: &[u8] = include_bytes!("../data/dates.bin");

/// The longest unpacked piece of the file, in bytes.
const MAX_UNPACKED: usize = 8 << 20;
/// The most pieces in one cache, which is emptied when it is full.
const MAX_CACHED: usize = 96;

/// A calendar's names and patterns, and the generator of patterns once a hook has asked for one.
pub(in crate::host::intl) struct LocaleCalendar {
    calendar: Calendar,
    pub(super) generator: OnceLock<Generator>,
}

impl Deref for LocaleCalendar {
    type Target = Calendar;

    fn deref(&self) -> &Calendar {
        &self.calendar
    }
}

/// Names of one zone or group of zones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ZoneNames {
    pub(super) city: Option<String>,
    /// By `generic`, `standard` and `daylight`.
    pub(super) long: Names,
    pub(super) short: Names,
}

/// The texts by which a locale names zones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Zones {
    pub(super) hour: String,
    pub(super) gmt: String,
    pub(super) region: String,
    pub(super) fallback: String,
    pub(super) zones: HashMap<String, ZoneNames>,
    pub(super) metazones: HashMap<String, ZoneNames>,
}

/// A zone of CLDR.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::host::intl) struct Zone {
    pub(in crate::host::intl) links: Vec<String>,
    pub(in crate::host::intl) region: Option<String>,
    /// Group, and the minutes since 1970 from and to which the zone is in it.
    pub(super) metazones: Vec<(String, Option<i64>, Option<i64>)>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::host::intl) struct Index {
    parts: HashMap<String, HashMap<String, (usize, usize)>>,
    parents: HashMap<String, String>,
    folders: HashMap<String, String>,
    pub(in crate::host::intl) zones: BTreeMap<String, Zone>,
    /// The zone that stands for a country.
    pub(super) primary: HashMap<String, String>,
    /// The zone of a group that its names are made for, by territory.
    pub(super) golden: HashMap<String, HashMap<String, String>>,
    /// Hours from and to, or at, which a part of the day has its name; by language.
    pub(super) day_periods: HashMap<String, HashMap<String, Vec<u32>>>,
    /// First days of Japanese eras.
    pub(super) japanese: Vec<(i64, u32, u32)>,
    pub(in crate::host::intl) digits: HashMap<String, String>,
    /// The offsets of the parts in the file.
    #[serde(default)]
    start: usize,
}

static INDEX: LazyLock<Option<Index>> = LazyLock::new(|| {
    let (len, rest) = FILE.split_first_chunk::<4>()?;
    let len = u32::from_le_bytes(*len) as usize;
    let mut index: Index = unpacked(rest.get(..len)?).ok()?;
    index.start = 4 + len;
    Some(index)
});

/// Data that does not depend on a locale.
pub(in crate::host::intl) fn index() -> Result<&'static Index, IntlError> {
    INDEX.as_ref().ok_or(IntlError::Fault)
}

fn unpacked<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, IntlError> {
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, MAX_UNPACKED).map_err(|_| IntlError::Fault)?;
    Ok(serde_json::from_slice(&json)?)
}

impl Index {
    fn folder<'a>(&'a self, locale: &'a str) -> &'a str {
        self.folders.get(locale).map_or(locale, String::as_str)
    }

    fn part(&self, locale: &str, name: &str) -> Result<Option<Value>, IntlError> {
        let Some(&(start, len)) = self.parts.get(locale).and_then(|parts| parts.get(name)) else { return Ok(None) };
        let start = self.start + start;
        let bytes = FILE.get(start..start + len).ok_or(IntlError::Fault)?;
        unpacked(bytes).map(Some)
    }

    /// A part, merged with the parts of its parents.
    fn inherited(&self, locale: &str, name: &str) -> Result<Value, IntlError> {
        let mut value = match self.parents.get(locale) {
            Some(parent) => self.inherited(parent, name)?,
            None => Value::Object(Map::new()),
        };
        if let Some(own) = self.part(locale, name)? {
            merge(&mut value, own);
        }
        Ok(value)
    }

    fn calendar(&self, locale: &str, calendar: &str) -> Result<Calendar, IntlError> {
        let locale = self.folder(locale);
        let mut value = self.inherited(locale, "gregorian")?;
        if calendar != "gregorian" {
            for name in ["generic", calendar] {
                if let Some(own) = self.part(locale, name)? {
                    merge(&mut value, own);
                }
            }
        }
        Ok(serde_json::from_value(value)?)
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                if value.is_null() {
                    into.remove(&key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, from) => *into = from,
    }
}

/// Unpacked pieces, by locale and part.
struct Cache<T>(Mutex<HashMap<(String, String), Arc<T>>>);

impl<T> Cache<T> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    fn get(&self, locale: &str, part: &str, make: impl FnOnce() -> Result<T, IntlError>) -> Result<Arc<T>, IntlError> {
        let key = (locale.to_owned(), part.to_owned());
        if let Some(kept) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(kept.clone());
        }
        let made = Arc::new(make()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_CACHED {
            kept.clear();
        }
        kept.insert(key, made.clone());
        Ok(made)
    }
}

static CALENDARS: LazyLock<Cache<LocaleCalendar>> = LazyLock::new(Cache::new);
static ZONES: LazyLock<Cache<Zones>> = LazyLock::new(Cache::new);
static REGIONS: LazyLock<Cache<Names>> = LazyLock::new(Cache::new);

/// The name of a calendar's part in the file.
fn part_name(calendar: &str) -> &str {
    match calendar {
        "gregory" | "iso8601" => "gregorian",
        name if name.starts_with("islamic") => "islamic",
        name => name,
    }
}

pub(in crate::host::intl) fn calendar(locale: &str, calendar: &str) -> Result<Arc<LocaleCalendar>, IntlError> {
    let part = part_name(calendar);
    CALENDARS.get(locale, part, || Ok(LocaleCalendar { calendar: index()?.calendar(locale, part)?, generator: OnceLock::new() }))
}

pub(super) fn zones(locale: &str) -> Result<Arc<Zones>, IntlError> {
    ZONES.get(locale, "zones", || {
        let index = index()?;
        Ok(serde_json::from_value(index.inherited(index.folder(locale), "zones")?)?)
    })
}

/// Names of countries that zones lie in.
pub(super) fn regions(locale: &str) -> Result<Arc<Names>, IntlError> {
    REGIONS.get(locale, "regions", || {
        let index = index()?;
        Ok(serde_json::from_value(index.inherited(index.folder(locale), "regions")?)?)
    })
}
