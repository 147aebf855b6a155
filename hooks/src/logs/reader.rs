//! Reading a hook's log, newest first, across the days that are kept. Every call blocks: it belongs on a thread of the reads' own.
//!
//! What is sought by an id or an outcome is found by the index; the rest walks the log. No call does more than a bounded amount of work: one
//! that would has a position at which the next goes on.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use hookbox_host_api::Outcome;

use super::entry::{Place, day, day_key};
use super::index::{self, Sought, Tag};
use super::{Indexed, LogCursor, LogEntry, Retention};
use crate::store::{Key, KeyRange, Kind, Order, Store, StoreError};

/// What one call may read, in bytes of entries, with [`ROW_COST`] for each row.
const BUDGET: usize = 16 << 20;
/// What a row costs beside its bytes.
const ROW_COST: usize = 256;
/// Moments that the index is asked for first, and at the most. Each time it is asked it looks through the day, so it is asked for more and more.
const MOMENTS: usize = 256;
const MOST_MOMENTS: usize = 16_384;

/// A filter for entries. A field that is not set matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogFilter {
    /// Entries of this request.
    pub(crate) request_id: Option<String>,
    /// Entries of this login.
    pub(crate) correlation_id: Option<String>,
    /// Entries with this outcome.
    pub(crate) outcome: Option<Outcome>,
}

impl LogFilter {
    fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// What the index is asked for: of several, what fewest entries have.
    fn sought(&self) -> Option<Sought<'_>> {
        let request = self.request_id.as_deref().map(Sought::Request);
        let login = || self.correlation_id.as_deref().map(Sought::Login);
        let outcome = || self.outcome.map(Sought::Outcome).filter(|one| one.is_indexed());
        request.or_else(login).or_else(outcome)
    }

    /// Whether an entry with these ids and this outcome matches.
    pub(super) fn takes(&self, request_id: &str, correlation_id: &str, outcome: Outcome) -> bool {
        self.request_id.as_ref().is_none_or(|id| id == request_id)
            && self.correlation_id.as_ref().is_none_or(|id| id == correlation_id)
            && self.outcome.is_none_or(|wanted| wanted == outcome)
    }

    fn takes_entry(&self, entry: &LogEntry) -> bool {
        self.takes(&entry.request_id, &entry.correlation_id, entry.outcome)
    }
}

/// The wanted part of a log.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Which entries.
    pub(crate) filter: LogFilter,
    /// Those behind this position; `None` from the newest on.
    pub(crate) after: Option<LogCursor>,
    /// How many of them are passed over.
    pub(crate) skip: usize,
    /// The most that are returned.
    pub(crate) limit: usize,
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// At the end of the log.
    End,
    /// At this position, behind which there may be more.
    At(LogCursor),
    /// Before the entries that were to be passed over were: that is too much work.
    TooFar,
}

/// Reads the log of executions.
#[derive(Clone)]
pub(crate) struct LogReader {
    store: Arc<dyn Store>,
    retention: Retention,
    indexed: Indexed,
}

impl LogReader {
    /// A reader that returns nothing older than the retention, whether it is deleted yet or not.
    pub(crate) fn new(store: Arc<dyn Store>, retention: Retention, indexed: Indexed) -> Self {
        Self { store, retention, indexed }
    }

    /// The log of one hook, with the retention as of the moment `now`. Calls end early once `given_up` is set.
    pub(crate) fn hook<'a>(&'a self, account: u64, hook_id: &'a str, now: SystemTime, given_up: &'a AtomicBool) -> HookLog<'a> {
        let oldest = self.retention.oldest(now);
        HookLog { store: &*self.store, account, hook_id, oldest, indexed: self.indexed.get(), given_up }
    }
}

/// One hook's log, from the newest entry to the end of the retention.
pub(crate) struct HookLog<'a> {
    store: &'a dyn Store,
    account: u64,
    hook_id: &'a str,
    oldest: u64,
    indexed: bool,
    given_up: &'a AtomicBool,
}

