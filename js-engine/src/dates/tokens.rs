//! The tokens of a text that may be a date. Characters that mean nothing are tokens as well: some rules ask what is next to what.

/// The characters of a string.
#[derive(Clone, Copy)]
pub(super) enum Text<'a> {
    Narrow(&'a [u8]),
    Wide(&'a [u16]),
}

impl Text<'_> {
    /// A zero character ends the text, as its end does.
    fn at(self, index: usize) -> Option<u32> {
        let character = match self {
            Self::Narrow(text) => text.get(index).map(|&character| character.into()),
            Self::Wide(text) => text.get(index).map(|&character| character.into()),
        };
        character.filter(|&character| character != 0)
    }
}

/// What a word means, by its first three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// From 1.
    Month(i32),
    /// Hours that it adds.
    Half(i32),
    /// Hours from UTC.
    Zone(i32),
    /// The letter before a time.
    T,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Number {
        value: i32,
        digits: usize,
    },
    Word {
        word: Word,
        letters: usize,
    },
    Colon,
    Point,
    Plus,
    Minus,
    /// A closing parenthesis that nothing opened.
    Closing,
    Space,
    /// Another character, or a text in parentheses.
    Other,
    End,
}

impl Token {
    /// A number that is written with exactly so many digits.
    pub(super) fn of_digits(self, wanted: usize) -> Option<i32> {
        match self {
            Self::Number { value, digits } if digits == wanted => Some(value),
            _ => None,
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Number { .. })
    }

    /// 1 or -1.
    pub(super) fn sign(self) -> Option<i32> {
        match self {
            Self::Plus => Some(1),
            Self::Minus => Some(-1),
            _ => None,
        }
    }

    pub(super) fn is_z(self) -> bool {
        self == Self::Word { word: Word::Zone(0), letters: 1 }
    }
}

/// Digits that count; further ones are read and dropped.
const MOST_DIGITS: usize = 9;

const WORDS: [(&str, Word); 28] = [
    ("jan", Word::Month(1)),
    ("feb", Word::Month(2)),
    ("mar", Word::Month(3)),
    ("apr", Word::Month(4)),
    ("may", Word::Month(5)),
    ("jun", Word::Month(6)),
    ("jul", Word::Month(7)),
    ("aug", Word::Month(8)),
    ("sep", Word::Month(9)),
    ("oct", Word::Month(10)),
    ("nov", Word::Month(11)),
    ("dec", Word::Month(12)),
    ("am", Word::Half(0)),
    ("pm", Word::Half(12)),
    ("ut", Word::Zone(0)),
    ("utc", Word::Zone(0)),
    ("z", Word::Zone(0)),
    ("gmt", Word::Zone(0)),
    ("cdt", Word::Zone(-5)),
    ("cst", Word::Zone(-6)),
    ("edt", Word::Zone(-4)),
    ("est", Word::Zone(-5)),
    ("mdt", Word::Zone(-6)),
    ("mst", Word::Zone(-7)),
    ("pdt", Word::Zone(-7)),
    ("pst", Word::Zone(-8)),
    ("t", Word::T),
    ("", Word::Other),
];

/// The tokens, one ahead.
pub(super) struct Tokens<'a> {
    text: Text<'a>,
    at: usize,
    ahead: Token,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: Text<'a>) -> Self {
        let mut tokens = Self { text, at: 0, ahead: Token::End };
        tokens.ahead = tokens.scan();
        tokens
    }

    pub(super) fn peek(&self) -> Token {
        self.ahead
    }

    pub(super) fn next(&mut self) -> Token {
        let next = self.scan();
        core::mem::replace(&mut self.ahead, next)
    }

    /// Takes the next token if it is this one.
    pub(super) fn skip(&mut self, token: Token) -> bool {
        let is_next = self.ahead == token;
        if is_next {
            self.next();
        }
        is_next
    }

    fn scan(&mut self) -> Token {
        let Some(character) = self.text.at(self.at) else { return Token::End };
        if is_digit(character) {
            return self.number();
        }
        if character >= 'A'.into() && !is_space(character) {
            return self.word();
        }
        if character == '('.into() {
            self.skip_parentheses();
            return Token::Other;
        }
        self.at += 1;
        match char::from_u32(character) {
            Some(':') => Token::Colon,
            Some('.') => Token::Point,
            Some('+') => Token::Plus,
            Some('-') => Token::Minus,
            Some(')') => Token::Closing,
            _ if is_space(character) => Token::Space,
            _ => Token::Other,
        }
    }

    fn number(&mut self) -> Token {
        let start = self.at;
        while self.text.at(self.at) == Some('0'.into()) {
            self.at += 1;
        }
        let significant = self.at;
        let mut value = 0;
        while let Some(digit) = self.text.at(self.at).filter(|&character| is_digit(character)) {
            if self.at - significant < MOST_DIGITS {
                value = value * 10 + (digit - u32::from('0')) as i32;
            }
            self.at += 1;
        }
        Token::Number { value, digits: self.at - start }
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        let mut first = [0; 3];
        while let Some(letter) = self.text.at(self.at).filter(|&character| character >= 'A'.into() && !is_space(character)) {
            if let Some(slot) = first.get_mut(self.at - start) {
                // Nothing but the letter itself and its capital become this.
                *slot = letter | 0x20;
            }
            self.at += 1;
        }
        let letters = self.at - start;
        Token::Word { word: meaning(first, letters), letters }
    }

    fn skip_parentheses(&mut self) {
        let mut open = 0;
        while let Some(character) = self.text.at(self.at) {
            match char::from_u32(character) {
                Some('(') => open += 1,
                Some(')') => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }
}

/// Only months may go on behind their first three letters.
fn meaning(first: [u32; 3], letters: usize) -> Word {
    let is = |name: &str| (0..3).all(|at| first.get(at).copied() == Some(name.as_bytes().get(at).map_or(0, |&letter| letter.into())));
    let known = WORDS.iter().find(|(name, _)| is(name)).map_or(Word::Other, |(_, word)| *word);
    match known {
        Word::Month(_) => known,
        _ if letters <= 3 => known,
        _ => Word::Other,
    }
}

fn is_digit(character: u32) -> bool {
    (u32::from('0')..=u32::from('9')).contains(&character)
}

/// White space and line ends of JavaScript.
fn is_space(character: u32) -> bool {
    matches!(character, 9..=13 | 32 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000 | 0xfeff)
}
