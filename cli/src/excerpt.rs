//! The line of an author's source that a message names, with a mark below the place. What the message says is the caller's.

use std::fmt;

/// The name that the engine gives to the author's source.
pub(crate) const FILE: &str = "hook.js:";
/// Characters shown on either side of the place: minified sources have lines of any length.
const AROUND: usize = 60;

/// One line of a source.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt<'a> {
    line: &'a str,
    number: usize,
    /// Counted from 1, in characters.
    column: usize,
}

impl<'a> Excerpt<'a> {
    /// The line of `source` that `text` names as `hook.js:LINE:COLUMN`; nothing if it names none, or one that the source does not have.
    pub(crate) fn find(source: &'a [u8], text: &str) -> Option<Self> {
        let (_, place) = text.split_once(FILE)?;
        let mut numbers = place.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        let (Some(Ok(number)), Some(Ok(column))) = (numbers.next(), numbers.next()) else { return None };
        Self::at(source, number, column)
    }

    /// A line of `source`; nothing if it has no such place.
    pub(crate) fn at(source: &'a [u8], number: usize, column: usize) -> Option<Self> {
        let line = std::str::from_utf8(source).ok()?.lines().nth(usize::checked_sub(number, 1)?)?;
        (1..=line.chars().count() + 1).contains(&column).then_some(Self { line, number, column })
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = self.column.saturating_sub(AROUND + 1);
        let shown = self.line.chars().skip(skipped).take(2 * AROUND);
        let shown: String = shown.map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(f, "{:>6} | {}", self.number, shown.trim_end())?;
        writeln!(f, "{:>6} | {:>width$}", "", "^", width = self.column - skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, text: &str) -> Option<String> {
        Excerpt::find(source.as_bytes(), text).map(|excerpt| excerpt.to_string())
    }

    #[test]
    fn shows_the_line_and_marks_the_place() {
        let source = "const a = 1;\n\tconst é = ;\n";
        assert_eq!(shown(source, "exception: no (hook.js:2:12)").unwrap(), "     2 |  const é = ;\n       |            ^\n");
        assert_eq!(shown(source, "hook.js:1:13").unwrap(), "     1 | const a = 1;\n       |             ^\n");
    }

    #[test]
    fn a_place_outside_of_the_source_is_none() {
        for text in ["", "hook.js", "hook.js:", "hook.js:0:1", "hook.js:1:0", "hook.js:3:1", "hook.js:1:9", "hook.js:x:1", "other.js:1:1"] {
            assert_eq!(shown("let a;\nb", text), None, "{text}");
        }
        assert_eq!(Excerpt::find(b"\xff\n", "hook.js:1:1"), None);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{}!{}", "a".repeat(10_000), "b".repeat(10_000));
        let text = shown(&source, "hook.js:1:10001").unwrap();
        let (line, mark) = text.split_once('\n').unwrap();
        assert!(line.len() < 200, "{line}");
        assert_eq!(line.find('!'), mark.find('^'));
    }
}
