//! What the server puts up with: slow, silent and broken clients, too many of them, and its own end.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::*;

const SOON: Duration = Duration::from_millis(300);
const LATE: Duration = Duration::from_secs(10);

fn hasty(config: &mut Config) {
    config.http.header_timeout = SOON;
    config.http.body_timeout = SOON;
    config.http.idle_timeout = SOON;
}

/// Sends `bytes`, and reads until the server closes.
async fn exchange(server: &TestServer, bytes: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = timeout(LATE, stream.read_to_end(&mut answer)).await.expect("the server keeps the connection open");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn slow_and_silent_clients_are_let_go() {
    let server = with(hasty).await;
    for start in ["", "P", "PRI * HT", "GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let answer = exchange(&server, start).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{start}: {answer}");
    }
    let kept_alive = exchange(&server, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(kept_alive.starts_with("HTTP/1.1 200"), "{kept_alive}");
    let slow_body = exchange(&server, "POST /auth/oauth2/v2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{").await;
    assert!(slow_body.starts_with("HTTP/1.1 408") && slow_body.contains("request timeout"), "{slow_body}");
}

#[tokio::test]
async fn nonsense_is_refused_and_the_next_client_served() {
    let server = start().await;
    let many = (0..100).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    for (bytes, status) in [
        ("nonsense\r\n\r\n".to_owned(), "400"),
        (format!("GET /healthz HTTP/1.1\r\n{many}\r\n"), "431"),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000)), "4"),
        ("POST /auth/oauth2/v2/token HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_owned(), "400"),
    ] {
        let answer = exchange(&server, &bytes).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
    server.raw("GET /healthz", &[], "").await.expect(200);
}

#[tokio::test]
async fn a_body_is_not_read_before_the_token_is_checked() {
    let server = start().await;
    for expect in ["expect: 100-continue\r\n", ""] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!("POST /api/2/hooks HTTP/1.1\r\nhost: x\r\n{expect}content-length: 10000000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        timeout(LATE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 401");
    }
}

#[tokio::test]
async fn a_client_that_sends_before_it_reads_is_told_what_was_wrong() {
    let server = start().await;
    let admin = server.admin().await;
    let long = 5_000_000;
    for (authorization, status) in [(format!("authorization: Bearer {admin}\r\n"), 413), (String::new(), 401)] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!("POST /v1/triggers/pre-authentication HTTP/1.1\r\nhost: x\r\n{authorization}content-length: {long}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..long / 50_000 {
            stream.write_all(&[b' '; 50_000]).await.expect("the server does not take the body");
        }
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"));
    }
}

#[tokio::test]
async fn an_idle_connection_makes_room_for_another() {
    let server = with(|config| config.http.connections = 1).await;
    let mut held = TcpStream::connect(server.address).await.unwrap();
    timeout(LATE, server.raw("GET /healthz", &[], "")).await.unwrap().expect(200);
    assert_eq!(timeout(LATE, held.read(&mut [0; 12])).await.unwrap().unwrap(), 0, "the first is closed");
}

#[tokio::test]
async fn http_2_is_served_on_the_same_port() {
    let server = start().await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut client, connection) = hyper::client::conn::http2::handshake(executor, TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        let request = Request::get("http://localhost/healthz").body(Full::new(Bytes::new())).unwrap();
        let answered = client.send_request(request).await.unwrap();
        assert_eq!((answered.status().as_u16(), answered.version()), (200, http::Version::HTTP_2));
    }
}

/// One request over HTTP/2; its status, or nothing where the client knows that it was not taken, so that it may send it again elsewhere.
async fn ask_2(client: &mut hyper::client::conn::http2::SendRequest<Full<Bytes>>) -> Option<u16> {
    let request = Request::get("http://localhost/healthz").body(Full::new(Bytes::new())).unwrap();
    client.ready().await.ok()?;
    match client.send_request(request).await {
        Ok(answer) => Some(answer.status().as_u16()),
        Err(error) => {
            let said = format!("{error:?}");
            assert!(error.is_canceled() || said.contains("GoAway") && said.contains("NO_ERROR"), "{said}");
            None
        }
    }
}

#[tokio::test]
async fn an_idle_connection_of_http_2_outlives_the_time_for_a_head_and_ends_with_a_word() {
    let server = with(|config| {
        config.http.header_timeout = SOON;
        config.http.idle_timeout = 5 * SOON;
    })
    .await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut client, connection) = hyper::client::conn::http2::handshake(executor, TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    for _ in 0..3 {
        assert_eq!(ask_2(&mut client).await, Some(200));
        tokio::time::sleep(3 * SOON).await;
    }
    // It ends between two requests, so that none is lost.
    let ended = timeout(LATE, connection).await.expect("the server keeps the connection open").unwrap();
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(ask_2(&mut client).await, None);
}

#[tokio::test]
async fn requests_of_http_2_are_served_or_not_sent_while_the_connection_ends() {
    let server = with(|config| {
        config.http.header_timeout = SOON;
        config.http.idle_timeout = SOON;
    })
    .await;
    for pause in [250, 280, 295, 300, 305, 320, 350] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let executor = hyper_util::rt::TokioExecutor::new();
        let (mut client, connection) = hyper::client::conn::http2::handshake(executor, TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        assert_eq!(ask_2(&mut client).await, Some(200));
        tokio::time::sleep(Duration::from_millis(pause)).await;
        assert!(matches!(ask_2(&mut client).await, Some(200) | None));
    }
}

#[tokio::test]
async fn the_end_waits_for_what_runs_and_takes_no_more() {
    let server = start().await;
    let admin = server.admin().await;
    deploy(&server.service, ONE, new_hook("wait")).await;
    let idle = TcpStream::connect(server.address).await.unwrap();
    let (address, go_on) = (server.address, server.world.compiler.go_on.clone());
    let server = Arc::new(server);
    let running = tokio::spawn({
        let server = Arc::clone(&server);
        async move { server.call(&admin, "POST /v1/triggers/pre-authentication", login()).await.expect(200) }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop_now();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!server.ended.is_finished());
    assert!(TcpStream::connect(address).await.is_err());
    go_on.notify_one();
    assert_eq!(running.await.unwrap()["outcome"], "completed");
    let server = Arc::into_inner(server).unwrap();
    timeout(LATE, server.ended).await.expect("the server goes on").unwrap().unwrap();
    drop(idle);
}
