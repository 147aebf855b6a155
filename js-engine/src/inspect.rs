//! What `util.inspect` makes of plain data, which is most of what functions log: a context above all.
//!
//! It gives exactly the text of the prelude's `inspect`, some fifty times sooner, or nothing: for whatever is not a plain object, a short
//! array, a string without anything to escape, a number, a boolean, null or undefined, the caller asks the real one. It never runs code of
//! the author's: a getter or a proxy is not plain.

use rquickjs::qjs::JSValue;

use crate::ascii::simple_len;
use crate::json::push_int;
use crate::plain::{Entries, Plain, Shape};
use crate::quick;
use crate::text::push_latin1;

/// Node's defaults.
const DEPTH: usize = 2;
const BREAK_LENGTH: usize = 80;
const COMPACT: usize = 3;
/// Longer arrays are laid out in columns.
const LONGEST_ARRAY: usize = 6;
const LONGEST_STRING: usize = 10_000;
/// No object is rendered below this depth, so there is no longer path.
const PATH: usize = DEPTH + 1;

/// One rendering, into one buffer. An object is first written as one line; where it turns out too long, its entries are moved apart.
struct Inspector<'a> {
    plain: Plain,
    out: &'a mut Vec<u8>,
    /// Where the entries of the objects that are being rendered begin, outermost first.
    entries: Vec<usize>,
    /// The objects that are being rendered, outermost first.
    path: [JSValue; PATH],
    /// How deep the last object lay that was begun; Node decides by it what goes on one line.
    deepest: usize,
}

/// Appends what `console.log` prints for these arguments, if all of them are plain; else it may have appended a part of it.
pub(crate) fn format(plain: Plain, arguments: &[JSValue], out: &mut Vec<u8>) -> Option<()> {
    for (at, argument) in arguments.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        let from = out.len();
        match plain.shape(*argument) {
            Shape::Latin1(text) if text.is_ascii() => out.extend_from_slice(text),
            Shape::Latin1(text) => push_latin1(out, text),
            Shape::Text => quick::push_text(out, plain, *argument)?,
            _ => {
                let mut inspector = Inspector { plain, out, entries: Vec::new(), path: [0; PATH], deepest: 0 };
                inspector.value(*argument, 0)?;
                continue;
            }
        }
        if at == 0 && arguments.len() > 1 && out.get(from..)?.contains(&b'%') {
            return None;
        }
    }
    Some(())
}

/// Whether a text has more than one line.
type Lines = bool;

