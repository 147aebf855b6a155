//! Finds secret values in text, also as programs spell them when they print them, so that they can be shown as `***`.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use serde_json::Value;

use crate::Secret;

/// What finds every spelling of a set of secrets. Built when a value or link changes; an execution adds only what its event brings.
#[derive(Clone, Default)]
pub struct Mask {
    finders: Vec<Finder>,
    longest: usize,
}

/// Finds spellings. A clone shares the automaton.
#[derive(Clone)]
struct Finder {
    automaton: AhoCorasick,
    /// Whether it finds them only as whole tokens.
    tokens: bool,
}

impl Mask {
    /// Values with fewer characters are not masked, because they occur in ordinary text too often.
    pub const MIN_LENGTH: usize = 4;
    /// Values with fewer characters are masked only as whole tokens: where no letter, digit or underscore stands beside them.
    pub const MIN_LENGTH_ANYWHERE: usize = 8;
    /// The text that replaces a secret.
    pub const SHOWN: &'static str = "***";

    /// A mask for `secrets`. Each line of a value of several lines and each string in a value that is a JSON object or array is a secret as well.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Result<Self, BuildError> {
        Self::default().with(secrets)
    }

    /// This mask for more secrets.
    pub fn with<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) -> Result<Self, BuildError> {
        let mut spellings = Spellings::default();
        for secret in secrets {
            spellings.add(secret.expose());
        }
        let mut all = self.clone();
        all.longest = all.longest.max(spellings.longest());
        for (set, tokens) in [(spellings.long, false), (spellings.short, true)] {
            if !set.is_empty() {
                let automaton =
                    AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest).build(&set)?;
                all.finders.push(Finder { automaton, tokens });
            }
        }
        Ok(all)
    }

    /// The ranges of secrets in `text`, in order and without overlap.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for Finder { automaton, tokens } in &self.finders {
            let ranges = automaton.find_iter(text).map(|found| found.range());
            found.extend(ranges.filter(|range| !tokens || is_token(text, range)));
        }
        if self.finders.len() > 1 {
            found.sort_unstable_by_key(|range| range.start);
            found.dedup_by(|next, kept| {
                let overlap = next.start < kept.end;
                if overlap {
                    kept.end = kept.end.max(next.end);
                }
                overlap
            });
        }
        found
    }

    /// `text` with every secret replaced by [`Mask::SHOWN`].
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for found in self.find(text.as_bytes()) {
            out.push_str(text.get(from..found.start).unwrap_or_default());
            out.push_str(Self::SHOWN);
            from = found.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    /// The length in bytes of the longest spelling: how far past a cut one must look to mask a secret that lies across it.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask(…)")
    }
}

/// Whether no word continues on either side of the range. Bytes beyond ASCII are parts of words.
fn is_token(text: &[u8], range: &Range<usize>) -> bool {
    let is_word = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii())
    };
    let joins = |at: usize| is_word(at.checked_sub(1)) && is_word(Some(at));
    !joins(range.start) && !joins(range.end)
}

/// What is looked for.
#[derive(Default)]
struct Spellings {
    /// Anywhere in a text.
    long: BTreeSet<Vec<u8>>,
    /// Only as whole tokens.
    short: BTreeSet<Vec<u8>>,
}

impl Spellings {
    /// Adds the spellings of a value and of its parts. A value that has parts is not spelled as a whole where its parts are found anyway.
    fn add(&mut self, value: &str) {
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
            ..Mask::MIN_LENGTH => return,
            Mask::MIN_LENGTH..Mask::MIN_LENGTH_ANYWHERE => &mut self.short,
            _ => &mut self.long,
        };
        // A piece that is shorter, as of base64 inside a longer text, says nothing.
        set.extend(spellings.into_iter().filter(|spelling| spelling.len() >= Mask::MIN_LENGTH));
    }

    fn longest(&self) -> usize {
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
    all.into_iter().map(String::into_bytes).chain(url(value)).collect()
}

/// The value as text that shows its bytes.
fn encoded(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![hex(value, "", false), hex(value, "", true)];
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
        // encodeURIComponent, RFC 3986, encodeURI and application/x-www-form-urlencoded
        for (kept, space) in [(&b"-_.!~*'()"[..], "%20"), (b"-_.~", "%20"), (b"-_.!~*'();/?:@&=+$,#", "%20"), (b"-_.*", "+")] {
            all.push(encode(kept, space, upper));
        }
    }
    all
}

