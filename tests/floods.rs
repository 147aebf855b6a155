//! Clients that take more than their part: of connections, of memory, of the work beside requests. What they get is counted, and others go on.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::json;

use crate::harness::guests::allowing;
use crate::harness::{ADMIN_ID, ADMIN_SECRET, Api, Hook, METRICS, Server, connect_from, context, eventually, http2};

const HERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// The status that a connection gets for a request; `None` if it is closed.
fn ask(stream: &mut TcpStream, head: &str) -> Option<String> {
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).ok()?;
    status(stream)
}

fn status(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = [0; 4096];
    let length = stream.read(&mut bytes).ok().filter(|length| *length > 0)?;
    Some(String::from_utf8_lossy(&bytes[..length]).split(' ').nth(1).unwrap().to_owned())
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: a";

/// A request with a token whose body is announced and not sent. The server waits for it when it says `100 Continue`.
fn half(token: &str) -> String {
    let head = format!("POST /v1/triggers/pre-authentication HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}");
    head + "\r\nexpect: 100-continue\r\ncontent-length: 9"
}

#[test]
fn a_thousand_idle_connections_of_one_address_leave_room_for_everybody() {
    let server = Server::with(METRICS);
    let hooks = format!("GET /v1/hooks HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}", server.admin().token);
    let mut known = connect_from(THERE, server.address()).unwrap();
    assert_eq!(ask(&mut known, &hooks).as_deref(), Some("200"));
    let mut flood = Vec::new();
    for _ in 0..1100 {
        let mut stream = connect_from(HERE, server.address()).unwrap();
        assert_eq!(ask(&mut stream, HEALTH).as_deref(), Some("200"));
        flood.push(stream);
        if flood.len() % 50 == 0 {
            let mut other = connect_from(THERE, server.address()).unwrap();
            assert_eq!(ask(&mut other, HEALTH).as_deref(), Some("200"), "beside {}", flood.len());
        }
    }
    assert_eq!(ask(&mut known, &hooks).as_deref(), Some("200"));
    let left = flood.iter_mut().filter_map(|stream| ask(stream, HEALTH)).count();
    assert!((500..=513).contains(&left), "{left} of 1024 places");
    eventually("the count of those that made room", || (server.cut_off("displaced") == (1100 - left) as f64).then_some(()));
    assert_eq!(server.metric("hookbox_http_connections_refused_total"), 0.0);
}

#[test]
fn busy_connections_of_one_address_are_half_and_the_next_is_told_so() {
    let server = Server::with(&format!("http.connections = 20\n{METRICS}"));
    let token = server.admin().token.clone();
    let mut busy = Vec::new();
    for _ in 0..11 {
        let mut stream = connect_from(HERE, server.address()).unwrap();
        assert_eq!(ask(&mut stream, &half(&token)).as_deref(), Some("100"));
        busy.push(stream);
    }
    let mut refusals = 0.0;
    eventually("a refusal", || {
        let mut stream = connect_from(HERE, server.address()).unwrap();
        refusals += 1.0;
        let mut answer = String::new();
        let _reset = stream.read_to_string(&mut answer);
        (answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nretry-after: 1\r\n")).then_some(())
    });
    assert_eq!(server.metric("hookbox_http_connections_refused_total"), refusals);
    let mut other = connect_from(THERE, server.address()).unwrap();
    assert_eq!(ask(&mut other, HEALTH).as_deref(), Some("200"));
    for stream in &mut busy {
        stream.write_all(b"{\"user\":1").unwrap();
        assert_eq!(status(stream).as_deref(), Some("422"), "those that were there are served");
    }
}

#[test]
fn strangers_that_fill_the_server_with_half_requests_give_way() {
    let server = Server::with("http.connections = 30");
    let token = server.admin().token.clone();
    let mut flood = Vec::new();
    for last in 3..40 {
        for _ in 0..3 {
            let mut stream = connect_from(Ipv4Addr::new(127, 0, 0, last), server.address()).unwrap();
            // Busy with a body, or in the midst of a head.
            let half = if last % 2 == 0 { "POST /v1/tokens HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n" } else { "GET /healthz HT" };
            stream.write_all(half.as_bytes()).unwrap();
            flood.push(stream);
        }
        let mut known = connect_from(THERE, server.address()).unwrap();
        assert_eq!(ask(&mut known, &format!("GET /v1/hooks HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}")).as_deref(), Some("200"));
    }
}

#[test]
fn half_sent_bodies_stay_within_their_memory_and_others_go_on() {
    let server = Server::with("http.in_flight_mib = 64");
    let admin = server.admin();
    let (_, other) = admin.account(&json!({}));
    let before = server.memory_mib();
    let (length, sent) = (15_000_000, 12_000_000);
    let piece = vec![b' '; 1_000_000];
    let mut flood: Vec<TcpStream> = Vec::new();
    let mut refused = 0;
    for _ in 0..20 {
        let mut stream = connect_from(HERE, server.address()).unwrap();
        let head =
            format!("POST /v1/apply HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: {length}\r\n\r\n", admin.token);
        stream.write_all(head.as_bytes()).unwrap();
        for _ in 0..sent / piece.len() {
            stream.write_all(&piece).unwrap();
        }
        stream.set_nonblocking(true).unwrap();
        flood.push(stream);
    }
    // Two find room, of 56 MiB for accounts and 28 for one. The others are told, while they still send.
    eventually("refusals", || {
        for stream in &mut flood {
            let mut bytes = [0; 4096];
            if let Ok(length @ 1..) = stream.read(&mut bytes) {
                let answer = String::from_utf8_lossy(&bytes[..length]).to_lowercase();
                assert!(answer.starts_with("http/1.1 503 ") && answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
                assert!(answer.contains("\"name\":\"serviceunavailableerror\""), "{answer}");
                refused += 1;
            }
        }
        (refused >= 18).then_some(())
    });
    let used = server.memory_mib().saturating_sub(before);
    assert!(used <= 64 + 32, "{used} MiB more than before");
    // Its own logins too, because a small body that is there at once is not counted.
    let large = "x".repeat(3000);
    for api in [admin, &other] {
        assert_eq!(api.trigger(&context(1))["outcome"], "no_hook");
        api.post("/api/2/hooks/envs", &json!({"name": "NAME", "value": large})).expect(201);
    }
    other.deploy(&Hook::wat(&allowing(1)));
    drop(flood);
    let body = json!({"type": "pre-authentication", "function": "A".repeat(11 << 20), "runtime": "wasm"});
    eventually("the room", || (admin.post("/v1/hooks", &body).status != 503).then_some(()));
}

#[test]
fn streams_that_wait_for_their_bodies_are_bounded_together() {
    let server = Server::with("http.in_flight_mib = 8");
    let admin = server.admin();
    let fire = admin.credential(1, &["fire"]);
    let (_, other) = admin.account(&json!({}));
    let before = server.memory_mib();
    let bearer = format!("Bearer {}", fire.token);
    let head = http2::head("POST", "/v1/triggers/pre-authentication", &[("authorization", &bearer)]);
    let mut flood = Vec::new();
    for _ in 0..12 {
        let mut stream = http2::open(server.address()).unwrap();
        for number in 0..100 {
            let id = number * 2 + 1;
            // A connection that is ended already takes no more.
            let _ended = stream.write_all(&http2::frame(http2::HEADERS, http2::END_HEADERS, id, &head));
            let _ended = stream.write_all(&http2::frame(http2::DATA, 0, id, &[b' '; 8192]));
        }
        flood.push(stream);
    }
    // A waiting request counts 16 KiB and more: 224 have room in half of seven MiB. Of the others each gets an answer, or the connection ends
    // because so many streams in it came to nothing.
    let mut refused = 0;
    eventually("refusals", || {
        flood.retain_mut(|stream| {
            stream.set_nonblocking(true).unwrap();
            let mut peeked = [0; 9];
            let there = matches!(stream.peek(&mut peeked), Ok(9));
            stream.set_nonblocking(false).unwrap();
            let kind = if there { http2::next(stream).unwrap().0 } else { http2::PING };
            match kind {
                http2::HEADERS => refused += 1,
                http2::GOAWAY => refused += 100,
                _ => {}
            }
            kind != http2::GOAWAY
        });
        (refused >= 12 * 100 - 225).then_some(())
    });
    let used = server.memory_mib().saturating_sub(before);
    assert!(used <= 8 + 32, "{used} MiB more than before");
    assert_eq!(other.trigger(&context(1))["outcome"], "no_hook");
    assert_eq!(fire.trigger(&context(1))["outcome"], "no_hook");
}

#[test]
fn strangers_bodies_take_no_room_from_who_has_a_token() {
    let server = Server::with("http.in_flight_mib = 8");
    let admin = server.admin();
    let mut flood = Vec::new();
    let mut refused = 0;
    for last in 1..=100 {
        for _ in 0..3 {
            let mut stream = connect_from(Ipv4Addr::new(127, 0, 1, last), server.address()).unwrap();
            stream.write_all(b"POST /v1/tokens HTTP/1.1\r\nhost: a\r\ncontent-length: 60000\r\n\r\n").unwrap();
            stream.write_all(&[b' '; 20_000]).unwrap();
            flood.push(stream);
        }
    }
    eventually("refusals", || {
        for stream in &mut flood {
            stream.set_nonblocking(true).unwrap();
            refused += usize::from(status(stream).as_deref() == Some("503"));
        }
        // An eighth of 8 MiB has room for 37 of them.
        (refused >= 260).then_some(())
    });
    admin.post("/api/2/hooks/envs", &json!({"name": "NAME", "value": "\u{1}".repeat(5000)})).expect(201);
    assert_eq!(Api::login(server.address(), ADMIN_ID, ADMIN_SECRET).trigger(&context(1))["outcome"], "no_hook");
}

#[test]
fn large_answers_that_nobody_reads_are_bounded() {
    let server = Server::with("http.in_flight_mib = 32");
    let admin = server.admin();
    let before = server.memory_mib();
    let id = admin.create_hook(&Hook::long(5_000_000))["id"].as_str().unwrap().to_owned();
    let (_, other) = admin.account(&json!({}));
    let mut flood = Vec::new();
    eventually("a refusal", || {
        let mut stream = admin.request("GET", &format!("/api/2/hooks/{id}")).begin().unwrap();
        let refused = status(&mut stream).as_deref() == Some("503");
        flood.push(stream);
        refused.then_some(())
    });
    let used = server.memory_mib().saturating_sub(before);
    assert!(used <= 32 + 96, "{used} MiB more than before");
    assert_eq!(other.trigger(&context(1))["outcome"], "no_hook");
    drop(flood);
    eventually("the room", || (admin.get(&format!("/api/2/hooks/{id}")).status == 200).then_some(()));
}

/// Sends the same again and again until the connection ends, and is counted as cut off for this reason. How many frames of a kind came back.
fn cut(server: &Server, reason: &str, first: &[u8], again: impl Fn(u32) -> Vec<u8> + Send + 'static, counted: u8) -> usize {
    let before = server.cut_off(reason);
    let mut stream = http2::open(server.address()).unwrap();
    stream.write_all(first).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let writer = std::thread::spawn(move || (0..2_000_000).all(|number| writing.write_all(&again(number)).is_ok()));
    let frames = std::iter::from_fn(|| http2::next(&mut stream));
    let answers = frames.filter(|(kind, ..)| *kind == counted).count();
    assert!(!writer.join().unwrap(), "two million are taken");
    eventually("its count", || (server.cut_off(reason) == before + 1.0).then_some(()));
    answers
}

fn flood(server: &Server, first: &[u8], again: impl Fn(u32) -> Vec<u8> + Send + 'static, counted: u8) -> usize {
    cut(server, "flood", first, again, counted)
}

#[test]
fn a_flood_of_frames_is_cut_and_costs_nobody_else() {
    use http2::{CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, frame};
    let server = Server::with(METRICS);
    let get = http2::head("GET", "/healthz", &[]);
    let post = frame(HEADERS, END_HEADERS, 1, &http2::head("POST", "/v1/tokens", &[]));
    let (asked, begun) = (frame(HEADERS, END_HEADERS | END_STREAM, 1, &get), frame(HEADERS, 0, 1, &get));
    // The allowance is a thousand frames, and answers give back a part of it.
    let pongs = flood(&server, &asked, |_| frame(PING, 0, 0, &[7; 8]), PING);
    assert!(pongs < 2000, "{pongs} pings are answered");
    let settled = flood(&server, &asked, |_| frame(SETTINGS, 0, 0, &[]), SETTINGS);
    assert!(settled < 2000, "{settled} settings are acknowledged");
    // Beside a request that waits for its body, too.
    assert!(flood(&server, &post, |_| frame(PING, 0, 0, &[7; 8]), PING) < 2000);
    flood(&server, &asked, |_| frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]), WINDOW_UPDATE);
    flood(&server, &post, |_| frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1]), WINDOW_UPDATE);
    flood(&server, &asked, |_| frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1]), PING);
    flood(&server, &asked, |_| frame(99, 0, 0, &[]), PING);
    flood(&server, &post, |_| frame(DATA, 0, 1, &[]), PING);
    flood(&server, &post, |_| frame(DATA, 0, 1, b" "), PING);
    flood(&server, &begun, |_| frame(CONTINUATION, 0, 1, &[]), PING);
    let field = [&[0, 1, b'x', 127, 129, 0][..], &[b'y'; 256]].concat();
    // A head that is too long breaks a rule.
    cut(&server, "protocol", &begun, move |_| frame(CONTINUATION, 0, 1, &field), PING);
    let reset = move |number: u32| {
        let id = number * 2 + 3;
        [frame(HEADERS, END_HEADERS | END_STREAM, id, &get), frame(RST_STREAM, 0, id, &[0, 0, 0, 8])].concat()
    };
    let served = flood(&server, &asked, reset, HEADERS);
    assert!(served < 5000, "{served} of the requests that were taken back are answered");
    assert_eq!(server.get("/healthz").send().status, 200);
    assert!(server.memory_mib() < 200);
}

#[test]
fn a_client_that_keeps_its_connection_alive_is_not_cut() {
    let server = Server::start();
    let mut stream = http2::open(server.address()).unwrap();
    let get = http2::head("GET", "/healthz", &[]);
    for number in 0..50 {
        for _ in 0..15 {
            stream.write_all(&http2::frame(http2::PING, 0, 0, &[7; 8])).unwrap();
        }
        let id = number * 2 + 1;
        stream.write_all(&http2::frame(http2::HEADERS, http2::END_HEADERS | http2::END_STREAM, id, &get)).unwrap();
        while http2::next(&mut stream).unwrap() != (http2::DATA, http2::END_STREAM, id) {}
    }
}
