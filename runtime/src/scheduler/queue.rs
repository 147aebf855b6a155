//! Which execution is run next: the next one of the owner who has had the least processor time, of its hook that has had the least, and of
//! that in turn. Plain data, which the scheduler keeps under its lock.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::shares::may_take;

/// Whose processor time, memory and places an execution takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Share {
    /// Who owns the hook. Owners share first.
    pub owner: u64,
    /// The hook. The hooks of an owner share what it has.
    pub hook: u128,
}

/// The bounds of the queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most executions that have begun and not ended. Each holds a memory.
    pub(super) places: usize,
    /// The most executions that wait to begin.
    pub(super) waiting: usize,
    /// The most executions of an owner that are being run at one moment. A hook of which none is run may have one beyond that, up to the
    /// double: long steps of a hook are not to keep its owner's other hooks waiting.
    pub(super) steps: usize,
    /// So many of the executions that have begun may want the processor before others wait to begin.
    pub(super) ready: usize,
    /// The longest wait to begin.
    pub(super) wait: Duration,
}

/// An execution that is run next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next<T> {
    pub(super) share: Share,
    pub(super) item: T,
}

/// An execution that waits to begin.
#[derive(Debug)]
struct Waiting<T> {
    item: T,
    until: Instant,
}

/// An execution that has begun and wants the processor.
#[derive(Debug)]
struct Ready<T> {
    item: T,
    deadline: Instant,
}

#[derive(Debug)]
struct Hook<T> {
    /// Processor time, counted from what others had when this hook came.
    time: Duration,
    held: usize,
    /// Executions that have begun and are run or in `ready`.
    busy: usize,
    stepping: usize,
    ready: VecDeque<Ready<T>>,
    waiting: VecDeque<Waiting<T>>,
    pace: Pace,
}

/// How many executions of a hook begin within the longest wait, which is how many can wait and begin in time.
#[derive(Debug, Default)]
struct Pace {
    /// Since when `begun` counts; `None` while nobody has waited in vain.
    since: Option<Instant>,
    begun: usize,
    /// How many may wait; `None` until it is known.
    room: Option<usize>,
}

impl Pace {
    /// Somebody has waited in vain, or others have since. Where nobody waits any more, all begins anew.
    fn measure(&mut self, now: Instant, wait: Duration, waiting: usize) {
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) < wait {
            return;
        }
        *self = match waiting {
            0 => Self::default(),
            _ => Self { since: Some(now), begun: 0, room: Some(self.begun.max(1)) },
        };
    }
}

#[derive(Debug)]
struct Owner<T> {
    time: Duration,
    /// The time of the hook that was chosen last: a hook that comes begins with it.
    floor: Duration,
    held: usize,
    busy: usize,
    waiting: usize,
    stepping: usize,
    hooks: HashMap<u128, Hook<T>>,
}

/// The executions that want the processor.
#[derive(Debug)]
pub(super) struct Queue<T> {
    bounds: Bounds,
    owners: HashMap<u64, Owner<T>>,
    floor: Duration,
    held: usize,
    busy: usize,
    waiting: usize,
    /// How many of the busy ones are not being run.
    ready: usize,
    /// How many executions have begun so far.
    begun: u64,
    /// Whose execution began last, and when one of another owner last did.
    last: Option<(u64, Option<Instant>)>,
    /// Executions past their deadline, which only have to be told so.
    overdue: VecDeque<Next<T>>,
}

impl<T> Hook<T> {
    fn new(time: Duration) -> Self {
        Self { time, held: 0, busy: 0, stepping: 0, ready: VecDeque::new(), waiting: VecDeque::new(), pace: Pace::default() }
    }

    fn is_idle(&self) -> bool {
        self.held == 0 && self.busy == 0 && self.waiting.is_empty()
    }
}

impl<T> Owner<T> {
    fn new(time: Duration) -> Self {
        Self { time, floor: Duration::ZERO, held: 0, busy: 0, waiting: 0, stepping: 0, hooks: HashMap::new() }
    }

    fn hook(&mut self, hook: u128) -> &mut Hook<T> {
        let floor = self.floor;
        self.hooks.entry(hook).or_insert_with(|| Hook::new(floor))
    }
}

