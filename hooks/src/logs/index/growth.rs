//! What commits have added to the days of the index since these were last merged, so that nobody has to go through them to see it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::fresh::Added;
use super::merge::Sizes;

/// Rows and pairs of days, by account and day. It is emptied whenever all days are gone through, so it is bounded by what an hour adds.
#[derive(Debug, Default)]
pub(in crate::logs) struct Growth {
    days: Mutex<BTreeMap<(u64, u32), (usize, usize)>>,
    full: Notify,
}

impl Growth {
    fn days(&self) -> MutexGuard<'_, BTreeMap<(u64, u32), (usize, usize)>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what a commit added.
    pub(in crate::logs) fn count(&self, added: &[Added]) {
        let mut days = self.days();
        for one in added {
            let (rows, pairs) = days.entry((one.account, one.day)).or_default();
            *rows += 1;
            *pairs += one.pairs;
            if is_full((*rows, *pairs)) {
                self.full.notify_one();
            }
        }
    }

    /// Waits until there is a day that has to be merged.
    pub(in crate::logs) async fn grown(&self) {
        self.full.notified().await;
    }

    /// Takes the days that have to be merged.
    pub(in crate::logs) fn take(&self) -> Vec<(u64, u32)> {
        self.days().extract_if(.., |_, counts| is_full(*counts)).map(|(day, _)| day).collect()
    }

    /// Forgets everything.
    pub(in crate::logs) fn clear(&self) {
        self.days().clear();
    }
}

fn is_full((rows, pairs): (usize, usize)) -> bool {
    rows > Sizes::USUAL.rows || pairs > Sizes::USUAL.pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_day_is_taken_once_it_has_grown_enough() {
        let growth = Growth::default();
        let added = |day, pairs| Added { account: 1, day, pairs };
        for _ in 0..Sizes::USUAL.rows {
            growth.count(&[added(5, 1)]);
        }
        assert_eq!(growth.take(), []);
        growth.count(&[added(5, 1), added(6, 1)]);
        growth.grown().await;
        assert_eq!((growth.take(), growth.take()), (vec![(1, 5)], vec![]));
        growth.count(&[added(6, Sizes::USUAL.pairs)]);
        growth.clear();
        assert_eq!(growth.take(), []);
    }
}
