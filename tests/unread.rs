//! Large answers that a client does not take: it is cut off, the memory is there again, and who takes an answer slowly gets it whole.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::{Api, Hook, METRICS, Server, connect_narrow, context, eventually, http2};

/// Far more than the sockets of both sides hold.
const FUNCTION_BYTES: usize = 5_000_000;

/// So much that the sockets hold a small part of it.
const VERY_LONG: usize = 20_000_000;

/// A server whose accounts have 28 MiB for bodies, one alone a half of them: two of these answers at a time.
fn server(timeouts: &str) -> (Server, String) {
    let server = Server::with(&format!("http.in_flight_mib = 32\n{METRICS}\n{timeouts}"));
    let id = server.admin().deploy(&Hook::long(FUNCTION_BYTES));
    (server, format!("/api/2/hooks/{id}"))
}

fn status(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = [0; 64];
    let length = stream.read(&mut bytes).ok().filter(|length| *length > 0)?;
    String::from_utf8_lossy(&bytes[..length]).split(' ').nth(1).map(str::to_owned)
}

/// Asks for large answers until there is no room for one more. Those that came, unread but for their first bytes.
fn unread(api: &Api, target: &str) -> Vec<TcpStream> {
    let mut held = Vec::new();
    loop {
        let mut stream = api.request("GET", target).begin().unwrap();
        match status(&mut stream).as_deref() {
            Some("200") => held.push(stream),
            refused => {
                assert_eq!(refused, Some("503"));
                return held;
            }
        }
    }
}

#[test]
fn who_takes_nothing_of_an_answer_is_cut_off_and_its_memory_is_free_again() {
    let (server, target) = server("http.write_timeout = \"2s\"\nhttp.idle_timeout = \"10m\"");
    let (admin, before) = (server.admin(), server.memory_mib());
    let held = unread(admin, &target);
    assert_eq!(held.len(), 2);
    for number in 0..20 {
        assert_eq!(admin.trigger(&context(number))["outcome"], "completed", "others go on");
    }
    // Those that hold the room are still open on this side.
    eventually("the room that they had", || (admin.get(&target).status == 200).then_some(()));
    eventually("the count of those that were cut off", || (server.cut_off("untaken") == held.len() as f64).then_some(()));
    for mut stream in held {
        let mut rest = Vec::new();
        let _reset = stream.read_to_end(&mut rest);
        assert!(rest.len() < FUNCTION_BYTES, "{} bytes were sent to who took none", rest.len());
    }
    let used = server.memory_mib().saturating_sub(before);
    assert!(used <= 32 + 64, "{used} MiB more than before");
}

#[test]
fn who_never_opens_the_window_of_an_http2_answer_is_cut_off_and_its_memory_is_free_again() {
    let (server, target) = server("http.idle_timeout = \"2s\"\nhttp.header_timeout = \"2s\"");
    let admin = server.admin();
    let bearer = format!("Bearer {}", admin.token);
    let get = http2::head("GET", &target, &[("authorization", &bearer)]);
    let mut stream = http2::open(server.address()).unwrap();
    // SETTINGS_INITIAL_WINDOW_SIZE is 0: not a byte of an answer may be sent.
    stream.write_all(&http2::frame(http2::SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])).unwrap();
    let asked = http2::frame(http2::HEADERS, http2::END_HEADERS | http2::END_STREAM, 1, &get);
    stream.write_all(&asked).unwrap();
    let frames: Vec<u8> = std::iter::from_fn(|| http2::next(&mut stream)).map(|(kind, ..)| kind).collect();
    assert!(frames.contains(&http2::HEADERS) && !frames.contains(&http2::DATA), "{frames:?}");
    assert_eq!(unread(admin, &target).len(), 2, "what it had is there again");
}

#[test]
fn who_takes_an_answer_slowly_gets_it_whole() {
    let limits = "limits.function_bytes = 30000000\nhttp.in_flight_mib = 512";
    let server = Server::with(&format!("{METRICS}\n{limits}\nhttp.idle_timeout = \"1s\"\nhttp.header_timeout = \"1s\""));
    let hook = server.admin().create_hook(&Hook::long(VERY_LONG));
    let target = format!("/api/2/hooks/{}", hook["id"].as_str().unwrap());
    let mut stream = connect_narrow(server.address()).unwrap();
    let head = format!("GET {target} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\r\n", server.admin().token);
    stream.write_all(head.as_bytes()).unwrap();
    let (mut taken, mut piece) = (0, vec![0; 1_500_000]);
    while taken < VERY_LONG {
        // Together it takes several times as long as a connection may be idle.
        std::thread::sleep(Duration::from_millis(700));
        stream.read_exact(&mut piece).unwrap_or_else(|error| panic!("after {taken} bytes: {error}"));
        taken += piece.len();
    }
    assert_eq!(server.cut_off("untaken"), 0.0);
}