impl<T> Queue<T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        let (owners, overdue) = (HashMap::new(), VecDeque::new());
        Self { bounds, owners, floor: Duration::ZERO, held: 0, busy: 0, waiting: 0, ready: 0, begun: 0, last: None, overdue }
    }

    /// Adds an execution that has not begun, or returns it when its owner has too many waiting, or its hook more than begin in time.
    pub(super) fn add(&mut self, share: Share, item: T, until: Instant) -> Result<(), T> {
        let own = self.owners.get(&share.owner).map_or(0, |owner| owner.waiting);
        if !may_take(own, self.waiting, self.bounds.waiting, 1) {
            return Err(item);
        }
        let hook = self.lifted(share);
        if hook.pace.room.is_some_and(|room| hook.waiting.len() >= room) {
            return Err(item);
        }
        hook.waiting.push_back(Waiting { item, until });
        if let Some(owner) = self.owners.get_mut(&share.owner) {
            owner.waiting += 1;
        }
        self.waiting += 1;
        Ok(())
    }

    /// Adds an execution that has begun and wants the processor again.
    pub(super) fn resume(&mut self, share: Share, item: T, deadline: Instant, now: Instant) {
        let hook = self.lifted(share);
        hook.busy += 1;
        if deadline > now {
            hook.ready.push_back(Ready { item, deadline });
        } else {
            self.overdue.push_back(Next { share, item });
        }
        if let Some(owner) = self.owners.get_mut(&share.owner) {
            owner.busy += 1;
        }
        (self.busy, self.ready) = (self.busy + 1, self.ready + 1);
    }

    /// The hook, whose owner and which itself has had no less time than those that were chosen last if it did not want any.
    fn lifted(&mut self, share: Share) -> &mut Hook<T> {
        let floor = self.floor;
        let owner = self.owners.entry(share.owner).or_insert_with(|| Owner::new(floor));
        if owner.busy == 0 && owner.waiting == 0 {
            owner.time = owner.time.max(floor);
        }
        let floor = owner.floor;
        let hook = owner.hook(share.hook);
        if hook.busy == 0 && hook.waiting.is_empty() {
            hook.time = hook.time.max(floor);
        }
        hook
    }

    /// Takes the execution that is run next. Call [`Queue::stepped`] afterwards, and [`Queue::ended`] when it has ended.
    pub(super) fn next(&mut self) -> Option<Next<T>> {
        if let Some(next) = self.overdue.pop_front() {
            self.ready -= 1;
            if let Some(owner) = self.owners.get_mut(&next.share.owner) {
                owner.stepping += 1;
                owner.hook(next.share.hook).stepping += 1;
            }
            return Some(next);
        }
        self.choose(false)
    }

    /// The same of those that have not begun.
    pub(super) fn next_to_begin(&mut self) -> Option<Next<T>> {
        if self.waiting == 0 { None } else { self.choose(true) }
    }

    fn choose(&mut self, only_new: bool) -> Option<Next<T>> {
        let (bounds, held, busy) = (self.bounds, self.held, self.busy);
        let may_begin = |owner: &Owner<T>, hook: &Hook<T>| {
            !hook.waiting.is_empty() && may_take(owner.held, held, bounds.places, 1) && (busy < bounds.ready || hook.busy == 0)
        };
        let has_thread =
            |owner: &Owner<T>, hook: &Hook<T>| owner.stepping < bounds.steps || (hook.stepping == 0 && owner.stepping < bounds.steps * 2);
        let may_run =
            |owner: &Owner<T>, hook: &Hook<T>| has_thread(owner, hook) && ((!only_new && !hook.ready.is_empty()) || may_begin(owner, hook));
        let chosen = self.owners.iter().filter(|(_, owner)| owner.hooks.values().any(|hook| may_run(owner, hook)));
        let owner_id = *chosen.min_by_key(|(_, owner)| owner.time)?.0;
        let owner = self.owners.get_mut(&owner_id)?;
        let hook_id = *owner.hooks.iter().filter(|(_, hook)| may_run(owner, hook)).min_by_key(|(_, hook)| hook.time)?.0;
        let begins = owner.hooks.get(&hook_id).is_some_and(|hook| may_begin(owner, hook));
        self.floor = self.floor.max(owner.time);
        let hook = owner.hooks.get_mut(&hook_id)?;
        owner.floor = owner.floor.max(hook.time);
        (owner.stepping, hook.stepping) = (owner.stepping + 1, hook.stepping + 1);
        let item = if begins {
            let item = hook.waiting.pop_front()?.item;
            hook.pace.begun += 1;
            if hook.waiting.is_empty() {
                hook.pace = Pace::default();
            }
            (hook.held, hook.busy) = (hook.held + 1, hook.busy + 1);
            (owner.held, owner.busy, owner.waiting) = (owner.held + 1, owner.busy + 1, owner.waiting - 1);
            (self.held, self.busy, self.waiting) = (self.held + 1, self.busy + 1, self.waiting - 1);
            self.begun += 1;
            if self.last.is_none_or(|(last, _)| last != owner_id) {
                self.last = Some((owner_id, self.last.map(|_| Instant::now())));
            }
            item
        } else {
            self.ready -= 1;
            hook.ready.pop_front()?.item
        };
        Some(Next { share: Share { owner: owner_id, hook: hook_id }, item })
    }

    /// Ends the step of an execution that [`Queue::next`] chose.
    pub(super) fn stepped(&mut self, share: Share, took: Duration) {
        self.busy -= 1;
        let Some(owner) = self.owners.get_mut(&share.owner) else { return };
        (owner.busy, owner.stepping) = (owner.busy - 1, owner.stepping - 1);
        owner.time += took;
        let hook = owner.hook(share.hook);
        (hook.busy, hook.stepping) = (hook.busy - 1, hook.stepping - 1);
        hook.time += took;
        self.forget_idle(share);
    }

    /// Gives back the place of an execution that has ended.
    pub(super) fn ended(&mut self, share: Share) {
        self.held -= 1;
        let Some(owner) = self.owners.get_mut(&share.owner) else { return };
        owner.held -= 1;
        owner.hook(share.hook).held -= 1;
        self.forget_idle(share);
    }

    fn forget_idle(&mut self, share: Share) {
        let Some(owner) = self.owners.get_mut(&share.owner) else { return };
        if owner.hooks.get(&share.hook).is_some_and(Hook::is_idle) {
            owner.hooks.remove(&share.hook);
        }
        if owner.hooks.is_empty() && owner.stepping == 0 {
            self.owners.remove(&share.owner);
        }
    }

    /// Takes the executions that have waited as long as they may, and puts those that have passed their deadline before all others.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<T> {
        let mut expired = Vec::new();
        let mut touched = Vec::new();
        for (&owner_id, owner) in &mut self.owners {
            for (&hook_id, hook) in &mut owner.hooks {
                let share = Share { owner: owner_id, hook: hook_id };
                let waited = extract(&mut hook.waiting, |one| one.until <= now);
                if !waited.is_empty() || hook.pace.since.is_some() {
                    hook.pace.measure(now, self.bounds.wait, hook.waiting.len());
                }
                if !waited.is_empty() {
                    owner.waiting -= waited.len();
                    self.waiting -= waited.len();
                    touched.push(share);
                }
                expired.extend(waited.into_iter().map(|one| one.item));
                let late = extract(&mut hook.ready, |one| one.deadline <= now);
                self.overdue.extend(late.into_iter().map(|one| Next { share, item: one.item }));
            }
        }
        touched.into_iter().for_each(|share| self.forget_idle(share));
        expired
    }

    /// Takes everything that has not been chosen.
    pub(super) fn clear(&mut self) -> Vec<T> {
        let mut all: Vec<T> = self.overdue.drain(..).map(|next| next.item).collect();
        for hook in self.owners.values_mut().flat_map(|owner| owner.hooks.values_mut()) {
            all.extend(hook.waiting.drain(..).map(|one| one.item));
            all.extend(hook.ready.drain(..).map(|one| one.item));
        }
        all
    }

    /// Whether anything wants the processor or waits for a place.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting == 0 && self.busy == 0
    }

    /// How many executions have begun so far.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// Whether executions of others than this owner have begun within this time.
    pub(super) fn has_others(&self, owner: u64, within: Duration) -> bool {
        self.last.is_some_and(|(last, other)| last != owner || other.is_some_and(|when| when.elapsed() < within))
    }

    /// Whether anything that has begun has not been chosen.
    pub(super) fn has_ready(&self) -> bool {
        self.ready > 0
    }

    pub(super) fn held(&self) -> usize {
        self.held
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    #[cfg(test)]
    pub(super) fn owners(&self) -> usize {
        self.owners.len()
    }
}

/// Takes out what a condition holds for; the rest keeps its order.
fn extract<T>(from: &mut VecDeque<T>, holds: impl Fn(&T) -> bool) -> Vec<T> {
    if !from.iter().any(&holds) {
        return Vec::new();
    }
    let (taken, kept): (Vec<T>, Vec<T>) = std::mem::take(from).into_iter().partition(holds);
    *from = kept.into();
    taken
}
