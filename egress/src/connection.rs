//! A raw connection of a hook. Reading and writing do not wait for each other; TLS can begin on it later.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::sync::{Mutex, OwnedSemaphorePermit, watch};
use tokio::time::timeout_at;

use crate::calls::Ticket;
use crate::counters::Counters;
use crate::error::Error;
use crate::limits::bytes_text;
use crate::policy::Target;
use crate::scene::Scene;
use crate::stream::{Ends, Stream};
use crate::tls::{Offer, TlsFacts, TlsOptions};

/// A raw connection. Dropped, it is closed.
pub struct Connection {
    target: Target,
    ends: Ends,
    facts: OnceLock<TlsFacts>,
    read: Mutex<Option<ReadHalf<Stream>>>,
    write: Mutex<Option<WriteHalf<Stream>>>,
    /// Whether TLS is about to begin: a read that waits gives the stream away.
    securing: watch::Sender<bool>,
    /// Whether TLS was to begin and did not.
    broken: AtomicBool,
    sent: AtomicU64,
    received: AtomicU64,
    counted: Counted,
}

/// What a connection counts for. It holds a place among the execution's sockets.
pub(crate) struct Counted {
    pub(crate) scene: Arc<Scene>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) ticket: Ticket,
    pub(crate) _places: Vec<OwnedSemaphorePermit>,
}

/// The most bytes that one read gives.
const LARGEST_READ: usize = 256 << 10;

/// Ends the wait of reads. However securing ends, if not with TLS, the connection is of no more use.
struct Securing<'a> {
    of: &'a Connection,
    done: bool,
}

impl<'a> Securing<'a> {
    fn begin(of: &'a Connection) -> Self {
        of.securing.send_replace(true);
        Self { of, done: false }
    }
}

impl Drop for Securing<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.of.broken.store(true, Ordering::Release);
        }
        self.of.securing.send_replace(false);
    }
}

impl Connection {
    pub(crate) fn new(stream: Stream, target: Target, counted: Counted) -> Self {
        let ends = stream.ends();
        let facts = stream.facts().cloned().map_or_else(OnceLock::new, OnceLock::from);
        let (read, write) = split(stream);
        let (read, write) = (Mutex::new(Some(read)), Mutex::new(Some(write)));
        let securing = watch::Sender::new(false);
        let (broken, sent, received) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        Self { target, ends, facts, read, write, securing, broken, sent, received, counted }
    }

    /// Both ends.
    pub fn ends(&self) -> Ends {
        self.ends
    }

    /// What TLS agreed on, if the connection speaks it.
    pub fn facts(&self) -> Option<&TlsFacts> {
        self.facts.get()
    }

    /// The next bytes, 1 to `max` (at most 256 KiB) of them; none at the end. It can be dropped without a loss, and goes on in TLS if that
    /// begins while it waits.
    ///
    /// # Errors
    /// What the connection failed with; `ERR_HOOK_LIMIT`: it has carried too much; `ETIMEDOUT` at the end of the execution.
    pub async fn read(&self, max: usize) -> Result<Bytes, Error> {
        let mut securing = self.securing.subscribe();
        let mut buffer = BytesMut::with_capacity(max.clamp(1, LARGEST_READ));
        let work = async {
            loop {
                if securing.wait_for(|securing| !securing).await.is_err() {
                    return Err(gone("read"));
                }
                let mut half = self.read.lock().await;
                let stream = self.usable(&mut half, "read")?;
                tokio::select! {
                    biased;
                    read = read_some(stream, &mut buffer) => return read,
                    _ = securing.wait_for(|securing| *securing) => {}
                }
            }
        };
        let read = timeout_at(self.counted.scene.deadline, work).await.unwrap_or_else(|_| Err(self.late()));
        self.outcome(read.and_then(|()| self.count(&self.received, buffer.len())))?;
        self.counted.ticket.received(self.received.load(Ordering::Relaxed));
        Counters::add(&self.counted.counters.received, buffer.len() as u64);
        Ok(buffer.freeze())
    }

