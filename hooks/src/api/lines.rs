//! Chunks on their way to the reader of a stream, bounded in bytes. A chunk counts until it has left the server, so that what the HTTP server
//! holds counts too. A reader that takes nothing is noticed, and can be cut off, which gives back what waits for it.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The end at which chunks go in.
pub(crate) struct LineSender(Arc<Shared>);

/// The end from which they are sent.
pub struct LineReceiver(Arc<Shared>);

/// The reader has gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

struct Shared {
    most: usize,
    state: Mutex<State>,
    /// Told when there may be room, or the reader has gone.
    changed: Notify,
}

struct State {
    chunks: VecDeque<Bytes>,
    /// Bytes that are in `chunks`, or that were taken from there and have not left the server.
    held: usize,
    /// When bytes last left, or first waited.
    moved: Instant,
    ended: Option<End>,
    gone: bool,
    waker: Option<Waker>,
}

#[derive(Clone, Copy)]
enum End {
    Done,
    Cut,
}

impl std::fmt::Debug for LineReceiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineReceiver").finish_non_exhaustive()
    }
}

/// A way for chunks of which at most `most` bytes wait at a time, or one chunk.
pub(crate) fn lines(most: usize) -> (LineSender, LineReceiver) {
    let state = State { chunks: VecDeque::new(), held: 0, moved: Instant::now(), ended: None, gone: false, waker: None };
    let shared = Arc::new(Shared { most, state: Mutex::new(state), changed: Notify::new() });
    (LineSender(shared.clone()), LineReceiver(shared))
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, end: End) {
        let (given_back, waker) = {
            let mut state = self.state();
            if state.ended.is_some() {
                return;
            }
            state.ended = Some(end);
            let cut = matches!(end, End::Cut);
            (if cut { std::mem::take(&mut state.chunks) } else { VecDeque::new() }, state.waker.take())
        };
        // Chunks lock the state when they are dropped.
        drop(given_back);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A chunk that is held until it is dropped.
struct Chunk {
    bytes: Bytes,
    shared: Arc<Shared>,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.held = state.held.saturating_sub(self.bytes.len());
        state.moved = Instant::now();
        drop(state);
        self.shared.changed.notify_waiters();
    }
}

impl LineSender {
    /// Waits for room, and sends. Dropping the future while it waits sends nothing.
    pub(crate) async fn send(&self, bytes: Bytes) -> Result<(), Gone> {
        loop {
            let mut changed = pin!(self.0.changed.notified());
            changed.as_mut().enable();
            if let Some(sent) = self.try_send(&bytes) {
                return sent;
            }
            changed.await;
        }
    }

    fn try_send(&self, bytes: &Bytes) -> Option<Result<(), Gone>> {
        let mut state = self.0.state();
        if state.gone {
            return Some(Err(Gone));
        }
        if state.held > 0 && state.held.saturating_add(bytes.len()) > self.0.most {
            return None;
        }
        if state.held == 0 {
            state.moved = Instant::now();
        }
        state.held += bytes.len();
        state.chunks.push_back(Bytes::from_owner(Chunk { bytes: bytes.clone(), shared: self.0.clone() }));
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        Some(Ok(()))
    }

    /// Returns once the reader has gone.
    pub(crate) async fn gone(&self) {
        loop {
            let mut changed = pin!(self.0.changed.notified());
            changed.as_mut().enable();
            if self.0.state().gone {
                return;
            }
            changed.await;
        }
    }

    /// Whether something waits for the reader, who has taken nothing for this long.
    pub(crate) fn is_stalled(&self, limit: Duration) -> bool {
        let state = self.0.state();
        state.held > 0 && state.moved.elapsed() >= limit
    }

    /// Cuts the reader off: what waits for it is dropped, and the stream breaks.
    pub(crate) fn cut(self) {
        self.0.end(End::Cut);
    }
}

impl Drop for LineSender {
    /// The stream ends after what is in it.
    fn drop(&mut self) {
        self.0.end(End::Done);
    }
}

impl LineReceiver {
    /// The next chunk; `None` after the last one.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut state = self.0.state();
        match (state.chunks.pop_front(), state.ended) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(chunk))),
            (None, Some(End::Done)) => Poll::Ready(None),
            (None, Some(End::Cut)) => Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into()))),
            (None, None) => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for LineReceiver {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.gone = true;
        let chunks = std::mem::take(&mut state.chunks);
        drop(state);
        drop(chunks);
        self.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    fn chunk(len: usize) -> Bytes {
        vec![b'x'; len].into()
    }

    async fn next(receiver: &LineReceiver) -> Option<io::Result<Bytes>> {
        poll_fn(|cx| receiver.poll_next(cx)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_chunk_takes_room_until_it_has_left() {
        let (sender, receiver) = lines(10);
        sender.send(chunk(6)).await.unwrap();
        assert!(timeout(LONG, sender.send(chunk(5))).await.is_err());
        let taken = next(&receiver).await.unwrap().unwrap();
        assert!(timeout(LONG, sender.send(chunk(5))).await.is_err(), "taken, and not sent");
        drop(taken);
        sender.send(chunk(5)).await.unwrap();
        drop(sender);
        assert_eq!(next(&receiver).await.unwrap().unwrap(), chunk(5));
        assert!(next(&receiver).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_chunk_beyond_all_room_goes_alone() {
        let (sender, receiver) = lines(10);
        sender.send(chunk(50)).await.unwrap();
        assert!(timeout(LONG, sender.send(chunk(1))).await.is_err());
        assert_eq!(next(&receiver).await.unwrap().unwrap().len(), 50);
        sender.send(chunk(1)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_noticed_and_cut_off() {
        let (sender, receiver) = lines(10);
        tokio::time::advance(LONG).await;
        assert!(!sender.is_stalled(LONG), "nothing waits");
        sender.send(chunk(1)).await.unwrap();
        tokio::time::advance(LONG / 2).await;
        assert!(!sender.is_stalled(LONG));
        sender.send(chunk(1)).await.unwrap();
        tokio::time::advance(LONG / 2).await;
        assert!(sender.is_stalled(LONG), "what is added is no progress");
        drop(next(&receiver).await);
        assert!(!sender.is_stalled(LONG));
        let shared = sender.0.clone();
        sender.cut();
        {
            let state = shared.state();
            assert_eq!((state.held, state.chunks.len()), (0, 0));
        }
        assert_eq!(next(&receiver).await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_reader_that_has_gone_is_noticed() {
        let (sender, receiver) = lines(10);
        sender.send(chunk(10)).await.unwrap();
        let waiting = tokio::spawn(async move {
            let sent = sender.send(chunk(10)).await;
            sender.gone().await;
            sent
        });
        tokio::task::yield_now().await;
        drop(receiver);
        assert_eq!(waiting.await.unwrap(), Err(Gone));
    }

    #[tokio::test]
    async fn a_waiting_reader_is_woken() {
        let (sender, receiver) = lines(10);
        let reading = tokio::spawn(async move { (next(&receiver).await.unwrap().unwrap(), next(&receiver).await.is_none()) });
        tokio::task::yield_now().await;
        sender.send(chunk(3)).await.unwrap();
        tokio::task::yield_now().await;
        drop(sender);
        assert_eq!(reading.await.unwrap(), (chunk(3), true));
    }
}
