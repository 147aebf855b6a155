//! The hooks that served before the start and do not serve again yet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lane::Name;

/// The unloaded hooks, each with a lock that its loading holds, so that it is loaded once. A hook that is refused is removed, so that events
/// do not try it again.
#[derive(Debug)]
pub(super) struct Unloaded(Mutex<BTreeMap<Name, Arc<tokio::sync::Mutex<()>>>>);

impl Unloaded {
    pub(super) fn new(names: impl Iterator<Item = Name>) -> Self {
        Self(Mutex::new(names.map(|name| (name, Arc::default())).collect()))
    }

    fn names(&self) -> MutexGuard<'_, BTreeMap<Name, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are that meet a condition.
    pub(super) fn count(&self, is_counted: impl Fn(Name) -> bool) -> usize {
        self.names().keys().filter(|name| is_counted(**name)).count()
    }

    pub(super) fn contains(&self, name: Name) -> bool {
        self.names().contains_key(&name)
    }

    /// The lock of a hook, if it is unloaded.
    pub(super) fn lock_of(&self, name: Name) -> Option<Arc<tokio::sync::Mutex<()>>> {
        self.names().get(&name).cloned()
    }

    pub(super) fn remove(&self, name: Name) {
        self.names().remove(&name);
    }
}
