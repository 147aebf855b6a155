//! Whether anything goes on in a connection. hyper gives up a client that is slow with the head of a request, but not one that never
//! shows which version of HTTP it speaks, nor an idle HTTP/2 connection, nor one that does not read its answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The requests of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    started: Instant,
    begun: AtomicU64,
    ended: AtomicU64,
    /// Milliseconds after `started` at which the last request began or ended.
    last: AtomicU64,
}

/// A request that is being worked on, until it is dropped.
#[derive(Debug)]
pub(super) struct Busy(Arc<Activity>);

impl Activity {
    /// A connection without a request.
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), begun: AtomicU64::new(0), ended: AtomicU64::new(0), last: AtomicU64::new(0) }
    }

    /// A request begins.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.touch();
        Busy(Arc::clone(self))
    }

    fn touch(&self) {
        let since = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(since, Ordering::Relaxed);
    }

    /// Returns once there has been no request for `limit`, or none at all for `first`.
    pub(super) async fn idle(&self, first: Duration, limit: Duration) {
        loop {
            let (begun, ended) = (self.begun.load(Ordering::Relaxed), self.ended.load(Ordering::Relaxed));
            let last = self.started + Duration::from_millis(self.last.load(Ordering::Relaxed));
            let end = match (begun, begun == ended) {
                (0, _) => self.started + first,
                (_, true) => last + limit,
                // Requests end by themselves, so they are looked at again, not timed.
                (_, false) => Instant::now() + limit,
            };
            if end <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
        self.0.touch();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);
    const LIMIT: Duration = Duration::from_secs(60);

    fn watch(activity: &Arc<Activity>) -> tokio::task::JoinHandle<Duration> {
        let activity = Arc::clone(activity);
        tokio::spawn(async move {
            let started = Instant::now();
            activity.idle(FIRST, LIMIT).await;
            started.elapsed()
        })
    }

    fn about(left: Duration, right: u64) -> bool {
        left.as_secs_f64() > right as f64 - 0.1 && left.as_secs_f64() < right as f64 + 0.1
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_must_bring_a_request_soon() {
        let elapsed = watch(&Arc::new(Activity::new())).await.unwrap();
        assert!(about(elapsed, 10), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_between_requests_may_be_longer() {
        let activity = Arc::new(Activity::new());
        let watch = watch(&activity);
        tokio::time::sleep(Duration::from_secs(5)).await;
        drop(activity.begin());
        tokio::time::sleep(Duration::from_secs(50)).await;
        drop(activity.begin());
        let elapsed = watch.await.unwrap();
        assert!(about(elapsed, 115), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_request_is_no_pause() {
        let activity = Arc::new(Activity::new());
        let (watch, busy) = (watch(&activity), activity.begin());
        tokio::time::sleep(Duration::from_secs(500)).await;
        assert!(!watch.is_finished());
        drop(busy);
        assert!(watch.await.unwrap() >= Duration::from_secs(560));
    }
}
