//! Writes an instant by a pattern, each field by its names or numbers.

use std::sync::Arc;

use super::calendar_data::{Calendar, Contexts};
use super::calendars::{self, Day};
use super::data::{LocaleCalendar, calendar};
use super::index;
use super::numbers::{self, Digits};
use super::pattern::{Item, filled, items};
use super::zone_names::Namer;
use crate::host::intl::error::IntlError;
use crate::host::intl::zones::{self, Moment};

/// The locale, calendar, numbers and zone that dates are written for.
pub(super) struct Writer<'a> {
    pub(super) locale: &'a str,
    pub(super) region: &'a str,
    pub(super) calendar: &'a str,
    pub(super) zone: &'a str,
    data: Arc<LocaleCalendar>,
    digits: Digits,
}

/// A piece of a written date: its kind and its text.
pub(super) type Part = (&'static str, String);

/// An instant in the zone and calendar of a writer.
pub(super) struct Local {
    pub(super) day: Day,
    seconds: i64,
    moment: Moment,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) milli: i64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        locale: &'a str,
        region: &'a str,
        calendar_name: &'a str,
        numbering: &'a str,
        zone: &'a str,
    ) -> Result<Self, IntlError> {
        let data = calendar(locale, calendar_name)?;
        let digits = Digits::new(numbering, &data)?;
        Ok(Self { locale, region, calendar: calendar_name, zone, data, digits })
    }

    pub(super) fn data(&self) -> &Calendar {
        &self.data
    }

    /// Milliseconds since 1970 in the zone.
    pub(super) fn local(&self, time: f64) -> Result<Local, IntlError> {
        let time = time as i64;
        let seconds = time.div_euclid(1000);
        let moment = zones::at(self.zone, seconds)?;
        let here = seconds + moment.offset;
        let of_day = here.rem_euclid(86_400);
        Ok(Local {
            day: calendars::day(self.calendar, here.div_euclid(86_400), index()?)?,
            seconds,
            moment,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            milli: time.rem_euclid(1000),
        })
    }

    /// # Errors
    /// When there is no data for this locale, calendar or zone.
    pub(super) fn parts(&self, pattern: &str, local: &Local) -> Result<Vec<Part>, IntlError> {
        let wanted = self.data.numbers.get(pattern).map_or("", String::as_str);
        self.written(&items(pattern), local, wanted)
    }

    /// The same of a pattern's items.
    pub(super) fn parts_of(&self, items: &[Item], local: &Local) -> Result<Vec<Part>, IntlError> {
        self.written(items, local, "")
    }

    fn written(&self, items: &[Item], local: &Local, wanted: &str) -> Result<Vec<Part>, IntlError> {
        let mut parts = Vec::new();
        for item in items {
            match item {
                Item::Text(text) => literal(&mut parts, text),
                Item::Field(letter, repeated) => {
                    let kind = kind_of(*letter);
                    let text = self.field(*letter, *repeated, local, wanted, items)?;
                    if kind == "literal" {
                        literal(&mut parts, &text);
                    } else if !text.is_empty() {
                        parts.push((kind, text));
                    }
                }
            }
        }
        Ok(parts)
    }

    fn field(&self, letter: char, repeated: usize, local: &Local, wanted: &str, items: &[Item]) -> Result<String, IntlError> {
        let day = &local.day;
        let number = |number: i64| {
            let special = numbers::special(wanted, letter).and_then(|system| numbers::counted(system, number));
            special.unwrap_or_else(|| self.digits.padded(number, repeated))
        };
        Ok(match letter {
            'G' => self.era(day.era, repeated),
            'y' | 'Y' | 'u' if repeated == 2 => self.digits.padded(day.year.rem_euclid(100), 2),
            'y' | 'Y' | 'u' => number(day.year),
            'r' => number(day.related),
            'U' => match day.cyclic {
                Some(year) => {
                    self.data.cyclic.get("abbreviated").and_then(|names| names.get(year.checked_sub(1)?)).cloned().unwrap_or_default()
                }
                None => number(day.year),
            },
            'M' | 'L' => self.month(letter, repeated, day, number(i64::from(day.month))),
            'd' => number(i64::from(day.day)),
            'E' | 'c' | 'e' => name(&self.data.days, letter == 'c', repeated.max(3), |names| names.get(day.weekday).cloned()),
            'a' | 'b' | 'B' => self.period(letter, repeated, local, items),
            'H' => number(local.hour),
            'k' => number(if local.hour == 0 { 24 } else { local.hour }),
            'K' => number(local.hour % 12),
            'h' => number(if local.hour % 12 == 0 { 12 } else { local.hour % 12 }),
            'm' => number(local.minute),
            's' => number(local.second),
            'S' => {
                let digits = format!("{:03}", local.milli);
                self.digits.shown(&format!("{digits:0<repeated$}").chars().take(repeated).collect::<String>())
            }
            'z' | 'v' | 'O' => {
                let Self { locale, region, digits, zone, .. } = self;
                Namer { locale, region, digits, zone, seconds: local.seconds, moment: local.moment }.name(letter, repeated)?
            }
            _ => String::new(),
        })
    }

    fn era(&self, era: usize, repeated: usize) -> String {
        let width = match repeated {
            5 => "eraNarrow",
            4 => "eraNames",
            _ => "eraAbbr",
        };
        self.data.eras.get(width).and_then(|names| names.get(&era.to_string())).cloned().unwrap_or_default()
    }

    fn month(&self, letter: char, repeated: usize, day: &Day, number: String) -> String {
        let context = if letter == 'L' { "stand-alone" } else { "format" };
        let (text, leap) = if repeated < 3 {
            (number, self.data.leap.get("numeric").and_then(|widths| widths.get("all")))
        } else {
            let text = name(&self.data.months, letter == 'L', repeated, |names| {
                names.get(&day.month_name).or_else(|| names.get(day.month_name.split('-').next()?)).cloned()
            });
            (text, self.data.leap.get(context).and_then(|widths| widths.get(width(repeated))))
        };
        match leap.filter(|_| day.is_leap_month) {
            Some(pattern) => filled(pattern, &[&text]),
            None => text,
        }
    }

    fn period(&self, letter: char, repeated: usize, local: &Local, items: &[Item]) -> String {
        let half = if local.hour < 12 { "am" } else { "pm" };
        let shows = |wanted: char| items.iter().any(|item| matches!(item, Item::Field(letter, _) if *letter == wanted));
        let is_sharp = (!shows('m') || local.minute == 0) && (!shows('s') || local.second == 0);
        let names = |period: &str| name(&self.data.periods, false, repeated.max(3), |names| names.get(period).cloned());
        if letter == 'a' {
            return names(half);
        }
        let rules = index().ok().and_then(|index| day_period_rules(index, self.locale));
        let found = rules.and_then(|rules| {
            // ICU has a name for noon alone.
            let sharp = Some("noon").filter(|name| is_sharp && rules.get(*name).is_some_and(|at| at == &[local.hour as u32]));
            if letter == 'b' {
                return sharp;
            }
            let in_hours = |hours: &[u32]| match hours {
                [from, to] if from < to => (*from..*to).contains(&(local.hour as u32)),
                [from, to] => local.hour as u32 >= *from || (local.hour as u32) < *to,
                _ => false,
            };
            let ordinary = || rules.iter().find(|(_, hours)| in_hours(hours)).map(|(name, _)| name.as_str());
            sharp.filter(|name| !names(name).is_empty()).or_else(ordinary)
        });
        let text = found.map(names).unwrap_or_default();
        if text.is_empty() { names(half) } else { text }
    }
}

