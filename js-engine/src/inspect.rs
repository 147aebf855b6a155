//! What `util.inspect` makes of plain data, which is most of what functions log: a context above all.
//!
//! It gives exactly the text of the prelude's `inspect`, some ten times sooner, or nothing: for whatever is not a plain
//! object, a short array, a string without anything to escape, a number, a boolean, null or undefined, the caller asks the
//! real one. It never runs code of the author's: a getter or a proxy is not plain.

use rquickjs::{Ctx, Object, Value, qjs};

use crate::quick;

/// Node's defaults.
const DEPTH: usize = 2;
const BREAK_LENGTH: usize = 80;
const COMPACT: usize = 3;
/// Longer arrays are laid out in columns.
const LONGEST_ARRAY: usize = 6;
const LONGEST_STRING: usize = 10_000;

/// What the prototypes of plain values have to be.
pub(crate) struct Prototypes<'js> {
    object: Value<'js>,
    array: Value<'js>,
}

impl<'js> Prototypes<'js> {
    /// Those that literals of this context get.
    pub(crate) fn of(ctx: &Ctx<'js>) -> rquickjs::Result<Self> {
        let of = |object: &Object<'js>| object.get_prototype().map(Object::into_value).ok_or(rquickjs::Error::Unknown);
        let array = rquickjs::Array::new(ctx.clone())?;
        Ok(Self { object: of(&Object::new(ctx.clone())?)?, array: of(array.as_object())? })
    }
}

/// One rendering.
struct Inspector<'a, 'js> {
    prototypes: &'a Prototypes<'js>,
    /// The objects that are being rendered, outermost first.
    path: Vec<qjs::JSValue>,
    indentation: usize,
    /// How deep the last object lay that was begun; Node decides by it what goes on one line.
    deepest: usize,
}

/// What `console.log` prints for these arguments, if all of them are plain.
pub(crate) fn format<'js>(prototypes: &Prototypes<'js>, arguments: &[Value<'js>]) -> Option<String> {
    let mut text = String::new();
    for (at, argument) in arguments.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        let Some(string) = argument.as_string() else {
            let mut inspector = Inspector { prototypes, path: Vec::new(), indentation: 0, deepest: 0 };
            text.push_str(&inspector.value(argument, 0)?);
            continue;
        };
        let string = string.to_string().ok()?;
        if at == 0 && arguments.len() > 1 && string.contains('%') {
            return None;
        }
        text.push_str(&string);
    }
    Some(text)
}

impl<'js> Inspector<'_, 'js> {
    fn value(&mut self, value: &Value<'js>, depth: usize) -> Option<String> {
        if let Some(object) = value.as_object() {
            return self.object(object, depth);
        }
        if value.is_string() {
            return quick::with_utf8(value, quoted).ok()?;
        }
        if value.as_float().is_some_and(|number| number == 0.0 && number.is_sign_negative()) {
            return Some("-0".to_owned());
        }
        let simple = value.is_number() || value.is_bool() || value.is_null() || value.is_undefined();
        if !simple {
            return None;
        }
        quick::with_utf8(value, |text| String::from_utf8_lossy(text).into_owned()).ok()
    }

    fn object(&mut self, object: &Object<'js>, depth: usize) -> Option<String> {
        let value = object.as_value();
        if value.is_proxy() || object.is_function() || self.path.contains(&value.as_raw()) {
            return None;
        }
        let is_array = value.is_array();
        let wanted = if is_array { &self.prototypes.array } else { &self.prototypes.object };
        if object.get_prototype()?.as_value().as_raw() != wanted.as_raw() || !quick::is_ordinary(value, is_array) {
            return None;
        }
        let properties = quick::plain_properties(value, is_array, LONGEST_ARRAY)?;
        let (open, close) = if is_array { ('[', ']') } else { ('{', '}') };
        if properties.is_empty() {
            return Some(format!("{open}{close}"));
        }
        if depth > DEPTH {
            return Some(if is_array { "[Array]" } else { "[Object]" }.to_owned());
        }
        self.path.push(value.as_raw());
        self.deepest = depth;
        self.indentation += 2;
        let mut entries = Vec::with_capacity(properties.len());
        for (name, content) in properties {
            let content = self.value(&content, depth + 1)?;
            entries.push(if is_array { content } else { format!("{}: {content}", key(&name)?) });
        }
        self.indentation -= 2;
        self.path.pop();
        Some(self.joined(&entries, open, close, depth))
    }

    fn joined(&self, entries: &[String], open: char, close: char, depth: usize) -> String {
        let start = entries.len() + self.indentation + 1 + 10;
        let length: usize = entries.iter().map(|entry| entry.encode_utf16().count()).sum::<usize>() + entries.len() + start;
        let near = self.deepest - depth < COMPACT;
        if near && length <= BREAK_LENGTH && !entries.iter().any(|entry| entry.contains('\n')) {
            return format!("{open} {} {close}", entries.join(", "));
        }
        let indentation = " ".repeat(self.indentation);
        format!("{open}\n{indentation}  {}\n{indentation}{close}", entries.join(&format!(",\n{indentation}  ")))
    }
}

/// A string in quotes, if nothing in it needs an escape or another kind of quote.
fn quoted(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let special = |c: char| c == '\'' || c == '\\' || c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c);
    if text.len() > LONGEST_STRING || text.contains(special) { None } else { Some(format!("'{text}'")) }
}

/// A key as it stands in front of a colon.
fn key(name: &str) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // These change what an object is called, or are shown in a way of their own.
    if name == "constructor" || name == "__proto__" {
        return None;
    }
    let plain = name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain && !name.is_empty() { Some(name.to_owned()) } else { quoted(name.as_bytes()) }
}
