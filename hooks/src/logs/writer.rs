//! Writes entries off the request path: a bounded queue, and one task that commits its entries in batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::index;
use super::{Indexed, LogEntry, Tail};
use crate::store::{Batch, Store, StoreError};

/// The interval between messages about a failing store in the server's own log.
const ERROR_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The sizes of the queue and of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueSettings {
    /// The most entries that wait.
    pub(crate) entries: usize,
    /// The most bytes of the entries that wait.
    pub(crate) bytes: usize,
    /// The most entries of one commit.
    pub(crate) batch_entries: usize,
    /// The size from which a batch takes no more entries, in bytes.
    pub(crate) batch_bytes: usize,
    /// How long a batch waits for more entries after its first one.
    pub(crate) window: Duration,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { entries: 8192, bytes: 64 << 20, batch_entries: 512, batch_bytes: 4 << 20, window: Duration::from_millis(50) }
    }
}

enum Message {
    Entry(Box<LogEntry>),
    /// Wants to know when the entries before it were written.
    Mark(oneshot::Sender<()>),
}

/// Counters that the writer's handles and its task share.
#[derive(Debug, Default)]
struct Counts {
    dropped: AtomicU64,
    written: AtomicU64,
    waiting_bytes: AtomicUsize,
}

/// A handle of the log's queue. Cheap to clone. After the last clone is dropped, the task commits the queued entries and ends.
#[derive(Clone)]
pub(crate) struct LogWriter {
    queue: mpsc::Sender<Message>,
    counts: Arc<Counts>,
    most_bytes: usize,
}

impl LogWriter {
    /// Starts the task that writes, on the present tokio runtime.
    pub(crate) fn start(store: Arc<dyn Store>, tail: Arc<Tail>, indexed: Indexed, settings: QueueSettings) -> Self {
        let (queue, messages) = mpsc::channel(settings.entries.max(1));
        let counts = Arc::new(Counts::default());
        let task = Task { store, tail, indexed, messages, counts: counts.clone(), settings, last_error_logged: None };
        tokio::spawn(task.run());
        Self { queue, counts, most_bytes: settings.bytes }
    }

    /// Queues an entry, or counts it as dropped when the queue is full. Never waits.
    pub(crate) fn append(&self, entry: LogEntry) {
        let size = entry.size();
        let waiting = &self.counts.waiting_bytes;
        let fits = |waiting: usize| waiting.checked_add(size).filter(|total| *total <= self.most_bytes);
        if waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        } else if self.queue.try_send(Message::Entry(Box::new(entry))).is_err() {
            waiting.fetch_sub(size, Ordering::Relaxed);
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until every entry queued before this call can be read, or was dropped because the store failed. It hurries nothing: their batch
    /// is written when its window has passed, so however many wait, they cost no commit.
    pub(crate) async fn caught_up(&self) {
        let (done, reached) = oneshot::channel();
        if self.queue.send(Message::Mark(done)).await.is_ok() {
            // An error means that the task is gone, and nothing is queued any more.
            let _ = reached.await;
        }
    }

    /// Entries on disk since the start.
    pub(crate) fn written(&self) -> u64 {
        self.counts.written.load(Ordering::Relaxed)
    }

    /// Bytes of entries that wait to be written.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.counts.waiting_bytes.load(Ordering::Relaxed)
    }

    /// Entries lost since the start, to a full queue or a failing store.
    pub(crate) fn dropped(&self) -> u64 {
        self.counts.dropped.load(Ordering::Relaxed)
    }
}

struct Task {
    store: Arc<dyn Store>,
    messages: mpsc::Receiver<Message>,
    tail: Arc<Tail>,
    indexed: Indexed,
    counts: Arc<Counts>,
    settings: QueueSettings,
    last_error_logged: Option<Instant>,
}

