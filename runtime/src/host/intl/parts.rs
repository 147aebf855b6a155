//! The parts of a formatted text: `formatToParts` returns them, `format` joins them.

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeTuple};

/// The kind of a part, by its name in JavaScript.
pub(super) type Kind = &'static str;

pub(super) const LITERAL: Kind = "literal";
/// White space at the edges of it is what separates it, and not left out.
const GROUP: Kind = "group";

/// The end of a range that a part belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Shared,
    Start,
    End,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) source: Source,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts(pub(super) Vec<Part>);

impl Parts {
    pub(super) fn push(&mut self, kind: Kind, text: &str) {
        match self.0.last_mut() {
            Some(last) if last.kind == kind && last.source == Source::Shared => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => self.0.push(Part { kind, text: text.to_owned(), source: Source::Shared }),
        }
    }

    pub(super) fn append(&mut self, other: &Self) {
        for part in &other.0 {
            match self.0.last_mut() {
                Some(last) if last.kind == part.kind && last.source == part.source => last.text.push_str(&part.text),
                _ => self.0.push(part.clone()),
            }
        }
    }

    pub(super) fn sourced(mut self, source: Source) -> Self {
        for part in &mut self.0 {
            part.source = source;
        }
        self
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().map(|part| part.text.as_str()).collect()
    }

    pub(super) fn code_points(&self) -> usize {
        self.0.iter().map(|part| part.text.chars().count()).sum()
    }

    /// Adds a part. Adjacent literals are joined, and belong to neither end where they are of both.
    fn push_piece(&mut self, kind: Kind, text: &str, source: Source) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.kind == kind && (kind == LITERAL || last.source == source) => {
                last.text.push_str(text);
                if last.source != source {
                    last.source = Source::Shared;
                }
            }
            _ => self.0.push(Part { kind, text: text.to_owned(), source }),
        }
    }

    /// Splits off the spaces and marks at the edges of parts as literals, as ICU does. A group separator keeps its spaces.
    pub(super) fn trimmed(&self) -> Self {
        let mut trimmed = Self::default();
        for part in &self.0 {
            let text = part.text.as_str();
            let core = if part.kind == GROUP { text } else { text.trim_matches(is_ignorable) };
            let start = if core.is_empty() { text.len() } else { core.as_ptr() as usize - text.as_ptr() as usize };
            let (before, rest) = text.split_at(start);
            let after = rest.get(core.len()..).unwrap_or_default();
            for (kind, text) in [(LITERAL, before), (part.kind, core), (LITERAL, after)] {
                trimmed.push_piece(kind, text, part.source);
            }
        }
        trimmed
    }
}

/// Spaces, marks of direction and variation selectors.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

impl Serialize for Parts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for part in &self.0 {
            list.serialize_element(part)?;
        }
        list.end()
    }
}

impl Serialize for Part {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut part = serializer.serialize_tuple(3)?;
        part.serialize_element(self.kind)?;
        part.serialize_element(&self.text)?;
        part.serialize_element(&(self.source as u8))?;
        part.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn white_space_around_a_part_is_literal() {
        let mut parts = Parts::default();
        parts.push("integer", "1");
        parts.push("group", "\u{a0}");
        parts.push("unit", " km ");
        parts.push("literal", "x");
        let kinds: Vec<_> = parts.trimmed().0.into_iter().map(|part| (part.kind, part.text)).collect();
        let expected = [("integer", "1"), ("group", "\u{a0}"), ("literal", " "), ("unit", "km"), ("literal", " x")];
        assert_eq!(kinds, expected.map(|(kind, text)| (kind, text.to_owned())));
    }
}
