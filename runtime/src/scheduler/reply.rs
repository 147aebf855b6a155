//! The answer of an execution, which either the execution gives or, in its stead, the scheduler.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Why work has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRun {
    /// It has not begun: too many wait for a place.
    #[error("too many executions wait for a place")]
    QueueFull,
    /// It has not begun: no place became free in time.
    #[error("no place became free in time")]
    Waited,
    /// It was in a long step when its deadline passed.
    #[error("it was in a long step when its time was over")]
    Overdue,
    /// It panicked.
    #[error("it broke off inside the host")]
    BrokeOff,
}

/// The sender of an answer.
pub(super) struct Reply<T>(Mutex<Option<oneshot::Sender<Result<T, NotRun>>>>);

impl<T: Send + 'static> Reply<T> {
    pub(super) fn new() -> (Self, impl Future<Output = Result<T, NotRun>> + Send + 'static) {
        let (sender, receiver) = oneshot::channel();
        // A sender that is gone without an answer has been dropped by a panic.
        (Self(Mutex::new(Some(sender))), async { receiver.await.unwrap_or(Err(NotRun::BrokeOff)) })
    }

    fn take(&self) -> Option<oneshot::Sender<Result<T, NotRun>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Answers, unless the scheduler has.
    pub(super) fn send(&self, answer: T) {
        if let Some(sender) = self.take() {
            // Nobody may wait for it any more.
            drop(sender.send(Ok(answer)));
        }
    }
}

/// Answers in the stead of an execution, whatever that would return.
pub(super) trait Cancel: Send + Sync {
    /// Answers, unless the execution has.
    fn cancel(&self, reason: NotRun);
}

impl<T: Send + 'static> Cancel for Reply<T> {
    fn cancel(&self, reason: NotRun) {
        if let Some(sender) = self.take() {
            drop(sender.send(Err(reason)));
        }
    }
}
