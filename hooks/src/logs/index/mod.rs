//! The index of the log: where the executions of a request, of a login or with an outcome are. It is derived from the entries: written in
//! the same batch, deleted with their day, and made anew for stores that were written without it, or with a former one.
//!
//! It consists of pairs of a tag, which is a digest of hook and sought value, and the moment of an entry. A commit writes its pairs as one
//! row for each account and day ([`fresh`]), because two rows at random places for each login would cost more than the rest of its entry.
//! In the background ([`merge`]) such rows become runs, in which a row is found by its tag; sixteen runs of a level become one of the next.
//! Rows are in the order of days because a day is deleted as one range.
//!
//! A lookup in a day reads its fresh rows, about 8,192 or 131,072 pairs at the most unless merging falls behind, and looks into each of them
//! and each run by bisection. A day has fewer than sixteen runs of each of the lower three levels, and as many while they are being merged;
//! an account of a million executions a day has about twenty.
//!
//! Whoever follows a pair compares the entry itself, so two values with one tag do no harm but work, of which readers do a bounded amount at
//! a time. A tag is 64 bits of SHA-256: who chooses ids finds two with one tag after 2^32 trials, and gets as much by using one id twice.

mod check;
mod fresh;
mod growth;
mod lookup;
mod make;
mod merge;
#[cfg(test)]
mod model;
mod row;
mod walk;

use std::collections::BTreeMap;

use hookbox_host_api::Outcome;
use sha2::{Digest as _, Sha256};

use self::row::Pair;
use super::LogEntry;

pub(crate) use check::check_index;
pub(super) use fresh::{Added, add};
pub(super) use growth::Growth;
pub(super) use lookup::{last_day, moments};
pub(super) use make::Making;
pub(super) use merge::{Merging, Sizes};
pub(crate) use row::check_row;
pub(super) use row::rows_of_day;

/// Something that entries are found by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sought<'a> {
    /// The id of the request.
    Request(&'a str),
    /// The id of the login.
    Login(&'a str),
    /// How the execution ended.
    Outcome(Outcome),
}

/// What the pairs of one hook and one sought value have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag(u64);

impl Sought<'_> {
    pub(super) fn tag(self, hook_id: &str) -> Tag {
        HookDigest::of(hook_id).tag(self)
    }

    /// Whether there are pairs of it. Most executions are completed: whoever looks for these walks the log itself and finds enough.
    pub(super) fn is_indexed(self) -> bool {
        !matches!(self, Self::Outcome(Outcome::Completed))
    }
}

/// Stands for a hook in its tags, so that a tag is one block of the digest.
#[derive(Clone, Copy)]
struct HookDigest([u8; 16]);

impl HookDigest {
    fn of(hook_id: &str) -> Self {
        Self(Sha256::digest(hook_id).first_chunk().copied().unwrap_or_default())
    }

    fn tag(self, sought: Sought<'_>) -> Tag {
        let (sort, value) = match sought {
            Sought::Request(id) => (b'r', id),
            Sought::Login(id) => (b'c', id),
            Sought::Outcome(outcome) => (b'o', outcome.as_str()),
        };
        let digest = Sha256::new().chain_update(self.0).chain_update([sort]).chain_update(value).finalize();
        Tag(digest.first_chunk().copied().map_or(0, u64::from_be_bytes))
    }
}

/// Makes the pairs of entries, and remembers their hooks.
#[derive(Default)]
struct Tagger(BTreeMap<String, HookDigest>);

impl Tagger {
    fn pairs(&mut self, entry: &LogEntry) -> impl Iterator<Item = Pair> + use<> {
        let hook = match self.0.get(&entry.hook_id) {
            Some(hook) => *hook,
            None => *self.0.entry(entry.hook_id.clone()).or_insert(HookDigest::of(&entry.hook_id)),
        };
        let sought = [Sought::Request(&entry.request_id), Sought::Login(&entry.correlation_id), Sought::Outcome(entry.outcome)];
        let moment = entry.created_at;
        sought.map(|one| one.is_indexed().then(|| Pair { tag: hook.tag(one), moment })).into_iter().flatten()
    }
}
