//! `Intl.Segmenter`: where the graphemes, words or sentences of a text end.

use std::sync::LazyLock;

use icu_segmenter::options::{SentenceBreakInvariantOptions, WordBreakInvariantOptions};
use icu_segmenter::{GraphemeClusterSegmenter, SentenceSegmenter, WordSegmenter, WordSegmenterBorrowed};
use serde::Deserialize;

use super::computation::{Computation, json};
use super::error::IntlError;

/// A byte of a text; words of languages that do not separate them are looked up.
const BYTE: u64 = 150;

static WORDS: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Granularity {
    Grapheme,
    Word,
    Sentence,
}

/// The ends of all segments of a text, in UTF-16 units. With words, the end of a segment that is not a word is negative.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segments {
    granularity: Granularity,
    #[serde(default, rename = "parts")]
    _parts: Vec<u32>,
}

impl Computation for Segments {
    fn fuel(&self, parts: &[Vec<u8>]) -> u64 {
        let bytes: usize = parts.iter().map(Vec::len).sum();
        BYTE.saturating_mul(bytes as u64)
    }

    fn answer(&self, parts: &[Vec<u8>]) -> Result<Vec<u8>, IntlError> {
        let text = String::from_utf8_lossy(parts.first().ok_or(IntlError::Malformed("no text"))?);
        json(&self.ends(&text))
    }
}

impl Segments {
    fn ends(&self, text: &str) -> Vec<i64> {
        let mut ends = Ends { text, byte: 0, unit: 0, ends: Vec::new() };
        match self.granularity {
            Granularity::Grapheme => GraphemeClusterSegmenter::new().segment_str(text).for_each(|end| ends.push(end, true)),
            Granularity::Sentence => {
                SentenceSegmenter::new(SentenceBreakInvariantOptions::default()).segment_str(text).for_each(|end| ends.push(end, true))
            }
            Granularity::Word => {
                for (end, kind) in WORDS.segment_str(text).iter_with_word_type() {
                    // The library looks at the last character, which can be a mark upon a letter.
                    let is_word = kind.is_word_like() || text.get(ends.byte..end).is_some_and(|word| word.contains(char::is_alphanumeric));
                    ends.push(end, is_word);
                }
            }
        }
        ends.ends
    }
}

struct Ends<'a> {
    text: &'a str,
    byte: usize,
    unit: usize,
    ends: Vec<i64>,
}

impl Ends<'_> {
    fn push(&mut self, end: usize, is_word: bool) {
        let Some(segment) = self.text.get(self.byte..end).filter(|segment| !segment.is_empty()) else { return };
        self.unit += segment.encode_utf16().count();
        self.byte = end;
        let unit = self.unit as i64;
        self.ends.push(if is_word { unit } else { -unit });
    }
}
