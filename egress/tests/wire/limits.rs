//! Every limit, crossed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{Body, Client, Egress, Error, Limits, Proxy, Request, Settings};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::harness::{Names, Stub, answer, egress, get, grant, head, ok, post, raw, says, settings, text, with_headers};

fn limited(change: impl FnOnce(&mut Limits)) -> Client {
    let mut grant = grant(&["127.0.0.1", "tcp://127.0.0.1"]);
    change(&mut grant.limits);
    egress().client(grant)
}

fn assert_limit(error: &Error, setting: &str) {
    assert!(error.code == "ERR_HOOK_LIMIT" && error.message.contains(setting), "{error:?}");
}

async fn silent() -> std::net::SocketAddr {
    raw(|mut stream, _| async move {
        head(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await
}

#[tokio::test]
async fn calls_are_counted_whatever_becomes_of_them() {
    let stub = ok().await;
    let client = limited(|limits| limits.calls = 4);
    text(client.fetch(get(stub.url("/"))).await.unwrap()).await;
    assert!(client.fetch(get("http://other.example/")).await.unwrap_err().is_refusal());
    client.connect("127.0.0.1", stub.port(), None).await.unwrap();
    client.lookup("other.example", 0).await.unwrap_err();
    assert_limit(&client.fetch(get(stub.url("/"))).await.unwrap_err(), "egress.calls");
    assert_limit(&client.connect("127.0.0.1", stub.port(), None).await.unwrap_err(), "egress.calls");
    assert_limit(&client.lookup("127.0.0.1", 0).await.unwrap_err(), "egress.calls");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!((stub.connections(), stub.seen().len(), client.calls().len()), (2, 1, 4));
}

#[tokio::test]
async fn one_call_more_waits_for_its_turn() {
    let stub = ok().await;
    let client = limited(|limits| {
        limits.calls_at_a_time = 2;
        limits.total_time = Duration::from_millis(700);
    });
    let first = client.fetch(get(stub.url("/"))).await.unwrap();
    let _second = client.fetch(get(stub.url("/"))).await.unwrap();
    assert_limit(&client.fetch(get(stub.url("/"))).await.unwrap_err(), "egress.calls_at_a_time");
    assert_eq!(stub.seen().len(), 2);
    let (third, _) = tokio::join!(client.fetch(get(stub.url("/"))), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(first);
    });
    assert_eq!(text(third.unwrap()).await, "ok");
}

#[tokio::test]
async fn the_share_of_an_account_is_over_all_its_executions() {
    let stub = ok().await;
    let share = Arc::new(Semaphore::new(1));
    let egress = egress();
    let client = || {
        let mut grant = grant(&["127.0.0.1"]);
        grant.share = Some(Arc::clone(&share));
        grant.limits.total_time = Duration::from_millis(700);
        egress.client(grant)
    };
    let held = client().fetch(get(stub.url("/"))).await.unwrap();
    assert_limit(&client().fetch(get(stub.url("/"))).await.unwrap_err(), "egress.account_calls");
    drop(held);
    text(client().fetch(get(stub.url("/"))).await.unwrap()).await;
}

#[tokio::test]
async fn sockets_are_few_and_carry_so_much() {
    let address = raw(|mut stream, _| async move {
        let (mut read, mut write) = stream.split();
        drop(tokio::io::copy(&mut read, &mut write).await);
    })
    .await;
    let client = limited(|limits| {
        limits.sockets = 2;
        limits.socket_bytes = 100;
    });
    let connect = async || client.connect("127.0.0.1", address.port(), None).await;
    let (first, second) = (connect().await.unwrap(), connect().await.unwrap());
    assert_limit(&connect().await.unwrap_err(), "egress.sockets");
    drop(second);
    connect().await.unwrap();
    first.write(Bytes::from(vec![1; 50])).await.unwrap();
    let mut received = 0;
    while received < 50 {
        received += first.read(7).await.unwrap().len();
    }
    assert_limit(&first.write(Bytes::from_static(b"x")).await.unwrap_err(), "egress.socket_bytes");
    assert_eq!((client.calls()[0].sent, client.calls()[0].received), (50, 50));
}

#[tokio::test]
async fn a_request_has_so_many_bytes() {
    let stub = ok().await;
    let client = limited(|limits| limits.request_bytes = 1000);
    assert_limit(&client.fetch(post(stub.url("/"), "text/plain", vec![0; 1001])).await.unwrap_err(), "egress.request_bytes");
    stub.assert_untouched();
    text(client.fetch(post(stub.url("/"), "text/plain", vec![0; 1000])).await.unwrap()).await;
    let (sender, body) = Body::channel();
    let (fetched, sent) = tokio::join!(client.fetch(Request { body, ..Request::new("POST", stub.url("/")) }), async move {
        for _ in 0..50 {
            sender.send(Bytes::from(vec![0; 300])).await?;
        }
        sender.finish().await
    });
    assert_limit(&fetched.unwrap_err(), "egress.request_bytes");
    assert_limit(&sent.unwrap_err(), "egress.request_bytes");
}

#[tokio::test]
async fn an_answer_has_so_many_bytes() {
    let stub = Stub::start(|seen| answer(200, &[], vec![0; seen.path[1..].parse().unwrap()])).await;
    let client = limited(|limits| limits.response_bytes = 1000);
    assert_eq!(client.fetch(get(stub.url("/1000"))).await.unwrap().bytes().await.unwrap().len(), 1000);
    let error = client.fetch(get(stub.url("/1001"))).await.unwrap().bytes().await.unwrap_err();
    assert_limit(&error, "egress.response_bytes");
}

#[tokio::test]
async fn headers_are_few_and_short() {
    let stub = ok().await;
    let client = limited(|limits| {
        limits.headers = 10;
        limits.header_bytes = 1000;
    });
    let long = "x".repeat(1000);
    assert_limit(&client.fetch(with_headers(get(stub.url("/")), &[("a", &long)])).await.unwrap_err(), "egress.header_bytes");
    assert_limit(&client.fetch(with_headers(get(stub.url("/")), &[("a", "b"); 11])).await.unwrap_err(), "egress.headers");
    stub.assert_untouched();
    let long = says(format!("HTTP/1.1 200 OK\r\nX-A: {long}\r\nContent-Length: 0\r\n\r\n")).await;
    assert_limit(&client.fetch(get(format!("http://{long}/"))).await.unwrap_err(), "egress.header_bytes");
    let many = says(format!("HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n", "A: b\r\n".repeat(20))).await;
    let error = client.fetch(get(format!("http://{many}/"))).await.unwrap_err();
    assert!(error.is_limit(), "{error:?}");
    let endless = raw(|mut stream, _| async move {
        head(&mut stream).await;
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n").await);
        while stream.write_all(b"X-Endless: 0123456789\r\n").await.is_ok() {}
    })
    .await;
    assert!(client.fetch(get(format!("http://{endless}/"))).await.unwrap_err().is_limit());
}

#[tokio::test]
async fn a_connection_is_made_in_time() {
    let mute = raw(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let proxy = Some(Proxy::parse(&format!("http://{mute}")).unwrap());
    let egress = Egress::new(Settings { proxy, ..settings(&Names::default()) }).unwrap();
    let mut grant = grant(&["192.0.2.0/24"]);
    grant.limits.connect_time = Duration::from_millis(200);
    let begun = Instant::now();
    let error = egress.client(grant).fetch(get("http://192.0.2.1/")).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(error.code == "ETIMEDOUT" && error.message.contains("egress.connect_time"), "{error:?}");
    // A handshake belongs to it.
    let client = limited(|limits| limits.connect_time = Duration::from_millis(200));
    let error = client.fetch(get(format!("https://{mute}/"))).await.unwrap_err();
    assert!(error.code == "ETIMEDOUT" && error.message.contains("egress.connect_time"), "{error:?}");
}

#[tokio::test]
async fn a_call_takes_so_long() {
    let address = silent().await;
    let client = limited(|limits| limits.total_time = Duration::from_millis(200));
    assert_limit(&client.fetch(get(format!("http://{address}/"))).await.unwrap_err(), "egress.total_time");
    let slow = raw(|mut stream, _| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let error = client.fetch(get(format!("http://{slow}/"))).await.unwrap().bytes().await.unwrap_err();
    assert_limit(&error, "egress.total_time");
}

#[tokio::test]
async fn nothing_outlives_the_execution() {
    let address = silent().await;
    let soon = || {
        let mut grant = grant(&["127.0.0.1", "tcp://127.0.0.1"]);
        grant.deadline = Instant::now() + Duration::from_millis(200);
        egress().client(grant)
    };
    let begun = Instant::now();
    assert_eq!(soon().fetch(get(format!("http://{address}/"))).await.unwrap_err().code, "ETIMEDOUT");
    let connection = soon().connect("127.0.0.1", address.port(), None).await.unwrap();
    assert_eq!(connection.read(10).await.unwrap_err().code, "ETIMEDOUT");
    assert!(begun.elapsed() < Duration::from_secs(2));
}