/// The value in base64, alone and within a longer text, where its offset modulo 3 decides the characters.
fn base64(value: &[u8], alphabet: &Alphabet) -> Vec<Vec<u8>> {
    let engine = GeneralPurpose::new(alphabet, NO_PAD);
    let alone = engine.encode(value);
    let padding = "=".repeat((4 - alone.len() % 4) % 4);
    let padded = format!("{alone}{padding}").into_bytes();
    // Lines as MIME and PEM break them; a last one that is short says nothing.
    let lines = [76, 64].into_iter().flat_map(|len| padded.chunks(len)).filter(|line| line.len() >= Mask::MIN_LENGTH_ANYWHERE);
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

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use proptest::prelude::*;

    fn mask(values: &[&str]) -> Mask {
        let secrets: Vec<Secret> = values.iter().map(|value| Secret::new(*value)).collect();
        Mask::new(&secrets).unwrap()
    }

    #[test]
    fn hides_every_spelling() {
        let value = "p\"ä ss/w+rd\n";
        let mask = mask(&[value]);
        let spelled = [
            value.to_owned(),
            serde_json::to_string(value).unwrap(),
            "p\\\"\\u00e4 ss/w+rd\\n".to_owned(),
            "p%22%C3%A4%20ss%2Fw%2Brd%0A".to_owned(),
            "p%22%c3%a4+ss%2fw%2brd%0a".to_owned(),
            BASE64.encode(value),
        ];
        for text in spelled {
            assert!(mask.apply(&format!("x{text}y")).contains("***"), "{text}");
            assert!(!mask.apply(&text).contains("ss"), "{text}");
        }
    }

    #[test]
    fn leaves_short_values_and_other_text_alone() {
        assert_eq!(mask(&["123"]).apply("123"), "123");
        assert_eq!(mask(&["12345678"]).apply("a 12345678 b 1234567"), "a *** b 1234567");
        assert_eq!(Mask::default().apply("anything"), "anything");
    }

    #[test]
    fn hides_short_values_as_whole_tokens() {
        let mask = mask(&["hunt", "hunter7", "a+b/"]);
        assert_eq!(mask.apply("pw=hunter7, 'hunt' hunting hunter77 x_hunt hunté"), "pw=***, '***' hunting hunter77 x_hunt hunté");
        assert_eq!(mask.apply("(a+b/) aHVudGVyNw=="), "(***) ***");
    }

    #[test]
    fn short_and_long_secrets_that_overlap_are_hidden_together() {
        let mask = mask(&["hunt", "hunt-and-gather"]);
        assert_eq!(mask.apply("hunt-and-gather hunt"), "*** ***");
        let more = mask.with([&Secret::new("hunt-er")]).unwrap();
        assert_eq!((more.apply("hunt-er hunt"), mask.apply("hunt-er")), ("*** ***".to_owned(), "***-er".to_owned()));
        assert_eq!(super::tests::mask(&["a-hunt", "hunt-and-gather"]).apply("a-hunt-and-gather"), "***");
    }

    #[test]
    fn hides_each_line_and_each_string_of_a_document() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0B\n-----END KEY-----\n";
        let document = serde_json::json!({"type": "service", "private_key": key, "nested": [{"id": "0123456789"}]}).to_string();
        for text in ["MIIEvQIBADANBgkq", "hkiG9w0B", "{ id: '0123456789' }", "  private_key: '-----BEGIN KEY-----\\n' +"] {
            let shown = mask(&[&document]).apply(text);
            assert!(shown.contains("***"), "{shown}");
        }
        assert_eq!(mask(&[&document]).apply(&document), "***");
        assert_eq!(mask(&[key]).apply("+   'hkiG9w0B\\n' +"), "+   '***\\n' +");
    }

    #[test]
    fn the_longest_of_two_overlapping_secrets_wins() {
        assert_eq!(mask(&["abcdefgh", "abcdefghij"]).apply("abcdefghij"), "***");
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", mask(&["hunter2hunter2"])), "Mask(…)");
    }

    proptest! {
        #[test]
        fn base64_of_anything_around_a_secret_hides_its_core(before in proptest::collection::vec(any::<u8>(), 0..9), after in proptest::collection::vec(any::<u8>(), 0..9)) {
            let secret = "s3cr3t-value-0042";
            let text = [before.as_slice(), secret.as_bytes(), after.as_slice()].concat();
            prop_assert!(mask(&[secret]).apply(&BASE64.encode(text)).contains("***"));
        }
    }
}
