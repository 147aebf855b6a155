//! What an operation has opened: an answer whose body is read, a request whose body is written, a connection.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_egress::{BodySender, Connection, Error, Response, TlsFacts, TlsOptions};
use tokio::sync::Mutex;

/// The parts are shared with the operations on them, which may overlap: one that reads and one that writes.
#[derive(Clone, Default)]
pub(in crate::host) struct Opened {
    /// The answer, with what of its last chunk was not asked for.
    answer: Option<Arc<Mutex<(Response, Bytes)>>>,
    upload: Option<Arc<Mutex<Option<BodySender>>>>,
    connection: Option<Arc<Connection>>,
}

impl Opened {
    /// A request whose body is to come.
    pub(in crate::host) fn upload(body: BodySender) -> Self {
        Self { upload: Some(Arc::new(Mutex::new(Some(body)))), ..Self::default() }
    }

    pub(in crate::host) fn answer(response: Response) -> Self {
        Self { answer: Some(Arc::new(Mutex::new((response, Bytes::new())))), ..Self::default() }
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
        let (response, rest) = &mut *answer.lock().await;
        if rest.is_empty() {
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
