//! What a secret value looks like where programs print it: as it is, quoted, escaped, encoded, or in parts.

use std::collections::BTreeSet;

use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use serde_json::Value;

/// Values with fewer characters are not looked for, because they occur in ordinary text too often.
pub(super) const MIN_LENGTH: usize = 4;
/// Values with fewer characters are looked for only as whole tokens: where no letter, digit or underscore stands beside them.
pub(super) const MIN_LENGTH_ANYWHERE: usize = 8;

/// What is looked for.
#[derive(Default)]
pub(super) struct Spellings {
    /// Anywhere in a text.
    pub(super) long: BTreeSet<Vec<u8>>,
    /// Only as whole tokens.
    pub(super) short: BTreeSet<Vec<u8>>,
}

impl Spellings {
    /// Adds the spellings of a value and of its parts. A value that has parts is not spelled as a whole where its parts are found anyway.
    pub(super) fn add(&mut self, value: &str) {
        let strings = strings_in(value);
        let has_lines = value.trim().contains(['\n', '\r']);
        self.insert(value, [value.into()]);
        self.insert(value, encoded(value.as_bytes()));
        if strings.is_none() && !has_lines {
            self.insert(value, printed(value));
        }
        if has_lines {
            for line in value.split(['\n', '\r']) {
                self.insert(line.trim(), printed(line.trim()));
            }
        }
        for string in strings.iter().flatten() {
            self.add(string);
        }
    }

    /// Adds spellings of a value, whose length decides where they are looked for.
    fn insert(&mut self, value: &str, spellings: impl IntoIterator<Item = Vec<u8>>) {
        let set = match value.chars().count() {
            ..MIN_LENGTH => return,
            MIN_LENGTH..MIN_LENGTH_ANYWHERE => &mut self.short,
            _ => &mut self.long,
        };
        // A piece that is shorter, as of base64 inside a longer text, says nothing.
        set.extend(spellings.into_iter().filter(|spelling| spelling.len() >= MIN_LENGTH));
    }

    pub(super) fn longest(&self) -> usize {
        self.long.iter().chain(&self.short).map(Vec::len).max().unwrap_or_default()
    }
}

/// The strings in a value that is a JSON object or array, at any depth. Names of members are not among them.
fn strings_in(value: &str) -> Option<Vec<String>> {
    fn collect(value: Value, strings: &mut Vec<String>) {
        match value {
            Value::String(string) => strings.push(string),
            Value::Array(items) => items.into_iter().for_each(|item| collect(item, strings)),
            Value::Object(members) => members.into_iter().for_each(|(_, member)| collect(member, strings)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let document = value.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str(value).ok())??;
    let mut strings = Vec::new();
    collect(document, &mut strings);
    Some(strings)
}

/// The value as text that is quoted or escaped.
fn printed(value: &str) -> Vec<Vec<u8>> {
    let mut all = vec![value.to_owned()];
    for ascii in [false, true] {
        let once = json(value, ascii);
        all.push(json(&once, ascii));
        all.extend([false, true].map(|quote| inspected(&once, quote)));
        all.push(once);
    }
    all.extend([false, true].map(|quote| inspected(value, quote)));
    all.into_iter().map(String::into_bytes).chain(url(value)).chain([escaped(value)]).collect()
}

/// The value as text that shows its bytes.
fn encoded(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![hex(value, "", false), hex(value, "", true)];
    // A `Buffer` in JSON.
    all.push(value.iter().map(u8::to_string).collect::<Vec<_>>().join(",").into_bytes());
    // A `Buffer` that is printed shows so many of its bytes.
    all.push(hex(value.get(..50).unwrap_or(value), " ", false));
    for alphabet in [&STANDARD, &URL_SAFE] {
        all.extend(base64(value, alphabet));
    }
    all
}

fn hex(value: &[u8], between: &str, upper: bool) -> Vec<u8> {
    let digits: Vec<String> = value.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect();
    digits.join(between).into_bytes()
}

/// The value inside a string as Node's `util.inspect` writes it, where single quotes are escaped or the string stands in other ones.
fn inspected(value: &str, escapes_quote: bool) -> String {
    value.chars().fold(String::new(), |mut out, c| {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\\' => out.push_str("\\\\"),
            '\'' if escapes_quote => out.push_str("\\'"),
            c if c.is_control() => out.push_str(&format!("\\x{:02X}", u32::from(c))),
            c => out.push(c),
        }
        out
    })
}

/// The value inside a JSON string, with characters beyond ASCII as they are or as `\u` escapes.
fn json(value: &str, ascii: bool) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut units = [0; 2];
    inside.chars().fold(String::new(), |mut out, c| {
        match c.is_ascii() || !ascii {
            true => out.push(c),
            false => c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
        out
    })
}

/// The value as a URL component and as a form field, with hexadecimal digits of either case.
fn url(value: &str) -> Vec<Vec<u8>> {
    let encode = |kept: &[u8], space: &str, upper: bool| {
        let mut out = String::new();
        for byte in value.bytes() {
            match byte {
                b' ' => out.push_str(space),
                _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => out.push(char::from(byte)),
                _ if upper => out.push_str(&format!("%{byte:02X}")),
                _ => out.push_str(&format!("%{byte:02x}")),
            }
        }
        out.into_bytes()
    };
    let mut all = Vec::new();
    for upper in [true, false] {
        // Those of encodeURIComponent, RFC 3986, encodeURI and application/x-www-form-urlencoded.
        for (kept, space) in [(&b"-_.!~*'()"[..], "%20"), (b"-_.~", "%20"), (b"-_.!~*'();/?:@&=+$,#", "%20"), (b"-_.*", "+")] {
            all.push(encode(kept, space, upper));
        }
    }
    all
}

/// The value as JavaScript's old `escape` writes it.
fn escaped(value: &str) -> Vec<u8> {
    let unit = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || b"@*_+-./".contains(&byte) => char::from(byte).to_string(),
        Ok(byte) => format!("%{byte:02X}"),
        Err(_) => format!("%u{unit:04X}"),
    };
    value.encode_utf16().map(unit).collect::<String>().into_bytes()
}

/// The value in base64, alone and within a longer text, where its offset modulo 3 decides the characters.
fn base64(value: &[u8], alphabet: &Alphabet) -> Vec<Vec<u8>> {
    let engine = GeneralPurpose::new(alphabet, NO_PAD);
    let alone = engine.encode(value);
    let padding = "=".repeat((4 - alone.len() % 4) % 4);
    let padded = format!("{alone}{padding}").into_bytes();
    // Lines as MIME and PEM break them; a last one that is short says nothing.
    let lines = [76, 64].into_iter().flat_map(|len| padded.chunks(len)).filter(|line| line.len() >= MIN_LENGTH_ANYWHERE);
    let mut all: Vec<Vec<u8>> = lines.map(<[u8]>::to_vec).collect();
    all.extend([alone.into_bytes(), padded.clone()]);
    for before in 0..3usize {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(value);
        let (first, end) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
        all.extend(engine.encode(shifted).as_bytes().get(first..end).map(<[u8]>::to_vec));
    }
    all
}
