//! ECMAScript's own format: `YYYY-MM-DDTHH:mm:ss.sssZ`, of which the date may be shorter, the time missing, and the offset in the ways that V8
//! takes as well.

use super::found::{Found, is_day, is_hour, is_minute, is_month};
use super::tokens::{Token, Tokens, Word};

/// What came of it.
pub(super) enum Read {
    /// A date, and nothing behind it.
    Date,
    /// Something else, with what was read so far and the token to go on with.
    Other(Token),
    /// What begins as a date with its time has to be one.
    Invalid,
}

pub(super) fn read(tokens: &mut Tokens<'_>, found: &mut Found) -> Read {
    if let Some(next) = date(tokens, found) {
        return Read::Other(next);
    }
    if !matches!(tokens.peek(), Token::Word { word: Word::T, .. }) {
        if tokens.peek() != Token::End {
            return Read::Other(tokens.next());
        }
        found.zone.set(0);
    } else {
        tokens.next();
        if time(tokens, found).is_none() || tokens.peek() != Token::End {
            return Read::Invalid;
        }
    }
    found.day.is_iso = true;
    Read::Date
}

/// The token at which it turned out to be something else.
fn date(tokens: &mut Tokens<'_>, found: &mut Found) -> Option<Token> {
    if let Some(sign) = tokens.peek().sign() {
        let token = tokens.next();
        let Some(year) = tokens.peek().of_digits(6) else { return Some(token) };
        tokens.next();
        // V8 has lost the number when it notices.
        if sign < 0 && year == 0 {
            return Some(token);
        }
        found.day.add(sign * year);
    } else if let Some(year) = tokens.peek().of_digits(4) {
        tokens.next();
        found.day.add(year);
    } else {
        return Some(tokens.next());
    }
    for is_part in [is_month, is_day] {
        if !tokens.skip(Token::Minus) {
            return None;
        }
        let Some(part) = tokens.peek().of_digits(2).filter(|&part| is_part(part)) else { return Some(tokens.next()) };
        tokens.next();
        found.day.add(part);
    }
    None
}

fn time(tokens: &mut Tokens<'_>, found: &mut Found) -> Option<()> {
    let hour = tokens.next().of_digits(2).filter(|&hour| hour <= 24)?;
    // The end of a day is the only time with this hour.
    let fits = |number: i32| is_minute(number) && (hour < 24 || number == 0);
    found.time.add(hour);
    if !tokens.skip(Token::Colon) {
        return None;
    }
    found.time.add(tokens.next().of_digits(2).filter(|&minute| fits(minute))?);
    if tokens.skip(Token::Colon) {
        found.time.add(tokens.next().of_digits(2).filter(|&second| fits(second))?);
        if tokens.skip(Token::Point) {
            let Token::Number { value, digits } = tokens.next() else { return None };
            if hour == 24 && value > 0 {
                return None;
            }
            found.time.add(milliseconds(value, digits));
        }
    }
    zone(tokens, found)
}

fn zone(tokens: &mut Tokens<'_>, found: &mut Found) -> Option<()> {
    if tokens.peek().is_z() {
        tokens.next();
        found.zone.set(0);
        return Some(());
    }
    let Some(sign) = tokens.peek().sign() else { return Some(()) };
    tokens.next();
    found.zone.set_sign(sign);
    let number = tokens.next();
    let (hour, minute) = match number.of_digits(4) {
        Some(both) => (both / 100, both % 100),
        None => {
            let hour = number.of_digits(2)?;
            if !tokens.skip(Token::Colon) {
                return None;
            }
            (hour, tokens.next().of_digits(2)?)
        }
    };
    found.zone.set_offset(hour, Some(minute));
    (is_hour(hour) && is_minute(minute)).then_some(())
}

/// The first three digits of a fraction.
pub(super) fn milliseconds(value: i32, digits: usize) -> i32 {
    match digits {
        1 => value * 100,
        2 => value * 10,
        // A number has no more than nine digits that count, whatever zeros it begins with.
        _ => value / 10_i32.pow(digits.clamp(3, 9) as u32 - 3),
    }
}