fn day_period_rules<'i>(index: &'i super::data::Index, locale: &str) -> Option<&'i std::collections::HashMap<String, Vec<u32>>> {
    let mut name = locale;
    loop {
        if let Some(rules) = index.day_periods.get(name) {
            return Some(rules);
        }
        name = name.rsplit_once('-')?.0;
    }
}

fn literal(parts: &mut Vec<Part>, text: &str) {
    if text.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(("literal", last)) => last.push_str(text),
        _ => parts.push(("literal", text.to_owned())),
    }
}

fn width(repeated: usize) -> &'static str {
    match repeated {
        4 => "wide",
        5 => "narrow",
        6 => "short",
        _ => "abbreviated",
    }
}

fn name<T>(names: &Contexts<T>, alone: bool, repeated: usize, pick: impl Fn(&T) -> Option<String>) -> String {
    let context = if alone { "stand-alone" } else { "format" };
    let found = names.get(context).and_then(|widths| widths.get(width(repeated))).and_then(&pick);
    found.or_else(|| names.get("format").and_then(|widths| widths.get(width(repeated))).and_then(&pick)).unwrap_or_default()
}

fn kind_of(letter: char) -> &'static str {
    match letter {
        'G' => "era",
        'y' | 'Y' | 'u' => "year",
        'r' => "relatedYear",
        'U' => "yearName",
        'M' | 'L' => "month",
        'E' | 'c' | 'e' => "weekday",
        'd' => "day",
        'a' | 'b' | 'B' => "dayPeriod",
        'H' | 'h' | 'k' | 'K' => "hour",
        'm' => "minute",
        's' => "second",
        'S' => "fractionalSecond",
        'z' | 'v' | 'O' => "timeZoneName",
        _ => "literal",
    }
}
