//! A bound for the whole server that several share: places, or bytes. Whoever holds some may hold as much as is left free. So one alone can
//! have half of it, two a third each, and whoever holds little finds some, however much the others want.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What there is, and who holds how much of it.
#[derive(Debug)]
pub struct Shares<K> {
    all: usize,
    held: Mutex<Held<K>>,
}

#[derive(Debug)]
struct Held<K> {
    taken: usize,
    by: HashMap<K, usize>,
}

/// A part that somebody holds, until it is dropped.
#[derive(Debug)]
pub struct Taken<K: Hash + Eq> {
    from: Arc<Shares<K>>,
    key: K,
    amount: usize,
}

impl<K: Hash + Eq + Clone> Shares<K> {
    /// Shares of `all`, of which nothing is taken.
    pub fn new(all: usize) -> Self {
        Self { all, held: Mutex::new(Held { taken: 0, by: HashMap::new() }) }
    }

    /// Takes an amount, if that leaves the others their part.
    pub fn try_take(self: &Arc<Self>, key: K, amount: usize) -> Option<Taken<K>> {
        self.add(&key, amount).then(|| Taken { from: Arc::clone(self), key, amount })
    }

    fn add(&self, key: &K, amount: usize) -> bool {
        let mut held = self.held();
        let own = held.by.get(key).copied().unwrap_or_default();
        if !may_take(own, held.taken, self.all, amount) {
            return false;
        }
        held.taken += amount;
        if let Some(own) = held.by.get_mut(key) {
            *own += amount;
        } else {
            held.by.insert(key.clone(), amount);
        }
        true
    }
}

impl<K: Hash + Eq> Shares<K> {
    fn give_back(&self, key: &K, amount: usize) {
        let mut held = self.held();
        held.taken = held.taken.saturating_sub(amount);
        if let Some(own) = held.by.get_mut(key) {
            *own = own.saturating_sub(amount);
            if *own == 0 {
                held.by.remove(key);
            }
        }
    }
}

impl<K> Shares<K> {
    fn held(&self) -> MutexGuard<'_, Held<K>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> Taken<K> {
    /// Takes more of the same. If that is refused, what is held stays held.
    pub fn grow(&mut self, amount: usize) -> bool {
        let grown = self.from.add(&self.key, amount);
        if grown {
            self.amount += amount;
        }
        grown
    }

    /// Makes it this amount: gives back what is beyond it, or takes more. If that is refused, what is held stays held.
    pub fn resize(&mut self, amount: usize) -> bool {
        let Some(beyond) = self.amount.checked_sub(amount) else { return self.grow(amount - self.amount) };
        self.amount = amount;
        self.from.give_back(&self.key, beyond);
        true
    }
}

impl<K: Hash + Eq> Drop for Taken<K> {
    fn drop(&mut self) {
        self.from.give_back(&self.key, self.amount);
    }
}

/// Whether one who holds `own` of the `taken` may take `amount` more of `all`. An amount is granted at once if it were granted piece by piece:
/// before the last piece, no more is held than is free.
pub(crate) fn may_take(own: usize, taken: usize, all: usize, amount: usize) -> bool {
    let (free, but_one) = (all.saturating_sub(taken), amount.saturating_sub(1));
    amount <= free && own.saturating_add(but_one) <= free - but_one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(all: usize) -> Arc<Shares<u8>> {
        Arc::new(Shares::new(all))
    }

    /// What one gets who takes until nothing more is given.
    fn most(shares: &Arc<Shares<u8>>, key: u8) -> Vec<Taken<u8>> {
        std::iter::from_fn(|| shares.try_take(key, 1)).collect()
    }

    #[test]
    fn one_alone_has_half_and_the_next_finds_half_of_the_rest() {
        let shares = shares(100);
        let (one, other) = (most(&shares, 1), most(&shares, 2));
        assert_eq!((one.len(), other.len()), (51, 25));
        assert!(shares.try_take(3, 1).is_some());
        drop(one);
        assert_eq!(most(&shares, 2).len(), 26, "what is given back is there for all");
    }

    #[test]
    fn an_amount_is_granted_as_its_pieces_are() {
        for all in 0..20 {
            for amount in 1..20 {
                let pieces = most(&shares(all), 1).len();
                assert_eq!(shares(all).try_take(1, amount).is_some(), amount <= pieces, "{amount} of {all}");
            }
        }
    }

    #[test]
    fn a_part_grows_while_there_is_room_shrinks_and_is_given_back_whole() {
        let shares = shares(100);
        let mut part = shares.try_take(1, 30).unwrap();
        assert!(part.grow(20) && !part.grow(20));
        assert!(shares.try_take(2, 25).is_some_and(|other| other.amount == 25));
        assert!(part.resize(10) && shares.held().taken == 10);
        assert!(!part.resize(90) && part.resize(12) && shares.held().taken == 12);
        drop(part);
        assert!(shares.held().by.is_empty() && shares.held().taken == 0);
    }

    #[test]
    fn nothing_is_always_granted_and_everything_never_beyond_the_bound() {
        let shares = shares(0);
        assert!(shares.try_take(1, 0).is_some() && shares.try_take(1, 1).is_none());
        assert!(Arc::new(Shares::new(usize::MAX)).try_take(1, usize::MAX).is_none());
    }
}
