//! The digits and signs of a locale, and numbers written with them.

use fixed_decimal::Decimal;

use super::super::data::Data;
use super::super::parts::{Kind, LITERAL, Parts};
use super::pattern::{Groups, Token};
use super::style::{CurrencyDisplay, Grouping, Style};

/// The least that is between a decimal sign and the group before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grouped {
    pub(super) groups: Groups,
    pub(super) least: usize,
}

pub(super) struct Symbols {
    data: Data,
    numbering: String,
    digits: Vec<char>,
    currency: String,
    pub(super) decimal: &'static str,
    pub(super) group: &'static str,
    display: CurrencyDisplay,
}

impl Symbols {
    pub(super) fn new(style: &Style) -> Self {
        let data = Data::of(&style.locale);
        let digits = Data::supplement().get(&format!("digits/{}", style.numbering_system)).unwrap_or("0123456789").chars().collect();
        let mut symbols = Self {
            data,
            numbering: style.numbering_system.clone(),
            digits,
            currency: style.currency.clone(),
            decimal: ".",
            group: ",",
            display: style.currency_display,
        };
        let of_currency = |name: &str| style.is_currency().then(|| data.get(&format!("cur/{}/{name}", style.currency))).flatten();
        let monetary = |name: &str| style.is_currency().then(|| symbols.find(name)).flatten();
        let decimal = of_currency("decimal").or_else(|| monetary("currencyDecimal")).unwrap_or_else(|| symbols.get("decimal"));
        let group = of_currency("group").or_else(|| monetary("currencyGroup")).unwrap_or_else(|| symbols.get("group"));
        (symbols.decimal, symbols.group) = (decimal, group);
        symbols
    }

    fn find(&self, name: &str) -> Option<&'static str> {
        self.data.get(&format!("sym/{}/{name}", self.numbering)).or_else(|| self.data.get(&format!("sym/latn/{name}")))
    }

    pub(super) fn get(&self, name: &str) -> &'static str {
        self.find(name).unwrap_or_default()
    }

    /// A text that the locale has for the numbering system, else for Latin digits.
    pub(super) fn of_numbering(&self, before: &str, after: &str) -> Option<&'static str> {
        self.data.get(&format!("{before}/{}{after}", self.numbering)).or_else(|| self.data.get(&format!("{before}/latn{after}")))
    }

    pub(super) fn data(&self) -> Data {
        self.data
    }

    fn currency(&self) -> &str {
        let get = |name: &str| self.data.get(&format!("cur/{}/{name}", self.currency));
        match self.display {
            CurrencyDisplay::NarrowSymbol => get("narrow").or_else(|| get("symbol")),
            CurrencyDisplay::Symbol => get("symbol"),
            CurrencyDisplay::Code | CurrencyDisplay::Name => None,
        }
        .unwrap_or(&self.currency)
    }

    /// An affix of a pattern in words. `literal` is what its plain characters are.
    pub(super) fn affix(&self, tokens: &[Token], literal: Kind) -> Parts {
        let mut parts = Parts::default();
        for token in tokens {
            match token {
                Token::Char(c) => parts.push(literal, c.encode_utf8(&mut [0; 4])),
                Token::Minus => parts.push("minusSign", self.get("minusSign")),
                Token::Plus => parts.push("plusSign", self.get("plusSign")),
                Token::Approximately => parts.push("approximatelySign", self.get("approximatelySign")),
                Token::Percent => parts.push("percentSign", self.get("percentSign")),
                Token::PerMille => parts.push(LITERAL, self.get("perMille")),
                Token::Currency => parts.push("currency", self.currency()),
            }
        }
        parts
    }

    /// The digits of a rounded and padded number.
    pub(super) fn number(&self, number: &Decimal, grouped: Option<Grouped>) -> Parts {
        let text = number.absolute.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut parts = Parts::default();
        let len = whole.len();
        for (index, digit) in whole.bytes().enumerate() {
            if index > 0 && grouped.is_some_and(|grouped| grouped.is_before(len - index, len)) {
                parts.push("group", self.group);
            }
            parts.push("integer", &self.digit(digit));
        }
        if !fraction.is_empty() {
            parts.push("decimal", self.decimal);
            let digits: String = fraction.bytes().map(|digit| self.digit(digit)).collect();
            parts.push("fraction", &digits);
        }
        parts
    }

    pub(super) fn integer(&self, number: i16) -> String {
        number.unsigned_abs().to_string().bytes().map(|digit| self.digit(digit)).collect()
    }

    fn digit(&self, digit: u8) -> String {
        self.digits.get(usize::from(digit.wrapping_sub(b'0'))).map(char::to_string).unwrap_or_default()
    }
}

impl Grouped {
    pub(super) fn new(style: &Style, data: Data, groups: Groups) -> Option<Self> {
        let own: usize = data.get("grouping").and_then(|text| text.parse().ok()).unwrap_or(1);
        let (least, groups) = match style.use_grouping {
            Grouping::False => return None,
            Grouping::Auto => (own, groups),
            Grouping::Min2 => (own.max(2), groups),
            Grouping::Always if groups.primary == 0 => (1, Groups { primary: 3, secondary: 3 }),
            Grouping::Always => (1, groups),
        };
        (groups.primary > 0).then_some(Self { groups, least })
    }

    /// Whether a group begins where `rest` of `len` digits are left.
    fn is_before(self, rest: usize, len: usize) -> bool {
        let Groups { primary, secondary } = self.groups;
        let is_place = rest >= primary && (rest - primary).checked_rem(secondary).unwrap_or(rest - primary) == 0;
        is_place && len >= primary + self.least
    }
}