/// The entries of one commit, and the callers that wait for it.
#[derive(Default)]
struct Gathered {
    entries: Vec<LogEntry>,
    bytes: usize,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Task {
    async fn run(mut self) {
        while let Some(first) = self.messages.recv().await {
            let Gathered { entries, bytes, waiting } = self.gather(first).await;
            self.write(entries).await;
            self.counts.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            for one in waiting {
                // An error means that the caller no longer waits.
                let _ = one.send(());
            }
        }
    }

    /// Takes messages until the batch is full or its window has passed. Without an entry there is nothing to wait for.
    async fn gather(&mut self, first: Message) -> Gathered {
        let deadline = Instant::now() + self.settings.window;
        let (mut gathered, mut next) = (Gathered::default(), Some(first));
        while let Some(message) = next {
            match message {
                Message::Entry(entry) => gathered.add(*entry),
                Message::Mark(done) => gathered.waiting.push(done),
            }
            if gathered.entries.is_empty()
                || gathered.entries.len() >= self.settings.batch_entries
                || gathered.bytes >= self.settings.batch_bytes
            {
                break;
            }
            next = timeout_at(deadline, self.messages.recv()).await.ok().flatten();
        }
        gathered
    }

    async fn write(&mut self, entries: Vec<LogEntry>) {
        if entries.is_empty() {
            return;
        }
        let (store, tail, indexed, count) = (self.store.clone(), self.tail.clone(), self.indexed.clone(), entries.len());
        let written = tokio::task::spawn_blocking(move || {
            tail.begin(&entries);
            let written = write(&*store, &indexed, &entries);
            tail.end(if written.is_ok() { &entries } else { &[] });
            written
        });
        let error = match written.await {
            Ok(Ok(())) => {
                self.counts.written.fetch_add(count as u64, Ordering::Relaxed);
                return;
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        let dropped = self.counts.dropped.fetch_add(count as u64, Ordering::Relaxed).saturating_add(count as u64);
        if self.last_error_logged.is_none_or(|when| when.elapsed() >= ERROR_LOG_INTERVAL) {
            self.last_error_logged = Some(Instant::now());
            tracing::error!(error, dropped, "log entries were lost: the store does not take them");
        }
    }
}

impl Gathered {
    fn add(&mut self, entry: LogEntry) {
        self.bytes += entry.size();
        self.entries.push(entry);
    }
}

fn write(store: &dyn Store, indexed: &Indexed, entries: &[LogEntry]) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    for entry in entries {
        batch.put(entry.key(), entry.value()?);
    }
    let added = index::add(&mut batch, entries);
    store.commit(batch)?;
    indexed.growth().count(&added);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::entry::tests::entry;
    use super::super::{LogFilter, LogReader, Retention, moment};
    use super::*;
    use crate::store::{Engine, KeyRange, Kind, Order, Visit, open};

    const NOW: u64 = 1_780_000_000_000_000;

    /// A store whose commits can be held up or made to fail, and that remembers how large they were.
    struct Gate {
        inner: Arc<dyn Store>,
        closed: Mutex<bool>,
        opened: std::sync::Condvar,
        full: std::sync::atomic::AtomicBool,
        batches: Mutex<Vec<u64>>,
    }

    impl Gate {
        fn set_closed(&self, closed: bool) {
            *self.closed.lock().unwrap() = closed;
            self.opened.notify_all();
        }
    }

    impl Store for Gate {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            self.inner.get(key)
        }
        fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
            self.inner.scan(range, order, visit)
        }
        fn commit(&self, batch: Batch) -> Result<(), StoreError> {
            drop(self.opened.wait_while(self.closed.lock().unwrap(), |closed| *closed).unwrap());
            if self.full.load(Ordering::Relaxed) {
                return Err(StoreError::Full);
            }
            assert_eq!(batch.puts_of(Kind::LogIndex), 1, "the entries of a commit share a row of the index");
            self.batches.lock().unwrap().push(batch.puts_of(Kind::Log) as u64);
            self.inner.commit(batch)
        }
    }

    fn fixture(settings: QueueSettings) -> (tempfile::TempDir, Arc<Gate>, LogWriter, LogReader) {
        let folder = tempfile::tempdir().unwrap();
        let inner = open(folder.path(), Engine::Redb).unwrap();
        let gate = Gate { inner, closed: false.into(), opened: Default::default(), full: false.into(), batches: Default::default() };
        let gate = Arc::new(gate);
        let indexed = Indexed::of(&*gate).unwrap();
        let reader = LogReader::new(gate.clone(), Retention::new(Duration::from_secs(86_400)), indexed.clone());
        let writer = LogWriter::start(gate.clone(), Tail::new(|_| Vec::new()), indexed, settings);
        (folder, gate, writer, reader)
    }

