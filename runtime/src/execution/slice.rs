//! Runs a guest's future in slices, so that other tasks get their share of the thread, and stops it at its deadline.
//!
//! A guest yields every [`super::FUEL_YIELD_INTERVAL`] of fuel by waking itself. Going back to the queue each time would put it
//! behind all others some 50,000 times a second, so it is polled again at once until its slice is over.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use atomic_waker::AtomicWaker;
use tokio::time::{Instant, Sleep};

/// How long a guest may compute before other tasks get the thread.
const SLICE: Duration = Duration::from_micros(500);

thread_local! {
    /// The guest that is being polled wants its slice to end here.
    static GIVEN_BACK: Cell<bool> = const { Cell::new(false) };
}

/// Ends the slice of the guest that awaits it: others get the thread, and the guest goes on elsewhere.
pub(super) async fn give_back() {
    let mut given = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        GIVEN_BACK.set(true);
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The deadline passed before the future was ready. The future must not be polled again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DeadlinePassed;

/// Records a wake-up, and passes it on while the future is not being polled.
#[derive(Default)]
struct SelfWake {
    woken: AtomicBool,
    outer: AtomicWaker,
}

impl Wake for SelfWake {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.outer.wake();
    }
}

/// A future with a deadline, polled in slices.
struct Slice<'a, F> {
    future: Pin<&'a mut F>,
    deadline: Instant,
    wake: Arc<SelfWake>,
    waker: Waker,
    /// Made only when the guest waits for something other than its next slice.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<'a, F: Future> Slice<'a, F> {
    fn new(future: Pin<&'a mut F>, deadline: Instant) -> Self {
        let wake = Arc::new(SelfWake::default());
        let waker = Waker::from(wake.clone());
        Self { future, deadline, wake, waker, timer: None }
    }
}

impl<F: Future> Future for Slice<'_, F> {
    type Output = Result<F::Output, DeadlinePassed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let begun = Instant::now();
        // Nothing of the guest runs any more, so that what is left of its step is short.
        if begun >= this.deadline {
            return Poll::Ready(Err(DeadlinePassed));
        }
        loop {
            // While the future is polled, a wake-up by the guest itself only sets a flag and does not reach tokio.
            this.wake.outer.take();
            this.wake.woken.store(false, Ordering::Release);
            let polled = this.future.as_mut().poll(&mut Context::from_waker(&this.waker));
            let now = Instant::now();
            if let Poll::Ready(output) = polled {
                // What is ready too late is late: it was not there when it was asked for.
                return Poll::Ready(if now < this.deadline { Ok(output) } else { Err(DeadlinePassed) });
            }
            if now >= this.deadline {
                return Poll::Ready(Err(DeadlinePassed));
            }
            if !this.wake.woken.load(Ordering::Acquire) {
                this.wake.outer.register(cx.waker());
                if !this.wake.woken.load(Ordering::Acquire) {
                    let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(this.deadline)));
                    return timer.as_mut().poll(cx).map(|()| Err(DeadlinePassed));
                }
            }
            if GIVEN_BACK.take() || now.duration_since(begun) >= SLICE {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }
}

/// Runs a future in slices until its deadline.
pub(crate) async fn sliced<T>(future: impl Future<Output = T>, deadline: Instant) -> Result<T, DeadlinePassed> {
    Slice::new(std::pin::pin!(future), deadline).await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn a_guest_that_gives_its_slice_back_goes_on_at_the_next_poll() {
        let guest = pin!(give_back());
        let mut slice = pin!(Slice::new(guest, Instant::now() + Duration::from_secs(60)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(slice.as_mut().poll(&mut context).is_pending(), "it is polled no further, though it has woken itself");
        assert!(slice.as_mut().poll(&mut context).is_ready());
    }

    async fn within<F: Future>(future: F, time: Duration) -> Result<F::Output, DeadlinePassed> {
        Slice::new(pin!(future), Instant::now() + time).await
    }

    #[tokio::test]
    async fn stops_a_future_that_only_yields() {
        let spin = async {
            loop {
                tokio::task::yield_now().await;
            }
        };
        let stopped: Result<(), _> = within(spin, Duration::from_millis(20)).await;
        assert_eq!(stopped, Err(DeadlinePassed));
    }

    #[tokio::test]
    async fn what_is_ready_after_the_deadline_is_late() {
        let late = async { std::thread::sleep(Duration::from_millis(20)) };
        assert_eq!(within(late, Duration::from_millis(5)).await, Err(DeadlinePassed));
    }

    #[tokio::test]
    async fn stops_a_future_that_only_waits() {
        assert_eq!(within(std::future::pending::<()>(), Duration::from_millis(20)).await, Err(DeadlinePassed));
    }

    #[tokio::test]
    async fn wakes_for_what_comes_from_elsewhere() {
        let (send, receive) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            send.send(7)
        });
        assert_eq!(within(receive, Duration::from_secs(30)).await, Ok(Ok(7)));
    }

    #[tokio::test]
    async fn others_get_their_turn_on_the_same_thread() {
        let turns = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let counting = turns.clone();
        let other = tokio::spawn(async move {
            loop {
                counting.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        let spin = async {
            for _ in 0..200 {
                std::thread::sleep(Duration::from_micros(100));
                tokio::task::yield_now().await;
            }
        };
        assert_eq!(within(spin, Duration::from_secs(30)).await, Ok(()));
        other.abort();
        assert!(turns.load(Ordering::Relaxed) >= 10);
    }
}
