//! A body that is kept while it is read, if it is read to its end and is not too long.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::keep::Keeping;
use crate::error::Error;
use crate::http::ReplyBody;

/// What is done with a whole body.
type Whole = Box<dyn FnOnce(Bytes) -> Keeping<()> + Send>;

/// A body on its way to the hook.
pub(crate) struct Tee {
    inner: ReplyBody,
    most: usize,
    read: Vec<u8>,
    /// `None` once it is too long, broke off, or is kept.
    whole: Option<Whole>,
    keeping: Option<Keeping<()>>,
    /// What is given once it is kept.
    held: Option<Option<Frame<Bytes>>>,
}

impl Tee {
    pub(crate) fn new(inner: ReplyBody, most: usize, whole: Whole) -> Self {
        Self { inner, most, read: Vec::new(), whole: Some(whole), keeping: None, held: None }
    }

    fn note(&mut self, frame: &Frame<Bytes>) {
        let Some(data) = frame.data_ref().filter(|_| self.whole.is_some()) else { return };
        if self.read.len().saturating_add(data.len()) > self.most {
            self.whole = None;
            self.read = Vec::new();
        } else {
            self.read.extend_from_slice(data);
        }
    }

    fn keep(&mut self) {
        if let Some(whole) = self.whole.take() {
            self.keeping = Some(whole(std::mem::take(&mut self.read).into()));
        }
    }
}

impl Body for Tee {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if this.held.is_none() {
            let frame = match std::task::ready!(Pin::new(&mut this.inner).poll_frame(cx)).transpose() {
                Ok(frame) => frame,
                Err(error) => {
                    this.whole = None;
                    return Poll::Ready(Some(Err(error)));
                }
            };
            if let Some(frame) = &frame {
                this.note(frame);
            }
            if frame.is_none() || this.inner.is_end_stream() {
                this.keep();
            }
            this.held = Some(frame);
        }
        if let Some(keeping) = &mut this.keeping {
            std::task::ready!(keeping.as_mut().poll(cx));
            this.keeping = None;
        }
        Poll::Ready(this.held.take().flatten().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.keeping.is_none() && self.whole.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
