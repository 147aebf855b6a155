//! Turns: who may do what only some may do at a time. Those who wait are served by account, one of each in turn, so that an account waits for
//! the others and not for all that they want.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::ids::AccountId;

/// What is free, and who waits.
pub(super) struct Turns(Mutex<Inner>);

struct Inner {
    free: usize,
    /// An entry for each account in which somebody waits. The first is served next.
    waiting: VecDeque<(AccountId, VecDeque<oneshot::Sender<Turn>>)>,
}

/// A turn. When it is dropped, it is the next one's.
pub(super) struct Turn(Option<Arc<Turns>>);

impl Turns {
    /// This many turns at a time.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inner { free: most, waiting: VecDeque::new() })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn. Who no longer waits is passed over.
    pub(super) async fn next(self: &Arc<Self>, account: AccountId) -> Turn {
        let coming = {
            let mut inner = self.inner();
            if inner.free > 0 {
                inner.free -= 1;
                return Turn(Some(self.clone()));
            }
            inner.enlist(account)
        };
        // The sender lives in the queue, which lives as long as this, and is used before it is dropped.
        coming.await.unwrap_or(Turn(None))
    }

    /// Gives a turn to the next who waits.
    fn pass_on(self: Arc<Self>) {
        loop {
            let Some(next) = self.inner().pop_or_free() else { return };
            let Err(mut turn) = next.send(Turn(Some(self.clone()))) else { return };
            // Nobody waits for it any more, and it is still to be given.
            turn.0 = None;
        }
    }
}

impl Inner {
    fn enlist(&mut self, account: AccountId) -> oneshot::Receiver<Turn> {
        let (sender, coming) = oneshot::channel();
        match self.waiting.iter_mut().find(|(one, _)| *one == account) {
            Some((_, line)) => line.push_back(sender),
            None => self.waiting.push_back((account, VecDeque::from([sender]))),
        }
        coming
    }

    fn pop_or_free(&mut self) -> Option<oneshot::Sender<Turn>> {
        let Some((account, mut line)) = self.waiting.pop_front() else {
            self.free += 1;
            return None;
        };
        let next = line.pop_front();
        if !line.is_empty() {
            self.waiting.push_back((account, line));
        }
        next
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u64) -> AccountId {
        AccountId::new(number).unwrap()
    }

    #[tokio::test]
    async fn accounts_are_served_in_turn() {
        let turns = Turns::new(1);
        let first = turns.next(account(1)).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for one in [1, 1, 1, 2, 3, 2] {
            let (turns, order) = (turns.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let _turn = turns.next(account(one)).await;
                order.lock().unwrap().push(one);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [1, 2, 3, 1, 2, 1]);
        assert_eq!(turns.inner().free, 1);
    }

    #[tokio::test]
    async fn who_has_gone_takes_no_turn() {
        let turns = Turns::new(2);
        let (one, two) = (turns.next(account(1)).await, turns.next(account(1)).await);
        let waiting: Vec<_> =
            (0..5).map(|_| turns.clone()).map(|turns| tokio::spawn(async move { drop(turns.next(account(2)).await) })).collect();
        tokio::task::yield_now().await;
        waiting.iter().take(4).for_each(tokio::task::JoinHandle::abort);
        for one in waiting.into_iter().take(4) {
            assert!(one.await.unwrap_err().is_cancelled());
        }
        drop((one, two));
        while turns.inner().free < 2 {
            tokio::task::yield_now().await;
        }
        assert!(turns.inner().waiting.is_empty());
    }
}
