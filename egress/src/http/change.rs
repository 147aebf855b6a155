//! A body that is changed on its way: unpacked, or with sealed values masked.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};

use super::message::ReplyBody;
use crate::error::Error;

/// A change of a stream of bytes.
pub(crate) trait Change: Send {
    /// What comes out for a chunk; it may be nothing yet.
    fn push(&mut self, chunk: Bytes) -> Result<Bytes, Error>;
    /// What comes out at the end.
    fn end(&mut self) -> Result<Bytes, Error>;
}

/// A body and its change.
pub(crate) struct Changed {
    inner: ReplyBody,
    change: Box<dyn Change>,
    ended: bool,
}

impl Changed {
    pub(crate) fn new(inner: ReplyBody, change: Box<dyn Change>) -> Self {
        Self { inner, change, ended: false }
    }
}

impl Body for Changed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        while !this.ended {
            let out = match std::task::ready!(Pin::new(&mut this.inner).poll_frame(cx)) {
                None => {
                    this.ended = true;
                    this.change.end()
                }
                // Trailers are for nobody.
                Some(Ok(frame)) => frame.into_data().map_or(Ok(Bytes::new()), |chunk| this.change.push(chunk)),
                Some(Err(error)) => Err(error),
            };
            match out {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Err(error) => {
                    this.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}
