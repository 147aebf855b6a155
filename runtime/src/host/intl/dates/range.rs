//! Writes two instants as one text. Fields that are equal are written once, where the locale has a pattern for it.

use super::calendar_data::Calendar;
use super::format::{Local, Part, Writer};
use super::generator::Generator;
use super::pattern::{Item, items, written};
use super::skeleton::{Field, Skeleton};
use crate::host::intl::error::IntlError;

/// The instant that a piece belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Shared,
    Start,
    End,
}

impl Source {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Start => "startRange",
            Self::End => "endRange",
        }
    }
}

pub(super) type Piece = (Part, Source);

/// The largest field that two instants differ in, by its letter in the locale's patterns, and the fields that are as large or larger.
const ORDER: [(char, &str); 9] =
    [('G', "G"), ('y', "yYurUG"), ('M', "ML"), ('d', "dEce"), ('a', "abB"), ('h', "hHkK"), ('m', "m"), ('s', "s"), ('S', "S")];

/// # Errors
/// When there is no data for this locale, calendar or zone.
pub(super) fn pieces(writer: &Writer<'_>, generator: &Generator, pattern: &str, start: f64, end: f64) -> Result<Vec<Piece>, IntlError> {
    Ok(trimmed(ranged(writer, generator, pattern, start, end)?))
}

/// Texts outside of the fields of a date belong to neither date, and adjacent ones are joined.
fn trimmed(pieces: Vec<Piece>) -> Vec<Piece> {
    let is_field = |source: Source| move |piece: &Piece| piece.1 == source && piece.0.0 != "literal";
    let ends: Vec<_> = [Source::Start, Source::End]
        .into_iter()
        .map(|source| (source, pieces.iter().position(is_field(source)), pieces.iter().rposition(is_field(source))))
        .collect();
    let mut trimmed: Vec<Piece> = Vec::new();
    for (at, ((kind, text), source)) in pieces.into_iter().enumerate() {
        let is_inside = ends.iter().any(|(own, first, last)| *own == source && Some(at) >= *first && Some(at) <= *last);
        let source = if is_inside { source } else { Source::Shared };
        match trimmed.last_mut() {
            Some((("literal", before), Source::Shared)) if kind == "literal" && source == Source::Shared => before.push_str(&text),
            _ => trimmed.push(((kind, text), source)),
        }
    }
    trimmed
}

fn ranged(writer: &Writer<'_>, generator: &Generator, pattern: &str, start: f64, end: f64) -> Result<Vec<Piece>, IntlError> {
    let (from, to) = (writer.local(start)?, writer.local(end)?);
    let fields = items(pattern);
    let has = |letters: &str| fields.iter().any(|item| matches!(item, Item::Field(letter, _) if letters.contains(*letter)));
    let differs = largest(&from, &to).filter(|at| ORDER.iter().skip(*at).any(|(_, letters)| has(letters)));
    let Some(at) = differs else { return Ok(all(writer.parts(pattern, &from)?, Source::Shared)) };
    let (has_date, has_time) = (has("GyYurUMLdEce"), has("hHkKmsSabB"));
    let data = writer.data();
    if has_date && has_time && at >= 4 {
        let (date, time) = split(&fields);
        let date = generator.best(data, &date);
        let glue = data.glue.get(2).map_or("{1} {0}", String::as_str);
        let time = interval(writer, generator, data, &time, at, &from, &to)?;
        return glued(writer, glue, &date, &from, time);
    }
    let wanted = written(&fields.iter().filter(|item| matches!(item, Item::Field(..))).cloned().collect::<Vec<_>>());
    if has_date != has_time && (has_time == (at >= 4)) {
        // Years that differ are written even if they were not asked for.
        let wanted = if at == 1 && !has("yYurU") { format!("y{wanted}") } else { wanted };
        return interval(writer, generator, data, &wanted, at, &from, &to);
    }
    let whole = if has_date { pattern.to_owned() } else { generator.best(data, &format!("yMd{wanted}")) };
    fallback(writer, &whole, &from, &to)
}

fn all(parts: Vec<Part>, source: Source) -> Vec<Piece> {
    parts.into_iter().map(|part| (part, source)).collect()
}

fn largest(from: &Local, to: &Local) -> Option<usize> {
    let (one, other) = (&from.day, &to.day);
    let same = [
        one.era == other.era,
        one.year == other.year && one.related == other.related,
        one.month == other.month && one.is_leap_month == other.is_leap_month,
        one.day == other.day,
        (from.hour < 12) == (to.hour < 12),
        from.hour == to.hour,
        from.minute == to.minute,
        from.second == to.second,
        from.milli == to.milli,
    ];
    same.iter().position(|same| !same)
}

/// Letters of the date, and of the time.
fn split(fields: &[Item]) -> (String, String) {
    let of = |is_time: bool| {
        let chosen = fields.iter().filter(|item| matches!(item, Item::Field(letter, _) if "hHkKmsSabBzvO".contains(*letter) == is_time));
        written(&chosen.cloned().collect::<Vec<_>>())
    };
    (of(false), of(true))
}

/// Both instants in full, one after the other.
fn fallback(writer: &Writer<'_>, pattern: &str, from: &Local, to: &Local) -> Result<Vec<Piece>, IntlError> {
    let data = writer.data();
    let template = if data.fallback.is_empty() { "{0} – {1}" } else { &data.fallback };
    let (before, rest) = template.split_once("{0}").unwrap_or(("", template));
    let (between, after) = rest.split_once("{1}").unwrap_or((rest, ""));
    let mut pieces = all(vec![("literal", before.to_owned())], Source::Shared);
    pieces.extend(all(writer.parts(pattern, from)?, Source::Start));
    pieces.push((("literal", between.to_owned()), Source::Shared));
    pieces.extend(all(writer.parts(pattern, to)?, Source::End));
    pieces.push((("literal", after.to_owned()), Source::Shared));
    pieces.retain(|((_, text), _)| !text.is_empty());
    Ok(pieces)
}

