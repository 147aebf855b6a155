//! A server on every address of the network, which remembers who was reached.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// What reached the stub: the address that was called, and the path.
#[derive(Clone, Default)]
pub(super) struct Stub(Arc<Mutex<Vec<(IpAddr, String)>>>);

impl Stub {
    /// Answers on a port of all addresses. `/to?URL` redirects.
    pub(super) fn serve(port: u16) -> Self {
        let stub = Self::default();
        let listener = TcpListener::bind(("::", port)).unwrap();
        let serving = stub.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, stub) = (stream.unwrap(), serving.clone());
                std::thread::spawn(move || stub.answer(stream));
            }
        });
        stub
    }

    /// Takes what has reached it.
    pub(super) fn reached(&self) -> Vec<(IpAddr, String)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn answer(&self, mut stream: std::net::TcpStream) {
        let called = stream.local_addr().unwrap().ip().to_canonical();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else {
            // A connection without a request is one that reached it, too.
            return self.0.lock().unwrap().push((called, String::new()));
        };
        while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let answer = match path.strip_prefix("/to?") {
            Some(to) => format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            None => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{called}", called.to_string().len()),
        };
        self.0.lock().unwrap().push((called, path));
        // A client that refuses the answer may be gone.
        drop(stream.write_all(answer.as_bytes()));
    }
}
