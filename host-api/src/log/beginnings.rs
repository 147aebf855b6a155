//! Finds the beginnings of secrets that programs have cut off with three dots, as errors do with values that are long.

use std::collections::BTreeSet;
use std::ops::{Bound, Range};
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::spellings::MIN_LENGTH_ANYWHERE as LEAST;

const DOTS: &[u8] = b"...";
/// The longest beginning that is looked for, in bytes: Node's errors show 512 characters of a value at most.
const LONGEST: usize = 600;

/// The beginnings of a set of spellings. A clone shares them.
#[derive(Clone)]
pub(super) struct Beginnings(Arc<Inner>);

struct Inner {
    spellings: BTreeSet<Vec<u8>>,
    /// Finds where one may begin; made for the first text with dots, since most logs of most logins have none. `None` if it cannot be made.
    heads: OnceLock<Option<AhoCorasick>>,
}

impl Beginnings {
    pub(super) fn of(spellings: BTreeSet<Vec<u8>>) -> Self {
        Self(Arc::new(Inner { spellings, heads: OnceLock::new() }))
    }

    /// The ranges of beginnings in front of dots, in order.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let ends = ends(text);
        if ends.is_empty() {
            return Vec::new();
        }
        let starts = self.starts(text);
        ends.into_iter().filter_map(|end| self.before(text, &starts, end)).collect()
    }

    fn starts(&self, text: &[u8]) -> Vec<usize> {
        let heads = self.0.heads.get_or_init(|| {
            let heads: BTreeSet<&[u8]> = self.0.spellings.iter().filter_map(|spelling| spelling.get(..LEAST)).collect();
            AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(heads).ok()
        });
        match heads {
            Some(heads) => heads.find_overlapping_iter(text).map(|found| found.start()).collect(),
            None => (0..text.len()).collect(),
        }
    }

    /// The longest beginning that ends here.
    fn before(&self, text: &[u8], starts: &[usize], end: usize) -> Option<Range<usize>> {
        let from = starts.partition_point(|start| start + LONGEST < end);
        let to = starts.partition_point(|start| start + LEAST <= end);
        let start = starts.get(from..to)?.iter().find(|start| self.has(text.get(**start..end).unwrap_or_default()))?;
        Some(*start..end)
    }

    fn has(&self, beginning: &[u8]) -> bool {
        let mut following = self.0.spellings.range::<[u8], _>((Bound::Included(beginning), Bound::Unbounded));
        following.next().is_some_and(|spelling| spelling.starts_with(beginning))
    }
}

/// Where dots follow, perhaps behind a quote.
fn ends(text: &[u8]) -> Vec<usize> {
    let is = |at: usize, bytes: &[u8]| text.get(at).is_some_and(|byte| bytes.contains(byte));
    let dots = (1..text.len()).filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(DOTS)) && !is(at - 1, b"."));
    dots.map(|at| if is(at - 1, b"'\"`") { at - 1 } else { at }).collect()
}
