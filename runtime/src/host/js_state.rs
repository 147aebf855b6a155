//! The host's side of one execution of a JavaScript hook, and which parts of the outside world the hook has read.

use std::collections::BTreeSet;
use std::sync::Arc;

use hookbox_host_api::EnvVars;
use serde::{Deserialize, Serialize};

use super::operations::Operations;
use crate::modules::Linked;

/// The most names of env vars that are noted, and their bytes.
const MAX_NAMES: usize = 256;
const MAX_NAME_BYTES: usize = 16 << 10;

/// Which parts of the outside world a function has read. An image is frozen only where the next execution would read the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WorldReads {
    pub(crate) env: EnvReads,
    /// The clock, random bytes or an operation, which differ in each execution; the first that was read, in words for the author.
    pub(crate) fleeting: Option<&'static str>,
}

/// Which env vars a function has asked for. They stay the same until the admin changes one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EnvReads {
    /// Whether a value was handed out, or more was asked for than is noted.
    pub(crate) values: bool,
    pub(crate) names: NamesRead,
}

/// The names that a function found no value for, and those that it listed. They are no secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamesRead {
    absent: BTreeSet<String>,
    listed: Option<Vec<String>>,
}

impl EnvReads {
    /// Whether it asked for anything.
    pub(crate) fn any(&self) -> bool {
        self.values || self.names != NamesRead::default()
    }

    pub(super) fn listed(&mut self, env: &EnvVars) {
        self.names.listed = Some(names(env));
    }

    pub(super) fn absent(&mut self, name: String) {
        let noted: usize = self.names.absent.iter().map(String::len).sum();
        if self.names.absent.len() < MAX_NAMES && noted + name.len() <= MAX_NAME_BYTES {
            self.names.absent.insert(name);
        } else {
            self.values = true;
        }
    }
}

impl NamesRead {
    /// Whether a function that asks for the same finds the same among these.
    pub(crate) fn hold_for(&self, env: &EnvVars) -> bool {
        self.absent.iter().all(|name| env.get(name).is_none()) && self.listed.as_ref().is_none_or(|listed| *listed == names(env))
    }
}

fn names(env: &EnvVars) -> Vec<String> {
    env.iter().map(|(name, _)| name.to_owned()).collect()
}

/// The host's side of one execution of a JavaScript hook.
#[derive(Default)]
pub(crate) struct JsState {
    pub(crate) reads: WorldReads,
    pub(super) operations: Operations,
    /// The files that the function is made of beside its main one.
    pub(crate) files: Option<Arc<Linked>>,
    /// The last computation's or operation's answer, until the engine takes it.
    pub(super) answer: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use hookbox_host_api::Secret;

    use super::*;

    fn env(names: &[&str]) -> EnvVars {
        names.iter().map(|name| ((*name).to_owned(), Secret::new("value"))).collect()
    }

    #[test]
    fn what_was_not_there_must_not_be_there_later() {
        let mut reads = EnvReads::default();
        reads.absent("DEBUG".to_owned());
        assert!(reads.any() && !reads.values);
        assert!(reads.names.hold_for(&env(&["OTHER"])));
        assert!(!reads.names.hold_for(&env(&["DEBUG"])));
        reads.listed(&env(&["A", "B"]));
        assert!(reads.names.hold_for(&env(&["A", "B"])) && !reads.names.hold_for(&env(&["A"])));
    }

    #[test]
    fn more_names_than_are_noted_count_as_values() {
        let mut reads = EnvReads::default();
        (0..MAX_NAMES).for_each(|number| reads.absent(number.to_string()));
        assert!(!reads.values);
        reads.absent("one more".to_owned());
        assert!(reads.values);
        let mut reads = EnvReads::default();
        reads.absent("x".repeat(MAX_NAME_BYTES + 1));
        assert!(reads.values && reads.names == NamesRead::default());
    }
}
