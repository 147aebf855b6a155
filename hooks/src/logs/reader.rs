//! Reading a hook's log, newest first, across the days that are kept. Every call blocks: it belongs on a blocking thread.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::SystemTime;

use hookbox_host_api::Outcome;

use super::entry::{Place, day, day_key};
use super::{LogCursor, LogEntry, Retention};
use crate::store::{Key, KeyRange, Kind, Order, Store, StoreError};

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

    /// Whether an entry matches.
    pub(crate) fn takes(&self, entry: &LogEntry) -> bool {
        self.request_id.as_ref().is_none_or(|id| *id == entry.request_id)
            && self.correlation_id.as_ref().is_none_or(|id| *id == entry.correlation_id)
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome)
    }
}

/// One page of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogPage {
    /// Newest first.
    pub(crate) entries: Vec<LogEntry>,
    /// The position behind the last entry, if older entries follow.
    pub(crate) next: Option<LogCursor>,
}

/// Reads the log of executions.
#[derive(Clone)]
pub(crate) struct LogReader {
    store: Arc<dyn Store>,
    retention: Retention,
}

impl LogReader {
    /// A reader that returns nothing older than the retention, whether it is deleted yet or not.
    pub(crate) fn new(store: Arc<dyn Store>, retention: Retention) -> Self {
        Self { store, retention }
    }

    /// The log of one hook, with the retention as of the moment `now`.
    pub(crate) fn hook<'a>(&'a self, account: u64, hook_id: &'a str, now: SystemTime) -> HookLog<'a> {
        HookLog { store: &*self.store, account, hook_id, oldest: self.retention.oldest(now) }
    }
}

/// One hook's log, from the newest entry to the end of the retention.
pub(crate) struct HookLog<'a> {
    store: &'a dyn Store,
    account: u64,
    hook_id: &'a str,
    oldest: u64,
}

impl HookLog<'_> {
    /// The entries after the position `after` (or from the newest), without the first `skip` that match, at most `limit`.
    pub(crate) fn page(&self, filter: &LogFilter, after: Option<&LogCursor>, skip: usize, limit: usize) -> Result<LogPage, StoreError> {
        let (mut page, mut skipped) = (LogPage::default(), 0);
        if limit == 0 {
            return Ok(page);
        }
        self.walk(after, &mut |key, value| {
            if filter.is_open() && skipped < skip {
                skipped += 1;
                return Ok(ControlFlow::Continue(()));
            }
            let entry = LogEntry::decode(key, value)?;
            if !filter.takes(&entry) {
                return Ok(ControlFlow::Continue(()));
            }
            if skipped < skip {
                skipped += 1;
            } else if page.entries.len() < limit {
                page.entries.push(entry);
            } else {
                page.next = page.entries.last().map(LogEntry::cursor);
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(page)
    }

    /// How many entries match.
    pub(crate) fn count(&self, filter: &LogFilter) -> Result<usize, StoreError> {
        let mut count = 0;
        self.walk(None, &mut |key, value| {
            if filter.is_open() || filter.takes(&LogEntry::decode(key, value)?) {
                count += 1;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(count)
    }

    /// Visits the entries. Days are found by looking for the next lower key, not by counting down from today, so entries of a
    /// clock that ran ahead are found too.
    fn walk(&self, after: Option<&LogCursor>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let all = Key::new(self.account, Kind::Log).range();
        let mut above = after.map_or_else(|| all.clone(), |after| until_day_of(self.account, after));
        while let Some(found) = self.last_day(above)?.filter(|found| *found >= day(self.oldest)) {
            let hook = day_key(self.account, found).text(self.hook_id);
            let mut range = hook.range().starting_at(hook.clone().u64(self.oldest).as_bytes());
            if let Some(after) = after {
                range = range.ending_before(after.key(self.account, self.hook_id).as_bytes());
            }
            if self.walk_day(range, visit)?.is_break() {
                break;
            }
            above = all.clone().ending_before(day_key(self.account, found).as_bytes());
        }
        Ok(())
    }

    fn walk_day(&self, range: KeyRange, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, StoreError> {
        let mut end = Ok(ControlFlow::Continue(()));
        self.store.scan(range, Order::Descending, &mut |key, value| {
            end = visit(key, value);
            if matches!(end, Ok(ControlFlow::Continue(()))) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        end
    }

    /// The latest day in a range of one account's entries.
    fn last_day(&self, range: KeyRange) -> Result<Option<u32>, StoreError> {
        let mut found = None;
        self.store.scan(range, Order::Descending, &mut |key, _| {
            found = Some(Place::read(key).map(|place| place.day));
            ControlFlow::Break(())
        })?;
        match found {
            Some(None) => Err(StoreError::Corrupt("a log entry has a key that is none".to_owned())),
            found => Ok(found.flatten()),
        }
    }
}

type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

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

    struct Fixture {
        _folder: tempfile::TempDir,
        store: Arc<dyn Store>,
        reader: LogReader,
        now: SystemTime,
    }

    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), Engine::Redb).unwrap();
        let reader = LogReader::new(store.clone(), Retention::new(Duration::from_secs(7 * 86_400)));
        Fixture { _folder: folder, store, reader, now: FakeClock::new().now() }
    }

    impl Fixture {
        fn add(&self, entries: impl IntoIterator<Item = LogEntry>) {
            let mut batch = Batch::new();
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
            let page = self.reader.hook(1, "hook", self.now).page(filter, after, skip, limit).unwrap();
            (page.entries.into_iter().map(|entry| entry.id).collect(), page.next)
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
        assert_eq!(fixture.reader.hook(1, "hook", fixture.now).count(&LogFilter::default()).unwrap(), 12);
        assert_eq!(fixture.reader.hook(1, "hoo", fixture.now).count(&LogFilter::default()).unwrap(), 0);
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
        assert_eq!(fixture.reader.hook(1, "hook", fixture.now).count(&failed).unwrap(), 4);
    }

    #[test]
    fn nothing_beyond_its_age_is_shown_though_it_is_still_stored() {
        let fixture = fixture();
        fixture.add_history("hook", 40);
        assert_eq!(fixture.page(&LogFilter::default(), None, 0, 100).0, ids(0..=28));
        let later = fixture.now + Duration::from_secs(6 * 86_400);
        assert_eq!(fixture.reader.hook(1, "hook", later).count(&LogFilter::default()).unwrap(), 5);
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
}
