//! The socket under a connection: it reports incoming bytes, breaks off at a flood of frames, and closes without cutting off what the other side
//! is sending.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::activity::Activity;
use super::frames::Frames;
use super::patience;
use crate::metrics::CutOff;

/// How long bytes from the other side are read and discarded after the end was announced. A socket that is closed with unread bytes in it
/// is reset, and the reset may overtake the last answer.
const LINGER: Duration = Duration::from_millis(500);
/// Bytes that are discarded at a time.
const SCRAP: usize = 4096;

/// A stream that reports its reads, and why the server broke it off.
pub(super) struct Socket<S> {
    stream: S,
    activity: Arc<Activity>,
    frames: Frames,
    /// Set after the end was announced.
    lingers: Option<Pin<Box<Sleep>>>,
}

impl<S> Socket<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>) -> Self {
        Self { stream, activity, frames: Frames::new(), lingers: None }
    }

    fn sent(&mut self, bytes: usize) {
        self.frames.sent(bytes);
        self.activity.sent(bytes);
    }

    /// The error, of which the connection learns whether the server broke off. What hyper makes of it does not say so.
    fn noted(&self, error: io::Error) -> io::Error {
        if patience::is_over(&error) {
            self.activity.break_off(CutOff::Untaken);
        }
        error
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let new = buf.filled().get(before..).unwrap_or_default();
        if !new.is_empty() {
            self.activity.received();
        }
        match self.frames.received(new) {
            true => Poll::Ready(Ok(())),
            false => {
                self.activity.break_off(CutOff::Flood);
                Poll::Ready(Err(io::Error::other("a flood of frames that carry no request")))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes)).map_err(|error| self.noted(error))?;
        self.sent(written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, parts)).map_err(|error| self.noted(error))?;
        self.sent(written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx).map_err(|error| self.noted(error))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingers.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        let lingers = this.lingers.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        loop {
            if lingers.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut scrap = [0; SCRAP];
            let mut buf = ReadBuf::new(&mut scrap);
            match ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => {}
                // The other side has closed as well, or the connection is broken.
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_late_is_read_and_thrown_away() {
        let (here, mut there) = tokio::io::duplex(64);
        let mut socket = Socket::new(here, Arc::new(Activity::new()));
        let ended = tokio::spawn(async move { socket.shutdown().await });
        let mut end = Vec::new();
        there.read_to_end(&mut end).await.unwrap();
        there.write_all(&[b'x'; 10_000]).await.unwrap();
        assert!(!ended.is_finished());
        drop(there);
        ended.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_long() {
        let (here, there) = tokio::io::duplex(64);
        let started = tokio::time::Instant::now();
        Socket::new(here, Arc::new(Activity::new())).shutdown().await.unwrap();
        assert!((LINGER..LINGER * 2).contains(&started.elapsed()), "{:?}", started.elapsed());
        drop(there);
    }
}
