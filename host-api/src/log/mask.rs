//! Finds secret values in text, also as programs spell them when they print them, so that they can be shown as `***`.

use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use super::beginnings::Beginnings;
use super::spellings::Spellings;
use crate::Secret;

/// What finds every spelling of a set of secrets. Built when a value or link changes; an execution adds only what its event brings.
#[derive(Clone, Default)]
pub struct Mask {
    finders: Vec<Finder>,
    beginnings: Vec<Beginnings>,
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
        for (set, tokens) in [(&spellings.long, false), (&spellings.short, true)] {
            if !set.is_empty() {
                let automaton =
                    AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest).build(set)?;
                all.finders.push(Finder { automaton, tokens });
            }
        }
        if !spellings.long.is_empty() {
            all.beginnings.push(Beginnings::of(spellings.long));
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
        let exact = found.len();
        self.beginnings.iter().for_each(|beginnings| found.extend(beginnings.find(text)));
        if self.finders.len() > 1 || found.len() > exact {
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
        self.shown(text, text.len())
    }

    /// The same for a text whose end may be missing. It may end within a secret, so what could be the beginning of one is left out.
    pub fn apply_to_beginning(&self, text: &str) -> String {
        let mut known = text.len().saturating_sub(self.longest);
        while !text.is_char_boundary(known) {
            known -= 1;
        }
        self.shown(text, known)
    }

    /// `text` up to `end` and all secrets that begin before it.
    fn shown(&self, text: &str, end: usize) -> String {
        let mut out = String::with_capacity(end);
        let mut from = 0;
        for found in self.find(text.as_bytes()).into_iter().take_while(|found| found.start < end) {
            out.push_str(text.get(from..found.start).unwrap_or_default());
            out.push_str(Self::SHOWN);
            from = found.end;
        }
        out.push_str(text.get(from..end).unwrap_or_default());
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

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
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
            "p%22%E4%20ss/w+rd%0A".to_owned(),
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
    fn hides_what_is_left_of_a_value_that_is_cut_off() {
        let value = format!("sk_live_{}", "4242xyz'".repeat(2000));
        let mask = mask(&[&value]);
        let inspected = value.replace('\'', "\\'");
        for text in [
            format!("Unexpected token 's', \"{}\"... is not valid JSON", &value[..10]),
            format!("Received type string ('{}...)", &inspected[..24]),
            format!("Received \"{}...", &value[..127]),
        ] {
            let shown = mask.apply(&text);
            assert!(shown.contains("***") && !shown.contains("sk_live_") && !shown.contains("4242"), "{shown}");
        }
        assert_eq!(mask.apply("\"sk_live_42 and others"), "\"sk_live_42 and others");
    }

    #[test]
    fn a_text_without_its_end_shows_no_beginning_of_a_secret() {
        let mask = mask(&["0123456789abcdef"]);
        for cut in 1..16 {
            let text = format!("{}and 0123456789abcdef, {}", "é ".repeat(30), &"0123456789abcdef"[..cut]);
            let shown = mask.apply_to_beginning(&text);
            assert!(shown.contains("é é") && !shown.contains("012"), "{shown}");
        }
        assert_eq!(mask.apply_to_beginning("short"), "");
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
