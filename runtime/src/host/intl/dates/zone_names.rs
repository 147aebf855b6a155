//! Names of zones at an instant, in six styles: by the group of zones that it belongs to, by its place, or by its offset. They are tried in
//! the order of UTS 35 ("Time Zone Names") as ICU applies it.

use super::data::{Index, ZoneNames, Zones, regions, zones};
use super::numbers::Digits;
use super::pattern::filled;
use crate::host::intl::dates::index;
use crate::host::intl::error::IntlError;
use crate::host::intl::zones::{self as rules, Moment};

/// The distance in time within which a zone must have summer time to count as a zone with it, in seconds.
const SUMMER_IS_NEAR: i64 = 184 * 86_400;

/// Names a zone at an instant in a locale.
pub(super) struct Namer<'a> {
    pub(super) locale: &'a str,
    /// The region that the locale is most likely for.
    pub(super) region: &'a str,
    pub(super) digits: &'a Digits,
    /// Canonical, or an offset.
    pub(super) zone: &'a str,
    pub(super) seconds: i64,
    pub(super) moment: Moment,
}

impl Namer<'_> {
    /// The name for a letter of patterns.
    pub(super) fn name(&self, letter: char, repeated: usize) -> Result<String, IntlError> {
        let names = zones(self.locale)?;
        let is_long = repeated >= 4;
        let name = match letter {
            'z' => self.specific(&names, is_long)?,
            'v' => self.generic(&names, is_long)?,
            _ => None,
        };
        Ok(name.unwrap_or_else(|| self.offset(&names, is_long)))
    }

    /// CLDR's name of the zone.
    fn id(&self) -> &str {
        if self.zone == "UTC" { "Etc/UTC" } else { self.zone }
    }

    fn specific(&self, names: &Zones, is_long: bool) -> Result<Option<String>, IntlError> {
        let kind = if self.moment.is_summer { "daylight" } else { "standard" };
        let own = named(names.zones.get(self.id()), is_long, kind);
        let group = self.group(index()?).and_then(|group| named(names.metazones.get(group), is_long, kind));
        Ok(own.or(group).map(str::to_owned))
    }

    fn generic(&self, names: &Zones, is_long: bool) -> Result<Option<String>, IntlError> {
        let index = index()?;
        if let Some(own) = named(names.zones.get(self.id()), is_long, "generic") {
            return Ok(Some(own.to_owned()));
        }
        if let Some(group) = self.group(index) {
            let of_group = names.metazones.get(group);
            let generic = named(of_group, is_long, "generic");
            if !self.moment.is_summer && !self.is_near_summer()? {
                let standard = named(names.zones.get(self.id()), is_long, "standard").or_else(|| named(of_group, is_long, "standard"));
                if let Some(standard) = standard.filter(|standard| Some(*standard) != generic) {
                    return Ok(Some(standard.to_owned()));
                }
            }
            if let Some(generic) = generic {
                return self.of_group(names, index, group, generic).map(Some);
            }
        }
        self.place(names, index)
    }

    /// The group's name, with the place where the zone differs from the group.
    fn of_group(&self, names: &Zones, index: &Index, group: &str, generic: &str) -> Result<String, IntlError> {
        let golden = golden(index, group, self.region);
        if let Some(golden) = golden.filter(|golden| *golden != self.id())
            && rules::at(golden, self.seconds)? != self.moment
        {
            let country = self.country(index);
            let is_golden = country.and_then(|country| index.golden.get(group)?.get(country)).is_some_and(|zone| zone == self.id());
            let place = match country.filter(|_| is_golden) {
                Some(country) => regions(self.locale)?.get(country).cloned(),
                None => None,
            };
            let place = place.unwrap_or_else(|| self.city(names));
            return Ok(filled(&names.fallback, &[&place, generic]));
        }
        Ok(generic.to_owned())
    }

    fn place(&self, names: &Zones, index: &Index) -> Result<Option<String>, IntlError> {
        let Some(country) = self.country(index) else { return Ok(None) };
        let is_only = index.zones.values().filter(|zone| zone.region.as_deref() == Some(country)).count() == 1;
        let is_primary = is_only || index.primary.get(country).is_some_and(|zone| zone == self.id());
        let place = if is_primary { regions(self.locale)?.get(country).cloned() } else { None };
        Ok(Some(filled(&names.region, &[&place.unwrap_or_else(|| self.city(names))])))
    }

    fn country<'i>(&self, index: &'i Index) -> Option<&'i str> {
        index.zones.get(self.id())?.region.as_deref()
    }

    fn city(&self, names: &Zones) -> String {
        let named = names.zones.get(self.id()).and_then(|names| names.city.clone());
        named.unwrap_or_else(|| self.id().rsplit('/').next().unwrap_or_default().replace('_', " "))
    }

    /// The group that the zone is in at the instant. There is no data for instants before 1970.
    fn group<'i>(&self, index: &'i Index) -> Option<&'i str> {
        let minute = self.seconds.div_euclid(60);
        let groups = &index.zones.get(self.id())?.metazones;
        let is_then = |from: Option<i64>, to: Option<i64>| minute >= from.unwrap_or(0) && to.is_none_or(|to| minute < to);
        groups.iter().find(|(_, from, to)| is_then(*from, *to)).map(|(group, ..)| group.as_str())
    }

    fn is_near_summer(&self) -> Result<bool, IntlError> {
        // Summer time lasts for weeks at least, so that some of these days are in it where it is near.
        for days in (-184..=184).step_by(23) {
            if rules::at(self.zone, self.seconds + i64::from(days) * 86_400)?.is_summer
                && (i64::from(days) * 86_400).abs() <= SUMMER_IS_NEAR
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `GMT-5`, or `GMT-05:00`.
    fn offset(&self, names: &Zones, is_long: bool) -> String {
        let offset = self.moment.offset;
        let (hours, minutes, seconds) = (offset.abs() / 3600, offset.abs() / 60 % 60, offset.abs() % 60);
        let (before, after) = names.hour.split_once(';').unwrap_or((&names.hour, &names.hour));
        let pattern = if offset >= 0 { before } else { after };
        // The texts before the hours, between hours and minutes, and behind the minutes.
        let (sign, rest) = pattern.split_once('H').unwrap_or(("+", pattern));
        let (between, behind) = rest.trim_start_matches('H').split_once("mm").unwrap_or((":", ""));
        let mut text = sign.to_owned() + &self.digits.padded(hours, if is_long { 2 } else { 1 });
        if is_long || minutes != 0 || seconds != 0 {
            text.push_str(between);
            text.push_str(&self.digits.padded(minutes, 2));
        }
        if seconds != 0 {
            text.push_str(between);
            text.push_str(&self.digits.padded(seconds, 2));
        }
        text.push_str(behind);
        filled(&names.gmt, &[&text])
    }
}

fn named<'n>(names: Option<&'n ZoneNames>, is_long: bool, kind: &str) -> Option<&'n str> {
    let names = names?;
    let by_kind = if is_long { &names.long } else { &names.short };
    by_kind.get(kind).map(String::as_str).filter(|name| *name != "∅∅∅")
}

/// The zone that a group's name means in a region.
fn golden<'i>(index: &'i Index, group: &str, region: &str) -> Option<&'i str> {
    let by_territory = index.golden.get(group)?;
    by_territory.get(region).or_else(|| by_territory.get("001")).map(String::as_str)
}
