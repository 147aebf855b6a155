//! Clients that are slow, rude or lost.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::harness::guests::allowing;
use crate::harness::{Hook, METRICS, Server, connect, context, eventually};

/// What the server sends until it closes the connection, and how long that takes.
fn rest(stream: &mut std::net::TcpStream) -> (String, Duration) {
    let started = Instant::now();
    let mut bytes = Vec::new();
    // A reset is as good an end as any.
    let _end = stream.read_to_end(&mut bytes);
    (String::from_utf8_lossy(&bytes).into_owned(), started.elapsed())
}

#[test]
fn unknown_routes_and_methods_are_told_apart() {
    let server = Server::start();
    let admin = server.admin();
    for target in ["/", "/v2/hooks", "/api/2/hooks/", "/api/2/Hooks", "/v1/triggers", "/healthz/x", "/api/2/hooks/a/b/c"] {
        assert_eq!(admin.get(target).error(404, "NotFoundError"), "There is no such route", "{target}");
    }
    for (method, target, allow) in [
        ("POST", "/healthz", "GET"),
        ("DELETE", "/api/2/hooks", "GET, POST"),
        ("PATCH", "/api/2/hooks/x", "GET, PUT, DELETE"),
        ("GET", "/v1/triggers/pre-authentication", "POST"),
        ("PUT", "/v1/credentials/x", "DELETE"),
    ] {
        let reply = admin.request(method, target).send();
        assert_eq!(reply.error(405, "MethodNotAllowedError"), format!("The route does not have this method; it has {allow}"));
        assert_eq!(reply.header("allow"), Some(allow), "{method} {target}");
    }
    let reply = admin.get("/auth/oauth2/v2/token");
    let expected = serde_json::json!({"status": {"error": true, "code": 404, "type": "not found", "message": "No Route Exists"}});
    assert_eq!(reply.expect(404), expected);
}

#[test]
fn every_answer_has_the_request_s_id() {
    let server = Server::start();
    let reply = server.get("/healthz").header("x-request-id", "abc-1").send();
    assert_eq!((reply.header("x-request-id"), reply.header("content-type")), (Some("abc-1"), Some("application/json")));
    for (target, status) in [("/healthz", 200), ("/nowhere", 404), ("/v1/accounts", 401)] {
        let reply = server.get(target).header("x-request-id", "not safe").send();
        assert_eq!((reply.status, reply.header("x-request-id").unwrap().len()), (status, 36));
    }
}

#[test]
fn a_slow_head_is_not_waited_for() {
    let server = Server::with("http.header_timeout = \"300ms\"");
    for begun in [&b""[..], b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nhost: a\r\n"] {
        let mut stream = connect(server.address()).unwrap();
        stream.write_all(begun).unwrap();
        let (_, waited) = rest(&mut stream);
        assert!(waited < Duration::from_secs(10), "{waited:?}");
    }
    assert_eq!(server.get("/healthz").send().status, 200);
}

#[test]
fn a_slow_body_is_not_waited_for() {
    let server =
        Server::with(&format!("http.body_timeout = \"300ms\"\nhttp.header_timeout = \"2s\"\nhttp.idle_timeout = \"2s\"\n{METRICS}"));
    let admin = server.admin();
    let mut stream = connect(server.address()).unwrap();
    let head = format!(
        "POST /v1/triggers/pre-authentication HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: 100\r\n\r\n{{\"user\"",
        admin.token
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (started, mut answer) = (Instant::now(), [0; 12]);
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert!(rest(&mut stream).0.contains("RequestTimeoutError"));
    assert_eq!(admin.trigger(&context(1))["outcome"], "no_hook");
    assert_eq!(server.cut_off("slow_body"), 1.0);
}

#[test]
fn a_slow_body_takes_nothing_of_a_hook_s_time() {
    let server = Server::start();
    let admin = server.admin();
    admin.deploy(&Hook::wat(&allowing(2)).with("timeout", 1));
    let body = context(1).to_string();
    let (first, second) = body.split_at(20);
    let head = format!(
        "POST /v1/triggers/pre-authentication HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        admin.token,
        body.len()
    );
    let mut stream = connect(server.address()).unwrap();
    stream.write_all(format!("{head}{first}").as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(1200));
    stream.write_all(second.as_bytes()).unwrap();
    let (answer, _) = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"outcome\":\"completed\""), "{answer}");
}

#[test]
fn an_idle_connection_is_closed() {
    let server = Server::with("http.idle_timeout = \"300ms\"\nhttp.header_timeout = \"300ms\"");
    let mut stream = connect(server.address()).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let (answer, waited) = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!((Duration::from_millis(200)..Duration::from_secs(8)).contains(&waited), "{waited:?}");
}

#[test]
fn a_known_client_s_place_is_taken_only_while_it_asks_nothing() {
    let server = Server::with("http.connections = 1");
    let token = server.admin().token.clone();
    let mut first = connect(server.address()).unwrap();
    // A body that is still to come keeps the connection busy.
    let head = format!("POST /v1/triggers/pre-authentication HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n");
    let head = head + "expect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    first.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    first.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    eventually("a refusal", || {
        let reply = server.get("/healthz").try_send().ok()?;
        (reply.status == 503 && reply.header("retry-after") == Some("1")).then_some(())
    });
    first.write_all(b"{}").unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 422", "the event lacks its user");
    eventually("the place", || (server.get("/healthz").try_send().ok()?.status == 200).then_some(()));
}

#[test]
fn a_head_without_end_is_refused() {
    let server = Server::start();
    let many = server.get("/healthz");
    let many = (0..500).fold(many, |request, n| request.header(&format!("x-{n}"), "y"));
    assert_eq!(many.send().status, 431);
    let long = server.get("/healthz").header("x-long", &"y".repeat(2 << 20));
    assert!(long.try_send().map_or(true, |reply| reply.status == 431));
    assert_eq!(server.get("/healthz").send().status, 200);
}

#[test]
fn both_versions_of_http_are_spoken() {
    let server = Server::start();
    let mut stream = connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The preface of HTTP/2 and an empty SETTINGS frame are answered with the server's SETTINGS.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "{frame:?}");
    stream = connect(server.address()).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
    assert!(rest(&mut stream).0.starts_with("HTTP/1.0 200 "));
}
