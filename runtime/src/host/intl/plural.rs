//! Plural forms: CLDR's rules for the form that a language uses with a number, in texts such as `n % 10 = 2..4 and v = 0`.

use fixed_decimal::Decimal;

use super::data::Data;

/// The forms in the order in which Node lists them.
const CATEGORIES: [&str; 6] = ["few", "many", "one", "two", "zero", "other"];
pub(super) const OTHER: &str = "other";
/// Digits of the integer that rules read, as in ICU.
const DIGITS: i16 = 18;

pub(super) struct Plurals {
    language: String,
    rules: Vec<(&'static str, &'static str)>,
}

impl Plurals {
    pub(super) fn new(locale: &str, is_ordinal: bool) -> Self {
        let kind = if is_ordinal { "ordinal" } else { "cardinal" };
        let data = Data::supplement();
        let mut rest = locale;
        loop {
            let rules: Vec<_> = CATEGORIES
                .iter()
                .filter_map(|category| data.get(&format!("plural/{kind}/{rest}/{category}")).map(|rule| (*category, rule)))
                .collect();
            if !rules.is_empty() {
                return Self { language: rest.to_owned(), rules };
            }
            let Some((shorter, _)) = rest.rsplit_once('-') else { return Self { language: String::new(), rules: Vec::new() } };
            rest = shorter;
        }
    }

    /// The plural form of a formatted number.
    pub(super) fn form(&self, number: Option<&Decimal>) -> &'static str {
        let Some(operands) = number.map(Operands::of) else { return OTHER };
        self.rules.iter().find(|(category, rule)| *category != OTHER && operands.satisfy(rule)).map_or(OTHER, |(category, _)| category)
    }

    pub(super) fn of_range(&self, start: &str, end: &str) -> &'static str {
        let own = Data::supplement().get(&format!("plural/range/{}/{start}-{end}", self.language));
        CATEGORIES.into_iter().find(|category| *category == own.unwrap_or(OTHER)).unwrap_or(OTHER)
    }

    pub(super) fn categories(&self) -> Vec<&'static str> {
        let has = |category: &&str| *category == OTHER || self.rules.iter().any(|(other, _)| other == category);
        CATEGORIES.into_iter().filter(has).collect()
    }
}

/// The operands of rules: the integer, and the fraction with and without trailing zeros.
struct Operands {
    whole: u128,
    integer: u128,
    visible: (u128, u128),
    significant: (u128, u128),
}

impl Operands {
    fn of(number: &Decimal) -> Self {
        let text = number.absolute.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let last = whole.len().saturating_sub(DIGITS as usize);
        let read = |digits: &str| (digits.len() as u128, digits.get(..DIGITS as usize).unwrap_or(digits).parse().unwrap_or(0));
        Self {
            whole: whole.parse().unwrap_or(u128::MAX),
            integer: whole.get(last..).and_then(|digits| digits.parse().ok()).unwrap_or(0),
            visible: read(fraction),
            significant: read(fraction.trim_end_matches('0')),
        }
    }

    fn satisfy(&self, rule: &str) -> bool {
        rule.split(" or ").any(|all| all.split(" and ").all(|relation| self.holds(relation)))
    }

    fn holds(&self, relation: &str) -> bool {
        let (left, right, wanted) = match relation.split_once(" != ") {
            Some((left, right)) => (left, right, false),
            None => match relation.split_once(" = ") {
                Some((left, right)) => (left, right, true),
                None => return false,
            },
        };
        let (operand, modulus) = left.split_once(" % ").map_or((left, None), |(operand, modulus)| (operand, modulus.trim().parse().ok()));
        let value = match operand.trim() {
            // A list of integers does not contain a number with a fraction.
            "n" if self.significant.1 != 0 => return !wanted,
            "n" => self.whole,
            "i" => self.integer,
            "v" => self.visible.0,
            "f" => self.visible.1,
            "w" => self.significant.0,
            "t" => self.significant.1,
            // The exponent of a compact number, which is looked at after it is written out.
            _ => 0,
        };
        let value = modulus.map_or(value, |modulus: u128| value.checked_rem(modulus).unwrap_or(value));
        let is_in = right.split(',').any(|range| {
            let (low, high) = range.trim().split_once("..").unwrap_or((range.trim(), range.trim()));
            low.parse().is_ok_and(|low: u128| value >= low) && high.parse().is_ok_and(|high: u128| value <= high)
        });
        is_in == wanted
    }
}

#[cfg(test)]
mod tests {
    use super::Plurals;

    #[test]
    fn rules_are_read() {
        let form = |locale, number: &str| Plurals::new(locale, false).form(number.parse().ok().as_ref());
        assert_eq!(
            [form("en", "1"), form("en", "1.0"), form("pl-PL", "22"), form("pl", "12"), form("ar", "11")],
            ["one", "other", "few", "many", "many"]
        );
        assert_eq!(Plurals::new("en-GB", true).form("22".parse().ok().as_ref()), "two");
        assert_eq!(Plurals::new("sl", false).of_range("one", "few"), "few");
    }
}
