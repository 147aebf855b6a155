//! The tokens of a source, by where they stand.

use oxc_parser::Token;

/// All tokens, in order.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    source: &'a str,
    tokens: &'a [Token],
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) text: &'a str,
    pub(super) on_new_line: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str, tokens: &'a [Token]) -> Self {
        Self { source, tokens }
    }

    /// The tokens that begin in a part of the source.
    pub(super) fn within(self, start: u32, end: u32) -> impl Iterator<Item = Found<'a>> {
        let from = self.tokens.partition_point(|token| token.start() < start);
        let tokens = self.tokens.get(from..).unwrap_or_default().iter();
        tokens.map(move |token| self.found(token)).take_while(move |token| token.start < end && token.start < token.end)
    }

    /// The first one that begins at an offset or behind it.
    pub(super) fn after(self, at: u32) -> Option<Found<'a>> {
        self.within(at, u32::MAX).next()
    }

    /// The last one that begins before an offset.
    pub(super) fn before(self, at: u32) -> Option<Found<'a>> {
        let index = self.tokens.partition_point(|token| token.start() < at).checked_sub(1)?;
        self.tokens.get(index).map(|token| self.found(token))
    }

    fn found(self, token: &Token) -> Found<'a> {
        let (start, end) = (token.start(), token.end());
        let text = self.source.get(start as usize..end as usize).unwrap_or_default();
        Found { start, end, text, on_new_line: token.is_on_new_line() }
    }
}
