//! The end of the log for those who follow it: the entries of followed hooks in the order in which they were committed, each with its number
//! and, as long as there is room, the line that followers send. A line is made once, however many follow, and by the thread that committed.
//!
//! What falls out of the room for lines is read from the store again by whoever still needs it; who needs what fell out altogether is told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use super::{LogCursor, LogEntry, LogFilter};

/// The most entries that are remembered.
const MOST_ENTRIES: usize = 10_000;
/// The most bytes of lines that are remembered.
const MOST_BYTES: usize = 16 << 20;

/// Makes the line of an entry.
pub(crate) type Render = fn(&LogEntry) -> Vec<u8>;

/// The end of the log.
pub(crate) struct Tail {
    inner: Mutex<Inner>,
    /// The number of the next entry, for who waits for it.
    grown: watch::Sender<u64>,
    render: Render,
}

#[derive(Default)]
struct Inner {
    entries: VecDeque<Remembered>,
    /// The number of the next entry.
    next: u64,
    /// Entries whose commit has begun.
    underway: u64,
    bytes: usize,
    /// How many follow each hook, by account and hook.
    followed: BTreeMap<u64, BTreeMap<String, usize>>,
}

struct Remembered {
    account: u64,
    hook_id: String,
    at: LogCursor,
    request_id: String,
    correlation_id: String,
    outcome: hookbox_host_api::Outcome,
    /// `None` once there was no more room for it.
    line: Option<Bytes>,
}

/// What a follower took from the tail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Took {
    /// These lines, and not none.
    Lines(Vec<Bytes>),
    /// These entries, which have to be read from the store.
    Positions(Vec<LogCursor>),
    /// Nothing is new.
    Nothing,
    /// Entries are gone that this follower has not seen.
    Missed,
}

impl Tail {
    pub(crate) fn new(render: Render) -> Arc<Self> {
        Arc::new(Self { inner: Mutex::default(), grown: watch::Sender::new(0), render })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows a hook from now on.
    pub(crate) fn follow(self: &Arc<Self>, account: u64, hook_id: String, filter: LogFilter) -> Follower {
        let mut inner = self.inner();
        *inner.followed.entry(account).or_default().entry(hook_id.clone()).or_default() += 1;
        let (next, grown) = (inner.next, self.grown.subscribe());
        drop(inner);
        Follower { tail: self.clone(), account, hook_id, filter, next, grown, known: BTreeSet::new(), fence: 0 }
    }

    /// Notes that these entries are about to be committed.
    pub(super) fn begin(&self, entries: &[LogEntry]) {
        self.inner().underway = entries.len() as u64;
    }

    /// Takes up entries that were committed, or notes that they were not.
    pub(super) fn end(&self, committed: &[LogEntry]) {
        let followed: Vec<&LogEntry> = {
            let inner = self.inner();
            committed.iter().filter(|entry| inner.is_followed(entry)).collect()
        };
        let remembered: Vec<Remembered> = followed.into_iter().map(|entry| self.remember(entry)).collect();
        let mut inner = self.inner();
        inner.underway = 0;
        if remembered.is_empty() {
            return;
        }
        remembered.into_iter().for_each(|one| inner.push(one));
        self.grown.send_replace(inner.next);
    }

    fn remember(&self, entry: &LogEntry) -> Remembered {
        Remembered {
            account: entry.account,
            hook_id: entry.hook_id.clone(),
            at: entry.cursor(),
            request_id: entry.request_id.clone(),
            correlation_id: entry.correlation_id.clone(),
            outcome: entry.outcome,
            line: Some((self.render)(entry).into()),
        }
    }
}

impl Inner {
    fn is_followed(&self, entry: &LogEntry) -> bool {
        self.followed.get(&entry.account).is_some_and(|hooks| hooks.contains_key(&entry.hook_id))
    }

    fn push(&mut self, one: Remembered) {
        self.bytes += one.line.as_ref().map_or(0, Bytes::len);
        self.entries.push_back(one);
        self.next += 1;
        if self.entries.len() > MOST_ENTRIES {
            let line = self.entries.pop_front().and_then(|one| one.line);
            self.bytes -= line.map_or(0, |line| line.len());
        }
        // The oldest lines are at the front, and those without one before them.
        let mut oldest = self.entries.partition_point(|one| one.line.is_none());
        while self.bytes > MOST_BYTES
            && let Some(line) = self.entries.get_mut(oldest).and_then(|one| one.line.take())
        {
            self.bytes -= line.len();
            oldest += 1;
        }
    }

    fn unfollow(&mut self, account: u64, hook_id: &str) {
        let Some(hooks) = self.followed.get_mut(&account) else { return };
        if let Some(count) = hooks.get_mut(hook_id) {
            *count -= 1;
            if *count == 0 {
                hooks.remove(hook_id);
            }
        }
        if hooks.is_empty() {
            self.followed.remove(&account);
        }
        if self.followed.is_empty() {
            self.entries.clear();
            self.bytes = 0;
        }
    }
}

/// Who follows a hook.
pub(crate) struct Follower {
    tail: Arc<Tail>,
    account: u64,
    hook_id: String,
    filter: LogFilter,
    /// The number of the next entry to look at.
    next: u64,
    grown: watch::Receiver<u64>,
    /// Executions below the fence that were read from the store already.
    known: BTreeSet<String>,
    fence: u64,
}

impl Follower {
    /// Passes over these entries, which were read from the store after this follower began. What is committed later cannot be among them, so
    /// they are forgotten as soon as that comes.
    pub(crate) fn know(&mut self, read: &[LogCursor]) {
        let inner = self.tail.inner();
        self.fence = inner.next + inner.underway;
        drop(inner);
        self.known = read.iter().map(|at| at.id().to_owned()).collect();
    }

