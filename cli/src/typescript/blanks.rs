//! The parts of a source that become spaces, and the few characters that take the place of one.

use oxc_span::Span;

/// What to blank, in any order.
#[derive(Debug, Default)]
pub(super) struct Blanks {
    spans: Vec<Span>,
    /// A character in the place of the one at an offset.
    marks: Vec<(u32, char)>,
}

impl Blanks {
    pub(super) fn blank(&mut self, start: u32, end: u32) {
        if start < end {
            self.spans.push(Span::new(start, end));
        }
    }

    /// Puts a character of one byte where one that is blanked stands.
    pub(super) fn mark(&mut self, at: u32, mark: char) {
        self.marks.push((at, mark));
    }

    /// The source with a space for each character that is blanked. What ends a line stays.
    pub(super) fn apply(mut self, source: &str) -> String {
        self.spans.sort_unstable_by_key(|span| (span.start, span.end));
        let mut spans = self.spans.into_iter().peekable();
        let mut text = String::with_capacity(source.len());
        for (at, c) in source.char_indices() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            while spans.peek().is_some_and(|span| span.end <= at) {
                spans.next();
            }
            let blank = spans.peek().is_some_and(|span| span.start <= at);
            let mark = self.marks.iter().find(|(marked, _)| *marked == at).map(|(_, mark)| *mark);
            text.push(match (mark, blank) {
                (Some(mark), _) => mark,
                (None, true) if !c.is_whitespace() => ' ',
                (None, _) => c,
            });
        }
        text
    }
}
