//! Requests and answers are the same on the wire as in a program: names and their order, `Host`, `Content-Length`, bytes above ASCII.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hookbox_egress::{Body, Redirect, Request, Sealed};
use hookbox_host_api::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::{client, egress, get, grant, local, ok, raw, text, with_headers};

/// A server that keeps what it reads up to a text, and says something.
async fn keeps(until: &'static str, says: &'static [u8]) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let own = Arc::clone(&kept);
    let address = raw(move |mut stream, _| {
        let own = Arc::clone(&own);
        async move {
            loop {
                let mut bytes = Vec::new();
                while !bytes.ends_with(until.as_bytes()) {
                    match stream.read_u8().await {
                        Ok(byte) => bytes.push(byte),
                        Err(_) => return,
                    }
                }
                own.lock().unwrap().push(bytes.iter().copied().map(char::from).collect());
                stream.write_all(says).await.unwrap();
            }
        }
    })
    .await;
    (address, kept)
}

#[tokio::test]
async fn names_keep_their_case_and_order_both_ways() {
    let says = b"HTTP/1.1 200 Fine\r\nX-Second: b\r\nSet-COOKIE: 1\r\nx-first: \xe4\r\nset-cookie: 2\r\nContent-Length: 2\r\n\r\nok";
    let (address, kept) = keeps("\r\n\r\n", says).await;
    let egress = egress();
    let given = [("X-b", "1"), ("accept-ENCODING", "gzip"), ("x-A", "\u{e4}"), ("X-B", "2"), ("Connection", "close")];
    for _ in 0..2 {
        let reply = egress.client(grant(&["127.0.0.1"])).fetch(with_headers(get(format!("http://{address}/p?q")), &given)).await.unwrap();
        let told: Vec<(&str, &str)> = reply.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [("X-Second", "b"), ("Set-COOKIE", "1"), ("x-first", "\u{e4}"), ("set-cookie", "2"), ("Content-Length", "2")];
        assert_eq!(told, expected);
        assert_eq!(reply.status_text, "Fine");
        assert_eq!(reply.ends.unwrap().remote, address);
        assert!(reply.tls.is_none());
        assert_eq!(text(reply).await, "ok");
    }
    let head = format!("GET /p?q HTTP/1.1\r\nHost: {address}\r\nX-b: 1\r\naccept-ENCODING: gzip\r\nx-A: \u{e4}\r\nX-B: 2\r\n\r\n");
    assert_eq!(*kept.lock().unwrap(), [head.clone(), head]);
}

