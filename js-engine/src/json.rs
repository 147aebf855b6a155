//! JSON of plain data: the context on its way in, the result on its way out. Most of what a hook is given and gives back is plain, and
//! goes several times sooner this way than through `JSON.parse` and `JSON.stringify`, whose answers these are the same as. What is not
//! plain, or no JSON at all, is theirs.

use rquickjs::qjs::{JSAtom, JSValue};
use rquickjs::{Ctx, Value};

use crate::ascii::simple_len;
use crate::plain::{Entries, Plain, Shape};
use crate::quick;
use crate::text::push_latin1;

/// Deeper values are left to the general way, which knows how much stack there is.
const DEEPEST: usize = 48;

/// The value of a JSON text that ends in a zero byte, unless it is out of the ordinary.
pub(crate) fn read<'js>(ctx: &Ctx<'js>, text: &[u8]) -> Option<Value<'js>> {
    let mut reader = Reader {
        plain: Plain(ctx.as_raw().as_ptr()),
        text,
        at: 0,
        names: Vec::with_capacity(32),
        values: Vec::with_capacity(32),
        scratch: Vec::new(),
    };
    let value = reader.value(0)?;
    reader.space();
    if reader.at + 1 != text.len() {
        reader.plain.free(value);
        return None;
    }
    // SAFETY: the value was just made in this context, and this is its only owner.
    Some(unsafe { Value::from_raw(ctx.clone(), value) })
}

/// Reads one text. What is made and not yet part of anything lies in the two lists.
struct Reader<'a> {
    plain: Plain,
    text: &'a [u8],
    at: usize,
    names: Vec<JSAtom>,
    values: Vec<JSValue>,
    /// A string whose escapes were replaced.
    scratch: Vec<u8>,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.names.drain(..).for_each(|name| self.plain.free_name(name));
        self.values.drain(..).for_each(|value| self.plain.free(value));
    }
}

/// A string as it stands in the text.
enum Token<'a> {
    Ascii(&'a [u8]),
    Utf8(&'a [u8]),
    /// It had escapes, and lies in the scratch.
    Unescaped,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.space();
        (self.peek() == wanted).then(|| self.at += 1)
    }

    fn word(&mut self, word: &[u8], value: JSValue) -> Option<JSValue> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    fn value(&mut self, depth: usize) -> Option<JSValue> {
        use rquickjs::qjs::{JS_FALSE, JS_NULL, JS_TRUE};
        self.space();
        match self.peek() {
            b'"' => {
                self.at += 1;
                match self.string()? {
                    Token::Ascii(text) => self.plain.new_ascii(text),
                    Token::Utf8(text) => self.plain.new_text(text),
                    Token::Unescaped => self.plain.new_text(&self.scratch),
                }
            }
            b'{' if depth < DEEPEST => self.object(depth),
            b'[' if depth < DEEPEST => self.array(depth),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true", JS_TRUE),
            b'f' => self.word(b"false", JS_FALSE),
            b'n' => self.word(b"null", JS_NULL),
            _ => None,
        }
    }

    fn object(&mut self, depth: usize) -> Option<JSValue> {
        let from = (self.names.len(), self.values.len());
        self.list(b'}', |reader| {
            reader.take(b'"')?;
            let name = match reader.string()? {
                Token::Ascii(text) | Token::Utf8(text) => reader.plain.new_name(text)?,
                Token::Unescaped => reader.plain.new_name(&reader.scratch)?,
            };
            reader.names.push(name);
            reader.take(b':')?;
            reader.element(depth)
        })?;
        self.plain.new_object(&mut self.names, &mut self.values, from)
    }

    fn array(&mut self, depth: usize) -> Option<JSValue> {
        let from = self.values.len();
        self.list(b']', |reader| reader.element(depth))?;
        self.plain.new_array(&mut self.values, from)
    }

    fn element(&mut self, depth: usize) -> Option<()> {
        let value = self.value(depth + 1)?;
        self.values.push(value);
        Some(())
    }

    /// What stands between an opening bracket, which is next, and this one that closes it.
    fn list(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.space();
        if self.peek() != close {
            loop {
                item(self)?;
                self.space();
                if self.peek() != b',' {
                    break;
                }
                self.at += 1;
            }
        }
        self.take(close)
    }

    fn number(&mut self) -> Option<JSValue> {
        const INT_DIGITS: usize = 9;
        let rest = self.text.get(self.at..)?;
        let negative = rest.first() == Some(&b'-');
        let sign = usize::from(negative);
        let digits = rest.get(sign..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = rest.get(sign..sign + digits)?;
        if digits == 0 || (digits > 1 && whole.first() == Some(&b'0')) {
            return None;
        }
        let is_int = !matches!(rest.get(sign + digits), Some(b'.' | b'e' | b'E'));
        if is_int && digits <= INT_DIGITS && !(negative && whole == b"0") {
            let size = whole.iter().fold(0, |number, digit| number * 10 + i32::from(digit - b'0'));
            self.at += sign + digits;
            return Some(rquickjs::qjs::JS_MKVAL(rquickjs::qjs::JS_TAG_INT, if negative { -size } else { size }));
        }
        let len = sign + digits + if is_int { 0 } else { fraction(rest.get(sign + digits..)?)? };
        self.at += len;
        Some(self.plain.new_number(rest))
    }

    /// The rest of a string whose opening quote was read.
    fn string(&mut self) -> Option<Token<'a>> {
        let text = self.text.get(self.at..)?;
        let len = simple_len(text, b'"');
        if text.get(len) == Some(&b'"') {
            self.at += len + 1;
            return text.get(..len).map(Token::Ascii);
        }
        let len = text.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        if text.get(len) == Some(&b'"') {
            self.at += len + 1;
            return std::str::from_utf8(text.get(..len)?).ok().map(|text| Token::Utf8(text.as_bytes()));
        }
        self.unescape(text)?;
        Some(Token::Unescaped)
    }

    fn unescape(&mut self, text: &[u8]) -> Option<()> {
        self.scratch.clear();
        let mut bytes = text.iter();
        loop {
            let byte = match *bytes.next()? {
                b'"' => break,
                0..0x20 => return None,
                b'\\' => match bytes.next()? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    byte @ (b'"' | b'\\' | b'/') => *byte,
                    _ => return None,
                },
                byte => byte,
            };
            self.scratch.push(byte);
        }
        self.at += text.len() - bytes.len();
        std::str::from_utf8(&self.scratch).ok().map(drop)
    }
}

