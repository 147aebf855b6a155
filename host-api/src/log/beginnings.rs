//! Finds the beginnings of secrets that programs have cut off with three dots, as errors do with values that are long.

use std::collections::BTreeSet;
use std::ops::{Bound, Range};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

use super::spellings::MIN_LENGTH_ANYWHERE as LEAST;

const DOTS: &[u8] = b"...";
/// The longest beginning that is looked for, in bytes: Node's errors show 512 characters of a value at most.
const LONGEST: usize = 600;

/// The beginnings of a set of spellings.
#[derive(Clone)]
pub(super) struct Beginnings {
    /// Finds where one may begin.
    heads: AhoCorasick,
    all: Arc<BTreeSet<Vec<u8>>>,
}

impl Beginnings {
    pub(super) fn of(spellings: &BTreeSet<Vec<u8>>) -> Result<Self, BuildError> {
        let long = spellings.iter().filter(|spelling| spelling.len() > LEAST);
        let all: BTreeSet<Vec<u8>> = long.map(|spelling| spelling.get(..LONGEST).unwrap_or(spelling).to_vec()).collect();
        let heads: BTreeSet<&[u8]> = all.iter().filter_map(|spelling| spelling.get(..LEAST)).collect();
        let heads = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(heads)?;
        Ok(Self { heads, all: Arc::new(all) })
    }

    /// The ranges of beginnings in front of dots, in order.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let ends = ends(text);
        if ends.is_empty() {
            return Vec::new();
        }
        let starts: Vec<usize> = self.heads.find_overlapping_iter(text).map(|found| found.start()).collect();
        ends.into_iter().filter_map(|end| self.before(text, &starts, end)).collect()
    }

    /// The longest beginning that ends here.
    fn before(&self, text: &[u8], starts: &[usize], end: usize) -> Option<Range<usize>> {
        let from = starts.partition_point(|start| start + LONGEST < end);
        let to = starts.partition_point(|start| start + LEAST <= end);
        let start = starts.get(from..to)?.iter().find(|start| self.has(text.get(**start..end).unwrap_or_default()))?;
        Some(*start..end)
    }

    fn has(&self, beginning: &[u8]) -> bool {
        let mut following = self.all.range::<[u8], _>((Bound::Included(beginning), Bound::Unbounded));
        following.next().is_some_and(|spelling| spelling.starts_with(beginning))
    }
}

/// Where dots follow, perhaps behind a quote.
fn ends(text: &[u8]) -> Vec<usize> {
    let is = |at: usize, bytes: &[u8]| text.get(at).is_some_and(|byte| bytes.contains(byte));
    let dots = (1..text.len()).filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(DOTS)) && !is(at - 1, b"."));
    dots.map(|at| if is(at - 1, b"'\"`") { at - 1 } else { at }).collect()
}
