//! Turns: who may prepare a function next. Events come before deployments, and these before hooks that nobody waits for; within each, the
//! account that has the fewest turns now, then who came first.
//!
//! One place is always left to accounts that have none, so no account's functions delay another's by more than it takes to prepare one. An
//! event may take a place more than all others, so it never waits for deployments alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::ids::AccountId;

/// Why a function is prepared; the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// An event waits for it.
    Event,
    /// Its author waits for it.
    Deployment,
    /// It served before the start.
    WarmUp,
}

/// The places in which functions are prepared, and who waits for one.
#[derive(Debug)]
pub(crate) struct Turns(Mutex<Places>);

#[derive(Debug)]
struct Places {
    all: usize,
    taken: usize,
    accounts: HashMap<AccountId, usize>,
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    urgency: Urgency,
    account: AccountId,
    grant: oneshot::Sender<Turn>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Arc<Turns>,
    account: AccountId,
}

impl Turns {
    /// So many places.
    pub(super) fn new(all: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Places { all, taken: 0, accounts: HashMap::new(), waiting: Vec::new() })))
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>, urgency: Urgency, account: AccountId) -> Turn {
        loop {
            let (grant, granted) = oneshot::channel();
            self.places().waiting.push(Waiting { urgency, account, grant });
            self.grant();
            // A sender is dropped without a turn only if its receiver had gone, which this one has not.
            if let Ok(turn) = granted.await {
                return turn;
            }
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those who wait. A turn that nobody takes is dropped without the lock, because dropping it takes the lock.
    fn grant(self: &Arc<Self>) {
        loop {
            let mut places = self.places();
            let Some(next) = places.next() else { return };
            drop(places);
            drop(next.grant.send(Turn { turns: self.clone(), account: next.account }));
        }
    }
}

impl Places {
    /// Takes out who is next, and counts the place as theirs.
    fn next(&mut self) -> Option<Waiting> {
        self.waiting.retain(|one| !one.grant.is_closed());
        let allowed = self.waiting.iter().enumerate().filter(|(_, one)| self.may_take(one));
        let (place, _) = allowed.min_by_key(|(place, one)| (one.urgency, self.own(one.account), *place))?;
        let next = self.waiting.remove(place);
        self.taken += 1;
        *self.accounts.entry(next.account).or_default() += 1;
        Some(next)
    }

    fn own(&self, account: AccountId) -> usize {
        self.accounts.get(&account).copied().unwrap_or_default()
    }

    fn may_take(&self, one: &Waiting) -> bool {
        match one.urgency {
            Urgency::Event => self.taken <= self.all,
            Urgency::Deployment | Urgency::WarmUp => self.taken < self.all && (self.own(one.account) == 0 || self.taken + 1 < self.all),
        }
    }

    fn give_back(&mut self, account: AccountId) {
        self.taken = self.taken.saturating_sub(1);
        if let Some(own) = self.accounts.get_mut(&account) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                self.accounts.remove(&account);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.places().give_back(self.account);
        self.turns.grant();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;
    use crate::ids::AccountId;

    fn account(number: u64) -> AccountId {
        AccountId::new(number).unwrap()
    }

    async fn at_once(turns: &Arc<Turns>, urgency: Urgency, number: u64) -> Option<Turn> {
        timeout(Duration::from_millis(1), turns.take(urgency, account(number))).await.ok()
    }

    /// Waits in a task of its own, from now on.
    async fn queued(turns: &Arc<Turns>, urgency: Urgency, number: u64) -> JoinHandle<Turn> {
        let before = turns.places().waiting.len();
        let of = turns.clone();
        let task = tokio::spawn(async move { of.take(urgency, account(number)).await });
        while turns.places().waiting.len() == before {
            tokio::task::yield_now().await;
        }
        task
    }

    #[tokio::test(start_paused = true)]
    async fn one_account_never_has_the_last_place() {
        let turns = Turns::new(2);
        let first = at_once(&turns, Urgency::Deployment, 1).await.unwrap();
        assert!(at_once(&turns, Urgency::Deployment, 1).await.is_none());
        let other = at_once(&turns, Urgency::Deployment, 2).await.unwrap();
        assert!(at_once(&turns, Urgency::Deployment, 3).await.is_none(), "both are taken");
        drop((first, other));
        let turns = Turns::new(3);
        let _two = [at_once(&turns, Urgency::Deployment, 1).await.unwrap(), at_once(&turns, Urgency::WarmUp, 1).await.unwrap()];
        assert!(at_once(&turns, Urgency::Deployment, 1).await.is_none());
        assert!(at_once(&turns, Urgency::Deployment, 2).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn events_come_first_and_have_a_place_of_their_own() {
        let turns = Turns::new(2);
        let busy = [at_once(&turns, Urgency::Deployment, 1).await.unwrap(), at_once(&turns, Urgency::Deployment, 2).await.unwrap()];
        let event = at_once(&turns, Urgency::Event, 1).await.unwrap();
        let waiting = [
            queued(&turns, Urgency::WarmUp, 3).await,
            queued(&turns, Urgency::Deployment, 4).await,
            queued(&turns, Urgency::Event, 5).await,
        ];
        drop(event);
        let [warm_up, deployment, event] = waiting;
        let event = event.await.unwrap();
        assert!(!warm_up.is_finished() && !deployment.is_finished());
        drop((busy, event));
        deployment.await.unwrap();
        warm_up.await.unwrap();
        let left = turns.places();
        assert_eq!((left.taken, left.accounts.len()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_fewer_turns_is_next_and_who_gives_up_loses_nothing_for_others() {
        let turns = Turns::new(3);
        let first = at_once(&turns, Urgency::Deployment, 1).await.unwrap();
        let others = [at_once(&turns, Urgency::Deployment, 2).await.unwrap(), at_once(&turns, Urgency::Deployment, 3).await.unwrap()];
        let gone = queued(&turns, Urgency::Deployment, 4).await;
        let more_of_one = queued(&turns, Urgency::Deployment, 1).await;
        let of_five = queued(&turns, Urgency::Deployment, 5).await;
        gone.abort();
        drop(others);
        let _five = of_five.await.unwrap();
        assert!(!more_of_one.is_finished(), "the last place is not for an account that has one");
        drop(first);
        more_of_one.await.unwrap();
    }
}
