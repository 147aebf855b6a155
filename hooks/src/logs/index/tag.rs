//! What entries are found by, and the tags that stand for it.

use hookbox_host_api::Outcome;
use sha2::{Digest as _, Sha256};

/// Something that entries are found by.
#[derive(Clone, Copy, Debug)]
pub(in crate::logs) enum Sought<'a> {
    /// The id of the request.
    Request(&'a str),
    /// The id of the login.
    Login(&'a str),
    /// How the execution ended.
    Outcome(Outcome),
}

/// What the pairs of one hook and one sought value have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::logs) struct Tag(pub(super) u64);

#[cfg(test)]
impl Tag {
    pub(in crate::logs) fn bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl Sought<'_> {
    pub(in crate::logs) fn tag(self, hook_id: &str) -> Tag {
        HookDigest::of(hook_id).tag(self)
    }

    /// Whether there are pairs of it. Most executions are completed: whoever looks for these walks the log itself and finds enough.
    pub(in crate::logs) fn is_indexed(self) -> bool {
        !matches!(self, Self::Outcome(Outcome::Completed))
    }
}

/// Stands for a hook in its tags, so that a tag is one block of the digest.
#[derive(Clone, Copy)]
pub(super) struct HookDigest([u8; 16]);

impl HookDigest {
    pub(super) fn of(hook_id: &str) -> Self {
        Self(Sha256::digest(hook_id).first_chunk().copied().unwrap_or_default())
    }

    pub(super) fn tag(self, sought: Sought<'_>) -> Tag {
        let (sort, value) = match sought {
            Sought::Request(id) => (b'r', id),
            Sought::Login(id) => (b'c', id),
            Sought::Outcome(outcome) => (b'o', outcome.as_str()),
        };
        let digest = Sha256::new().chain_update(self.0).chain_update([sort]).chain_update(value).finalize();
        Tag(digest.first_chunk().copied().map_or(0, u64::from_be_bytes))
    }
}
