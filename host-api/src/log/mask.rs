//! Finds secret values in text, also as JSON, base64 and URLs spell them, so that they can be shown as `***`.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

use crate::Secret;

/// One automaton over every spelling of a set of secrets. Built when a value or link changes, never per execution.
#[derive(Clone, Default)]
pub struct Mask {
    automaton: Option<AhoCorasick>,
    longest: usize,
}

impl Mask {
    /// Shorter values are not masked, because they occur in ordinary text too often.
    pub const MIN_LENGTH: usize = 8;
    /// The text that replaces a secret.
    pub const SHOWN: &'static str = "***";

    /// A mask for those of `secrets` that have at least [`Mask::MIN_LENGTH`] characters.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Result<Self, BuildError> {
        let long = secrets.into_iter().map(Secret::expose).filter(|value| value.chars().count() >= Self::MIN_LENGTH);
        let spellings: BTreeSet<Vec<u8>> = long.flat_map(spellings).filter(|one| !one.is_empty()).collect();
        if spellings.is_empty() {
            return Ok(Self::default());
        }
        let longest = spellings.iter().map(Vec::len).max().unwrap_or_default();
        let automaton =
            AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest).build(&spellings)?;
        Ok(Self { automaton: Some(automaton), longest })
    }

    /// The ranges of secrets in `text`, in order and without overlap.
    pub(super) fn find<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        self.automaton.iter().flat_map(move |automaton| automaton.find_iter(text).map(|found| found.range()))
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

fn spellings(value: &str) -> Vec<Vec<u8>> {
    let mut all = vec![value.as_bytes().to_vec()];
    all.extend([false, true].map(|ascii| json(value, ascii).into_bytes()));
    all.extend(url(value));
    for alphabet in [&STANDARD, &URL_SAFE] {
        all.extend(base64(value.as_bytes(), alphabet));
    }
    all
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
    let mut all = vec![format!("{alone}{padding}").into_bytes(), alone.into_bytes()];
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
        assert_eq!(mask(&["1234567"]).apply("1234567"), "1234567");
        assert_eq!(mask(&["12345678"]).apply("a 12345678 b 1234567"), "a *** b 1234567");
        assert_eq!(Mask::default().apply("anything"), "anything");
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
