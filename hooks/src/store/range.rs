//! Which keys a scan visits, and in which direction.

/// The direction of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// The keys from `start`, included, to `end`, excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(super) start: Vec<u8>,
    pub(super) end: Option<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub(crate) fn all() -> Self {
        Self { start: Vec::new(), end: None }
    }

    /// The keys that begin with `prefix`.
    pub(crate) fn prefix(prefix: &[u8]) -> Self {
        Self { start: prefix.to_vec(), end: after_prefix(prefix) }
    }

    /// Without the keys below `start`.
    pub(crate) fn starting_at(mut self, start: &[u8]) -> Self {
        if start > self.start.as_slice() {
            self.start = start.to_vec();
        }
        self
    }

    /// Without `end` and the keys above it.
    pub(crate) fn ending_before(mut self, end: &[u8]) -> Self {
        if self.end.as_deref().is_none_or(|current| end < current) {
            self.end = Some(end.to_vec());
        }
        self
    }

    /// Whether the range contains no key. Engines treat such a range differently, so it never reaches them.
    pub(super) fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }

    pub(super) fn bounds(&self) -> (std::ops::Bound<&[u8]>, std::ops::Bound<&[u8]>) {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        (Included(self.start.as_slice()), self.end.as_deref().map_or(Unbounded, Excluded))
    }
}

/// The smallest key above every key with this prefix; `None` when the prefix is empty or all ones.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}