#[tokio::test]
async fn a_host_is_sent_where_it_stands_and_calls_nobody() {
    let (address, kept) = keeps("\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let client = client(&["127.0.0.1", "virtual.example"]);
    for host in ["Virtual.example", "virtual.example:8080"] {
        let request = with_headers(get(format!("http://{address}/")), &[("Accept", "*/*"), ("host", host), ("Accept-Encoding", "x")]);
        client.fetch(request).await.unwrap();
        let expected = format!("GET / HTTP/1.1\r\nAccept: */*\r\nhost: {host}\r\nAccept-Encoding: x\r\n\r\n");
        assert_eq!(kept.lock().unwrap().pop().unwrap(), expected);
    }
    let own = with_headers(get(format!("http://{address}/")), &[("HOST", &address.to_string())]);
    client.fetch(Request { decompress: false, ..own }).await.unwrap();
    assert_eq!(kept.lock().unwrap().pop().unwrap(), format!("GET / HTTP/1.1\r\nHOST: {address}\r\n\r\n"));
}

#[tokio::test]
async fn a_host_that_the_policy_does_not_allow_is_refused() {
    let stub = ok().await;
    for host in ["virtual.example", "169.254.169.254", "localhost"] {
        let error = local().fetch(with_headers(get(stub.url("/")), &[("Host", host)])).await.unwrap_err();
        assert!(error.is_refusal() && error.message.contains(host), "{error}");
    }
    for host in ["", "a b", "a/b", "x@127.0.0.1"] {
        let error = local().fetch(with_headers(get(stub.url("/")), &[("Host", host)])).await.unwrap_err();
        assert_eq!(error.code, "ERR_HTTP_INVALID_HEADER_VALUE", "{host:?}");
    }
    stub.assert_untouched();
}

#[tokio::test]
async fn a_sealed_value_goes_to_no_host_that_it_is_not_for() {
    let stub = ok().await;
    let egress = egress();
    let sent = async |host: &str| {
        let mut grant = grant(&["127.0.0.1", "virtual.example", "other.example"]);
        let hosts = "127.0.0.1,virtual.example".parse().unwrap();
        grant.sealed = vec![Sealed { placeholder: "sealed_abc".into(), value: Secret::new("the value"), hosts }];
        let request = with_headers(get(stub.url("/")), &[("Host", host), ("X-Key", "sealed_abc")]);
        text(egress.client(grant).fetch(request).await.unwrap()).await;
        stub.seen().last().unwrap().header("x-key").unwrap().to_owned()
    };
    assert_eq!(sent("virtual.example").await, "the value");
    assert_eq!(sent("other.example").await, "sealed_abc");
}

/// Sends a body in pieces, with a length that is said before. Returns the answer, and what writing ended with.
async fn streamed(
    method: &str,
    url: String,
    length: &str,
    pieces: &[&'static str],
) -> Result<(String, Result<(), hookbox_egress::Error>), hookbox_egress::Error> {
    let (sender, body) = Body::channel();
    let request = Request { body, redirect: Redirect::Manual, decompress: false, ..Request::new(method, url) };
    let pieces = pieces.to_vec();
    let writer = tokio::spawn(async move {
        for piece in pieces {
            sender.send(Bytes::from(piece)).await?;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        sender.finish().await
    });
    let said = [("content-length", length)];
    let said = if length.is_empty() { &[] } else { said.as_slice() };
    let mut reply = local().fetch(with_headers(request, said)).await?;
    Ok((String::from_utf8(reply.bytes().await?.to_vec()).unwrap(), writer.await.unwrap()))
}

#[tokio::test]
async fn a_streamed_body_is_as_long_as_was_said() {
    let (address, kept) = keeps("END", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let url = || format!("http://{address}/");
    for method in ["POST", "GET", "DELETE"] {
        assert_eq!(streamed(method, url(), "7", &["four", "END"]).await.unwrap(), ("ok".to_owned(), Ok(())));
        let head = format!("{method} / HTTP/1.1\r\nHost: {address}\r\ncontent-length: 7\r\n\r\nfourEND");
        assert_eq!(kept.lock().unwrap().pop().unwrap(), head);
    }
    // What is more than the length is never sent.
    let (reply, written) = streamed("POST", url(), "7", &["four", "END", "more"]).await.unwrap();
    assert_eq!((reply.as_str(), written.unwrap_err().code.as_ref()), ("ok", "ERR_HTTP_CONTENT_LENGTH_MISMATCH"));
    assert!(kept.lock().unwrap().pop().unwrap().ends_with("fourEND"));
    for (length, pieces) in [("8", &["four", "EN"][..]), ("6", &["four", "END"])] {
        let error = streamed("POST", url(), length, pieces).await.unwrap_err();
        assert_eq!(error.code, "ERR_HTTP_CONTENT_LENGTH_MISMATCH", "{length}: {error}");
    }
    let error = streamed("POST", url(), &(1 << 30).to_string(), &["END"]).await.unwrap_err();
    assert!(error.is_limit() && error.message.contains("egress.request_bytes"), "{error}");
}

#[tokio::test]
async fn a_body_of_no_known_length_goes_with_any_method() {
    for method in ["POST", "GET"] {
        let (address, kept) = keeps("0\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(streamed(method, format!("http://{address}/"), "", &["four"]).await.unwrap(), ("ok".to_owned(), Ok(())));
        let head = format!("{method} / HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n");
        assert_eq!(*kept.lock().unwrap(), [head]);
    }
}

#[tokio::test]
async fn an_empty_body_says_that_it_is_empty() {
    let (address, kept) = keeps("\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for (body, says) in [(Body::Bytes(Bytes::new()), "Content-Length: 0\r\n"), (Body::None, "")] {
        let request = Request { body, decompress: false, ..Request::new("POST", format!("http://{address}/")) };
        local().fetch(request).await.unwrap();
        assert_eq!(kept.lock().unwrap().pop().unwrap(), format!("POST / HTTP/1.1\r\nHost: {address}\r\n{says}\r\n"));
    }
}