fn interval(
    writer: &Writer<'_>,
    generator: &Generator,
    data: &Calendar,
    wanted: &str,
    at: usize,
    from: &Local,
    to: &Local,
) -> Result<Vec<Piece>, IntlError> {
    let skeleton = Skeleton::of(wanted);
    let letter = match ORDER.get(at) {
        Some(('h', _)) if matches!(skeleton.get(Field::Hour).letter, 'H' | 'k') => 'H',
        Some(('a', _)) if matches!(skeleton.get(Field::Hour).letter, 'H' | 'k') => 'H',
        Some((letter, _)) => *letter,
        None => 'S',
    };
    let found =
        nearest(data, &skeleton).and_then(|(name, patterns)| Some((Skeleton::of(name), patterns.get(letter.encode_utf8(&mut [0; 4]))?)));
    let Some((named, pattern)) = found else { return fallback(writer, &generator.best(data, wanted), from, to) };
    let fitted = fitted(pattern, &named, &skeleton);
    halves(writer, &fitted, from, to)
}

/// The intervals for the same fields with the nearest lengths.
fn nearest<'d>(data: &'d Calendar, wanted: &Skeleton) -> Option<(&'d String, &'d std::collections::BTreeMap<String, String>)> {
    let candidates = data.intervals.iter().filter_map(|(name, patterns)| {
        let skeleton = Skeleton::of(name);
        let is_alike = skeleton.mask() == wanted.mask() && is_half_day(&skeleton) == is_half_day(wanted);
        is_alike.then(|| (wanted.distance(&skeleton, u32::MAX).0, name, patterns))
    });
    candidates.min_by_key(|(distance, ..)| *distance).map(|(_, name, patterns)| (name, patterns))
}

fn is_half_day(skeleton: &Skeleton) -> bool {
    matches!(skeleton.get(Field::Hour).letter, 'h' | 'K')
}

/// The fields whose requested length is greater than in the pattern's name.
fn fitted(pattern: &str, named: &Skeleton, wanted: &Skeleton) -> Vec<Item> {
    let fit = |item: Item| {
        let Item::Field(letter, repeated) = item else { return item };
        let Some(row) = super::skeleton::row_of(letter, repeated) else { return item };
        let (own, asked) = (named.get(row.field), wanted.get(row.field));
        let own_length = if own.letter == 'E' { own.repeated.max(3) } else { own.repeated };
        let letter = if row.field == Field::Zone { asked.letter } else { letter };
        let grows = asked.repeated > own_length && repeated.max(if letter == 'E' { 3 } else { 1 }) == own_length;
        Item::Field(letter, if grows || row.field == Field::Zone { asked.repeated } else { repeated })
    };
    items(pattern).into_iter().map(fit).collect()
}

/// Splits a pattern with repeated fields: the part from the first repetition on belongs to the end.
fn halves(writer: &Writer<'_>, pattern: &[Item], from: &Local, to: &Local) -> Result<Vec<Piece>, IntlError> {
    let letter = |item: &Item| match item {
        Item::Field(letter, _) => Some(if *letter == 'L' { 'M' } else { *letter }),
        Item::Text(_) => None,
    };
    let again =
        |at: usize| pattern.get(at).and_then(letter).is_some_and(|own| pattern.iter().take(at).any(|item| letter(item) == Some(own)));
    let middle = (0..pattern.len()).find(|at| again(*at)).unwrap_or(pattern.len());
    let repeated: Vec<char> = (middle..pattern.len()).filter(|at| again(*at)).filter_map(|at| pattern.get(at).and_then(letter)).collect();
    let is_own = |item: &Item| letter(item).is_some_and(|own| repeated.contains(&own));
    let mut pieces = Vec::new();
    for (range, local, source) in [(0..middle, from, Source::Start), (middle..pattern.len(), to, Source::End)] {
        let half = pattern.get(range).unwrap_or_default();
        let first = half.iter().position(is_own).unwrap_or(half.len());
        let last = half.iter().rposition(is_own).unwrap_or(0);
        for (at, item) in half.iter().enumerate() {
            let source = if (first..=last).contains(&at) { source } else { Source::Shared };
            pieces.extend(all(writer.parts_of(std::slice::from_ref(item), local)?, source));
        }
    }
    Ok(pieces)
}

/// The day that both have in common, and their times.
fn glued(writer: &Writer<'_>, glue: &str, date: &str, day: &Local, time: Vec<Piece>) -> Result<Vec<Piece>, IntlError> {
    let mut pieces = Vec::new();
    let mut rest = glue;
    let mut time = Some(time);
    while let Some((before, after)) = rest.split_once('{') {
        pieces.push((("literal", before.replace('\'', "")), Source::Shared));
        match after.split_once('}') {
            Some(("0", behind)) => {
                pieces.extend(time.take().unwrap_or_default());
                rest = behind;
            }
            Some((_, behind)) => {
                pieces.extend(all(writer.parts(date, day)?, Source::Shared));
                rest = behind;
            }
            None => break,
        }
    }
    pieces.push((("literal", rest.replace('\'', "")), Source::Shared));
    pieces.retain(|((_, text), _)| !text.is_empty());
    Ok(pieces)
}
