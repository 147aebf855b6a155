//! Which of its plural forms a language uses with a number.

use fixed_decimal::{CompactDecimal, Decimal};
use icu_locale::Locale;
use icu_plurals::{PluralCategory, PluralOperands, PluralRuleType, PluralRules, PluralRulesOptions, PluralRulesWithRanges};

use super::error::IntlError;

/// The forms in the order in which Node lists them.
pub(super) const CATEGORIES: [(PluralCategory, &str); 6] = [
    (PluralCategory::Few, "few"),
    (PluralCategory::Many, "many"),
    (PluralCategory::One, "one"),
    (PluralCategory::Two, "two"),
    (PluralCategory::Zero, "zero"),
    (PluralCategory::Other, "other"),
];

pub(super) struct Plurals(PluralRulesWithRanges<PluralRules>);

impl Plurals {
    pub(super) fn new(locale: &str, is_ordinal: bool) -> Result<Self, IntlError> {
        let locale: Locale = locale.parse().map_err(|_| IntlError::Malformed("no locale"))?;
        let mut options = PluralRulesOptions::default();
        options.rule_type = Some(if is_ordinal { PluralRuleType::Ordinal } else { PluralRuleType::Cardinal });
        let rules = PluralRulesWithRanges::try_new((&locale).into(), options).map_err(|_| IntlError::Fault)?;
        Ok(Self(rules))
    }

    /// The form of a number as it is shown; `exponent` is what its compact form leaves out.
    pub(super) fn form(&self, number: Option<&Decimal>, exponent: i16) -> PluralCategory {
        let Some(number) = number else { return PluralCategory::Other };
        let operands: PluralOperands = match u8::try_from(exponent) {
            Ok(0) | Err(_) => number.into(),
            Ok(exponent) => (&CompactDecimal::from_significand_and_exponent(number.clone(), exponent)).into(),
        };
        self.0.rules().category_for(operands)
    }

    pub(super) fn of_range(&self, start: PluralCategory, end: PluralCategory) -> PluralCategory {
        self.0.resolve_range(start, end)
    }

    pub(super) fn categories(&self) -> Vec<&'static str> {
        let has: Vec<_> = self.0.rules().categories().collect();
        CATEGORIES.iter().filter(|(category, _)| has.contains(category)).map(|(_, name)| *name).collect()
    }
}

pub(super) fn name(category: PluralCategory) -> &'static str {
    CATEGORIES.iter().find(|(other, _)| *other == category).map_or("other", |(_, name)| name)
}
