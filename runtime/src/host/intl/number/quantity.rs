//! A number to format, parsed from JavaScript's text: any decimal, infinity or NaN.

use fixed_decimal::{Decimal, Sign};

/// Beyond these powers of ten a number counts as infinite, or as zero.
const MAX_EXPONENT: i32 = 10_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantity {
    pub(super) is_negative: bool,
    pub(super) size: Size,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Size {
    NaN,
    Infinite,
    /// The number with its sign, which rounding depends on.
    Finite(Decimal),
}

impl Quantity {
    /// Parses a text such as `-12.5e+30` or `Infinity`. Any other text is NaN.
    pub(super) fn parse(text: &str) -> Self {
        let (is_negative, size) = text.strip_prefix('-').map_or((false, text), |size| (true, size));
        let size = match size.strip_prefix('+').unwrap_or(size) {
            "Infinity" => Size::Infinite,
            size => finite(size, is_negative).unwrap_or(Size::NaN),
        };
        Self { is_negative: is_negative && size != Size::NaN, size }
    }

    pub(super) fn is_zero(&self) -> bool {
        matches!(&self.size, Size::Finite(number) if number.absolute.is_zero())
    }

    pub(super) fn finite(&self) -> Option<&Decimal> {
        match &self.size {
            Size::Finite(number) => Some(number),
            Size::NaN | Size::Infinite => None,
        }
    }

    /// Moves the decimal sign.
    pub(super) fn shift(&mut self, places: i16) {
        if let Size::Finite(number) = &mut self.size {
            number.absolute.multiply_pow10(places);
        }
    }
}

fn finite(text: &str, is_negative: bool) -> Option<Size> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let has_digits = mantissa.bytes().any(|byte| byte.is_ascii_digit());
    if !has_digits || mantissa.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.') {
        return None;
    }
    let point = mantissa.find('.').unwrap_or(mantissa.len());
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    let digits = digits.trim_matches('0');
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().unwrap_or(if exponent.starts_with('-') {
        i32::MIN / 2
    } else {
        i32::MAX / 2
    });
    let first = exponent.saturating_add(i32::try_from(point).ok()?).saturating_sub(i32::try_from(zeros).ok()?);
    let mut number = if digits.is_empty() || first < -MAX_EXPONENT {
        Decimal::from(0)
    } else if first > MAX_EXPONENT {
        return Some(Size::Infinite);
    } else {
        let kept = digits.get(..MAX_EXPONENT as usize).unwrap_or(digits);
        let mut number: Decimal = format!("0.{kept}").parse().ok()?;
        number.absolute.multiply_pow10(i16::try_from(first).ok()?);
        number.absolute.trim_start();
        number.absolute.trim_end();
        number
    };
    number.set_sign(if is_negative { Sign::Negative } else { Sign::None });
    Some(Size::Finite(number))
}

#[cfg(test)]
mod tests {
    use super::{Quantity, Size};

    fn shown(text: &str) -> String {
        match Quantity::parse(text).size {
            Size::Finite(number) => number.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_read_exactly() {
        let cases = [
            ("-12.5e+3", "-12500"),
            ("00.050", "0.05"),
            ("5e-7", "0.0000005"),
            ("-0", "-0"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e999999", "Infinite"),
            ("1e-999999", "0"),
            ("x", "NaN"),
            ("", "NaN"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
