//! Bodies on their way out: none, bytes, or a stream that a hook writes with back-pressure.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::error::Error;
use crate::limits::bytes_text;

/// The body of a request.
#[derive(Debug, Default)]
pub enum Body {
    /// None, not even an empty one.
    #[default]
    None,
    /// All of it. Only such a body has sealed values put in and can be sent again.
    Bytes(Bytes),
    /// A stream, made by [`Body::channel`]. It is sent in chunks, once.
    Stream(BodyStream),
}

/// Chunks that wait until the connection takes them.
const WAITING: usize = 2;

impl Body {
    /// A stream and the end that writes it.
    pub fn channel() -> (BodySender, Self) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let fate = Arc::new(Fate::default());
        (BodySender { sender, fate: Arc::clone(&fate) }, Self::Stream(BodyStream { receiver, fate }))
    }

    /// The bytes of it that are known.
    pub(crate) fn len(&self) -> u64 {
        if let Self::Bytes(bytes) = self { bytes.len() as u64 } else { 0 }
    }
}

#[derive(Debug)]
enum Piece {
    Chunk(Bytes),
    End,
}

/// What became of a stream, for who writes it.
#[derive(Debug, Default)]
struct Fate {
    /// Why nothing more is taken.
    why: Mutex<Option<Error>>,
    /// As much as was said was taken: the connection asks for no end.
    full: AtomicBool,
}

impl Fate {
    fn why(&self) -> MutexGuard<'_, Option<Error>> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how much was taken.
    fn taken(&self, all: u64, length: Option<u64>) {
        if let Some(length) = length.filter(|length| *length == all) {
            *self.why() = Some(mismatch(length));
            self.full.store(true, Ordering::Release);
        }
    }
}

/// Where a hook writes its body. Dropped before [`BodySender::finish`], it aborts the request.
#[derive(Debug)]
pub struct BodySender {
    sender: mpsc::Sender<Piece>,
    fate: Arc<Fate>,
}

impl BodySender {
    /// Writes a chunk, as soon as there is a place for it.
    ///
    /// # Errors
    /// Why nothing more is taken: a limit that was crossed, or `EPIPE` where the request is over.
    pub async fn send(&self, chunk: Bytes) -> Result<(), Error> {
        self.sender.send(Piece::Chunk(chunk)).await.map_err(|_| self.why())
    }

    /// Ends the body.
    ///
    /// # Errors
    /// As [`BodySender::send`].
    pub async fn finish(self) -> Result<(), Error> {
        match self.sender.send(Piece::End).await {
            Err(_) if !self.fate.full.load(Ordering::Acquire) => Err(self.why()),
            _ => Ok(()),
        }
    }

    fn why(&self) -> Error {
        let why = self.fate.why().clone();
        why.unwrap_or_else(|| Error { syscall: Some("write"), ..Error::new("EPIPE", "write EPIPE") })
    }
}

/// The end of a stream that is read by the connection.
#[derive(Debug)]
pub struct BodyStream {
    receiver: mpsc::Receiver<Piece>,
    fate: Arc<Fate>,
}

enum Source {
    None,
    Bytes(Bytes),
    Stream(BodyStream),
}

/// A body as hyper reads it, counted.
pub(crate) struct Upload {
    source: Source,
    sent: Arc<AtomicU64>,
    most: u64,
    /// How long a stream was said to be.
    length: Option<u64>,
}

impl Upload {
    /// A body of at most so many bytes, with the count of what was taken of it. A stream may have a length, and then must be as long.
    pub(crate) fn new(body: Body, most: u64, length: Option<u64>, sent: Arc<AtomicU64>) -> Self {
        let source = match body {
            Body::None => Source::None,
            Body::Bytes(bytes) => Source::Bytes(bytes),
            Body::Stream(stream) => {
                stream.fate.taken(0, length);
                Source::Stream(stream)
            }
        };
        sent.store(0, Ordering::Relaxed);
        Self { source, sent, most, length }
    }

    /// The body again, where nothing of it was sent.
    pub(crate) fn into_body(self) -> Body {
        match self.source {
            Source::None => Body::None,
            Source::Bytes(bytes) => Body::Bytes(bytes),
            Source::Stream(stream) => Body::Stream(stream),
        }
    }
}

/// The limit that a body crosses.
pub(crate) fn too_long(most: u64) -> Error {
    Error::limit("the request's body is too long", bytes_text(most), "egress.request_bytes")
}

/// The error of a body that is not as long as was said.
fn mismatch(length: u64) -> Error {
    Error::invalid("ERR_HTTP_CONTENT_LENGTH_MISMATCH", format!("the request's body is not as long as its Content-Length of {length} says"))
}

impl BodyStream {
    fn end_with(&mut self, error: Error) -> Error {
        *self.fate.why() = Some(error.clone());
        self.receiver.close();
        error
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let chunk = match &mut this.source {
            Source::None => return Poll::Ready(None),
            Source::Bytes(bytes) => std::mem::take(bytes),
            Source::Stream(stream) => match std::task::ready!(stream.receiver.poll_recv(cx)) {
                Some(Piece::End) => match this.length {
                    Some(length) if length != this.sent.load(Ordering::Relaxed) => {
                        return Poll::Ready(Some(Err(stream.end_with(mismatch(length)))));
                    }
                    _ => Bytes::new(),
                },
                Some(Piece::Chunk(chunk)) => {
                    let all = this.sent.load(Ordering::Relaxed).saturating_add(chunk.len() as u64);
                    if let Some(length) = this.length.filter(|length| all > *length) {
                        return Poll::Ready(Some(Err(stream.end_with(mismatch(length)))));
                    }
                    if all > this.most {
                        return Poll::Ready(Some(Err(stream.end_with(too_long(this.most)))));
                    }
                    this.sent.store(all, Ordering::Relaxed);
                    stream.fate.taken(all, this.length);
                    return Poll::Ready(Some(Ok(Frame::data(chunk))));
                }
                None => return Poll::Ready(Some(Err(stream.end_with(Error::new("ECONNRESET", "the request's body was aborted"))))),
            },
        };
        this.source = Source::None;
        if chunk.is_empty() {
            return Poll::Ready(None);
        }
        this.sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        // A body that is there and empty has a length, 0, which is said.
        matches!(&self.source, Source::None)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::None => SizeHint::with_exact(0),
            Source::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Source::Stream(_) => self
                .length
                .map_or_else(SizeHint::default, |length| SizeHint::with_exact(length.saturating_sub(self.sent.load(Ordering::Relaxed)))),
        }
    }
}
