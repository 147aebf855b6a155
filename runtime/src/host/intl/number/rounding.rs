//! Rounding and padding of a number by ECMA-402's options.

use fixed_decimal::{Decimal, RoundingIncrement, SignedRoundingMode, UnsignedRoundingMode};
use serde::Deserialize;

/// The options about digits, resolved and checked by the engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Rounding {
    #[serde(default = "one")]
    pub(super) minimum_integer_digits: i16,
    minimum_fraction_digits: Option<i16>,
    maximum_fraction_digits: Option<i16>,
    minimum_significant_digits: Option<i16>,
    maximum_significant_digits: Option<i16>,
    #[serde(default)]
    rounding_priority: Priority,
    #[serde(default)]
    rounding_increment: u16,
    #[serde(default)]
    rounding_mode: Mode,
    #[serde(default)]
    trailing_zero_display: TrailingZeros,
}

fn one() -> i16 {
    1
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Priority {
    #[default]
    Auto,
    MorePrecision,
    LessPrecision,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Ceil,
    Floor,
    Expand,
    Trunc,
    HalfCeil,
    HalfFloor,
    #[default]
    HalfExpand,
    HalfTrunc,
    HalfEven,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum TrailingZeros {
    #[default]
    Auto,
    StripIfInteger,
}

/// The last place that may be shown and the last that must be, as magnitudes.
#[derive(Clone, Copy)]
struct Places {
    rounded: i16,
    shown: i16,
}

/// More digits than any number has.
const FAR: i16 = 1000;

impl Rounding {
    /// Rounds and pads the fraction.
    pub(super) fn apply(&self, number: &mut Decimal) {
        let before = magnitude(number);
        let mut significant = self.significant(before);
        let fraction = self.fraction();
        let place = match self.rounding_priority {
            Priority::Auto => significant.or(fraction).map_or(-FAR, |places| places.rounded),
            priority => chosen(priority, fraction, significant, |places| places.rounded),
        };
        self.round_at(number, place);
        let after = magnitude(number);
        // Nines that became a one and zeros have one digit more.
        if let (true, Some(places), Some(now)) = (after != before, significant.as_mut(), self.significant(after)) {
            places.shown = now.shown;
            if !number.absolute.is_zero() && fraction.is_some_and(|fraction| fraction.rounded == places.rounded) {
                places.rounded += 1;
            }
        }
        number.absolute.trim_end();
        number.absolute.trim_start();
        let last = match self.rounding_priority {
            Priority::Auto => significant.or(fraction).map_or(0, |places| places.shown),
            priority => preferred(priority, fraction, significant),
        };
        let is_whole = number.absolute.nonzero_magnitude_end() >= 0 || number.absolute.is_zero();
        if last < 0 && !(is_whole && self.trailing_zero_display == TrailingZeros::StripIfInteger) {
            number.absolute.pad_end(last);
        }
    }

    /// Zeros in front.
    pub(super) fn pad(&self, number: &mut Decimal) {
        number.absolute.pad_start(self.minimum_integer_digits.clamp(1, 21));
    }

    fn significant(&self, magnitude: i16) -> Option<Places> {
        let most = self.maximum_significant_digits?;
        let least = self.minimum_significant_digits.unwrap_or(1);
        Some(Places { rounded: magnitude.saturating_sub(most.clamp(1, FAR)) + 1, shown: magnitude.saturating_sub(least.clamp(1, 21)) + 1 })
    }

    fn fraction(&self) -> Option<Places> {
        let most = self.maximum_fraction_digits?;
        Some(Places { rounded: -most.clamp(0, 100), shown: -self.minimum_fraction_digits.unwrap_or(0).clamp(0, 100) })
    }

    fn round_at(&self, number: &mut Decimal, place: i16) {
        let (zeros, increment) = match self.rounding_increment {
            2 => (0, RoundingIncrement::MultiplesOf2),
            5 => (0, RoundingIncrement::MultiplesOf5),
            10 => (1, RoundingIncrement::MultiplesOf1),
            20 => (1, RoundingIncrement::MultiplesOf2),
            25 => (0, RoundingIncrement::MultiplesOf25),
            50 => (1, RoundingIncrement::MultiplesOf5),
            100 => (2, RoundingIncrement::MultiplesOf1),
            200 => (2, RoundingIncrement::MultiplesOf2),
            250 => (1, RoundingIncrement::MultiplesOf25),
            500 => (2, RoundingIncrement::MultiplesOf5),
            1000 => (3, RoundingIncrement::MultiplesOf1),
            2000 => (3, RoundingIncrement::MultiplesOf2),
            2500 => (2, RoundingIncrement::MultiplesOf25),
            5000 => (3, RoundingIncrement::MultiplesOf5),
            _ => (0, RoundingIncrement::MultiplesOf1),
        };
        number.round_with_mode_and_increment(place.saturating_add(zeros), self.rounding_mode.into(), increment);
    }
}

/// The magnitude of the first digit; zero for the number zero.
pub(super) fn magnitude(number: &Decimal) -> i16 {
    number.absolute.nonzero_magnitude_start()
}

fn chosen(priority: Priority, fraction: Option<Places>, significant: Option<Places>, of: impl Fn(Places) -> i16) -> i16 {
    let both = [fraction.map(&of), significant.map(&of)];
    let places = both.into_iter().flatten();
    if priority == Priority::MorePrecision { places.min() } else { places.max() }.unwrap_or(0)
}

/// Where zeros at the end go to: what rounds decides.
fn preferred(priority: Priority, fraction: Option<Places>, significant: Option<Places>) -> i16 {
    let (Some(fraction), Some(significant)) = (fraction, significant) else { return 0 };
    let is_finer = significant.rounded <= fraction.rounded;
    if is_finer == (priority == Priority::MorePrecision) { significant.shown } else { fraction.shown }
}

impl From<Mode> for SignedRoundingMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Ceil => Self::Ceil,
            Mode::Floor => Self::Floor,
            Mode::Expand => Self::Unsigned(UnsignedRoundingMode::Expand),
            Mode::Trunc => Self::Unsigned(UnsignedRoundingMode::Trunc),
            Mode::HalfCeil => Self::HalfCeil,
            Mode::HalfFloor => Self::HalfFloor,
            Mode::HalfExpand => Self::Unsigned(UnsignedRoundingMode::HalfExpand),
            Mode::HalfTrunc => Self::Unsigned(UnsignedRoundingMode::HalfTrunc),
            Mode::HalfEven => Self::Unsigned(UnsignedRoundingMode::HalfEven),
        }
    }
}
