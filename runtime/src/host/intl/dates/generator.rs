//! Finds the pattern for requested fields among those that a locale has: takes the nearest, adjusts its fields and appends missing
//! ones. The rules are those of UTS 35 ("Matching Skeletons", "Missing Skeleton Fields") as ICU applies them.

use super::calendar_data::Calendar;
use super::pattern::{Item, filled, items, written};
use super::skeleton::{DATE, FIELDS, Field, Lacks, Skeleton, TIME, row_of};

/// A pattern of the locale.
#[derive(Debug)]
struct Known {
    base: String,
    skeleton: Skeleton,
    /// Whether the locale names the skeleton that it is for.
    is_named: bool,
    pattern: String,
}

/// The patterns of one calendar in one locale.
#[derive(Debug)]
pub(super) struct Generator {
    known: Vec<Known>,
    hour_letter: char,
    decimal: String,
}

/// Patterns of single fields, which make every field available.
const ALONE: [&str; 16] = ["G", "y", "Q", "M", "w", "W", "E", "d", "D", "F", "a", "H", "m", "s", "S", "v"];
const FRACTION: u32 = 1 << Field::Fraction as u32;
const SECONDS: u32 = 1 << Field::Second as u32 | FRACTION;

impl Generator {
    /// `hour_letter` is the locale's way to count hours, `numbering` its digits.
    pub(super) fn new(calendar: &Calendar, hour_letter: char, numbering: &str) -> Self {
        let decimal = calendar.decimals.get(numbering).or_else(|| calendar.decimals.get("latn")).cloned().unwrap_or_else(|| ".".to_owned());
        let mut generator = Self { known: Vec::new(), hour_letter, decimal };
        for pattern in ALONE {
            generator.add(pattern);
        }
        for (date, time) in calendar.dates.iter().zip(&calendar.times) {
            generator.add(date);
            generator.add(time);
        }
        if let Some(minutes) = calendar.times.get(2).and_then(|time| minutes_and_seconds(time)) {
            generator.add(&minutes);
        }
        for (skeleton, pattern) in &calendar.available {
            generator.add_named(skeleton, pattern);
        }
        // ICU looks through them by first letter.
        generator.known.sort_by_key(|known| known.base.chars().next());
        generator
    }

    /// Adds a pattern for the fields that it has, unless there is one already.
    fn add(&mut self, pattern: &str) {
        let skeleton = Skeleton::of(pattern);
        let base = skeleton.base();
        if self.known.iter().any(|known| known.base == base || known.skeleton == skeleton) {
            return;
        }
        self.known.push(Known { base, skeleton, is_named: false, pattern: pattern.to_owned() });
    }

    fn add_named(&mut self, name: &str, pattern: &str) {
        let skeleton = Skeleton::of(name);
        let base = skeleton.base();
        self.known.retain(|known| known.is_named || known.skeleton != skeleton);
        self.known.push(Known { base, skeleton, is_named: true, pattern: pattern.to_owned() });
    }

    /// The pattern for the fields of a skeleton.
    pub(super) fn best(&self, calendar: &Calendar, wanted: &str) -> String {
        let wanted = Skeleton::of(wanted);
        let (found, lacks) = self.nearest(&wanted, u32::MAX);
        if let Some(found) = found
            && lacks.missing == 0
            && lacks.extra == 0
        {
            return self.adjusted(&found.pattern, found, &wanted, false);
        }
        let mask = wanted.mask();
        let date = self.appended(calendar, &wanted, mask & DATE);
        let time = self.appended(calendar, &wanted, mask & TIME);
        match (date, time) {
            (Some(date), Some(time)) => {
                let style = match (wanted.get(Field::Month).repeated, wanted.get(Field::Weekday).kind) {
                    (4, 0) => 1,
                    (4, _) => 0,
                    (3, _) => 2,
                    _ => 3,
                };
                let glue = calendar.at.get(style).map_or("{1} {0}", String::as_str);
                filled(glue, &[&time, &date])
            }
            (date, time) => date.or(time).unwrap_or_default(),
        }
    }

    fn nearest(&self, wanted: &Skeleton, mask: u32) -> (Option<&Known>, Lacks) {
        let mut best = (i32::MAX, None, Lacks::default());
        for known in &self.known {
            let (distance, lacks) = wanted.distance(&known.skeleton, mask);
            if distance < best.0 || (distance == best.0 && best.2.missing < lacks.missing) {
                best = (distance, Some(known), lacks);
            }
            if distance == 0 {
                break;
            }
        }
        (best.1, best.2)
    }