    /// Writes all bytes; returns when the system has taken them.
    ///
    /// # Errors
    /// As [`Connection::read`].
    pub async fn write(&self, bytes: Bytes) -> Result<(), Error> {
        self.outcome(self.count(&self.sent, bytes.len()))?;
        let work = async {
            let mut half = self.write.lock().await;
            let stream = self.usable(&mut half, "write")?;
            stream.write_all(&bytes).await.map_err(|error| Error::io(&error, "write"))?;
            stream.flush().await.map_err(|error| Error::io(&error, "write"))
        };
        let written = timeout_at(self.counted.scene.deadline, work).await.unwrap_or_else(|_| Err(self.late()));
        self.outcome(written)?;
        self.counted.ticket.sent(self.sent.load(Ordering::Relaxed));
        Counters::add(&self.counted.counters.sent, bytes.len() as u64);
        Ok(())
    }

    /// Says that nothing more is written. Reading goes on.
    ///
    /// # Errors
    /// As [`Connection::read`].
    pub async fn end(&self) -> Result<(), Error> {
        let work = async {
            let mut half = self.write.lock().await;
            let stream = self.usable(&mut half, "shutdown")?;
            match stream.shutdown().await {
                // The other side may have closed before.
                Err(error) if error.kind() != std::io::ErrorKind::NotConnected => Err(Error::io(&error, "shutdown")),
                _ => Ok(()),
            }
        };
        timeout_at(self.counted.scene.deadline, work).await.unwrap_or_else(|_| Err(self.late()))
    }

    /// Begins TLS. If that fails, the connection is closed: there is no way back.
    ///
    /// # Errors
    /// `ERR_TLS_INVALID_STATE`: it speaks TLS already. What the handshake failed with.
    pub async fn secure(&self, options: &TlsOptions) -> Result<TlsFacts, Error> {
        let scene = &self.counted.scene;
        if self.facts.get().is_some() {
            return Err(Error::invalid("ERR_TLS_INVALID_STATE", "the connection speaks TLS already"));
        }
        let offer = Offer::raw(&scene.tls, options, &self.target)?;
        let by = scene.connect_by(scene.deadline);
        let mut securing = Securing::begin(self);
        let work = async {
            let (mut read, mut write) = (self.read.lock().await, self.write.lock().await);
            let (Some(reader), Some(writer)) = (read.take(), write.take()) else { return Err(gone("write")) };
            let stream = reader.unsplit(writer).secure(offer).await?;
            let facts = stream.facts().cloned();
            let (reader, writer) = split(stream);
            (*read, *write) = (Some(reader), Some(writer));
            facts.ok_or_else(|| gone("write"))
        };
        let facts = timeout_at(by, work).await.unwrap_or_else(|_| Err(Error::new("ETIMEDOUT", "the TLS handshake takes too long")));
        let facts = self.outcome(facts)?;
        securing.done = true;
        Ok(self.facts.get_or_init(|| facts).clone())
    }

    fn usable<'a, T>(&self, half: &'a mut Option<T>, syscall: &'static str) -> Result<&'a mut T, Error> {
        if self.broken.load(Ordering::Acquire) {
            *half = None;
        }
        half.as_mut().ok_or_else(|| gone(syscall))
    }

    /// Adds to a count, within the limit of both together.
    fn count(&self, counter: &AtomicU64, bytes: usize) -> Result<(), Error> {
        let most = self.counted.scene.limits.socket_bytes;
        counter.fetch_add(bytes as u64, Ordering::Relaxed);
        let both = self.sent.load(Ordering::Relaxed).saturating_add(self.received.load(Ordering::Relaxed));
        if both > most {
            return Err(Error::limit("the connection carries too much", bytes_text(most), "egress.socket_bytes"));
        }
        Ok(())
    }

    fn late(&self) -> Error {
        self.counted.scene.late(self.counted.scene.deadline)
    }

    fn outcome<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &outcome {
            self.counted.ticket.failed(error);
            Counters::add(&self.counted.counters.failures, 1);
        }
        outcome
    }
}

async fn read_some(stream: &mut ReadHalf<Stream>, buffer: &mut BytesMut) -> Result<(), Error> {
    let room = buffer.capacity();
    let mut limited = bytes::BufMut::limit(buffer, room);
    match stream.read_buf(&mut limited).await {
        // Many servers end TLS without saying so, and Node takes that for an end, too.
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(Error::io(&error, "read")),
        _ => Ok(()),
    }
}

fn gone(syscall: &'static str) -> Error {
    Error { syscall: Some(syscall), ..Error::new("EPIPE", format!("{syscall} EPIPE")) }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("ends", &self.ends).finish_non_exhaustive()
    }
}
