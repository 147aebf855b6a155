//! Where in a JSON text something stands: its line and column, by its path.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde_json::value::RawValue;

/// A line and a column, from 1. Columns count characters, as editors do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Place {
    /// The place of a byte of the text.
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    }
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The steps of a path in dots and brackets: `limits.fuel`, `conditions[0].value`.
pub(super) fn steps(path: &str) -> Vec<Step> {
    let parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    parts
        .map(|part| match part.strip_suffix(']').and_then(|index| index.parse().ok()) {
            Some(index) => Step::Index(index),
            None => Step::Key(part.to_owned()),
        })
        .collect()
}

/// The place of the value at these steps, or of the last value on the way that is there.
pub(super) fn of_value(text: &str, steps: &[Step]) -> Place {
    let mut raw = text.trim_start();
    for step in steps {
        match inner(raw, step) {
            Some(next) => raw = next,
            None => break,
        }
    }
    Place::of(text, offset(text, raw))
}

/// The place of the last step's key.
pub(super) fn of_key(text: &str, steps: &[Step]) -> Place {
    let mut raw = text.trim_start();
    for step in steps {
        match inner(raw, step) {
            Some(next) => raw = next,
            None => break,
        }
    }
    let at = offset(text, raw);
    let before = text.get(..at).unwrap_or_default().trim_end().trim_end_matches(':').trim_end();
    // Back over the key, whose quotation marks inside are escaped.
    let inside = before.strip_suffix('"').unwrap_or(before);
    let mut quotes = inside.rmatch_indices('"').map(|(at, _)| at);
    let opening = quotes.find(|at| !inside.get(..*at).is_some_and(|before| before.ends_with('\\')));
    Place::of(text, opening.unwrap_or(at))
}

fn inner<'t>(raw: &'t str, step: &Step) -> Option<&'t str> {
    match step {
        Step::Key(name) => {
            let mut fields: HashMap<Cow<'t, str>, &'t RawValue> = serde_json::from_str(raw).ok()?;
            fields.remove(name.as_str()).map(RawValue::get)
        }
        Step::Index(index) => {
            let items: Vec<&'t RawValue> = serde_json::from_str(raw).ok()?;
            items.get(*index).copied().map(RawValue::get)
        }
    }
}

/// Where a part of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n  \"timeout\": 3,\n  \"limits\": { \"fuel\": \"é\", \"m\\\"x\": 1 },\n  \"conditions\": [{}, {\"value\": 7}]\n}\n";

    #[test]
    fn values_and_keys_are_found() {
        let value = |path: &str| of_value(TEXT, &steps(path)).to_string();
        let key = |path: &str| of_key(TEXT, &steps(path)).to_string();
        assert_eq!([value("timeout"), key("timeout")], ["2:14", "2:3"]);
        assert_eq!([value("limits.fuel"), key("limits.fuel")], ["3:23", "3:15"]);
        assert_eq!([value("limits.m\"x"), key("limits.m\"x")], ["3:36", "3:28"]);
        assert_eq!([value("conditions[1].value"), key("conditions[1].value")], ["4:32", "4:23"]);
        // What is not there is where it would be.
        assert_eq!([value("limits.cpu"), value("conditions[7]"), value("nothing")], ["3:13", "4:17", "1:1"]);
    }
}
