//! A connected stream, with TLS or without, and what it counts for.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::{Serialize, Serializer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio_rustls::client::TlsStream;

use crate::error::Error;
use crate::tls::{Offer, TlsFacts, handshake};

/// Both ends of a connection. Through a proxy, the remote end is the one behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ends {
    /// Here.
    #[serde(serialize_with = "end")]
    pub local: SocketAddr,
    /// There.
    #[serde(serialize_with = "end")]
    pub remote: SocketAddr,
}

fn end<S: Serializer>(end: &SocketAddr, serializer: S) -> Result<S::Ok, S::Error> {
    End::from(*end).serialize(serializer)
}

/// One end of a connection, as hooks are told of it: `{"address", "port", "family"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    address: String,
    port: u16,
    /// 4 or 6.
    family: u8,
}

impl From<SocketAddr> for End {
    fn from(end: SocketAddr) -> Self {
        let address = end.ip().to_canonical();
        Self { address: address.to_string(), port: end.port(), family: if address.is_ipv4() { 4 } else { 6 } }
    }
}

enum Kind {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connected stream. It holds a place among the server's connections until it is dropped.
pub struct Stream {
    kind: Kind,
    ends: Ends,
    facts: Option<TlsFacts>,
    place: OwnedSemaphorePermit,
}

impl Stream {
    pub(crate) fn new(tcp: TcpStream, ends: Ends, place: OwnedSemaphorePermit) -> Self {
        Self { kind: Kind::Tcp(tcp), ends, facts: None, place }
    }

    /// Both ends.
    pub fn ends(&self) -> Ends {
        self.ends
    }

    /// What TLS agreed on, if the stream speaks it.
    pub fn facts(&self) -> Option<&TlsFacts> {
        self.facts.as_ref()
    }

    /// Turns the stream into one of TLS. If that fails, the stream is gone.
    pub(crate) async fn secure(self, offer: Offer) -> Result<Self, Error> {
        let Kind::Tcp(tcp) = self.kind else {
            return Err(Error::invalid("ERR_TLS_INVALID_STATE", "the connection speaks TLS already"));
        };
        let (tls, facts) = handshake(tcp, offer).await?;
        Ok(Self { kind: Kind::Tls(Box::new(tls)), ends: self.ends, facts: Some(facts), place: self.place })
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("ends", &self.ends).field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.kind {
            Kind::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Kind::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.kind {
            Kind::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Kind::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.kind {
            Kind::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Kind::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.kind {
            Kind::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Kind::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
