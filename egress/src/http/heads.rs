//! Heads of HTTP/1 as they are on the wire. hyper writes names in one case and in its own order, and tells neither of an answer: here, between
//! hyper and the stream, a request's head is written as it was spelled, and an answer's head is looked at. What a message means stays hyper's.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::spelling::Spelling;

/// What is known of the heads of a connection, shared between who sends and the stream.
#[derive(Clone, Default)]
pub(super) struct Heads(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How the next head is spelled.
    next: Option<Spelling>,
    answer: Head,
    reading: bool,
}

/// A head as far as it has come. It is looked through once, however it is cut.
#[derive(Default)]
struct Head {
    bytes: Vec<u8>,
    /// Where the last line begins, and where the next one has to be looked for.
    line: usize,
    seen: usize,
}

impl Head {
    /// Where the empty line ends that ends the head.
    fn end(&mut self) -> Option<usize> {
        while let Some(at) = self.bytes.get(self.seen..)?.iter().position(|byte| *byte == b'\n').map(|at| self.seen + at) {
            let is_empty = matches!(self.bytes.get(self.line..at), Some(b"" | b"\r")) && self.line > 0;
            (self.line, self.seen) = (at + 1, at + 1);
            if is_empty {
                return Some(at + 1);
            }
        }
        self.seen = self.bytes.len();
        None
    }

    /// Takes what comes after the head.
    fn after(&mut self, end: usize) -> Vec<u8> {
        (self.line, self.seen) = (0, 0);
        self.bytes.split_off(end.min(self.bytes.len()))
    }

    /// Whether another answer follows this one: its status is 1xx, and not the one of a switch of protocols.
    fn is_interim(&self) -> bool {
        let status = self.bytes.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        status.first() == Some(&b'1') && !status.starts_with(b"101")
    }
}

/// The most bytes of a head that are held. A longer one passes as it is.
const LONGEST: usize = 2 << 20;

impl Heads {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how the head of the request is spelled that is sent next.
    pub(super) fn expect(&self, spelling: Spelling) {
        let mut state = self.state();
        (state.next, state.answer, state.reading) = (Some(spelling), Head::default(), true);
    }

    /// The names of the answer that came.
    pub(super) fn answer(&self) -> Spelling {
        let mut state = self.state();
        state.reading = false;
        Spelling::of_head(&std::mem::take(&mut state.answer).bytes)
    }

    /// Looks at bytes of an answer.
    fn came(&self, bytes: &[u8]) {
        let mut state = self.state();
        if !state.reading {
            return;
        }
        state.answer.bytes.extend_from_slice(bytes);
        while let Some(end) = state.answer.end() {
            let rest = state.answer.after(end);
            if !state.answer.is_interim() {
                state.reading = false;
                return;
            }
            state.answer.bytes = rest;
        }
        if state.answer.bytes.len() > LONGEST {
            (state.answer, state.reading) = (Head::default(), false);
        }
    }
}

/// A stream whose heads are spelled and looked at.
pub(super) struct Spelled<S> {
    inner: S,
    heads: Heads,
    /// The head that is being written.
    head: Head,
    /// Bytes that are still to be written, from `written` on.
    pending: Vec<u8>,
    written: usize,
}

impl<S> Spelled<S> {
    pub(super) fn new(inner: S, heads: Heads) -> Self {
        Self { inner, heads, head: Head::default(), pending: Vec::new(), written: 0 }
    }
}

impl<S: AsyncWrite + Unpin> Spelled<S> {
    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.pending.get(self.written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.inner).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.written += count,
            }
        }
        (self.pending, self.written) = (Vec::new(), 0);
        Poll::Ready(Ok(()))
    }

    /// Takes bytes that belong to a head, at least at their beginning; whether they did.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let mut state = self.heads.state();
        let Some(spelling) = &state.next else { return false };
        self.head.bytes.extend_from_slice(bytes);
        if let Some(end) = self.head.end() {
            let rest = self.head.after(end);
            self.pending = spelling.spell(&self.head.bytes);
            self.pending.extend(rest);
        } else if self.head.bytes.len() > LONGEST {
            self.pending = std::mem::take(&mut self.head.bytes);
        } else {
            return true;
        }
        self.head = Head::default();
        state.next = None;
        true
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Spelled<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.inner).poll_read(cx, buffer));
        self.heads.came(buffer.filled().get(before..).unwrap_or_default());
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Spelled<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_pending(cx))?;
        if !self.take(bytes) {
            return Pin::new(&mut self.inner).poll_write(cx, bytes);
        }
        // What is not written now is written with the next bytes, or when the stream is flushed.
        match self.poll_pending(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    #[tokio::test]
    async fn a_head_is_spelled_however_it_is_cut_and_bodies_pass() {
        let whole = b"POST / HTTP/1.1\r\nX-A: 1\r\nHost: h\r\nX-B: 2\r\n\r\nX-A: body\r\n\r\n";
        for (step, room) in [(1, 1), (7, 3), (1000, 5), (1000, 1000)] {
            let heads = Heads::default();
            let (near, mut far) = duplex(room);
            let mut near = Spelled::new(near, heads.clone());
            for names in [["x-B", "x-a"], ["X-b", "X-a"]] {
                heads.expect(Spelling::new(names));
                let expected = format!("POST / HTTP/1.1\r\nHost: h\r\n{}: 2\r\n{}: 1\r\n\r\nX-A: body\r\n\r\n", names[0], names[1]);
                let mut got = vec![0; expected.len()];
                let write = async {
                    for chunk in whole.chunks(step) {
                        near.write_all(chunk).await.unwrap();
                    }
                    near.flush().await.unwrap();
                };
                let (_, read) = tokio::join!(write, far.read_exact(&mut got));
                read.unwrap();
                assert_eq!(String::from_utf8(got).unwrap(), expected, "{step} {room}");
            }
        }
    }

    #[tokio::test]
    async fn the_names_of_an_answer_are_those_after_interim_ones() {
        let said = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nx-b: 2\r\n\r\nNo-Name: body\r\n\r\n";
        for step in [1, 9, 1000] {
            let heads = Heads::default();
            let (near, mut far) = duplex(1000);
            let mut near = Spelled::new(near, heads.clone());
            heads.expect(Spelling::default());
            for chunk in said.chunks(step) {
                far.write_all(chunk).await.unwrap();
                near.read_exact(&mut vec![0; chunk.len()]).await.unwrap();
            }
            assert_eq!(heads.answer(), Spelling::new(["X-A", "x-b"]), "{step}");
            assert_eq!(heads.answer(), Spelling::default());
        }
    }
}
