//! The pairs of an entry.

use std::collections::BTreeMap;

use super::row::Pair;
use super::tag::{HookDigest, Sought};
use crate::logs::LogEntry;

/// Makes the pairs of entries, and remembers their hooks.
#[derive(Default)]
pub(super) struct Tagger(BTreeMap<String, HookDigest>);

impl Tagger {
    pub(super) fn pairs(&mut self, entry: &LogEntry) -> impl Iterator<Item = Pair> + use<> {
        let hook = match self.0.get(&entry.hook_id) {
            Some(hook) => *hook,
            None => *self.0.entry(entry.hook_id.clone()).or_insert(HookDigest::of(&entry.hook_id)),
        };
        let sought = [Sought::Request(&entry.request_id), Sought::Login(&entry.correlation_id), Sought::Outcome(entry.outcome)];
        let moment = entry.created_at;
        sought.map(|one| one.is_indexed().then(|| Pair { tag: hook.tag(one), moment })).into_iter().flatten()
    }
}
