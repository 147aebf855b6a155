//! The hooks that served before the start and whose load has not been tried yet.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::lane::Name;

/// The unloaded hooks. A hook that cannot be loaded is removed, so that events do not try it again.
#[derive(Debug)]
pub(super) struct Unloaded(Mutex<BTreeSet<Name>>);

impl Unloaded {
    pub(super) fn new(names: impl Iterator<Item = Name>) -> Self {
        Self(Mutex::new(names.collect()))
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<Name>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.names().len()
    }

    pub(super) fn contains(&self, name: Name) -> bool {
        self.names().contains(&name)
    }

    pub(super) fn remove(&self, name: Name) {
        self.names().remove(&name);
    }
}
