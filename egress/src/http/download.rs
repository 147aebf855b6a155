//! The body of an answer as it comes from the network. It keeps its connection alive.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;
use tokio::time::{Timeout, timeout};

use super::faults::error_of;
use super::line::Lifeline;
use crate::error::Error;
use crate::limits::Limits;

/// Ends when the connection is ready for another request, or will not be.
pub(crate) type Kept = oneshot::Receiver<()>;

/// How long the end of a body waits for its connection, so that the call that follows finds it.
const PATIENCE: Duration = Duration::from_millis(20);

/// A body that is being received.
pub(crate) struct Download {
    body: Incoming,
    limits: Limits,
    kept: Option<Kept>,
    /// The end was reached, and this is waited for.
    settling: Option<Pin<Box<Timeout<Kept>>>>,
    ended: bool,
    _lifeline: Arc<Lifeline>,
}

impl Download {
    pub(crate) fn new(body: Incoming, limits: Limits, kept: Option<Kept>, lifeline: Arc<Lifeline>) -> Self {
        Self { body, limits, kept, settling: None, ended: false, _lifeline: lifeline }
    }

    /// Waits for the connection of an answer that is over already.
    pub(crate) async fn settle(&mut self) {
        if self.body.is_end_stream()
            && let Some(kept) = self.kept.take()
        {
            drop(timeout(PATIENCE, kept).await);
        }
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if !self.ended {
            let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
            if let Some(frame) = frame {
                return Poll::Ready(Some(frame.map_err(|error| self.error(&error))));
            }
            self.ended = true;
            self.settling = self.kept.take().map(|kept| Box::pin(timeout(PATIENCE, kept)));
        }
        if let Some(settling) = &mut self.settling {
            drop(std::task::ready!(settling.as_mut().poll(cx)));
            self.settling = None;
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Download {
    fn error(&self, error: &hyper::Error) -> Error {
        let error = error_of(error, &self.limits);
        if error == Error::hung_up() { Error::new("ECONNRESET", "aborted") } else { error }
    }
}
