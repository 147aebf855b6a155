//! The options of `Intl.NumberFormat` besides digits. The engine has resolved and checked them, so they do not contradict each other.

use serde::Deserialize;

use super::rounding::Rounding;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct Style {
    pub(super) locale: String,
    pub(super) numbering_system: String,
    #[serde(default)]
    pub(super) style: Kind,
    #[serde(default)]
    pub(super) currency: String,
    #[serde(default)]
    pub(super) currency_display: CurrencyDisplay,
    #[serde(default)]
    pub(super) currency_sign: CurrencySign,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) unit_display: Width,
    #[serde(default)]
    pub(super) notation: Notation,
    #[serde(default)]
    pub(super) compact_display: CompactDisplay,
    #[serde(default)]
    pub(super) sign_display: SignDisplay,
    #[serde(default)]
    pub(super) use_grouping: Grouping,
    pub(super) digits: Rounding,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    #[default]
    Decimal,
    Percent,
    Currency,
    Unit,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum CurrencyDisplay {
    #[default]
    Symbol,
    NarrowSymbol,
    Code,
    Name,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum CurrencySign {
    #[default]
    Standard,
    Accounting,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Width {
    Long,
    #[default]
    Short,
    Narrow,
}

impl Width {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
            Self::Narrow => "narrow",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Notation {
    #[default]
    Standard,
    Scientific,
    Engineering,
    Compact,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum CompactDisplay {
    #[default]
    Short,
    Long,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum SignDisplay {
    #[default]
    Auto,
    Never,
    Always,
    ExceptZero,
    Negative,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Grouping {
    #[default]
    Auto,
    Always,
    Min2,
    False,
}

impl Style {
    pub(super) fn is_currency(&self) -> bool {
        self.style == Kind::Currency
    }

    /// An amount with its currency's name is a number and a noun.
    pub(super) fn has_currency_name(&self) -> bool {
        self.is_currency() && self.currency_display == CurrencyDisplay::Name
    }

    /// The unit whose words go around the number, if its sign is not part of the number's pattern.
    pub(super) fn worded_unit(&self) -> Option<&str> {
        let (is_compact, is_long) = (self.notation == Notation::Compact, self.unit_display == Width::Long);
        match self.style {
            Kind::Percent if is_compact => Some("percent"),
            Kind::Unit if self.unit != "percent" || is_compact || is_long => Some(&self.unit),
            _ => None,
        }
    }

    pub(super) fn has_percent_sign(&self) -> bool {
        let is_percent = self.style == Kind::Percent || (self.style == Kind::Unit && self.unit == "percent");
        is_percent && self.worded_unit().is_none()
    }
}
