//! Skeletons: the fields of a pattern or a request, without order and punctuation, and the distance between two of them. Table and distance
//! are those of "Matching Skeletons" in UTS 35, with ICU's weights.

/// The fields, from the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Field {
    Era,
    Year,
    Quarter,
    Month,
    WeekOfYear,
    WeekOfMonth,
    Weekday,
    DayOfYear,
    DayOfWeekInMonth,
    Day,
    DayPeriod,
    Hour,
    Minute,
    Second,
    Fraction,
    Zone,
}

pub(super) const FIELDS: usize = 16;
/// Era to day.
pub(super) const DATE: u32 = (1 << Field::DayPeriod as u32) - 1;
/// Period of the day to zone.
pub(super) const TIME: u32 = ((1 << FIELDS) - 1) & !DATE;

const NUMERIC: i32 = 0x100;
const DELTA: i32 = 0x10;
const NARROW: i32 = -0x101;
const SHORTER: i32 = -0x102;
const SHORT: i32 = -0x103;
const LONG: i32 = -0x104;
const EXTRA: i32 = 0x10000;
const MISSING: i32 = 0x1000;

/// A pattern letter with at least a number of repetitions: its field and its form.
pub(super) struct Row {
    letter: char,
    pub(super) field: Field,
    pub(super) kind: i32,
    least: usize,
}

const fn row(letter: char, field: Field, kind: i32, least: usize) -> Row {
    Row { letter, field, kind, least }
}

use Field::{
    Day, DayOfWeekInMonth, DayOfYear, DayPeriod, Era, Fraction, Hour, Minute, Month, Quarter, Second, WeekOfMonth, WeekOfYear, Weekday,
    Year, Zone,
};

static ROWS: &[Row] = &[
    row('G', Era, SHORT, 1),
    row('G', Era, LONG, 4),
    row('G', Era, NARROW, 5),
    row('y', Year, NUMERIC, 1),
    row('Y', Year, NUMERIC + DELTA, 1),
    row('u', Year, NUMERIC + 2 * DELTA, 1),
    row('r', Year, NUMERIC + 3 * DELTA, 1),
    row('U', Year, SHORT, 1),
    row('U', Year, LONG, 4),
    row('U', Year, NARROW, 5),
    row('Q', Quarter, NUMERIC, 1),
    row('Q', Quarter, SHORT, 3),
    row('Q', Quarter, LONG, 4),
    row('Q', Quarter, NARROW, 5),
    row('q', Quarter, NUMERIC + DELTA, 1),
    row('q', Quarter, SHORT - DELTA, 3),
    row('q', Quarter, LONG - DELTA, 4),
    row('q', Quarter, NARROW - DELTA, 5),
    row('M', Month, NUMERIC, 1),
    row('M', Month, SHORT, 3),
    row('M', Month, LONG, 4),
    row('M', Month, NARROW, 5),
    row('L', Month, NUMERIC + DELTA, 1),
    row('L', Month, SHORT - DELTA, 3),
    row('L', Month, LONG - DELTA, 4),
    row('L', Month, NARROW - DELTA, 5),
    row('w', WeekOfYear, NUMERIC, 1),
    row('W', WeekOfMonth, NUMERIC, 1),
    row('E', Weekday, SHORT, 1),
    row('E', Weekday, LONG, 4),
    row('E', Weekday, NARROW, 5),
    row('E', Weekday, SHORTER, 6),
    row('c', Weekday, NUMERIC + 2 * DELTA, 1),
    row('c', Weekday, SHORT - 2 * DELTA, 3),
    row('c', Weekday, LONG - 2 * DELTA, 4),
    row('c', Weekday, NARROW - 2 * DELTA, 5),
    row('c', Weekday, SHORTER - 2 * DELTA, 6),
    row('e', Weekday, NUMERIC + DELTA, 1),
    row('e', Weekday, SHORT - DELTA, 3),
    row('e', Weekday, LONG - DELTA, 4),
    row('e', Weekday, NARROW - DELTA, 5),
    row('e', Weekday, SHORTER - DELTA, 6),
    row('d', Day, NUMERIC, 1),
    row('g', Day, NUMERIC + DELTA, 1),
    row('D', DayOfYear, NUMERIC, 1),
    row('F', DayOfWeekInMonth, NUMERIC, 1),
    row('a', DayPeriod, SHORT, 1),
    row('a', DayPeriod, LONG, 4),
    row('a', DayPeriod, NARROW, 5),
    row('b', DayPeriod, SHORT - DELTA, 1),
    row('b', DayPeriod, LONG - DELTA, 4),
    row('b', DayPeriod, NARROW - DELTA, 5),
    row('B', DayPeriod, SHORT - 3 * DELTA, 1),
    row('B', DayPeriod, LONG - 3 * DELTA, 4),
    row('B', DayPeriod, NARROW - 3 * DELTA, 5),
    row('H', Hour, NUMERIC + 10 * DELTA, 1),
    row('k', Hour, NUMERIC + 11 * DELTA, 1),
    row('h', Hour, NUMERIC, 1),
    row('K', Hour, NUMERIC + DELTA, 1),
    row('m', Minute, NUMERIC, 1),
    row('s', Second, NUMERIC, 1),
    row('A', Second, NUMERIC + DELTA, 1),
    row('S', Fraction, NUMERIC, 1),
    row('v', Zone, SHORT - 2 * DELTA, 1),
    row('v', Zone, LONG - 2 * DELTA, 4),
    row('z', Zone, SHORT, 1),
    row('z', Zone, LONG, 4),
    row('Z', Zone, NARROW - DELTA, 1),
    row('Z', Zone, LONG - DELTA, 4),
    row('Z', Zone, SHORT - DELTA, 5),
    row('O', Zone, SHORT - DELTA, 1),
    row('O', Zone, LONG - DELTA, 4),
    row('V', Zone, SHORT - DELTA, 1),
    row('V', Zone, LONG - DELTA, 2),
];