    /// The nearest pattern for some of the fields, with the missing ones appended one after the other.
    fn appended(&self, calendar: &Calendar, wanted: &Skeleton, mask: u32) -> Option<String> {
        if mask == 0 {
            return None;
        }
        let (found, lacks) = self.nearest(wanted, mask);
        let found = found?;
        let mut pattern = self.adjusted(&found.pattern, found, wanted, false);
        let mut missing = lacks.missing;
        while missing != 0 {
            if missing & SECONDS == FRACTION && mask & SECONDS == SECONDS {
                pattern = self.adjusted(&pattern, found, wanted, true);
                missing &= !FRACTION;
                continue;
            }
            let (next, lacks) = self.nearest(wanted, missing);
            let next = next?;
            let brought = missing & !lacks.missing;
            if brought == 0 {
                break;
            }
            let field = (0..FIELDS).rev().find(|at| brought & 1 << at != 0)?;
            let (item, name) = append_names(field);
            let name = calendar.fields.get(name).map(|name| format!("'{}'", name.replace('\'', "''"))).unwrap_or_default();
            let template = calendar.append.get(item).map_or("{0} \u{251c}{2}: {1}\u{2524}", String::as_str);
            let addition = self.adjusted(&next.pattern, next, wanted, false);
            pattern = filled(template, &[&pattern, &addition, &name]);
            missing = lacks.missing;
        }
        Some(pattern)
    }

    /// A pattern with its fields in the requested lengths.
    fn adjusted(&self, pattern: &str, found: &Known, wanted: &Skeleton, with_fraction: bool) -> String {
        let adjusted: Vec<Item> = items(pattern)
            .into_iter()
            .flat_map(|item| {
                let Item::Field(letter, repeated) = item else { return vec![item] };
                let Some(row) = row_of(letter, repeated) else { return vec![item] };
                if with_fraction && row.field == Field::Second {
                    let fraction = wanted.get(Field::Fraction);
                    return vec![item, Item::Text(self.decimal.clone()), Item::Field('S', fraction.repeated)];
                }
                if wanted.get(row.field).kind == 0 {
                    return vec![item];
                }
                vec![self.field(letter, repeated, row.field, row.kind > 0, found, wanted)]
            })
            .collect();
        written(&adjusted)
    }

    fn field(&self, letter: char, repeated: usize, field: Field, is_number: bool, found: &Known, wanted: &Skeleton) -> Item {
        let asked = wanted.get(field);
        let asked_length = if asked.letter == 'E' && asked.repeated < 3 { 3 } else { asked.repeated };
        let mut length = asked_length;
        if matches!(field, Field::Minute | Field::Second) {
            length = repeated;
        } else if found.is_named && asked.letter != 'c' && asked.letter != 'e' {
            let named = found.skeleton.get(field);
            if named.repeated == asked_length || is_number != (named.kind > 0) {
                length = repeated;
            }
        }
        let keeps_letter = matches!(field, Field::Hour | Field::Month | Field::Weekday) || (field == Field::Year && asked.letter != 'Y');
        let mut adjusted = if keeps_letter { letter } else { asked.letter };
        if adjusted == 'E' && length < 3 {
            adjusted = 'e';
        }
        if field == Field::Hour {
            adjusted = match (asked.letter, self.hour_letter) {
                (asked, own) if asked == own => own,
                ('h', 'K') => 'K',
                ('H', 'k') => 'k',
                ('k', 'H') => 'H',
                ('K', 'h') => 'h',
                _ => adjusted,
            };
        }
        Item::Field(adjusted, length)
    }
}

/// Minutes and seconds of a time, without its hour.
fn minutes_and_seconds(time: &str) -> Option<String> {
    let items = items(time);
    let from = items.iter().position(|item| matches!(item, Item::Field('m', _)))?;
    let to = items.iter().position(|item| matches!(item, Item::Field('s', _)))?;
    Some(written(items.get(from..=to)?))
}

/// What a field is called among the ways to append one, and among the names of fields.
fn append_names(field: usize) -> (&'static str, &'static str) {
    const NAMES: [&str; FIELDS] = [
        "Era",
        "Year",
        "Quarter",
        "Month",
        "Week",
        "Week",
        "Day-Of-Week",
        "Day",
        "Day-Of-Week",
        "Day",
        "Hour",
        "Hour",
        "Minute",
        "Second",
        "Second",
        "Timezone",
    ];
    let name = NAMES.get(field).copied().unwrap_or("Timezone");
    (name, name)
}
