//! A small blocking HTTP client: one connection for each request, every status an answer, nothing followed, repeated or decoded.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use serde_json::Value;
use tokio::net::TcpSocket;

use super::PATIENCE;

/// A request to one server.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    address: SocketAddr,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An open connection on which nothing was said yet.
pub(crate) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// The same from another address of this machine.
pub(crate) fn connect_from(source: Ipv4Addr, address: SocketAddr) -> io::Result<TcpStream> {
    connect_with(address, |socket| socket.bind((source, 0).into()))
}

/// The same, on which this side holds little of what it has not read.
pub(crate) fn connect_narrow(address: SocketAddr) -> io::Result<TcpStream> {
    connect_with(address, |socket| socket.set_recv_buffer_size(64 << 10))
}

fn connect_with(address: SocketAddr, set: impl FnOnce(&TcpSocket) -> io::Result<()>) -> io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        set(&socket)?;
        socket.connect(address).await?.into_std()
    })?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

impl Request {
    pub(crate) fn new(address: SocketAddr, method: &str, target: &str) -> Self {
        Self { address, method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// Sends the request and leaves the answer unread, for who wants to hang up.
    pub(crate) fn begin(&self) -> io::Result<TcpStream> {
        let mut stream = connect(self.address)?;
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.method, self.target, self.address);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        stream.write_all(head.as_bytes())?;
        // A server that refuses a body need not read it: its answer counts.
        match stream.write_all(&self.body) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => Err(error),
            _ => Ok(stream),
        }
    }

    /// Sends the request and reads the answer, or says how the connection failed.
    pub(crate) fn try_send(&self) -> io::Result<Reply> {
        let mut stream = self.begin()?;
        let mut bytes = Vec::new();
        if let Err(error) = stream.read_to_end(&mut bytes)
            && bytes.is_empty()
        {
            return Err(error);
        }
        Reply::parse(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "the answer is not whole"))
    }

    pub(crate) fn send(&self) -> Reply {
        self.try_send().unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.target))
    }
}

impl Reply {
    /// `None` for what is not a whole answer.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> =
            lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
        let reply = Self { status, headers, body: bytes[end + 4..].to_vec() };
        let length = reply.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
        (reply.body.len() == length).then_some(reply)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, which must be JSON.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.value() }
    }

    /// An error in the form of the resource routes: the message, after its status and name are checked.
    #[track_caller]
    pub(crate) fn error(&self, status: u16, name: &str) -> String {
        let body = self.expect(status);
        assert_eq!((&body["statusCode"], &body["name"]), (&status.into(), &name.into()), "{body}");
        body["message"].as_str().expect("an error has a message").to_owned()
    }
}