/// The row of a letter with this many repetitions.
pub(super) fn row_of(letter: char, repeated: usize) -> Option<&'static Row> {
    let mut rows = ROWS.iter().filter(|row| row.letter == letter);
    let first = rows.next()?;
    Some(rows.take_while(|row| row.least <= repeated).last().unwrap_or(first))
}

/// A field as it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) letter: char,
    pub(super) repeated: usize,
    least: usize,
    /// Negative for names, positive for numbers, zero for an absent field.
    pub(super) kind: i32,
}

/// All fields of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Skeleton(pub(super) [Written; FIELDS]);

/// The fields that one skeleton has and another lacks, as bits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lacks {
    pub(super) missing: u32,
    pub(super) extra: u32,
}

impl Skeleton {
    /// The fields of a pattern, or of letters alone.
    pub(super) fn of(pattern: &str) -> Self {
        let mut skeleton = Self::default();
        for item in super::pattern::items(pattern) {
            if let super::pattern::Item::Field(letter, repeated) = item {
                skeleton.add(letter, repeated);
            }
        }
        skeleton.complete();
        skeleton
    }

    fn slot(&mut self, field: Field) -> Option<&mut Written> {
        self.0.get_mut(field as usize)
    }

    pub(super) fn get(&self, field: Field) -> Written {
        self.0.get(field as usize).copied().unwrap_or_default()
    }

    fn has(&self, field: Field) -> bool {
        self.get(field).kind != 0
    }

    fn add(&mut self, letter: char, repeated: usize) {
        let Some(row) = row_of(letter, repeated) else { return };
        let kind = if row.kind > 0 { row.kind + repeated as i32 } else { row.kind };
        if let Some(slot) = self.slot(row.field) {
            *slot = Written { letter, repeated, least: row.least, kind };
        }
    }

    /// Adds the period of the day to hours of half a day and removes it from others. Adds the second between a minute and a fraction.
    fn complete(&mut self) {
        if self.has(Minute) && self.has(Fraction) && !self.has(Second) {
            self.add('s', 1);
        }
        match self.get(Hour).letter {
            'h' | 'K' if !self.has(DayPeriod) => self.add('a', 1),
            'H' | 'k' => {
                if let Some(slot) = self.slot(DayPeriod) {
                    *slot = Written::default();
                }
            }
            _ => {}
        }
    }

    pub(super) fn mask(&self) -> u32 {
        self.0.iter().enumerate().filter(|(_, written)| written.kind != 0).fold(0, |mask, (at, _)| mask | 1 << at)
    }

    /// The letters at their shortest: patterns for the same fields have the same text.
    pub(super) fn base(&self) -> String {
        self.0.iter().filter(|written| written.kind != 0).flat_map(|written| std::iter::repeat_n(written.letter, written.least)).collect()
    }

    /// The distance of another skeleton from this one in the fields of `mask`.
    pub(super) fn distance(&self, other: &Self, mask: u32) -> (i32, Lacks) {
        let mut lacks = Lacks::default();
        let mut distance = 0;
        for (at, (own, other)) in self.0.iter().zip(&other.0).enumerate() {
            let own = if mask & 1 << at == 0 { 0 } else { own.kind };
            if own == other.kind {
                continue;
            }
            distance += match (own, other.kind) {
                (0, _) => {
                    lacks.extra |= 1 << at;
                    EXTRA
                }
                (_, 0) => {
                    lacks.missing |= 1 << at;
                    MISSING
                }
                (own, other) => (own - other).abs(),
            };
        }
        (distance, lacks)
    }
}