type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

impl HookLog<'_> {
    /// Calls `take` with the wanted entries until it breaks, and returns where the next page begins.
    pub(crate) fn page(&self, wanted: &Wanted, take: &mut dyn FnMut(LogEntry) -> ControlFlow<()>) -> Result<Stopped, StoreError> {
        let filter = &wanted.filter;
        let (mut skipped, mut taken, mut last, mut full) = (0, 0, None, wanted.limit == 0);
        let mut next = None;
        let end = self.walk(filter, wanted.after.as_ref(), BUDGET, &mut |key, value| {
            if filter.is_open() && skipped < wanted.skip {
                skipped += 1;
                return Ok(ControlFlow::Continue(()));
            }
            let entry = LogEntry::decode(key, value)?;
            if !filter.takes_entry(&entry) {
                return Ok(ControlFlow::Continue(()));
            }
            if skipped < wanted.skip {
                skipped += 1;
                return Ok(ControlFlow::Continue(()));
            }
            if full {
                next = last.take();
                return Ok(ControlFlow::Break(()));
            }
            last = Some(entry.cursor());
            taken += 1;
            full = take(entry).is_break() || taken >= wanted.limit;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(match (next, end) {
            (Some(next), _) => Stopped::At(next),
            (None, Some(_)) if skipped < wanted.skip => Stopped::TooFar,
            (None, Some(reached)) => Stopped::At(reached),
            (None, None) => Stopped::End,
        })
    }

    /// The positions of the newest entries from the moment `since` on, newest first, at most `most`.
    pub(crate) fn positions(&self, filter: &LogFilter, since: u64, most: usize) -> Result<Vec<LogCursor>, StoreError> {
        let mut found = Vec::new();
        if most == 0 {
            return Ok(found);
        }
        // Without a filter `most` bounds the work.
        let budget = if filter.is_open() { usize::MAX } else { BUDGET };
        self.walk(filter, None, budget, &mut |key, value| {
            let cursor = position(key)?;
            if cursor.created_at() < since {
                return Ok(ControlFlow::Break(()));
            }
            if filter.is_open() || filter.takes_entry(&LogEntry::decode(key, value)?) {
                found.push(cursor);
            }
            Ok(if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    /// The entry at a position; `None` if it is too old or was deleted.
    pub(crate) fn entry(&self, at: &LogCursor) -> Result<Option<LogEntry>, StoreError> {
        if at.created_at() < self.oldest {
            return Ok(None);
        }
        let key = at.key(self.account, self.hook_id);
        let value = self.store.get(key.as_bytes())?;
        value.map(|value| LogEntry::decode(key.as_bytes(), &value)).transpose()
    }

    /// Visits at least the entries that match. If the budget is used up first, returns the position that was reached.
    fn walk(
        &self,
        filter: &LogFilter,
        after: Option<&LogCursor>,
        budget: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<LogCursor>, StoreError> {
        let mut walk = Walk { log: self, after, left: budget, reached: None, visit };
        let _ = match filter.sought().filter(|_| self.indexed) {
            Some(sought) => walk.index(sought.tag(self.hook_id))?,
            None => walk.days()?,
        };
        Ok(walk.reached)
    }

    /// The latest day in a range of one account's entries.
    fn last_day(&self, range: KeyRange) -> Result<Option<u32>, StoreError> {
        let mut found = None;
        self.store.scan(range, Order::Descending, &mut |key, _| {
            found = Some(Place::read(key).map(|place| place.day));
            ControlFlow::Break(())
        })?;
        match found {
            Some(None) => Err(misplaced()),
            found => Ok(found.flatten()),
        }
    }
}

/// A walk through a log. It breaks when its visitor does, when nobody waits for it any more, or when its budget is used up.
struct Walk<'w, 'a, 'v> {
    log: &'w HookLog<'a>,
    after: Option<&'w LogCursor>,
    left: usize,
    /// Where it was when the budget was used up.
    reached: Option<LogCursor>,
    visit: &'w mut Visit<'v>,
}

impl Walk<'_, '_, '_> {
    /// By the log itself. Days are found by looking for the next lower key, not by counting down from today, so entries of a clock that ran
    /// ahead are found too.
    fn days(&mut self) -> Result<ControlFlow<()>, StoreError> {
        let log = self.log;
        let all = Key::new(log.account, Kind::Log).range();
        let mut above = self.after.map_or_else(|| all.clone(), |after| until_day_of(log.account, after));
        while let Some(found) = log.last_day(above)?.filter(|found| *found >= day(log.oldest)) {
            let hook = day_key(log.account, found).text(log.hook_id);
            let range = hook.range().starting_at(hook.u64(log.oldest).as_bytes());
            if self.range(range)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            above = all.clone().ending_before(day_key(log.account, found).as_bytes());
        }
        Ok(ControlFlow::Continue(()))
    }

    /// By the index.
    fn index(&mut self, tag: Tag) -> Result<ControlFlow<()>, StoreError> {
        let log = self.log;
        let mut until = self.after.map_or(u32::MAX, LogCursor::day);
        while let Some(found) = index::last_day(log.store, log.account, until)?.filter(|found| *found >= day(log.oldest)) {
            let mut before = self.after.and_then(|after| after.created_at().checked_add(1));
            let mut most = MOMENTS;
            loop {
                if log.given_up.load(Ordering::Relaxed) {
                    return Ok(ControlFlow::Break(()));
                }
                let moments = index::moments(log.store, (log.account, found, tag), log.oldest, before, most)?;
                for moment in &moments {
                    if self.moment(*moment)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                before = moments.last().copied();
                if moments.len() < most {
                    break;
                }
                most = most.saturating_mul(4).min(MOST_MOMENTS);
            }
            let Some(earlier) = found.checked_sub(1) else { break };
            until = earlier;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The entries of one moment, which are those that a pair of the index leads to.
    fn moment(&mut self, created_at: u64) -> Result<ControlFlow<()>, StoreError> {
        let log = self.log;
        let entries = day_key(log.account, day(created_at)).text(log.hook_id).u64(created_at);
        if self.range(entries.range())?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(self.pay(0, || LogCursor::at(created_at)))
    }

    fn range(&mut self, range: KeyRange) -> Result<ControlFlow<()>, StoreError> {
        let log = self.log;
        let range = match self.after {
            Some(after) => range.ending_before(after.key(log.account, log.hook_id).as_bytes()),
            None => range,
        };
        let mut end = Ok(ControlFlow::Continue(()));
        log.store.scan(range, Order::Descending, &mut |key, value| {
            end = if log.given_up.load(Ordering::Relaxed) { Ok(ControlFlow::Break(())) } else { self.row(key, value) };
            if matches!(end, Ok(ControlFlow::Continue(()))) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        end
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<ControlFlow<()>, StoreError> {
        if (self.visit)(key, value)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let here = position(key)?;
        Ok(self.pay(value.len(), || here))
    }

    /// Takes the cost of a row off the budget.
    fn pay(&mut self, bytes: usize, here: impl FnOnce() -> LogCursor) -> ControlFlow<()> {
        self.left = self.left.saturating_sub(ROW_COST.saturating_add(bytes));
        if self.left > 0 {
            return ControlFlow::Continue(());
        }
        self.reached = Some(here());
        ControlFlow::Break(())
    }
}

fn position(key: &[u8]) -> Result<LogCursor, StoreError> {
    Place::read(key).map(|place| place.cursor).ok_or_else(misplaced)
}

fn misplaced() -> StoreError {
    StoreError::Corrupt("a log entry has a key that is none".to_owned())
}

/// The account's entries up to the end of the day on which a position lies.
fn until_day_of(account: u64, after: &LogCursor) -> KeyRange {
    let all = Key::new(account, Kind::Log).range();
    after.day().checked_add(1).map_or_else(|| all.clone(), |next| all.clone().ending_before(day_key(account, next).as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::entry::tests::entry;
    use super::super::{micros, moment};
    use super::*;
    use crate::clock::Clock;
    use crate::store::{Batch, Engine, open};
    use crate::testing::FakeClock;

    const HOUR: u64 = 3_600_000_000;
    static NOBODY_GAVE_UP: AtomicBool = AtomicBool::new(false);

    struct Fixture {
        _folder: tempfile::TempDir,
        store: Arc<dyn Store>,
        reader: LogReader,
        now: SystemTime,
    }

    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let indexed = Indexed::of(&*store).unwrap();
        let reader = LogReader::new(store.clone(), Retention::new(Duration::from_secs(7 * 86_400)), indexed);
        Fixture { _folder: folder, store, reader, now: FakeClock::new().now() }
    }

    impl Fixture {
        fn add(&self, entries: impl IntoIterator<Item = LogEntry>) {
            let (mut batch, entries) = (Batch::new(), entries.into_iter().collect::<Vec<_>>());
            index::add(&mut batch, &entries);
            for entry in entries {
                batch.put(entry.key(), entry.value().unwrap());
            }
            self.store.commit(batch).unwrap();
        }

        /// Entries 0, 1, 2, ... of `hook`, each six hours older than the one before.
        fn add_history(&self, hook: &str, count: u64) {
            self.add((0..count).map(|number| entry(number, hook, micros(self.now) - number * 6 * HOUR)));
        }

        fn page(&self, filter: &LogFilter, after: Option<&LogCursor>, skip: usize, limit: usize) -> (Vec<String>, Option<LogCursor>) {
            let (mut ids, wanted) = (Vec::new(), Wanted { filter: filter.clone(), after: after.cloned(), skip, limit });
            let stopped = self.log("hook", self.now).page(&wanted, &mut |entry| {
                ids.push(entry.id);
                ControlFlow::Continue(())
            });
            match stopped.unwrap() {
                Stopped::End => (ids, None),
                Stopped::At(next) => (ids, Some(next)),
                Stopped::TooFar => panic!("too far"),
            }
        }

        fn log<'a>(&'a self, hook: &'a str, now: SystemTime) -> HookLog<'a> {
            self.reader.hook(1, hook, now, &NOBODY_GAVE_UP)
        }

        fn count(&self, hook: &str, now: SystemTime) -> usize {
            self.log(hook, now).positions(&LogFilter::default(), 0, usize::MAX).unwrap().len()
        }
    }

    fn ids(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
        numbers.into_iter().map(|number| format!("execution-{number}")).collect()
    }

    #[test]
    fn entries_come_newest_first_across_days_and_hooks_stay_apart() {
        let fixture = fixture();
        fixture.add_history("hook", 12);
        fixture.add_history("hook2", 12);
        fixture.add([LogEntry { account: 2, ..entry(99, "hook", micros(fixture.now)) }]);
        assert_eq!(fixture.page(&LogFilter::default(), None, 0, 100), (ids(0..12), None));
        assert_eq!((fixture.count("hook", fixture.now), fixture.count("hoo", fixture.now)), (12, 0));
    }

    #[test]
    fn pages_follow_each_other_although_entries_arrive() {
        let fixture = fixture();
        fixture.add_history("hook", 10);
        let (first, next) = fixture.page(&LogFilter::default(), None, 0, 4);
        assert_eq!(first, ids(0..4));
        fixture.add([entry(50, "hook", micros(fixture.now) + 1)]);
        let (second, next) = fixture.page(&LogFilter::default(), next.as_ref(), 0, 4);
        assert_eq!(second, ids(4..8));
        assert_eq!(fixture.page(&LogFilter::default(), next.as_ref(), 0, 4), (ids(8..10), None));
        assert_eq!(fixture.page(&LogFilter::default(), None, 3, 2).0, ids(2..4));
        assert_eq!(fixture.page(&LogFilter::default(), None, 100, 2), (vec![], None));
        assert_eq!(fixture.page(&LogFilter::default(), None, 0, 0), (vec![], None));
    }

    #[test]
    fn entries_of_one_moment_are_all_found() {
        let fixture = fixture();
        fixture.add((0..5).map(|number| entry(number, "hook", micros(fixture.now))));
        let (first, next) = fixture.page(&LogFilter::default(), None, 0, 3);
        let (second, _) = fixture.page(&LogFilter::default(), next.as_ref(), 0, 3);
        assert_eq!([first, second].concat(), ids([4, 3, 2, 1, 0]));
    }

    #[test]
    fn filters_choose_before_pages_are_cut() {
        let fixture = fixture();
        fixture.add_history("hook", 12);
        let request = LogFilter { request_id: Some("request-7".into()), ..LogFilter::default() };
        let login = LogFilter { correlation_id: Some("login-2".into()), ..LogFilter::default() };
        let failed = LogFilter { outcome: Some(Outcome::Failed), ..LogFilter::default() };
        let both = LogFilter { outcome: Some(Outcome::Failed), ..login.clone() };
        assert_eq!(fixture.page(&request, None, 0, 5), (ids([7]), None));
        assert_eq!(fixture.page(&login, None, 0, 5).0, ids([4, 5]));
        assert_eq!(fixture.page(&both, None, 0, 5).0, ids([5]));
        assert_eq!(fixture.page(&failed, None, 1, 2).0, ids([5, 8]));
        assert_eq!(fixture.page(&failed, None, 0, 9).0, ids([2, 5, 8, 11]));
        let completed = LogFilter { outcome: Some(Outcome::Completed), ..LogFilter::default() };
        assert_eq!(fixture.page(&completed, None, 0, 3).0, ids([0, 1, 3]));
    }

    #[test]
    fn nothing_beyond_its_age_is_shown_though_it_is_still_stored() {
        let fixture = fixture();
        fixture.add_history("hook", 40);
        assert_eq!(fixture.page(&LogFilter::default(), None, 0, 100).0, ids(0..=28));
        let later = fixture.now + Duration::from_secs(6 * 86_400);
        assert_eq!(fixture.count("hook", later), 5);
        let old = entry(30, "hook", micros(fixture.now) - 30 * 6 * HOUR).cursor();
        assert_eq!(fixture.page(&LogFilter::default(), Some(&old), 0, 100), (vec![], None));
    }

    #[test]
    fn a_clock_that_was_set_back_hides_nothing() {
        let fixture = fixture();
        fixture.add([entry(1, "hook", micros(fixture.now) + 50 * HOUR), entry(2, "hook", micros(fixture.now))]);
        assert_eq!(fixture.page(&LogFilter::default(), None, 0, 10).0, ids([1, 2]));
        assert_eq!(micros(moment(77)), 77);
    }

    #[test]
    fn pages_of_what_is_sought_follow_each_other_with_and_without_an_index() {
        for indexed in [true, false] {
            let mut fixture = fixture();
            if !indexed {
                fixture.reader.indexed = Indexed::default();
            }
            // Two of each login, and three failures, at one moment.
            fixture.add_history("hook", 24);
            fixture.add((100..109).map(|number| entry(number, "hook", micros(fixture.now) - 30 * HOUR)));
            for (filter, expected) in [
                (LogFilter { outcome: Some(Outcome::Failed), ..LogFilter::default() }, ids([2, 5, 107, 104, 101, 8, 11, 14, 17, 20, 23])),
                (LogFilter { correlation_id: Some("login-52".into()), ..LogFilter::default() }, ids([105, 104])),
                (LogFilter { request_id: Some("request-19".into()), ..LogFilter::default() }, ids([19])),
                (LogFilter { request_id: Some("request-99".into()), ..LogFilter::default() }, ids([])),
            ] {
                for limit in 1..5 {
                    let (mut all, mut after) = (Vec::new(), None);
                    loop {
                        let (found, next) = fixture.page(&filter, after.as_ref(), 0, limit);
                        assert!(found.len() == limit || next.is_none(), "{found:?}");
                        all.extend(found);
                        let Some(next) = next else { break };
                        after = Some(next);
                    }
                    assert_eq!(all, expected, "{filter:?} {limit} {indexed}");
                }
            }
        }
    }

    #[test]
    fn a_page_ends_where_its_reader_says() {
        let fixture = fixture();
        fixture.add_history("hook", 4);
        let wanted = Wanted { filter: LogFilter::default(), after: None, skip: 0, limit: 10 };
        let stopped = |breaks_after: usize| {
            let mut taken = 0;
            let stopped = fixture.log("hook", fixture.now).page(&wanted, &mut |_| {
                taken += 1;
                if taken == breaks_after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            (taken, stopped.unwrap())
        };
        let third = entry(2, "hook", micros(fixture.now) - 12 * HOUR).cursor();
        assert_eq!(stopped(3), (3, Stopped::At(third)));
        assert_eq!(stopped(4), (4, Stopped::End), "nothing follows");
        static GIVEN_UP: AtomicBool = AtomicBool::new(true);
        let log = fixture.reader.hook(1, "hook", fixture.now, &GIVEN_UP);
        log.page(&wanted, &mut |_| panic!("nobody waits for it")).unwrap();
    }

    #[test]
    fn a_long_search_goes_on_from_where_it_ended() {
        let fixture = fixture();
        let large =
            |number| LogEntry { events: ["x".repeat(1 << 20)].iter().collect(), ..entry(number, "hook", micros(fixture.now) - number) };
        for number in 0..40 {
            fixture.add([large(number)]);
        }
        fixture.add([LogEntry { outcome: Outcome::Timeout, ..large(40) }]);
        // Both are true of the last entry only, and the first is true of all that the index finds.
        let filter = LogFilter { outcome: Some(Outcome::Completed), request_id: None, correlation_id: None };
        let (mut found, mut after, mut calls) = (Vec::new(), None, 0);
        loop {
            let (ids, next) = fixture.page(&filter, after.as_ref(), 0, 100);
            found.extend(ids);
            calls += 1;
            let Some(next) = next else { break };
            after = Some(next);
        }
        assert_eq!((found.len(), calls), (27, 3), "a call reads 16 MiB");
        let wanted = Wanted { filter: LogFilter::default(), after: None, skip: 30, limit: 1 };
        let stopped = fixture.log("hook", fixture.now).page(&wanted, &mut |_| panic!("too far away"));
        assert_eq!(stopped.unwrap(), Stopped::TooFar);
    }

    #[test]
    fn an_entry_is_found_at_its_position() {
        let fixture = fixture();
        fixture.add_history("hook", 40);
        let log = fixture.log("hook", fixture.now);
        let newest = log.positions(&LogFilter::default(), micros(fixture.now) - 6 * HOUR, 100).unwrap();
        let found: Vec<_> = newest.iter().map(|at| log.entry(at).unwrap().unwrap().id).collect();
        assert_eq!(found, ids([0, 1]));
        assert_eq!(log.positions(&LogFilter::default(), 0, 3).unwrap().len(), 3);
        let failed = LogFilter { outcome: Some(Outcome::Failed), ..LogFilter::default() };
        assert_eq!(
            log.positions(&failed, 0, 2).unwrap(),
            [2, 5].map(|number| entry(number, "hook", micros(fixture.now) - number * 6 * HOUR).cursor())
        );
        assert_eq!(log.entry(&entry(39, "hook", micros(fixture.now) - 39 * 6 * HOUR).cursor()).unwrap(), None, "too old");
    }
}
