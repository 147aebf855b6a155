//! Scientific, engineering and compact notation: splits a power of ten off a number, and formats it.

use fixed_decimal::Decimal;

use super::affix::Around;
use super::pattern::Pattern;
use super::quantity::{Quantity, Size};
use super::rounding::magnitude;
use super::style::{CompactDisplay, Notation, Style};
use super::symbols::Symbols;
use crate::host::intl::parts::Parts;
use crate::host::intl::plural::Plurals;

/// The greatest magnitude for which a compact pattern is looked up.
const MAX_MAGNITUDE: i16 = 20;

/// A rounded number, and the power of ten that was split off.
pub(super) struct Scaled {
    pub(super) quantity: Quantity,
    pub(super) exponent: Option<i16>,
    /// The pattern of a compact number, where the locale has one.
    pub(super) compact: Option<Pattern>,
}

/// What the notation of a number depends on.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) style: &'a Style,
    pub(super) symbols: &'a Symbols,
    pub(super) plurals: &'a Plurals,
}

pub(super) fn scaled(rules: Rules<'_>, mut quantity: Quantity) -> Scaled {
    let Size::Finite(number) = &mut quantity.size else { return Scaled { quantity, exponent: None, compact: None } };
    let (mut exponent, mut compact) = (None, None);
    match rules.style.notation {
        Notation::Standard => rules.style.digits.apply(number),
        Notation::Scientific => exponent = Some(-split(rules, number, |magnitude| -magnitude)),
        Notation::Engineering => exponent = Some(-split(rules, number, |magnitude| magnitude.rem_euclid(3) - magnitude)),
        Notation::Compact => compact = compacted(rules, number),
    }
    Scaled { quantity, exponent, compact }
}

/// Multiplies a number by the power of ten that `multiplier` returns for its magnitude, and rounds it. Returns the exponent. Rounding can add a
/// digit, which may change the multiplier.
fn split(rules: Rules<'_>, number: &mut Decimal, multiplier: impl Fn(i16) -> i16) -> i16 {
    let digits = &rules.style.digits;
    if number.absolute.is_zero() {
        digits.apply(number);
        return 0;
    }
    let before = magnitude(number);
    let first = multiplier(before);
    number.absolute.multiply_pow10(first);
    digits.apply(number);
    if number.absolute.is_zero() || magnitude(number) == before + first {
        return first;
    }
    let second = multiplier(before + 1);
    if second != first {
        number.absolute.multiply_pow10(second - first);
        digits.apply(number);
    }
    second
}

fn compacted(rules: Rules<'_>, number: &mut Decimal) -> Option<Pattern> {
    let patterns = Compact::new(rules);
    let multiplier = split(rules, number, |magnitude| patterns.multiplier(magnitude));
    let magnitude = if number.absolute.is_zero() { 0 } else { magnitude(number) - multiplier };
    patterns.pattern(magnitude, number)
}

struct Compact<'a> {
    rules: Rules<'a>,
    key: &'static str,
}

impl<'a> Compact<'a> {
    fn new(rules: Rules<'a>) -> Self {
        let style = rules.style;
        let key = if style.is_currency() && !style.has_currency_name() {
            "currency"
        } else if style.compact_display == CompactDisplay::Long {
            "long"
        } else {
            "short"
        };
        Self { rules, key }
    }

    fn text(&self, magnitude: i16, plural: &str) -> Option<&'static str> {
        self.rules.symbols.of_numbering("compact", &format!("/{}/{magnitude}/{plural}", self.key))
    }

    /// The nearest magnitude with patterns.
    fn nearest(&self, magnitude: i16) -> i16 {
        let mut nearest = magnitude.min(MAX_MAGNITUDE);
        while nearest > 14 && self.text(nearest, "other").is_none() {
            nearest -= 1;
        }
        nearest
    }

    fn multiplier(&self, magnitude: i16) -> i16 {
        let magnitude = self.nearest(magnitude);
        let text = self.text(magnitude, "other").filter(|text| *text != "0");
        text.map_or(0, |text| match Pattern::parse(text).zeros {
            0 => 0,
            zeros => zeros - magnitude - 1,
        })
    }

    fn pattern(&self, magnitude: i16, number: &Decimal) -> Option<Pattern> {
        let magnitude = self.nearest(magnitude);
        let shown = number.absolute.to_string();
        let exact = if shown == "0" || shown == "1" { self.text(magnitude, &shown) } else { None };
        let form = self.rules.plurals.form(Some(number));
        let text = exact.or_else(|| self.text(magnitude, form)).or_else(|| self.text(magnitude, "other"))?;
        (text != "0").then(|| Pattern::parse(text))
    }
}

/// `E-5`, behind the digits.
pub(super) fn exponent(symbols: &Symbols, exponent: i16) -> Around {
    let mut suffix = Parts::default();
    suffix.push("exponentSeparator", symbols.get("exponential"));
    if exponent < 0 {
        suffix.push("exponentMinusSign", symbols.get("minusSign"));
    }
    suffix.push("exponentInteger", &symbols.integer(exponent));
    Around { suffix, ..Around::default() }
}