/// How long the fraction and exponent are that a text begins with.
fn fraction(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut len = 0;
    if text.first() == Some(&b'.') {
        len = 1 + digits(1);
        if len == 1 {
            return None;
        }
    }
    if matches!(text.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(len + 1), Some(b'+' | b'-')));
        let exponent = digits(len + 1 + sign);
        if exponent == 0 {
            return None;
        }
        len += 1 + sign + exponent;
    }
    Some(len)
}

/// Appends the JSON of a value that has one and is plain; else it may have appended a part of it.
pub(crate) fn write(value: &Value<'_>, out: &mut Vec<u8>) -> Option<()> {
    let plain = Plain(value.ctx().as_raw().as_ptr());
    if plain.inherits_to_json() {
        return None;
    }
    match plain.shape(value.as_raw()) {
        Shape::Undefined => None,
        _ => Writer { plain, out }.value(value.as_raw(), 0),
    }
}

struct Writer<'a> {
    plain: Plain,
    out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn value(&mut self, value: JSValue, depth: usize) -> Option<()> {
        match self.plain.shape(value) {
            Shape::Null | Shape::Undefined => self.out.extend_from_slice(b"null"),
            Shape::Bool(true) => self.out.extend_from_slice(b"true"),
            Shape::Bool(false) => self.out.extend_from_slice(b"false"),
            Shape::Int(number) => push_int(self.out, number),
            Shape::Float(number) if !number.is_finite() => self.out.extend_from_slice(b"null"),
            Shape::Float(number) => quick::push_number(self.out, self.plain, number)?,
            Shape::Latin1(text) => self.string(text)?,
            Shape::Object(entries) if depth < DEEPEST => self.object(entries, depth)?,
            Shape::Array(entries) if depth < DEEPEST => self.array(entries, depth)?,
            _ => return None,
        }
        Some(())
    }

    fn object(&mut self, mut entries: Entries<'_>, depth: usize) -> Option<()> {
        self.out.push(b'{');
        let mut first = true;
        while let Some(entry) = entries.next().ok()? {
            if matches!(self.plain.shape(entry.value), Shape::Undefined) {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.string(entry.name)?;
            self.out.push(b':');
            self.value(entry.value, depth + 1)?;
        }
        self.out.push(b'}');
        Some(())
    }

    fn array(&mut self, mut entries: Entries<'_>, depth: usize) -> Option<()> {
        self.out.push(b'[');
        let mut first = true;
        while let Some(entry) = entries.next().ok()? {
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.value(entry.value, depth + 1)?;
        }
        self.out.push(b']');
        Some(())
    }

    /// A string in which nothing has to be escaped.
    fn string(&mut self, text: &[u8]) -> Option<()> {
        self.out.push(b'"');
        let simple = simple_len(text, b'"');
        self.out.extend_from_slice(text.get(..simple)?);
        let rest = text.get(simple..)?;
        if rest.iter().any(|byte| matches!(byte, 0..0x20 | b'"' | b'\\')) {
            return None;
        }
        push_latin1(self.out, rest);
        self.out.push(b'"');
        Some(())
    }
}

/// Appends a whole number.
pub(crate) fn push_int(out: &mut Vec<u8>, number: i32) {
    let mut digits = [0; 10];
    let mut rest = number.unsigned_abs();
    let mut len = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        len += 1;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(digits.len() - len..).unwrap_or_default());
}
