//! What an operation has opened: an answer whose body is read, a request whose body is written, a connection.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_egress::{BodySender, Connection, Error, Response, TlsFacts, TlsOptions};
use tokio::sync::Mutex;

/// What was read of an answer's body.
#[derive(Default)]
pub(in crate::host) struct Begun {
    pub(in crate::host) bytes: Bytes,
    /// What comes after that, instead of more of it.
    pub(in crate::host) failed: Option<Error>,
}

/// The most bytes that are read of a body which ought to be short: one that was packed may be longer than its head said.
const LONGEST_BEGUN: usize = 64 << 10;

impl Begun {
    /// Reads all of a short body.
    pub(in crate::host) async fn read(response: &mut Response) -> Self {
        let mut begun = Self::default();
        while begun.bytes.len() <= LONGEST_BEGUN {
            match response.chunk().await {
                Ok(Some(chunk)) if begun.bytes.is_empty() => begun.bytes = chunk,
                Ok(Some(chunk)) => begun.bytes = [begun.bytes, chunk].concat().into(),
                Ok(None) => break,
                Err(error) => {
                    begun.failed = Some(error);
                    break;
                }
            }
        }
        begun
    }
}

/// The parts are shared with the operations on them, which may overlap: one that reads and one that writes.
#[derive(Clone, Default)]
pub(in crate::host) struct Opened {
    /// The answer, with what was read of it and not asked for.
    answer: Option<Arc<Mutex<(Response, Begun)>>>,
    upload: Option<Arc<Mutex<Option<BodySender>>>>,
    connection: Option<Arc<Connection>>,
}

impl Opened {
    /// A request whose body is to come.
    pub(in crate::host) fn upload(body: BodySender) -> Self {
        Self { upload: Some(Arc::new(Mutex::new(Some(body)))), ..Self::default() }
    }

    pub(in crate::host) fn answer(response: Response, begun: Begun) -> Self {
        Self { answer: Some(Arc::new(Mutex::new((response, begun)))), ..Self::default() }
    }

    pub(in crate::host) fn connection(connection: Connection) -> Self {
        Self { connection: Some(Arc::new(connection)), ..Self::default() }
    }

    /// Adds what was opened later.
    pub(super) fn and(&mut self, other: Self) {
        self.answer = other.answer.or(self.answer.take());
        self.upload = other.upload.or(self.upload.take());
        self.connection = other.connection.or(self.connection.take());
    }

    /// At most so many bytes; none at the end.
    ///
    /// # Errors
    /// What reading failed with, and that there is nothing to read from.
    pub(in crate::host) async fn read(&self, max: usize) -> Result<Bytes, Error> {
        if let Some(connection) = &self.connection {
            return connection.read(max).await;
        }
        let answer = self.answer.as_ref().ok_or_else(closed)?;
        let (response, Begun { bytes: rest, failed }) = &mut *answer.lock().await;
        if rest.is_empty() {
            if let Some(error) = failed.take() {
                return Err(error);
            }
            *rest = response.chunk().await?.unwrap_or_default();
        }
        Ok(rest.split_to(max.min(rest.len())))
    }

    /// Writes all of the bytes.
    ///
    /// # Errors
    /// What writing failed with, and that there is nothing to write to.
    pub(in crate::host) async fn write(&self, bytes: Bytes) -> Result<(), Error> {
        if let Some(connection) = &self.connection {
            return connection.write(bytes).await;
        }
        let upload = self.upload.as_ref().ok_or_else(closed)?;
        match &*upload.lock().await {
            Some(body) => body.send(bytes).await,
            None => Err(closed()),
        }
    }

    /// Writes nothing more.
    ///
    /// # Errors
    /// As [`Opened::write`].
    pub(in crate::host) async fn end(&self) -> Result<(), Error> {
        if let Some(connection) = &self.connection {
            return connection.end().await;
        }
        let upload = self.upload.as_ref().ok_or_else(closed)?.lock().await.take();
        match upload {
            Some(body) => body.finish().await,
            None => Err(closed()),
        }
    }

    /// Lets the connection speak TLS.
    ///
    /// # Errors
    /// What the handshake failed with, and that there is no connection.
    pub(in crate::host) async fn secure(&self, options: &TlsOptions) -> Result<TlsFacts, Error> {
        self.connection.as_ref().ok_or_else(closed)?.secure(options).await
    }
}

fn closed() -> Error {
    Error::new("EPIPE", "it is closed")
}
