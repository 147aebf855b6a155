//! The affixes of a number: finds those for its sign, and puts them around it.

use fixed_decimal::Decimal;
use icu_properties::props::GeneralCategory;
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};

use super::super::parts::{LITERAL, Part, Parts, Source};
use super::pattern::{Affixes, Pattern, Token};
use super::quantity::{Quantity, Size};
use super::style::SignDisplay;

/// The space between a currency and an adjacent digit.
const CURRENCY_SPACE: &str = "\u{a0}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    None,
    Minus,
    Plus,
}

/// The affixes of a pattern with the signs that are to be shown.
pub(super) fn affixes(pattern: &Pattern, display: SignDisplay, quantity: &Quantity, is_about: bool) -> Affixes {
    let sign = sign(display, quantity);
    let has = |tokens: &[Token], token| tokens.contains(&token);
    let has_plus = has(&pattern.positive.prefix, Token::Plus) || has(&pattern.positive.suffix, Token::Plus);
    let plus_for_minus = sign == Sign::Plus && !has_plus;
    let negative = pattern.negative.as_ref().filter(|negative| {
        let has_minus = has(&negative.prefix, Token::Minus) || has(&negative.suffix, Token::Minus);
        sign == Sign::Minus || (has_minus && (plus_for_minus || is_about))
    });
    let mut signs = Vec::new();
    if is_about {
        signs.push(Token::Approximately);
    }
    match sign {
        Sign::Minus => signs.push(Token::Minus),
        Sign::Plus if plus_for_minus => signs.push(Token::Plus),
        Sign::Plus | Sign::None => {}
    }
    let replaced = |tokens: &[Token]| -> Vec<Token> {
        tokens.iter().flat_map(|token| if *token == Token::Minus { signs.clone() } else { vec![*token] }).collect()
    };
    match negative {
        Some(negative) => Affixes { prefix: replaced(&negative.prefix), suffix: replaced(&negative.suffix) },
        None => {
            Affixes { prefix: signs.iter().chain(&pattern.positive.prefix).copied().collect(), suffix: pattern.positive.suffix.clone() }
        }
    }
}

fn sign(display: SignDisplay, quantity: &Quantity) -> Sign {
    let is_zero = quantity.is_zero() || quantity.size == Size::NaN;
    let negative = |otherwise| if quantity.is_negative { Sign::Minus } else { otherwise };
    match display {
        SignDisplay::Never => Sign::None,
        SignDisplay::Auto => negative(Sign::None),
        SignDisplay::Always => negative(Sign::Plus),
        SignDisplay::ExceptZero | SignDisplay::Negative if is_zero => Sign::None,
        SignDisplay::ExceptZero => negative(Sign::Plus),
        SignDisplay::Negative => negative(Sign::None),
    }
}

/// The text before and after a number, or words that replace it (Arabic has a dual).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) prefix: Parts,
    pub(super) suffix: Parts,
    pub(super) is_alone: bool,
}

impl Around {
    pub(super) fn around(&self, parts: &Parts) -> Parts {
        let mut all = self.prefix.clone();
        if !self.is_alone {
            all.append(parts);
        }
        all.append(&self.suffix);
        all
    }

    /// The same, with a space between a currency's letters and a digit.
    pub(super) fn around_spaced(&self, parts: &Parts) -> Parts {
        self.spaced(parts, parts).around(parts)
    }

    /// With the spaces that this needs before `first` and after `last`.
    pub(super) fn spaced(&self, first: &Parts, last: &Parts) -> Self {
        let mut spaced = self.clone();
        let before = self.prefix.0.last().is_some_and(|part| is_currency(part, part.text.chars().next_back()));
        if before && first.0.first().and_then(|part| part.text.chars().next()).is_some_and(is_digit) {
            spaced.prefix.push(LITERAL, CURRENCY_SPACE);
        }
        let after = self.suffix.0.first().is_some_and(|part| is_currency(part, part.text.chars().next()));
        if after && last.0.last().and_then(|part| part.text.chars().next_back()).is_some_and(is_digit) {
            spaced.suffix.0.insert(0, Part { kind: LITERAL, text: CURRENCY_SPACE.to_owned(), source: Source::Shared });
        }
        spaced
    }

    pub(super) fn code_points(&self) -> usize {
        self.prefix.code_points() + self.suffix.code_points()
    }
}

const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::<GeneralCategory>::new();

/// A currency whose nearest character is neither a symbol nor white space.
fn is_currency(part: &Part, nearest: Option<char>) -> bool {
    use GeneralCategory::{CurrencySymbol, LineSeparator, MathSymbol, ModifierSymbol, OtherSymbol, ParagraphSeparator, SpaceSeparator};
    let apart = [CurrencySymbol, MathSymbol, ModifierSymbol, OtherSymbol, SpaceSeparator, LineSeparator, ParagraphSeparator];
    part.kind == "currency" && nearest.is_some_and(|c| !apart.contains(&CATEGORIES.get(c)))
}

fn is_digit(c: char) -> bool {
    CATEGORIES.get(c) == GeneralCategory::DecimalNumber
}

/// The digits of two numbers are the same.
pub(super) fn is_same(left: &Quantity, right: &Quantity) -> bool {
    let text = |number: &Decimal| number.to_string();
    match (&left.size, &right.size) {
        (Size::Finite(left), Size::Finite(right)) => text(left) == text(right),
        (left_size, right_size) => left_size == right_size && left.is_negative == right.is_negative,
    }
}
