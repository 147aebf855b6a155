//! A stream whose other side must take what is written to it: once it has taken nothing for too long, writing fails, and the connection ends
//! with everything that waited in it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Nothing was taken for too long.
#[derive(Debug, thiserror::Error)]
#[error("the other side takes nothing")]
struct Untaken;

/// Whether a write failed because nothing was taken for too long, and not for a reason of the system's.
pub(super) fn is_over(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Untaken>())
}

/// A stream that fails when a write makes no progress.
pub(super) struct Patience<S> {
    stream: S,
    limit: Duration,
    /// Runs while a write waits.
    over: Option<Pin<Box<Sleep>>>,
}

impl<S> Patience<S> {
    /// The stream, of which each write may wait this long.
    pub(super) fn new(stream: S, limit: Duration) -> Self {
        Self { stream, limit, over: None }
    }

    /// The result of a write, or the error that it waited for too long.
    fn bounded<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.over = None;
            return written;
        }
        let limit = self.limit;
        let over = self.over.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(over.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, Untaken)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.bounded(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.bounded(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::Instant;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_given_up() {
        let (here, there) = tokio::io::duplex(64);
        let mut stream = Patience::new(here, LIMIT);
        let started = Instant::now();
        let error = stream.write_all(&[0; 1000]).await.unwrap_err();
        assert!(error.kind() == io::ErrorKind::TimedOut && is_over(&error) && !is_over(&io::ErrorKind::TimedOut.into()));
        assert!((LIMIT..LIMIT * 2).contains(&started.elapsed()));
        drop(there);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_little_is_waited_for() {
        let (here, mut there) = tokio::io::duplex(64);
        let writing = tokio::spawn(async move { Patience::new(here, LIMIT).write_all(&[7; 64 * 20]).await });
        let mut read = Vec::new();
        while read.len() < 64 * 20 {
            tokio::time::sleep(LIMIT * 9 / 10).await;
            let mut part = [0; 64];
            let count = there.read(&mut part).await.unwrap();
            read.extend_from_slice(&part[..count]);
        }
        writing.await.unwrap().unwrap();
    }
}
