//! The body of an answer as it comes from the network. It keeps its connection alive.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::faults::error_of;
use super::line::Lifeline;
use crate::error::Error;
use crate::limits::Limits;

/// A body that is being received.
pub(crate) struct Download {
    body: Incoming,
    limits: Limits,
    _lifeline: Arc<Lifeline>,
}

impl Download {
    pub(crate) fn new(body: Incoming, limits: Limits, lifeline: Arc<Lifeline>) -> Self {
        Self { body, limits, _lifeline: lifeline }
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(|error| self.error(&error))))
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
