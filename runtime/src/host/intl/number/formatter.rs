//! Formats one number: its digits, and around them, from the inside out, the exponent, the affixes of the pattern (sign, currency, percent,
//! the letter of a compact number), and the words of a unit or a currency.

use super::super::parts::{LITERAL, Parts};
use super::super::plural::{OTHER, Plurals};
use super::affix::{self, Around};
use super::notation::{self, Rules, Scaled};
use super::pattern::Pattern;
use super::quantity::{Quantity, Size};
use super::style::{CurrencySign, Notation, Style};
use super::symbols::{Grouped, Symbols};
use super::words;

pub(super) struct Formatter<'a> {
    pub(super) style: &'a Style,
    pub(super) symbols: Symbols,
    pub(super) plurals: Plurals,
    pattern: Pattern,
}

/// The formatted parts of a number, not joined yet.
pub(super) struct Layers {
    pub(super) number: Parts,
    pub(super) inner: Around,
    pub(super) middle: Around,
    /// The plural form of the words around the number.
    pub(super) form: &'static str,
    /// The rounded number.
    pub(super) rounded: Quantity,
}

impl<'a> Formatter<'a> {
    pub(super) fn new(style: &'a Style) -> Self {
        let symbols = Symbols::new(style);
        let plurals = Plurals::new(&style.locale, false);
        let pattern = Pattern::parse(pattern_of(style, &symbols));
        Self { style, symbols, plurals, pattern }
    }

    /// The parts of a number; `is_about` puts the sign of an approximation before it.
    pub(super) fn parts(&self, quantity: &Quantity, is_about: bool) -> Parts {
        let layers = self.layers(quantity, is_about);
        let mut parts = layers.inner.around(&layers.number);
        parts = layers.middle.around_spaced(&parts);
        self.outer(layers.form).around(&parts)
    }

    pub(super) fn layers(&self, quantity: &Quantity, is_about: bool) -> Layers {
        let mut quantity = quantity.clone();
        if self.style.style == super::style::Kind::Percent {
            quantity.shift(2);
        }
        let form = self.form(&quantity);
        let Scaled { quantity: rounded, exponent, compact } = notation::scaled(self.rules(), quantity);
        let pattern = compact.as_ref().unwrap_or(&self.pattern);
        let literal = if compact.is_some() { "compact" } else { LITERAL };
        let affixes = affix::affixes(pattern, self.style.sign_display, &rounded, is_about);
        let is_alone = compact.as_ref().is_some_and(|pattern| pattern.zeros == 0);
        let middle =
            Around { prefix: self.symbols.affix(&affixes.prefix, literal), suffix: self.symbols.affix(&affixes.suffix, literal), is_alone };
        let inner = exponent.map_or_else(Around::default, |exponent| notation::exponent(&self.symbols, exponent));
        Layers { number: self.digits(&rounded), inner, middle, form, rounded }
    }

    fn rules(&self) -> Rules<'_> {
        Rules { style: self.style, symbols: &self.symbols, plurals: &self.plurals }
    }

    /// The words around a number in a plural form.
    pub(super) fn outer(&self, form: &str) -> Around {
        words::around(self.style, &self.symbols, form)
    }

    fn form(&self, quantity: &Quantity) -> &'static str {
        if !self.style.has_currency_name() && self.style.worded_unit().is_none() {
            return OTHER;
        }
        let mut rounded = quantity.clone();
        if let Size::Finite(number) = &mut rounded.size {
            self.style.digits.apply(number);
        }
        self.plurals.form(rounded.finite())
    }

    fn digits(&self, quantity: &Quantity) -> Parts {
        let mut parts = Parts::default();
        match &quantity.size {
            Size::NaN => parts.push("nan", self.symbols.get("nan")),
            Size::Infinite => parts.push("infinity", self.symbols.get("infinity")),
            Size::Finite(number) => {
                let mut padded = number.clone();
                self.style.digits.pad(&mut padded);
                let is_grouped = !matches!(self.style.notation, Notation::Scientific | Notation::Engineering);
                let grouped = is_grouped.then(|| Grouped::new(self.style, self.symbols.data(), self.pattern.groups)).flatten();
                parts = self.symbols.number(&padded, grouped);
            }
        }
        parts
    }
}

fn pattern_of(style: &Style, symbols: &Symbols) -> &'static str {
    let is_symbol = style.is_currency() && !style.has_currency_name();
    let own = is_symbol.then(|| symbols.data().get(&format!("cur/{}/pattern", style.currency))).flatten();
    let kind = match style.currency_sign {
        _ if style.has_percent_sign() => "/percent",
        _ if !is_symbol => "/decimal",
        CurrencySign::Accounting => "/accounting",
        CurrencySign::Standard => "/currency",
    };
    own.or_else(|| symbols.of_numbering("pat", kind)).unwrap_or("#,##0.###")
}