    /// The next entries, up to a number of bytes and at least one.
    pub(crate) fn take(&mut self, most_bytes: usize) -> Took {
        let tail = self.tail.clone();
        let inner = tail.inner();
        self.grown.mark_unchanged();
        let first = inner.next - inner.entries.len() as u64;
        if self.next < first {
            return Took::Missed;
        }
        let (mut lines, mut positions, mut bytes) = (Vec::new(), Vec::new(), 0);
        let new = usize::try_from(self.next - first).unwrap_or(usize::MAX);
        for one in inner.entries.iter().skip(new) {
            if self.wants(one) {
                match &one.line {
                    Some(_) if !positions.is_empty() => break,
                    Some(line) if bytes + line.len() > most_bytes && !lines.is_empty() => break,
                    Some(line) => {
                        bytes += line.len();
                        lines.push(line.clone());
                    }
                    None if lines.is_empty() => positions.push(one.at.clone()),
                    None => break,
                }
            }
            self.next += 1;
        }
        match (lines.is_empty(), positions.is_empty()) {
            (false, _) => Took::Lines(lines),
            (true, false) => Took::Positions(positions),
            (true, true) => Took::Nothing,
        }
    }

    fn wants(&mut self, one: &Remembered) -> bool {
        if self.next >= self.fence {
            self.known.clear();
        }
        one.account == self.account
            && one.hook_id == self.hook_id
            && self.filter.takes(&one.request_id, &one.correlation_id, one.outcome)
            && !self.known.contains(one.at.id())
    }

    /// Waits until there may be something to take; `false` if there never will be.
    pub(crate) async fn grown(&mut self) -> bool {
        self.grown.changed().await.is_ok()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.tail.inner().unfollow(self.account, &self.hook_id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::entry;
    use super::*;

    fn tail() -> Arc<Tail> {
        Tail::new(|entry| format!("{} {}\n", entry.id, entry.events.text().len()).into_bytes())
    }

    fn commit(tail: &Tail, entries: &[LogEntry]) {
        tail.begin(entries);
        tail.end(entries);
    }

    fn follow(tail: &Arc<Tail>) -> Follower {
        tail.follow(1, "hook".to_owned(), LogFilter::default())
    }

    fn ids(took: Took) -> Vec<u64> {
        let Took::Lines(lines) = took else { panic!("{took:?}") };
        let number = |line: &Bytes| str::from_utf8(line).unwrap().split(' ').next().unwrap().rsplit('-').next().unwrap().parse().unwrap();
        lines.iter().map(number).collect()
    }

    #[tokio::test]
    async fn a_follower_gets_what_is_committed_after_it_began() {
        let tail = tail();
        commit(&tail, &[entry(1, "hook", 1)]);
        let mut follower = follow(&tail);
        assert_eq!(follower.take(1000), Took::Nothing);
        commit(&tail, &[entry(2, "hook", 2), entry(3, "other", 3), LogEntry { account: 2, ..entry(4, "hook", 4) }, entry(5, "hook", 5)]);
        assert!(follower.grown().await);
        assert_eq!(ids(follower.take(1000)), [2, 5]);
        assert_eq!(follower.take(1000), Took::Nothing);
        let mut second = follow(&tail);
        commit(&tail, &[entry(6, "hook", 6), entry(7, "hook", 7)]);
        assert_eq!(ids(second.take(1)), [6], "at least one");
        assert_eq!((ids(second.take(1)), ids(follower.take(1000))), (vec![7], vec![6, 7]));
        drop((follower, second));
        assert!(tail.inner().entries.is_empty() && tail.inner().followed.is_empty(), "nothing is kept for nobody");
    }

    #[test]
    fn what_was_read_from_the_store_does_not_come_again() {
        let tail = tail();
        let mut follower = follow(&tail);
        commit(&tail, &[entry(1, "hook", 1)]);
        // Committed, and so readable, but not taken up yet.
        let underway = [entry(2, "hook", 2)];
        tail.begin(&underway);
        follower.know(&[entry(1, "hook", 1).cursor(), underway[0].cursor()]);
        tail.end(&underway);
        assert_eq!(follower.take(1000), Took::Nothing);
        commit(&tail, &[entry(3, "hook", 3)]);
        assert_eq!(ids(follower.take(1000)), [3]);
        assert!(follower.known.is_empty());
    }

    #[test]
    fn a_commit_that_failed_leaves_nothing() {
        let tail = tail();
        let mut follower = follow(&tail);
        tail.begin(&[entry(1, "hook", 1)]);
        tail.end(&[]);
        assert_eq!(follower.take(1000), Took::Nothing);
        assert_eq!(tail.inner().underway, 0);
    }

    #[test]
    fn lines_without_room_are_read_from_the_store() {
        let tail = Tail::new(|_| vec![b'x'; MOST_BYTES / 4]);
        let mut follower = follow(&tail);
        (0..6).for_each(|number| commit(&tail, &[entry(number, "hook", number)]));
        assert_eq!(tail.inner().bytes, MOST_BYTES);
        assert_eq!(follower.take(1), Took::Positions(vec![entry(0, "hook", 0).cursor(), entry(1, "hook", 1).cursor()]));
        assert!(matches!(follower.take(usize::MAX), Took::Lines(lines) if lines.len() == 4));
    }

    #[test]
    fn who_is_too_far_behind_is_told() {
        let tail = tail();
        let (mut slow, mut quick) = (follow(&tail), follow(&tail));
        for number in 0..MOST_ENTRIES as u64 + 1 {
            commit(&tail, &[entry(number, "hook", number)]);
            assert_eq!(ids(quick.take(1)), [number]);
        }
        assert_eq!(slow.take(1), Took::Missed);
    }
}
