//! The body of an answer: whole, or lines that come as they are made. Who makes lines is the route's.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc::Receiver;

use super::activity::Busy;

/// What is sent after the head of an answer.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    /// Bytes that are there.
    Whole(Full<Bytes>),
    /// Bytes that come, until the sender is dropped.
    Stream {
        /// Where they come from.
        chunks: Receiver<Bytes>,
        /// Keeps the connection from being taken for an idle one.
        _busy: Option<Busy>,
    },
}

impl ReplyBody {
    /// The same body; a stream counts as work on the connection as long as it lasts. A whole one is the connection's own affair: a client
    /// that does not read it is idle.
    pub(super) fn holding(self, busy: Busy) -> Self {
        match self {
            Self::Whole(body) => Self::Whole(body),
            Self::Stream { chunks, .. } => Self::Stream { chunks, _busy: Some(busy) },
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Stream { chunks, .. } => chunks.poll_recv(context).map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Stream { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Stream { .. } => SizeHint::default(),
        }
    }
}
