//! The body of an answer: whole, lines that are sent as they are made, or a file that is sent as it is read. The handlers make the lines.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::lines::LineReceiver;

/// Bytes that are read from a file at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// How long a client may take to fetch one piece. A client that stops reading does not hold the file, and what goes with it, for longer.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60);

/// Held until the body has been sent.
type Guard = Box<dyn Send + Sync>;

/// What is sent after the head of an answer.
pub enum ReplyBody {
    /// Bytes that are complete; `None` once they are taken, or if there are none.
    Whole(Option<Bytes>),
    /// Bytes that arrive until the sender ends.
    Stream {
        /// The receiver of the bytes.
        chunks: LineReceiver,
        /// Counts as work on the connection, so that it is not closed as idle.
        _busy: Option<Guard>,
    },
    /// A file that is sent as it is read.
    File {
        /// Its pieces.
        pieces: Receiver<io::Result<Bytes>>,
        /// How many bytes are still to come.
        left: u64,
        /// Counts as work on the connection, so that it is not closed as idle.
        _busy: Option<Guard>,
    },
}

impl std::fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Whole(_) => "Whole",
            Self::Stream { .. } => "Stream",
            Self::File { .. } => "File",
        })
    }
}

impl ReplyBody {
    /// The same body. A stream or a file counts as work on the connection until it has been sent. A whole body does not: a client that does
    /// not read it is idle.
    pub(crate) fn holding(self, busy: impl Send + Sync + 'static) -> Self {
        match self {
            Self::Whole(body) => Self::Whole(body),
            Self::Stream { chunks, .. } => Self::Stream { chunks, _busy: Some(Box::new(busy)) },
            Self::File { pieces, left, .. } => Self::File { pieces, left, _busy: Some(Box::new(busy)) },
        }
    }

    /// The next `length` bytes of a file. `guard` is dropped when they have been sent, or cannot be.
    pub(crate) fn file(file: File, length: u64, guard: impl Send + 'static) -> Self {
        let (sender, pieces) = channel(2);
        tokio::spawn(async move {
            let _guard = guard;
            send(file, length, &sender).await;
        });
        Self::File { pieces, left: length, _busy: None }
    }
}

/// Sends a file's bytes until all are sent or the client stops reading.
async fn send(file: File, length: u64, to: &Sender<io::Result<Bytes>>) {
    let mut file = tokio::fs::File::from_std(file).take(length);
    let mut left = length;
    while left > 0 {
        let mut piece = BytesMut::with_capacity(CHUNK_BYTES);
        let read = file.read_buf(&mut piece).await.and_then(|read| match read {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(piece.freeze()),
        });
        left = left.saturating_sub(read.as_ref().map_or(left, |piece| piece.len() as u64));
        match tokio::time::timeout(FETCH_TIMEOUT, to.send(read)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

impl From<Bytes> for ReplyBody {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream { chunks, .. } => chunks.poll_next(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data))),
            Self::File { pieces, left, .. } => match ready!(pieces.poll_recv(cx)) {
                Some(Ok(piece)) => {
                    *left = left.saturating_sub(piece.len() as u64);
                    Poll::Ready(Some(Ok(Frame::data(piece))))
                }
                Some(Err(error)) => Poll::Ready(Some(Err(error))),
                None if *left > 0 => Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
                None => Poll::Ready(None),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Stream { .. } => false,
            Self::File { left, .. } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Stream { .. } => SizeHint::default(),
            Self::File { left, .. } => SizeHint::with_exact(*left),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use http_body_util::BodyExt as _;
    use tokio::sync::oneshot;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    #[tokio::test]
    async fn a_file_is_sent_to_its_end_and_its_guard_dropped() {
        let (guard, dropped) = oneshot::channel::<()>();
        let bytes: Vec<u8> = (0..200_000).map(|number: u32| number.to_le_bytes()[0]).collect();
        let payload = ReplyBody::file(file(&bytes), bytes.len() as u64, guard);
        assert_eq!(payload.size_hint().exact(), Some(200_000));
        assert!(payload.collect().await.unwrap().to_bytes() == bytes);
        assert!(dropped.await.is_err());
    }

    #[tokio::test]
    async fn a_file_that_is_too_short_is_an_error_and_not_an_end() {
        let payload = ReplyBody::file(file(b"short"), 6, ());
        assert_eq!(payload.collect().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn the_guard_goes_with_a_client_that_hangs_up() {
        let (guard, dropped) = oneshot::channel::<()>();
        drop(ReplyBody::file(file(&[0; 1 << 20]), 1 << 20, guard));
        assert!(dropped.await.is_err());
    }

    #[tokio::test]
    async fn bytes_are_sent_in_one_piece() {
        let mut payload = ReplyBody::from(Bytes::from_static(b"whole"));
        assert_eq!(payload.frame().await.unwrap().unwrap().into_data().unwrap(), "whole");
        assert!(payload.is_end_stream() && payload.frame().await.is_none());
    }
}
