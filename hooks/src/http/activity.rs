//! The activity of one connection, and how long the connection may stay.
//!
//! hyper's own timer for the head of a request starts when the connection becomes idle, which would make it the limit of idleness. hyper
//! also keeps a client that never shows which version of HTTP it speaks, an idle HTTP/2 connection, and a client that does not read its
//! answers. So this module keeps the times: the head's from its first byte, the idle connection's from the end of the last request, or from
//! when its answer last went on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::metrics::CutOff;

/// The most bytes that are sent at a time without an answer among them.
const SIGNS: usize = 256;

/// The requests of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    started: Instant,
    begun: AtomicU64,
    ended: AtomicU64,
    /// Milliseconds after `started` at which the last request began or ended.
    last: AtomicU64,
    /// Milliseconds after `started`, plus one, at which the head of the next request began to arrive; 0 if it has not.
    head: AtomicU64,
    /// Whether requests share the connection, so that bytes need not belong to a head.
    shared: AtomicBool,
    /// Whether the connection ends with its next answer.
    closing: AtomicBool,
    /// Whether a request showed a valid token or secret.
    known: AtomicBool,
    /// Whether the connection must make room for another.
    giving_way: AtomicBool,
    /// Why the server breaks the connection off.
    broken_off: OnceLock<CutOff>,
    asked: Notify,
}

/// A request in progress, until it is dropped.
#[derive(Debug)]
pub(super) struct Busy(Arc<Activity>);

/// Why a connection has been open for long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The head of a request was not complete in time.
    Slow,
    /// There was no request for too long.
    Idle,
}

