//! CLDR's number patterns (`¤#,##0.00;(¤#,##0.00)`): the affixes, and how digits are grouped.

/// A character of an affix, or what stands for a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    Minus,
    Plus,
    Approximately,
    Percent,
    PerMille,
    Currency,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Affixes {
    pub(super) prefix: Vec<Token>,
    pub(super) suffix: Vec<Token>,
}

/// Digits in the group before the decimal sign, and in those before that; none is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    pub(super) primary: usize,
    pub(super) secondary: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) positive: Affixes,
    pub(super) negative: Option<Affixes>,
    pub(super) groups: Groups,
    /// Zeros of the integer, which a compact pattern counts with.
    pub(super) zeros: i16,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Self {
        let mut scan = Scan { rest: text.chars().peekable(), quoted: false };
        let (positive, number) = scan.half();
        let negative = scan.rest.peek().is_some().then(|| scan.half().0);
        let whole = number.split('.').next().unwrap_or_default();
        let groups: Vec<_> = whole.split(',').map(str::len).collect();
        let groups = match groups.as_slice() {
            [_, between @ .., last] => Groups { primary: *last, secondary: *between.last().unwrap_or(last) },
            _ => Groups::default(),
        };
        let zeros = whole.chars().filter(|c| *c == '0').count();
        Self { positive, negative, groups, zeros: i16::try_from(zeros).unwrap_or(i16::MAX) }
    }
}

struct Scan<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    quoted: bool,
}

impl Scan<'_> {
    /// One side of the semicolon: its affixes, and the characters of the number.
    fn half(&mut self) -> (Affixes, String) {
        let mut affixes = Affixes::default();
        let mut number = String::new();
        while let Some(c) = self.rest.next() {
            let token = match c {
                '\'' if self.rest.peek() == Some(&'\'') => {
                    self.rest.next();
                    Token::Char('\'')
                }
                '\'' => {
                    self.quoted = !self.quoted;
                    continue;
                }
                _ if self.quoted => Token::Char(c),
                ';' => break,
                '#' | '0' | ',' | '.' | '@' => {
                    number.push(c);
                    continue;
                }
                'E' if !number.is_empty() && self.rest.peek() == Some(&'0') => {
                    self.rest.next();
                    continue;
                }
                '-' => Token::Minus,
                '+' => Token::Plus,
                '~' => Token::Approximately,
                '%' => Token::Percent,
                '‰' => Token::PerMille,
                '¤' => Token::Currency,
                other => Token::Char(other),
            };
            if number.is_empty() { affixes.prefix.push(token) } else { affixes.suffix.push(token) }
        }
        (affixes, number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Groups, Pattern, Token};

    #[test]
    fn affixes_and_groups_are_told_apart() {
        let pattern = Pattern::parse("¤#,##,##0.00;(¤#,##0.00)");
        assert_eq!(pattern.positive.prefix, [Token::Currency]);
        assert_eq!(pattern.negative.map(|negative| negative.suffix), Some(vec![Token::Char(')')]));
        assert_eq!(pattern.groups, Groups { primary: 3, secondary: 2 });
        let compact = Pattern::parse("00 mil'.'");
        assert_eq!((compact.zeros, compact.positive.suffix.len()), (2, 5));
    }
}
