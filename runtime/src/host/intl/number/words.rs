//! The words around a number: a unit (`5 kilometers per hour`) or a currency's name (`5 US dollars`).

use super::super::data::Data;
use super::super::parts::{LITERAL, Parts};
use super::affix::Around;
use super::style::Style;
use super::symbols::Symbols;

pub(super) fn around(style: &Style, symbols: &Symbols, plural: &str) -> Around {
    let data = symbols.data();
    if style.has_currency_name() {
        let get = |plural: &str| data.get(&format!("named/latn/{plural}"));
        let pattern = get(plural).or_else(|| get("other"));
        return split(pattern.unwrap_or("{0} {1}"), "currency", &currency_name(data, &style.currency, plural));
    }
    let Some(unit) = style.worded_unit() else { return Around::default() };
    let pattern = unit_pattern(data, style.unit_display.name(), unit, plural).unwrap_or_else(|| format!("{{0}} {unit}"));
    let (before, after) = pattern.split_once("{0}").unwrap_or(("", &pattern));
    let (mut prefix, mut suffix) = (Parts::default(), Parts::default());
    prefix.push("unit", before);
    suffix.push("unit", after);
    Around { prefix, suffix, is_alone: !pattern.contains("{0}") }
}

fn currency_name(data: Data, code: &str, plural: &str) -> String {
    let get = |name: &str| data.get(&format!("cur/{code}/{name}"));
    get(plural).or_else(|| get("other")).or_else(|| get("name")).unwrap_or(code).to_owned()
}

/// A pattern of `{0}`, the number, and `{1}`, a word.
fn split(pattern: &str, kind: &'static str, word: &str) -> Around {
    let mut around = Around::default();
    let (before, after) = pattern.split_once("{0}").unwrap_or(("", pattern));
    for (text, parts) in [(before, &mut around.prefix), (after, &mut around.suffix)] {
        match text.split_once("{1}") {
            Some((left, right)) => {
                parts.push(LITERAL, left);
                parts.push(kind, word);
                parts.push(LITERAL, right);
            }
            None => parts.push(LITERAL, text),
        }
    }
    around
}

fn unit_pattern(data: Data, width: &str, unit: &str, plural: &str) -> Option<String> {
    let get = |unit: &str, plural: &str| {
        data.get(&format!("unit/{width}/{unit}/{plural}")).or_else(|| data.get(&format!("unit/{width}/{unit}/other")))
    };
    if let Some(own) = get(unit, plural) {
        return Some(own.to_owned());
    }
    let (above, below) = unit.split_once("-per-")?;
    let number = get(above, plural)?;
    if let Some(per) = data.get(&format!("unit/{width}/{below}/per")) {
        return Some(per.replace("{0}", number));
    }
    let compound = data.get(&format!("unit/{width}/per"))?;
    let single = get(below, "one")?.replace("{0}", "");
    Some(compound.replace("{0}", number).replace("{1}", single.trim_matches(|c: char| c.is_whitespace())))
}
