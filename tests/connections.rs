//! Connections that stay open between requests: how long, and how they end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::{Server, connect};

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
/// Longer than the head of a request may take, shorter than a connection may be idle.
const PAUSE: Duration = Duration::from_millis(1500);

fn server() -> Server {
    Server::with("http.header_timeout = \"500ms\"\nhttp.idle_timeout = \"3s\"")
}

/// Reads one answer, whose body is as long as it says.
fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("the connection is reset"), 1, "the connection ends: {}", String::from_utf8_lossy(&text));
        text.push(byte[0]);
    }
    let head = String::from_utf8(text).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head
}

fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(ASK).unwrap();
    answer(stream)
}

/// How long the server leaves the connection open. It must end it, not break it off.
fn open_for(stream: &mut TcpStream) -> Duration {
    let started = Instant::now();
    let mut more = Vec::new();
    stream.read_to_end(&mut more).expect("the connection is reset");
    assert!(more.is_empty(), "{}", String::from_utf8_lossy(&more));
    started.elapsed()
}

#[test]
fn an_idle_connection_outlives_the_time_for_a_head() {
    let server = server();
    let mut stream = connect(server.address()).unwrap();
    for _ in 0..3 {
        let head = ask(&mut stream);
        assert!(head.starts_with("http/1.1 200 ") && head.contains("\r\nkeep-alive: timeout=3\r\n"), "{head}");
        std::thread::sleep(PAUSE);
    }
    let left = open_for(&mut stream) + PAUSE;
    assert!((Duration::from_secs(3)..Duration::from_secs(8)).contains(&left), "{left:?}");
}

#[test]
fn a_request_as_the_time_ends_is_served_and_told_that_it_is_the_last() {
    let server = server();
    let mut stream = connect(server.address()).unwrap();
    ask(&mut stream);
    std::thread::sleep(Duration::from_millis(3300));
    let head = ask(&mut stream);
    assert!(head.starts_with("http/1.1 200 ") && head.contains("\r\nconnection: close\r\n") && !head.contains("keep-alive"), "{head}");
    assert!(open_for(&mut stream) < Duration::from_secs(2));
}

#[test]
fn a_head_that_begins_as_the_time_ends_may_take_its_time() {
    let server = server();
    let mut stream = connect(server.address()).unwrap();
    ask(&mut stream);
    std::thread::sleep(Duration::from_millis(3900));
    let (first, second) = ASK.split_at(10);
    stream.write_all(first).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(second).unwrap();
    let head = answer(&mut stream);
    assert!(head.starts_with("http/1.1 200 ") && head.contains("\r\nconnection: close\r\n"), "{head}");
}

#[test]
fn a_slow_head_is_cut_off_wherever_it_comes() {
    let server = server();
    for requests in [0, 1, 2] {
        let mut stream = connect(server.address()).unwrap();
        for _ in 0..requests {
            ask(&mut stream);
            std::thread::sleep(Duration::from_millis(700));
        }
        let started = Instant::now();
        // A byte at a time, so that something always comes.
        let mut dripping = ASK.iter();
        let reader = {
            let mut stream = stream.try_clone().unwrap();
            std::thread::spawn(move || {
                let mut more = Vec::new();
                let _reset = stream.read_to_end(&mut more);
                (started.elapsed(), more)
            })
        };
        while let (false, Some(byte)) = (reader.is_finished(), dripping.next()) {
            let _gone = stream.write_all(&[*byte]);
            std::thread::sleep(Duration::from_millis(100));
        }
        let (cut, more) = reader.join().unwrap();
        assert!(more.is_empty() && cut < Duration::from_secs(2), "after {requests} requests: {cut:?}");
    }
}

#[test]
fn a_head_that_two_servers_could_read_differently_is_refused() {
    let server = server();
    let status = |head: &str| {
        let mut stream = connect(server.address()).unwrap();
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
        answer(&mut stream).split(' ').nth(1).unwrap().to_owned()
    };
    for (head, expected) in [
        ("GET /healthz HTTP/1.1\r\nhost: a", "200"),
        ("GET /healthz HTTP/1.0", "200"),
        ("GET /healthz HTTP/1.1", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: a", "400"),
        ("GET /healthz HTTP/1.0\r\nhost: a\r\nhost: b", "400"),
        ("GET /api/2/hooks HTTP/1.1\r\nhost: a\r\nauthorization: Bearer x\r\nauthorization: Bearer x", "400"),
        ("GET /api/2/hooks HTTP/1.1\r\nhost: a\r\nauthorization: Bearer x", "401"),
    ] {
        assert_eq!(status(head), expected, "{head}");
    }
}

#[test]
fn a_client_that_asks_for_the_end_gets_it_at_once() {
    let server = server();
    let mut stream = connect(server.address()).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let head = answer(&mut stream);
    assert!(head.contains("\r\nconnection: close\r\n") && !head.contains("keep-alive"), "{head}");
    assert!(open_for(&mut stream) < Duration::from_secs(1));
}
