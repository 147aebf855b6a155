//! Converts days to calendars. The calendars are ICU4X's, except for those that are the Gregorian calendar with another count of years.

use icu_calendar::types::RataDie;
use icu_calendar::{AnyCalendar, AnyCalendarKind, Date, Ref};

use super::data::Index;
use crate::host::intl::error::IntlError;

/// The day number of 1970-01-01 that ICU4X counts from the year 1.
const EPOCH: i64 = 719_163;
/// The first day of the Gregorian calendar, in days since 1970. Only the calendar named so goes on before it.
const CUTOVER: i64 = -141_427;

/// The fields of a day in a calendar.
#[derive(Clone, Debug, Default)]
pub(super) struct Day {
    /// The key of the era's name.
    pub(super) era: usize,
    pub(super) year: i64,
    /// The Gregorian year in which the year mostly lies.
    pub(super) related: i64,
    /// Of the cycle of sixty years, from 1.
    pub(super) cyclic: Option<usize>,
    /// As a number.
    pub(super) month: u32,
    /// The key of its name.
    pub(super) month_name: String,
    pub(super) is_leap_month: bool,
    pub(super) day: u32,
    /// From Sunday, 0.
    pub(super) weekday: usize,
}

/// The day that is so many days after 1970-01-01.
pub(super) fn day(calendar: &str, days: i64, index: &Index) -> Result<Day, IntlError> {
    let mut day = match calendar {
        "gregory" => gregorian(civil(days)),
        "iso8601" | "buddhist" | "roc" | "japanese" => counted(calendar, historic(days), index),
        _ => other(calendar, days)?,
    };
    day.weekday = (days + 4).rem_euclid(7) as usize;
    Ok(day)
}

type Civil = (i64, u32, u32);

fn gregorian((year, month, day): Civil) -> Day {
    let (era, shown) = if year > 0 { (1, year) } else { (0, 1 - year) };
    Day { era, year: shown, related: year, month, month_name: month.to_string(), day, ..Day::default() }
}

/// Calendars with Gregorian months.
fn counted(calendar: &str, civil: Civil, index: &Index) -> Day {
    let day = gregorian(civil);
    let (year, ..) = civil;
    match calendar {
        "buddhist" => Day { era: 0, year: year + 543, ..day },
        "roc" if year > 1911 => Day { era: 1, year: year - 1911, ..day },
        "roc" => Day { era: 0, year: 1912 - year, ..day },
        "japanese" => {
            let (era, start) = index
                .japanese
                .iter()
                .enumerate()
                .rev()
                .find(|(_, start)| **start <= civil)
                .map_or_else(|| (0, index.japanese.first().map_or(1, |start| start.0)), |(era, start)| (era, start.0));
            Day { era, year: year - start + 1, ..day }
        }
        _ => day,
    }
}

fn other(calendar: &str, days: i64) -> Result<Day, IntlError> {
    let kind = match calendar {
        "chinese" => AnyCalendarKind::Chinese,
        "coptic" => AnyCalendarKind::Coptic,
        "dangi" => AnyCalendarKind::Dangi,
        "ethioaa" => AnyCalendarKind::EthiopianAmeteAlem,
        "ethiopic" => AnyCalendarKind::Ethiopian,
        "hebrew" => AnyCalendarKind::Hebrew,
        "indian" => AnyCalendarKind::Indian,
        "islamic-civil" => AnyCalendarKind::HijriTabularTypeIIFriday,
        "islamic-tbla" => AnyCalendarKind::HijriTabularTypeIIThursday,
        "islamic-umalqura" => AnyCalendarKind::HijriUmmAlQura,
        "islamic" | "islamic-rgsa" => AnyCalendarKind::HijriSimulatedMecca,
        "persian" => AnyCalendarKind::Persian,
        _ => return Err(IntlError::Malformed("no such calendar")),
    };
    let made = AnyCalendar::new(kind);
    let date = Date::from_rata_die(RataDie::new(days + EPOCH), Ref(&made));
    let month = date.month();
    let extended = i64::from(date.year().extended_year());
    let ordinal = u32::from(month.ordinal);
    let mut day = Day {
        year: extended,
        related: extended,
        month: ordinal,
        month_name: ordinal.to_string(),
        day: date.day_of_month().0.into(),
        ..Day::default()
    };
    match calendar {
        "chinese" | "dangi" => {
            let year = date.year();
            day.related = year.era_year_or_related_iso().into();
            day.cyclic = year.cyclic().map(|cyclic| cyclic.year.into());
            day.year = day.cyclic.unwrap_or(0) as i64;
            day.month = month.number().into();
            day.month_name = day.month.to_string();
            day.is_leap_month = month.to_input().is_leap();
        }
        "hebrew" => day.month_name = hebrew_month(month.number().into(), month.to_input().is_leap(), date.is_in_leap_year()),
        "coptic" => (day.era, day.year) = if extended > 0 { (1, extended) } else { (0, 1 - extended) },
        "ethiopic" => (day.era, day.year) = if extended > 0 { (1, extended) } else { (0, extended + 5500) },
        _ => {}
    }
    Ok(day)
}

/// CLDR counts the months of a leap year, in which the seventh has another name.
fn hebrew_month(number: u32, is_leap: bool, in_leap_year: bool) -> String {
    match (number, is_leap) {
        (5, true) => "6".to_owned(),
        (6, _) if in_leap_year => "7-yeartype-leap".to_owned(),
        (6.., _) => (number + 1).to_string(),
        _ => number.to_string(),
    }
}

/// Year, month and day in the Gregorian calendar.
pub(super) fn civil(days: i64) -> Civil {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    from_march(year + era * 400, of_year)
}

/// The same, and the Julian calendar before the Gregorian.
fn historic(days: i64) -> Civil {
    if days >= CUTOVER {
        return civil(days);
    }
    // 0000-03-01 of the Julian calendar.
    let shifted = days + 719_470;
    let cycle = shifted.div_euclid(1461);
    let of_cycle = shifted.rem_euclid(1461);
    let year = (of_cycle - of_cycle / 1460) / 365;
    from_march(cycle * 4 + year, of_cycle - 365 * year)
}

/// A day of a year that begins in March.
fn from_march(year: i64, of_year: i64) -> Civil {
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 3, year) } else { (month - 9, year + 1) };
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_753), (2024, 1, 31));
        assert_eq!(civil(-719_529), (-1, 12, 31));
        assert_eq!(historic(CUTOVER), (1582, 10, 15));
        assert_eq!(historic(CUTOVER - 1), (1582, 10, 4));
    }
}
