//! Work that is carried to its end, whether or not anybody waits for it.
//!
//! While its caller waits, it runs in the caller's task: a task of its own for every login would cost an allocation, two wake-ups and,
//! most often, a move to another core. Only when the caller goes away does it get one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

use crate::sandbox::Boxed;

/// The work panicked; it is gone, and the process has said so on its standard error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Panicked;

/// Work under way. Dropped before its end, it goes on in a task of its own.
pub(super) struct DetachOnDrop<T: Send + 'static>(Option<Boxed<T>>);

impl<T: Send + 'static> DetachOnDrop<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<T: Send + 'static> Future for DetachOnDrop<T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Work that has ended is not polled again; were it, it would have nothing more to say.
        let Some(mut work) = self.0.take() else { return Poll::Pending };
        // Unwind safe, because work that panicked is dropped here and what it shares is meant to be shared between tasks.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => {
                self.0 = Some(work);
                Poll::Pending
            }
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}

impl<T: Send + 'static> Drop for DetachOnDrop<T> {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and no task could begin.
        if let (Some(work), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            drop(runtime.spawn(work));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_that_is_waited_for_answers() {
        assert_eq!(DetachOnDrop::new(async { 5 }).await, Ok(5));
        let waits = async {
            tokio::task::yield_now().await;
            6
        };
        assert_eq!(DetachOnDrop::new(waits).await, Ok(6));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_goes_on() {
        let (go, gone) = oneshot::channel::<()>();
        let (done, ended) = oneshot::channel();
        let work = DetachOnDrop::new(async move {
            gone.await.unwrap();
            done.send(7).unwrap();
        });
        assert!(tokio::time::timeout(Duration::from_millis(5), work).await.is_err());
        go.send(()).unwrap();
        assert_eq!(ended.await, Ok(7));
    }

    #[tokio::test]
    async fn a_panic_ends_the_work_and_nothing_else() {
        let work = async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "a fault of the host");
        };
        assert_eq!(DetachOnDrop::new(work).await, Err(Panicked));
    }
}
