//! Numbers in dates: the digits of a numbering system, and the special numerals of some calendars' days and years.

use super::calendar_data::Calendar;
use crate::host::intl::dates::index;
use crate::host::intl::error::IntlError;

/// The digits of a numbering system, from zero.
pub(super) struct Digits {
    digits: Vec<char>,
    minus: String,
}

impl Digits {
    pub(super) fn new(system: &str, calendar: &Calendar) -> Result<Self, IntlError> {
        let index = index()?;
        let digits = index.digits.get(system).ok_or(IntlError::Malformed("no such numbering system"))?;
        let minus = calendar.minuses.get(system).or_else(|| calendar.minuses.get("latn"));
        Ok(Self { digits: digits.chars().collect(), minus: minus.cloned().unwrap_or_else(|| "-".to_owned()) })
    }

    pub(super) fn padded(&self, number: i64, width: usize) -> String {
        let digits = format!("{:0width$}", number.unsigned_abs());
        let shown = self.shown(&digits);
        if number < 0 { format!("{}{shown}", self.minus) } else { shown }
    }

    /// Digits of ASCII in this numbering system.
    pub(super) fn shown(&self, digits: &str) -> String {
        digits.chars().map(|digit| digit.to_digit(10).and_then(|digit| self.digits.get(digit as usize)).copied().unwrap_or(digit)).collect()
    }
}

/// The numbering system of a letter in a text such as `d=hanidays;y=jpanyear`, or the one for all letters.
pub(super) fn special(wanted: &str, letter: char) -> Option<&str> {
    wanted.split(';').find_map(|part| match part.split_once('=') {
        Some((letters, system)) => letters.contains(letter).then_some(system),
        None => Some(part),
    })
}

/// A number in a system without digits; `None` for a system with digits.
pub(super) fn counted(system: &str, number: i64) -> Option<String> {
    match system {
        "jpanyear" if number == 1 => Some("元".to_owned()),
        "hanidays" => han_day(number),
        "hebr" => hebrew(number),
        _ => None,
    }
}

fn han_day(day: i64) -> Option<String> {
    const ONES: [&str; 11] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let one = |number: i64| usize::try_from(number).ok().and_then(|number| ONES.get(number));
    Some(match day {
        1..=10 => format!("初{}", one(day)?),
        11..=19 => format!("十{}", one(day - 10)?),
        20 => "二十".to_owned(),
        21..=29 => format!("廿{}", one(day - 20)?),
        30 => "三十".to_owned(),
        _ => return None,
    })
}

/// Letters by their value, with the marks before the last of them; thousands of years are not written.
fn hebrew(number: i64) -> Option<String> {
    const LETTERS: [(i64, char); 22] = [
        (400, 'ת'),
        (300, 'ש'),
        (200, 'ר'),
        (100, 'ק'),
        (90, 'צ'),
        (80, 'פ'),
        (70, 'ע'),
        (60, 'ס'),
        (50, 'נ'),
        (40, 'מ'),
        (30, 'ל'),
        (20, 'כ'),
        (10, 'י'),
        (9, 'ט'),
        (8, 'ח'),
        (7, 'ז'),
        (6, 'ו'),
        (5, 'ה'),
        (4, 'ד'),
        (3, 'ג'),
        (2, 'ב'),
        (1, 'א'),
    ];
    if number <= 0 {
        return None;
    }
    let mut rest = if number > 5000 && number < 6000 { number - 5000 } else { number };
    if rest >= 1000 {
        return None;
    }
    let mut text: Vec<char> = Vec::new();
    for (value, letter) in LETTERS {
        // Fifteen and sixteen would be names of God.
        if rest == 15 || rest == 16 {
            text.extend(['ט', if rest == 15 { 'ו' } else { 'ז' }]);
            break;
        }
        while rest >= value {
            text.push(letter);
            rest -= value;
        }
    }
    match text.pop()? {
        only if text.is_empty() => Some(format!("{only}׳")),
        last => Some(format!("{}״{last}", text.iter().collect::<String>())),
    }
}
