//! The memory that all executions may have together beyond what each has anyway, shared between the owners of hooks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What each execution has without being counted: the JavaScript engine with an ordinary hook, or a small WebAssembly module.
pub(crate) const INCLUDED_BYTES: usize = 16 << 20;

/// Memory to be shared.
#[derive(Debug)]
pub(crate) struct MemoryBudget {
    all: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    sum: usize,
    by_owner: HashMap<u64, usize>,
}

/// What one execution has taken of a budget. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    budget: Arc<MemoryBudget>,
    owner: u64,
    bytes: usize,
}

impl MemoryBudget {
    pub(crate) fn new(all: usize) -> Self {
        Self { all, taken: Mutex::default() }
    }

    /// The share of an execution, which begins with nothing.
    pub(crate) fn share(self: &Arc<Self>, owner: u64) -> MemoryShare {
        MemoryShare { budget: self.clone(), owner, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryShare {
    /// Takes what an execution with so many bytes needs. An owner may hold as much as is free: alone a half, two a third each.
    pub(crate) fn reach(&mut self, total: usize) -> bool {
        let more = total.saturating_sub(INCLUDED_BYTES).saturating_sub(self.bytes);
        if more == 0 {
            return true;
        }
        let mut taken = self.budget.lock();
        let own = taken.by_owner.get(&self.owner).copied().unwrap_or_default().saturating_add(more);
        let sum = taken.sum.saturating_add(more);
        let fits = sum <= self.budget.all && own <= self.budget.all - sum;
        if fits {
            taken.by_owner.insert(self.owner, own);
            taken.sum = sum;
            self.bytes += more;
        }
        fits
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        let mut taken = self.budget.lock();
        taken.sum = taken.sum.saturating_sub(self.bytes);
        if let Some(own) = taken.by_owner.get_mut(&self.owner) {
            *own = own.saturating_sub(self.bytes);
            if *own == 0 {
                taken.by_owner.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn a_small_execution_takes_nothing() {
        let budget = Arc::new(MemoryBudget::new(0));
        assert!(budget.share(1).reach(INCLUDED_BYTES));
        assert!(!budget.share(1).reach(INCLUDED_BYTES + 1));
    }

    #[test]
    fn an_owner_leaves_as_much_as_it_has() {
        let budget = Arc::new(MemoryBudget::new(100 * MIB));
        let mut first = budget.share(1);
        assert!(first.reach(INCLUDED_BYTES + 40 * MIB) && first.reach(INCLUDED_BYTES + 50 * MIB));
        assert!(!first.reach(INCLUDED_BYTES + 51 * MIB));
        assert!(!budget.share(1).reach(INCLUDED_BYTES + MIB), "all executions of an owner count");
        let mut second = budget.share(2);
        assert!(second.reach(INCLUDED_BYTES + 25 * MIB) && !second.reach(INCLUDED_BYTES + 26 * MIB));
        drop(first);
        assert!(second.reach(INCLUDED_BYTES + 50 * MIB));
        drop(second);
        let taken = budget.lock();
        assert_eq!((taken.sum, taken.by_owner.len()), (0, 0));
    }
}
