//! The events of a finished log, in one text, because many small texts would cost more than the rest of the log.
//!
//! An event may contain line breaks, so events end in a character that no event contains: control characters of a guest's text are escaped
//! before they arrive here.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The character behind each event.
const END: char = '\u{1e}';

/// Events, in order. Serialized as a sequence of strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events(String);

impl Events {
    /// The events of a text that [`Events::text`] gave.
    pub fn of_text(text: String) -> Self {
        Self(text)
    }

    /// All events, each with a record separator (U+001E) behind it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Each event.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split_terminator(END)
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reserves space for this many more bytes.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Adds an event, which `write` appends to the text. It must append no record separator.
    pub(super) fn push_with<R>(&mut self, write: impl FnOnce(&mut String) -> R) -> R {
        let written = write(&mut self.0);
        self.0.push(END);
        written
    }
}

impl Serialize for Events {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer).map(|events| events.iter().collect())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Events {
    /// The events of these texts. Record separators in them become spaces, because they would end an event.
    fn from_iter<I: IntoIterator<Item = T>>(events: I) -> Self {
        let mut all = Self::default();
        for event in events {
            all.push_with(|text| text.extend(event.as_ref().chars().map(|c| if c == END { ' ' } else { c })));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_a_sequence() {
        for events in [&[][..], &["", "one", "", "two\t2\nof two lines\n", ""], &[""], &["\n"]] {
            let all: Events = events.iter().collect();
            assert_eq!(all.iter().collect::<Vec<_>>(), events);
            assert_eq!(all.is_empty(), events.is_empty());
            assert_eq!(serde_json::to_value(&all).unwrap(), serde_json::json!(events));
            assert_eq!(Events::of_text(all.text().to_owned()), all);
        }
    }

    #[test]
    fn no_text_makes_two_events() {
        assert_eq!(["a\u{1e}b"].iter().collect::<Events>().iter().collect::<Vec<_>>(), ["a b"]);
    }
}