impl Activity {
    /// A connection without a request.
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            last: AtomicU64::new(0),
            head: AtomicU64::new(0),
            shared: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            known: AtomicBool::new(false),
            giving_way: AtomicBool::new(false),
            broken_off: OnceLock::new(),
            asked: Notify::new(),
        }
    }

    /// Begins a request; `shared` says whether others may run beside it.
    pub(super) fn begin(self: &Arc<Self>, shared: bool) -> Busy {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.head.store(0, Ordering::Relaxed);
        self.shared.store(shared, Ordering::Relaxed);
        self.touch();
        Busy(Arc::clone(self))
    }

    /// Notes that bytes came in.
    pub(super) fn received(&self) {
        if !self.is_busy() && !self.shared.load(Ordering::Relaxed) && self.head.load(Ordering::Relaxed) == 0 {
            self.head.store(self.millis().saturating_add(1), Ordering::Relaxed);
        }
    }

    /// Notes that bytes went out. Those of an answer show that the client takes it; a few are signs of HTTP/2, which an idle client gets too.
    pub(super) fn sent(&self, bytes: usize) {
        if bytes > SIGNS {
            self.touch();
        }
    }

    /// Makes the connection end with its next answer.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the connection ends with its next answer.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Notes that a request showed a valid token or secret.
    pub(super) fn recognise(&self) {
        self.known.store(true, Ordering::Relaxed);
    }

    /// Whether any request did.
    pub(super) fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// Asks the connection to make room for another.
    pub(super) fn give_way(&self) {
        self.giving_way.store(true, Ordering::Relaxed);
        self.asked.notify_one();
    }

    /// Whether it was asked to.
    pub(super) fn gives_way(&self) -> bool {
        self.giving_way.load(Ordering::Relaxed)
    }

    /// Returns when the connection was asked to make room.
    pub(super) async fn asked_to_give_way(&self) {
        while !self.gives_way() {
            self.asked.notified().await;
        }
    }

    /// Notes why the server breaks the connection off. The first reason counts.
    pub(super) fn break_off(&self, reason: CutOff) {
        let _ = self.broken_off.set(reason);
    }

    /// Why the server broke the connection off.
    pub(super) fn broken_off(&self) -> Option<CutOff> {
        self.broken_off.get().copied()
    }

    /// When something last happened: the connection came, or a request began or ended.
    pub(super) fn last(&self) -> Instant {
        self.started + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// Whether a request is in progress.
    pub(super) fn is_busy(&self) -> bool {
        self.begun.load(Ordering::Relaxed) != self.ended.load(Ordering::Relaxed)
    }

    /// Whether there was any request.
    pub(super) fn has_served(&self) -> bool {
        self.begun.load(Ordering::Relaxed) > 0
    }

    /// Whether the head of a request has begun to arrive.
    pub(super) fn has_head(&self) -> bool {
        self.head.load(Ordering::Relaxed) > 0
    }

    /// Whether requests share the connection.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.load(Ordering::Relaxed)
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn touch(&self) {
        self.last.store(self.millis(), Ordering::Relaxed);
    }

    /// Returns when there has been no request for `limit`, or when the head of one has not been complete within `first`. For the first
    /// head, `first` counts from the start of the connection.
    pub(super) async fn over(&self, first: Duration, limit: Duration) -> Over {
        let after = |millis| self.started + Duration::from_millis(millis);
        loop {
            let (begun, now) = (self.begun.load(Ordering::Relaxed), Instant::now());
            let (end, over) = match self.head.load(Ordering::Relaxed) {
                _ if begun == 0 => (self.started + first, Over::Slow),
                // Requests end by themselves, so they are checked again later and have no time limit.
                _ if self.is_busy() => (now + limit, Over::Idle),
                0 => (after(self.last.load(Ordering::Relaxed)) + limit, Over::Idle),
                head => (after(head) + first, Over::Slow),
            };
            if end <= now {
                return over;
            }
            // The start of a head does not wake this task. It sleeps for at most `first`, the time that a head may take, so it misses none.
            tokio::time::sleep_until(end.min(now + first)).await;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.touch();
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);
    const LIMIT: Duration = Duration::from_secs(60);

    fn watch(activity: &Arc<Activity>) -> tokio::task::JoinHandle<(Over, Duration)> {
        let activity = Arc::clone(activity);
        tokio::spawn(async move {
            let started = Instant::now();
            (activity.over(FIRST, LIMIT).await, started.elapsed())
        })
    }

    fn about(left: Duration, right: u64) -> bool {
        left.as_secs_f64() > right as f64 - 0.1 && left.as_secs_f64() < right as f64 + 0.1
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_must_bring_a_request_soon() {
        let (over, elapsed) = watch(&Arc::new(Activity::new())).await.unwrap();
        assert!(over == Over::Slow && about(elapsed, 10), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_between_requests_may_be_longer() {
        let activity = Arc::new(Activity::new());
        let watch = watch(&activity);
        tokio::time::sleep(Duration::from_secs(5)).await;
        drop(activity.begin(false));
        tokio::time::sleep(Duration::from_secs(50)).await;
        drop(activity.begin(false));
        let (over, elapsed) = watch.await.unwrap();
        assert!(over == Over::Idle && about(elapsed, 115), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_is_timed_from_its_first_byte() {
        let activity = Arc::new(Activity::new());
        let watch = watch(&activity);
        activity.received();
        drop(activity.begin(false));
        tokio::time::sleep(Duration::from_secs(50)).await;
        activity.received();
        tokio::time::sleep(Duration::from_secs(5)).await;
        activity.received();
        let (over, elapsed) = watch.await.unwrap();
        assert!(over == Over::Slow && about(elapsed, 60), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_beside_shared_requests_begin_no_head() {
        let activity = Arc::new(Activity::new());
        let watch = watch(&activity);
        drop(activity.begin(true));
        tokio::time::sleep(Duration::from_secs(20)).await;
        activity.received();
        let (over, elapsed) = watch.await.unwrap();
        assert!(over == Over::Idle && about(elapsed, 60), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_taken_is_no_pause_and_signs_are() {
        let activity = Arc::new(Activity::new());
        let watch = watch(&activity);
        drop(activity.begin(true));
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(50)).await;
            activity.sent(100_000);
        }
        tokio::time::sleep(Duration::from_secs(50)).await;
        activity.sent(17);
        let (over, elapsed) = watch.await.unwrap();
        assert!(over == Over::Idle && about(elapsed, 560), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_request_is_no_pause() {
        let activity = Arc::new(Activity::new());
        let (watch, busy) = (watch(&activity), activity.begin(false));
        tokio::time::sleep(Duration::from_secs(500)).await;
        assert!(!watch.is_finished());
        drop(busy);
        assert!(watch.await.unwrap().1 >= Duration::from_secs(560));
    }
}