    fn count(reader: &LogReader) -> usize {
        let never = std::sync::atomic::AtomicBool::new(false);
        reader.hook(1, "hook", moment(NOW), &never).positions(&LogFilter::default(), 0, usize::MAX).unwrap().len()
    }

    #[tokio::test]
    async fn who_waits_sees_everything_before_and_causes_no_commit() {
        let (_folder, gate, writer, reader) = fixture(QueueSettings::default());
        writer.caught_up().await;
        for round in 1..=3 {
            (0..100).for_each(|number| writer.append(entry(round * 1000 + number, "hook", NOW)));
            let waiting: Vec<_> =
                (0..20).map(|_| writer.clone()).map(|writer| tokio::spawn(async move { writer.caught_up().await })).collect();
            writer.caught_up().await;
            assert_eq!(count(&reader), usize::try_from(round).unwrap() * 100);
            for one in waiting {
                one.await.unwrap();
            }
        }
        assert_eq!((gate.batches.lock().unwrap().clone(), writer.dropped()), (vec![100; 3], 0));
    }

    #[tokio::test]
    async fn an_entry_can_be_read_within_a_second() {
        let (_folder, _gate, writer, reader) = fixture(QueueSettings::default());
        let start = Instant::now();
        writer.append(entry(1, "hook", NOW));
        while count(&reader) == 0 {
            assert!(start.elapsed() < Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_full_queue_drops_and_counts_and_never_waits() {
        let (_folder, gate, writer, reader) = fixture(QueueSettings { entries: 10, batch_entries: 1, ..QueueSettings::default() });
        gate.set_closed(true);
        writer.append(entry(0, "hook", NOW));
        tokio::time::sleep(Duration::from_millis(100)).await;
        // The first is stuck in its commit, ten wait, the rest is lost. `append` is no async function: had it waited, this
        // single-threaded runtime would stand still.
        (1..=30).for_each(|number| writer.append(entry(number, "hook", NOW)));
        assert_eq!(writer.dropped(), 20);
        gate.set_closed(false);
        writer.caught_up().await;
        assert_eq!((count(&reader), writer.dropped(), writer.written()), (11, 20, 11));
    }

    #[tokio::test]
    async fn entries_too_large_to_wait_are_dropped() {
        let (_folder, gate, writer, reader) = fixture(QueueSettings { bytes: 100_000, ..QueueSettings::default() });
        gate.set_closed(true);
        let large = |number| LogEntry { events: ["x".repeat(40_000)].iter().collect(), ..entry(number, "hook", NOW) };
        (0..5).for_each(|number| writer.append(large(number)));
        assert_eq!(writer.dropped(), 3);
        gate.set_closed(false);
        writer.caught_up().await;
        (5..7).for_each(|number| writer.append(large(number)));
        writer.caught_up().await;
        assert_eq!((count(&reader), writer.dropped()), (4, 3));
    }

    #[tokio::test]
    async fn entries_share_commits_within_limits() {
        let (_folder, gate, writer, _reader) = fixture(QueueSettings { batch_entries: 40, ..QueueSettings::default() });
        (0..100).for_each(|number| writer.append(entry(number, "hook", NOW)));
        writer.caught_up().await;
        assert_eq!(*gate.batches.lock().unwrap(), [40, 40, 20]);
    }

    #[tokio::test]
    async fn a_full_disk_loses_entries_and_nothing_else() {
        let (_folder, gate, writer, reader) = fixture(QueueSettings::default());
        gate.full.store(true, Ordering::Relaxed);
        (0..3).for_each(|number| writer.append(entry(number, "hook", NOW)));
        writer.caught_up().await;
        assert_eq!((count(&reader), writer.dropped()), (0, 3));
        gate.full.store(false, Ordering::Relaxed);
        writer.append(entry(4, "hook", NOW));
        writer.caught_up().await;
        assert_eq!((count(&reader), writer.dropped(), writer.written()), (1, 3, 1));
    }

    #[tokio::test]
    async fn what_is_queued_is_written_when_the_last_handle_goes() {
        let (_folder, _gate, writer, reader) = fixture(QueueSettings { window: Duration::from_secs(60), ..QueueSettings::default() });
        (0..5).for_each(|number| writer.append(entry(number, "hook", NOW)));
        drop(writer);
        for _ in 0..500 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if count(&reader) == 5 {
                return;
            }
        }
        panic!("the entries were not written");
    }
}
