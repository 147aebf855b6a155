//! The lines of a finished log, as one text: most of a log's cost would otherwise be that of many small ones.

use serde::{Serialize, Serializer};

/// Lines, none of which has a newline in it. Serialized as a sequence of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(String);

impl Lines {
    /// The lines of a text that [`Lines::text`] gave.
    pub fn of_text(text: String) -> Self {
        Self(text)
    }

    /// The lines, each with a newline behind it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Each line.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split_terminator('\n')
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes room for this many bytes more.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Adds a line, which `write` appends to the text. It must not append a newline.
    pub(super) fn push_with<R>(&mut self, write: impl FnOnce(&mut String) -> R) -> R {
        let written = write(&mut self.0);
        self.0.push('\n');
        written
    }
}

impl Serialize for Lines {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Lines {
    fn from_iter<I: IntoIterator<Item = T>>(lines: I) -> Self {
        let mut all = Self::default();
        for line in lines {
            all.push_with(|text| text.push_str(line.as_ref()));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_a_sequence() {
        for lines in [&[][..], &["", "one", "", "two\t2", ""], &[""]] {
            let all: Lines = lines.iter().collect();
            assert_eq!(all.iter().collect::<Vec<_>>(), lines);
            assert_eq!(all.is_empty(), lines.is_empty());
            assert_eq!(serde_json::to_value(&all).unwrap(), serde_json::json!(lines));
            assert_eq!(Lines::of_text(all.text().to_owned()), all);
        }
    }
}
