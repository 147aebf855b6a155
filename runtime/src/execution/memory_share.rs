//! What one execution takes of the memory that all have together, beyond what each has anyway. `shares` has the rule between owners.

use std::sync::Arc;

use crate::shares::{Shares, Taken};

/// What each execution has without being counted: the JavaScript engine with an ordinary hook, or a small WebAssembly module.
const INCLUDED_BYTES: usize = 16 << 20;

/// The part of one execution, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    budget: Arc<Shares<u64>>,
    owner: u64,
    bytes: usize,
    taken: Option<Taken<u64>>,
}

impl MemoryShare {
    /// Nothing yet, of a budget that is shared between owners.
    pub(crate) fn new(budget: Arc<Shares<u64>>, owner: u64) -> Self {
        Self { budget, owner, bytes: 0, taken: None }
    }

    /// Takes what an execution with so many bytes needs, if there is room.
    pub(super) fn reach(&mut self, total: usize) -> bool {
        let more = total.saturating_sub(INCLUDED_BYTES).saturating_sub(self.bytes);
        if more == 0 {
            return true;
        }
        let fits = match &mut self.taken {
            Some(taken) => taken.grow(more),
            None => {
                self.taken = self.budget.try_take(self.owner, more);
                self.taken.is_some()
            }
        };
        self.bytes += if fits { more } else { 0 };
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn shares(bytes: usize) -> impl Fn(u64) -> MemoryShare {
        let budget = Arc::new(Shares::new(bytes));
        move |owner| MemoryShare::new(budget.clone(), owner)
    }

    #[test]
    fn a_small_execution_takes_nothing() {
        let share = shares(0);
        assert!(share(1).reach(INCLUDED_BYTES) && !share(1).reach(INCLUDED_BYTES + 1));
    }

    #[test]
    fn an_owner_leaves_as_much_as_it_has() {
        let share = shares(100 * MIB);
        let mut first = share(1);
        assert!(first.reach(INCLUDED_BYTES + 40 * MIB) && first.reach(INCLUDED_BYTES + 50 * MIB));
        assert!(!first.reach(INCLUDED_BYTES + 51 * MIB));
        assert!(!share(1).reach(INCLUDED_BYTES + MIB), "all executions of an owner count");
        let mut second = share(2);
        assert!(second.reach(INCLUDED_BYTES + 25 * MIB) && !second.reach(INCLUDED_BYTES + 26 * MIB));
        drop(first);
        assert!(second.reach(INCLUDED_BYTES + 50 * MIB), "what is given back is there");
    }
}
