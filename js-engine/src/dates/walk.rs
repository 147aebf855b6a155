//! Any other text: what each number and word is follows from what is around it and what has been found before.

use super::found::Found;
use super::iso::milliseconds;
use super::tokens::{Token, Tokens, Word};

/// Goes through the rest of the text, `token` first; `None` when it is no date.
pub(super) fn read(mut token: Token, tokens: &mut Tokens<'_>, found: &mut Found) -> Option<()> {
    let mut has_number = !found.day.is_empty();
    while token != Token::End {
        let after_time = found.zone.is_utc() || !found.time.is_empty();
        match token {
            Token::Number { value, .. } => {
                has_number = true;
                number(value, tokens, found)?;
            }
            Token::Word { word, .. } => self::word(word, has_number, tokens, found)?,
            Token::Plus | Token::Minus if after_time => {
                has_number = true;
                found.zone.set_sign(token.sign()?);
                offset(tokens, found)?;
            }
            Token::Plus | Token::Minus | Token::Closing if has_number => return None,
            _ => {}
        }
        token = tokens.next();
    }
    Some(())
}

fn number(value: i32, tokens: &mut Tokens<'_>, found: &mut Found) -> Option<()> {
    if tokens.skip(Token::Colon) {
        if tokens.skip(Token::Colon) {
            // An hour and no minutes.
            if !found.time.is_empty() {
                return None;
            }
            found.time.add(value)?;
            return found.time.add(0);
        }
        found.time.add(value)?;
        tokens.skip(Token::Point);
        return Some(());
    }
    if tokens.skip(Token::Point) && found.time.expects(value) {
        found.time.add(value)?;
        let Token::Number { value, digits } = tokens.next() else { return None };
        found.time.finish(milliseconds(value, digits));
        return Some(());
    }
    if found.zone.expects(value) {
        found.zone.set_minute(value);
        return Some(());
    }
    if found.time.expects(value) {
        found.time.finish(value);
        // Nothing else may touch a time.
        let next = tokens.peek();
        let may_follow = matches!(next, Token::End | Token::Space) || next.is_z() || next.sign().is_some();
        return may_follow.then_some(());
    }
    found.day.add(value)?;
    tokens.skip(Token::Minus);
    Some(())
}

fn word(word: Word, has_number: bool, tokens: &mut Tokens<'_>, found: &mut Found) -> Option<()> {
    match word {
        Word::Half(hours) if !found.time.is_empty() => found.time.set_half(hours),
        Word::Month(month) => {
            found.day.set_month(month);
            tokens.skip(Token::Minus);
        }
        Word::Zone(hours) if has_number => found.zone.set(hours),
        // Any word may come before the first number, if something is between the two.
        _ if has_number || tokens.peek().is_number() => return None,
        _ => {}
    }
    Some(())
}

/// What is behind the sign of an offset: hours, hours and minutes, or nothing.
fn offset(tokens: &mut Tokens<'_>, found: &mut Found) -> Option<()> {
    let (value, digits) = match tokens.peek() {
        Token::Number { value, digits } => {
            tokens.next();
            (value, digits)
        }
        _ => (0, 0),
    };
    let (hour, minute) = match digits {
        // The minutes come with the next number.
        _ if tokens.peek() == Token::Colon => (value, None),
        1 | 2 => (value, Some(0)),
        3 | 4 => (value / 100, Some(value % 100)),
        _ => return None,
    };
    found.zone.set_offset(hour, minute);
    Some(())
}