impl Inspector<'_> {
    fn value(&mut self, value: JSValue, depth: usize) -> Option<Lines> {
        match self.plain.shape(value) {
            Shape::Undefined => self.out.extend_from_slice(b"undefined"),
            Shape::Null => self.out.extend_from_slice(b"null"),
            Shape::Bool(true) => self.out.extend_from_slice(b"true"),
            Shape::Bool(false) => self.out.extend_from_slice(b"false"),
            Shape::Int(number) => push_int(self.out, number),
            Shape::Float(number) if number == 0.0 && number.is_sign_negative() => self.out.extend_from_slice(b"-0"),
            Shape::Float(number) => quick::push_number(self.out, self.plain, number)?,
            Shape::Latin1(text) => self.quoted(text)?,
            Shape::Text => self.quoted_wide(value)?,
            Shape::Object(entries) => return self.object(value, entries, depth, false),
            Shape::Array(entries) => return self.object(value, entries, depth, true),
            Shape::Other => return None,
        }
        Some(false)
    }

    fn object(&mut self, value: JSValue, mut entries: Entries<'_>, depth: usize, is_array: bool) -> Option<Lines> {
        let (open, close, beyond) = if is_array { (b'[', b']', &b"[Array]"[..]) } else { (b'{', b'}', &b"[Object]"[..]) };
        if (is_array && entries.len() > LONGEST_ARRAY) || self.path.get(..depth.min(PATH))?.contains(&value) {
            return None;
        }
        let Some(mut entry) = entries.next().ok()? else {
            self.out.extend_from_slice(&[open, close]);
            return Some(false);
        };
        if depth > DEPTH {
            // Whether the rest is plain does not show.
            self.out.extend_from_slice(beyond);
            return Some(false);
        }
        *self.path.get_mut(depth)? = value;
        self.deepest = depth;
        let first = self.entries.len();
        let mut lines = false;
        self.out.push(open);
        loop {
            self.out.push(b' ');
            self.entries.push(self.out.len());
            if !is_array {
                self.key(entry.name)?;
                self.out.extend_from_slice(b": ");
            }
            lines |= self.value(entry.value, depth + 1)?;
            match entries.next().ok()? {
                Some(next) => entry = next,
                None => break,
            }
            self.out.push(b',');
        }
        self.out.extend_from_slice(&[b' ', close]);
        let lines = lines || !self.fits(first, depth)?;
        if lines {
            self.break_up(first, depth)?;
        }
        self.entries.truncate(first);
        Some(lines)
    }

    /// Whether Node would leave the object that was just written on its line.
    fn fits(&self, first: usize, depth: usize) -> Option<bool> {
        if self.deepest - depth >= COMPACT {
            return Some(false);
        }
        let count = self.entries.len() - first;
        let start = *self.entries.get(first)?;
        let text = self.out.get(start..self.out.len() - 2)?;
        // Between two entries stand two characters that Node does not count.
        let bytes = text.len() - 2 * (count - 1);
        let most = BREAK_LENGTH.checked_sub(2 * count + 2 * depth + 11);
        Some(most.is_some_and(|most| bytes <= most || (bytes <= 3 * most && utf16_len(text) - 2 * (count - 1) <= most)))
    }

    /// Puts each entry of the object that was just written on a line of its own.
    fn break_up(&mut self, first: usize, depth: usize) -> Option<()> {
        let indentation = 2 * depth;
        let count = self.entries.len() - first;
        let close = *self.out.last()?;
        // What stands behind the last entry is written anew.
        self.out.truncate(self.out.len() - 2);
        let mut end = self.out.len();
        // In front of each entry, one space becomes a line feed and the indentation.
        let wider = indentation + 2;
        self.out.resize(end + wider * count, b' ');
        for (at, start) in self.entries.get(first..)?.iter().enumerate().rev() {
            let moved = start + wider * (at + 1);
            self.out.copy_within(*start..end, moved);
            self.out.get_mut(start - 1 + wider * at..moved)?.fill(b' ');
            *self.out.get_mut(start - 1 + wider * at)? = b'\n';
            end = start - 1;
        }
        self.out.push(b'\n');
        self.out.resize(self.out.len() + indentation, b' ');
        self.out.push(close);
        Some(())
    }

    /// A string in quotes, if nothing in it needs an escape or another kind of quote.
    fn quoted(&mut self, text: &[u8]) -> Option<()> {
        let simple = simple_len(text, b'\'');
        let rest = text.get(simple..)?;
        if text.len() > LONGEST_STRING || rest.iter().any(|byte| is_special(*byte)) {
            return None;
        }
        self.out.push(b'\'');
        self.out.extend_from_slice(text.get(..simple)?);
        push_latin1(self.out, rest);
        self.out.push(b'\'');
        Some(())
    }

    /// The same of a string that is not Latin-1 in one piece.
    fn quoted_wide(&mut self, value: JSValue) -> Option<()> {
        self.out.push(b'\'');
        let from = self.out.len();
        quick::push_text(self.out, self.plain, value)?;
        let text = std::str::from_utf8(self.out.get(from..)?).ok()?;
        let special = |c: char| u8::try_from(c).is_ok_and(is_special);
        if text.len() > LONGEST_STRING || text.contains(special) {
            return None;
        }
        self.out.push(b'\'');
        Some(())
    }

    /// A key as it stands in front of a colon.
    fn key(&mut self, name: &[u8]) -> Option<()> {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        // These change what an object is called, or are shown in a way of their own.
        if name == b"constructor" || name == b"__proto__" {
            return None;
        }
        // No name begins with a digit: those are not plain.
        if !name.is_empty() && name.iter().all(is_word) {
            self.out.extend_from_slice(name);
            return Some(());
        }
        self.quoted(name)
    }
}

/// Whether a character of Latin-1 is shown as an escape, or makes the quotes others.
fn is_special(byte: u8) -> bool {
    byte == b'\'' || byte == b'\\' || byte < b' ' || (0x7f..=0x9f).contains(&byte)
}

/// How many UTF-16 units a text of UTF-8 has.
fn utf16_len(text: &[u8]) -> usize {
    text.iter().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0)).sum()
}
