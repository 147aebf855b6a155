//! Troubles: functions that cannot be prepared for the host's own reasons, when each is tried again, and what an operator reads of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::lane::Name;

/// The waits between tries; the last one is repeated.
const WAITS: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// The hooks whose preparation waits for the host.
#[derive(Debug, Default)]
pub(super) struct Troubles(Mutex<BTreeMap<Name, Trouble>>);

#[derive(Debug)]
struct Trouble {
    tries: usize,
    next: Instant,
    problem: String,
}

impl Troubles {
    fn hooks(&self) -> MutexGuard<'_, BTreeMap<Name, Trouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a failed try. Returns the wait before the next one.
    pub(super) fn met(&self, name: Name, problem: &str) -> Duration {
        let mut hooks = self.hooks();
        let trouble = hooks.entry(name).or_insert_with(|| Trouble { tries: 0, next: Instant::now(), problem: String::new() });
        let wait = WAITS.get(trouble.tries).or(WAITS.last()).copied().unwrap_or_default();
        *trouble = Trouble { tries: trouble.tries.saturating_add(1), next: Instant::now() + wait, problem: problem.to_owned() };
        wait
    }

    /// Forgets the trouble with a hook.
    pub(super) fn over(&self, name: Name) {
        self.hooks().remove(&name);
    }

    /// The wait before a hook is tried again, if it is in trouble.
    pub(super) fn wait(&self, name: Name) -> Option<Duration> {
        self.hooks().get(&name).map(|trouble| trouble.next.saturating_duration_since(Instant::now()))
    }

    /// The hooks in trouble, and the problem of one of them.
    pub(super) fn summary(&self) -> Option<(usize, String)> {
        let hooks = self.hooks();
        hooks.values().max_by_key(|trouble| trouble.next).map(|newest| (hooks.len(), newest.problem.clone()))
    }

    /// Whether a hook is in trouble.
    pub(super) fn has(&self, name: Name) -> bool {
        self.hooks().contains_key(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AccountId, HookId};

    #[tokio::test(start_paused = true)]
    async fn waits_grow_to_a_bound_and_end_with_the_trouble() {
        let (troubles, name) = (Troubles::default(), (AccountId::OPERATOR, HookId::random()));
        assert!(troubles.summary().is_none() && troubles.wait(name).is_none());
        let waits: Vec<Duration> = (0..8).map(|_| troubles.met(name, "no fork")).collect();
        assert!(waits.is_sorted() && waits.last() == Some(&Duration::from_secs(30)));
        assert_eq!(troubles.wait(name), Some(Duration::from_secs(30)));
        assert_eq!(troubles.summary(), Some((1, "no fork".to_owned())));
        troubles.over(name);
        assert!(!troubles.has(name) && troubles.summary().is_none());
    }
}
