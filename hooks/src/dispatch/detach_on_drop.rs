//! Work that runs to its end, even if its caller stops waiting for it.
//!
//! While the caller waits, the work runs in the caller's task: a task for every login would cost an allocation, two wake-ups and, most
//! often, a move to another core. The work gets its own task only when the caller goes away.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::sandbox::Boxed;

/// The work panicked and is lost. The process has reported the panic on its standard error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Panicked;

/// Counts the work that goes on without its caller.
pub(super) struct Detached(watch::Sender<usize>);

impl Detached {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Returns when no work goes on without its caller.
    pub(super) async fn ended(&self) {
        // The sender is in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// Work in progress. If it is dropped before its end, it goes on in its own task.
pub(super) struct DetachOnDrop<T: Send + 'static> {
    work: Option<Boxed<T>>,
    detached: Arc<Detached>,
}

impl<T: Send + 'static> DetachOnDrop<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static, detached: Arc<Detached>) -> Self {
        Self { work: Some(Box::pin(work)), detached }
    }
}

impl<T: Send + 'static> Future for DetachOnDrop<T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Work that has ended is not polled again.
        let Some(mut work) = self.work.take() else { return Poll::Pending };
        // Unwind safe, because work that panicked is dropped here, and its shared state is meant to be shared between tasks.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => {
                self.work = Some(work);
                Poll::Pending
            }
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}

impl<T: Send + 'static> Drop for DetachOnDrop<T> {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and a task could not start.
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            let detached = self.detached.clone();
            detached.0.send_modify(|count| *count += 1);
            drop(runtime.spawn(async move {
                let _counted = Counted(detached);
                work.await;
            }));
        }
    }
}

/// Decrements the count when it is dropped, also by a panic.
struct Counted(Arc<Detached>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    fn detach_on_drop<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> DetachOnDrop<T> {
        DetachOnDrop::new(work, Arc::new(Detached::new()))
    }

    #[tokio::test]
    async fn work_that_is_waited_for_answers() {
        assert_eq!(detach_on_drop(async { 5 }).await, Ok(5));
        let waits = async {
            tokio::task::yield_now().await;
            6
        };
        assert_eq!(detach_on_drop(waits).await, Ok(6));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_goes_on_and_is_counted() {
        let (go, gone) = oneshot::channel::<()>();
        let (done, ended) = oneshot::channel();
        let detached = Arc::new(Detached::new());
        let work = async move {
            gone.await.unwrap();
            done.send(7).unwrap();
        };
        let work = DetachOnDrop::new(work, detached.clone());
        assert!(tokio::time::timeout(Duration::from_millis(5), work).await.is_err());
        assert!(tokio::time::timeout(Duration::from_millis(5), detached.ended()).await.is_err());
        go.send(()).unwrap();
        assert_eq!(ended.await, Ok(7));
        detached.ended().await;
    }

    #[tokio::test]
    async fn a_panic_ends_the_work_and_nothing_else() {
        let work = async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "a fault of the host");
        };
        assert_eq!(detach_on_drop(work).await, Err(Panicked));
    }
}
