//! `formatRange`: two numbers, with their common affixes written once.

use super::super::parts::{LITERAL, Parts, Source};
use super::affix::{Around, is_same};
use super::formatter::{Formatter, Layers};
use super::quantity::Quantity;

/// The parts of a range; of one number, with the sign for about, when both ends look the same.
pub(super) fn parts(formatter: &Formatter<'_>, start: &Quantity, end: &Quantity) -> Parts {
    let (left, right) = (formatter.layers(start, false), formatter.layers(end, false));
    let looks_same = left.inner == right.inner && left.middle == right.middle && is_same(&left.rounded, &right.rounded);
    if looks_same {
        return formatter.parts(start, true).sourced(Source::Shared);
    }
    joined(formatter, &left, &right)
}

/// White space as patterns have it, which no-break spaces are not.
fn is_pattern_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}

fn joined(formatter: &Formatter<'_>, left: &Layers, right: &Layers) -> Parts {
    let outer = formatter.outer(formatter.plurals.of_range(left.form, right.form));
    // Affixes of one character are repeated: they are read with the digits.
    let is_shared = left.middle == right.middle && left.middle.code_points() > 1;
    let repeated = left.inner.code_points() > 0 || (!is_shared && left.middle.code_points() > 0);
    let end = |layers: &Layers, source| {
        let number = layers.inner.around(&layers.number);
        let number = if is_shared { number } else { layers.middle.around_spaced(&number) };
        number.sourced(source)
    };
    let (first, last) = (end(left, Source::Start), end(right, Source::End));
    let pattern = formatter.symbols.of_numbering("range", "").unwrap_or("{0}–{1}");
    let (before, rest) = pattern.split_once("{0}").unwrap_or(("", pattern));
    let (between, after) = rest.split_once("{1}").unwrap_or((rest, ""));
    let mut between = between.to_owned();
    if repeated && !between.starts_with(is_pattern_space) {
        between.insert(0, ' ');
    }
    if repeated && !between.ends_with(is_pattern_space) {
        between.push(' ');
    }

    let shared = if is_shared { left.middle.spaced(&first, &last) } else { Around::default() };
    let mut parts = Parts::default();
    parts.append(&outer.prefix);
    parts.push(LITERAL, before);
    parts.append(&shared.prefix);
    parts.append(&first);
    let mut infix = Parts::default();
    infix.push(LITERAL, &between);
    parts.append(&infix);
    parts.append(&last);
    parts.append(&shared.suffix);
    parts.push(LITERAL, after);
    parts.append(&outer.suffix);
    parts
}
