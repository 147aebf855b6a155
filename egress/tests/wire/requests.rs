//! What goes over the wire, and what comes back.

use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{Body, Egress, Request};
use tokio::io::AsyncWriteExt as _;

use crate::harness::{Names, Stub, answer, client, egress, get, grant, head, local, ok, post, raw, says, settings, text, with_headers};

#[tokio::test]
async fn a_request_and_its_answer_are_complete() {
    let stub = Stub::start(|_| answer(201, &[("x-a", "1"), ("x-a", "2"), ("content-type", "text/plain")], "made")).await;
    let client = local();
    let mut reply = client.fetch(post(stub.url("/path?q=ä b"), "application/json", "{}")).await.unwrap();
    assert_eq!((reply.status, reply.status_text.as_str(), reply.version, reply.redirected), (201, "Created", "1.1", false));
    let twice: Vec<&str> = reply.headers.iter().filter(|(name, _)| name == "x-a").map(|(_, value)| value.as_str()).collect();
    assert_eq!(twice, ["1", "2"]);
    assert_eq!(reply.bytes().await.unwrap(), "made");
    assert_eq!(reply.chunk().await.unwrap(), None);
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str(), &seen.body[..]), ("POST", "/path?q=%C3%A4%20b", &b"{}"[..]));
    assert_eq!((seen.header("content-length"), seen.header("accept-encoding")), (Some("2"), Some("gzip, deflate, br")));
    drop(reply);
    let call = &client.calls()[0];
    assert_eq!((call.method.as_str(), call.origin.as_str(), call.status), ("POST", format!("http://{}", stub.address).as_str(), Some(201)));
    assert_eq!((call.sent, call.received, &call.error), (2, 4, &None));
    assert!(call.duration_us > 0);
}

#[tokio::test]
async fn headers_of_the_connection_are_the_clients_own() {
    let stub = ok().await;
    let own = [
        ("Connection", "close, x-hop"),
        ("Content-Length", "999"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "h2c"),
        ("Proxy-Connection", "x"),
        ("Keep-Alive", "x"),
        ("TE", "gzip"),
        ("Expect", "100-continue"),
        ("X-Kept", "y"),
    ];
    text(local().fetch(with_headers(get(stub.url("/")), &own)).await.unwrap()).await;
    let mut names: Vec<String> = stub.seen()[0].headers.keys().map(ToString::to_string).collect();
    names.sort();
    assert_eq!(names, ["accept-encoding", "host", "x-kept"]);
    assert_eq!(stub.seen()[0].header("host"), Some(stub.address.to_string().as_str()));
}

#[tokio::test]
async fn nothing_of_a_hook_breaks_out_of_its_line() {
    let stub = ok().await;
    let client = local();
    for value in ["a\r\nX: 1", "a\nX: 1", "a\rb", "\0"] {
        assert_eq!(client.fetch(with_headers(get(stub.url("/")), &[("X-A", value)])).await.unwrap_err().code, "ERR_INVALID_CHAR");
    }
    for method in ["GET /x HTTP/1.1\r\nX: ", "", "G T"] {
        assert_eq!(client.fetch(Request::new(method, stub.url("/"))).await.unwrap_err().code, "ERR_INVALID_HTTP_TOKEN");
    }
    stub.assert_untouched();
    text(client.fetch(get(stub.url("/a\r\nX: 1 HTTP/1.1\r\n\r\n\tb"))).await.unwrap()).await;
    assert!(stub.seen().len() == 1 && stub.seen()[0].header("x").is_none());
}

#[tokio::test]
async fn a_streamed_body_arrives_chunk_by_chunk() {
    let stub = Stub::start(|seen| answer(200, &[], seen.body.clone())).await;
    let (sender, body) = Body::channel();
    let request = Request { body, ..Request::new("PUT", stub.url("/")) };
    let writer = tokio::spawn(async move {
        for number in 0..50 {
            sender.send(Bytes::from(format!("{number} "))).await.unwrap();
        }
        sender.finish().await.unwrap();
    });
    let client = local();
    let reply = text(client.fetch(request).await.unwrap()).await;
    writer.await.unwrap();
    assert!(reply.starts_with("0 1 2 ") && reply.ends_with(" 49 "));
    assert_eq!(stub.seen()[0].header("transfer-encoding"), Some("chunked"));
    assert_eq!(client.calls()[0].sent, reply.len() as u64);
}

#[tokio::test]
async fn a_streamed_body_that_is_dropped_is_no_complete_request() {
    let stub = ok().await;
    let (sender, body) = Body::channel();
    let request = Request { body, ..Request::new("PUT", stub.url("/")) };
    let client = local();
    let (error, ()) = tokio::join!(client.fetch(request), async move {
        sender.send(Bytes::from_static(b"a half")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(sender);
    });
    assert_eq!(error.unwrap_err().code, "ECONNRESET");
}

#[tokio::test]
async fn a_head_has_no_body() {
    let stub = Stub::start(|_| answer(200, &[("content-length", "10")], "")).await;
    let mut reply = local().fetch(Request::new("HEAD", stub.url("/"))).await.unwrap();
    assert!(!reply.has_body());
    assert_eq!(reply.bytes().await.unwrap(), "");
}

#[tokio::test]
async fn faults_have_the_codes_of_node() {
    let code = async |address: std::net::SocketAddr| match local().fetch(get(format!("http://{address}/"))).await {
        Ok(mut reply) => reply.bytes().await.unwrap_err(),
        Err(error) => error,
    };
    for (said, expected) in [
        ("", "ECONNRESET"),
        ("HTTP/1.1 200 OK\r\nX", "ECONNRESET"),
        ("nonsense\r\n\r\n", "HPE_INVALID_CONSTANT"),
        ("HTTP/1.1 abc\r\n\r\n", "HPE_INVALID_STATUS"),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HPE_INVALID_CONTENT_LENGTH"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "ECONNRESET"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HPE_INVALID_CHUNK_SIZE"),
    ] {
        let error = code(says(said).await).await;
        assert_eq!(error.code, expected, "{said:?}: {error:?}");
    }
    assert_eq!(code(says("").await).await.message, "socket hang up");
    let closed = { tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap() };
    let error = code(closed).await;
    assert_eq!((error.code.as_ref(), error.message), ("ECONNREFUSED", format!("connect ECONNREFUSED {closed}")));
    assert_eq!((error.syscall, error.address, error.port), (Some("connect"), Some(closed.ip()), Some(closed.port())));
    let error = client(&["none.example"]).fetch(get("http://none.example/")).await.unwrap_err();
    assert_eq!((error.code.as_ref(), error.message.as_str()), ("ENOTFOUND", "getaddrinfo ENOTFOUND none.example"));
    assert_eq!(error.hostname.as_deref(), Some("none.example"));
}

#[tokio::test]
async fn the_next_address_is_tried() {
    let stub = ok().await;
    // Nobody listens at the first one.
    let names = Names::new(&[("two.example", &["127.0.0.9 127.0.0.1"])]);
    let client = Egress::new(settings(&names)).unwrap().client(grant(&["two.example", "127.0.0.0/8"]));
    assert_eq!(text(client.fetch(get(format!("http://two.example:{}/", stub.port()))).await.unwrap()).await, "ok");
}

#[tokio::test]
async fn a_connection_is_used_again_by_its_owner_alone() {
    let stub = ok().await;
    let egress = egress();
    let call = async |owner: u128| {
        let mut grant = grant(&["127.0.0.1"]);
        grant.owner = owner;
        text(egress.client(grant).fetch(get(stub.url("/"))).await.unwrap()).await;
    };
    for _ in 0..4 {
        call(1).await;
    }
    assert_eq!((stub.connections(), egress.counts().idle_connections), (1, 1));
    call(2).await;
    call(2).await;
    assert_eq!((stub.connections(), egress.counts().idle_connections), (2, 2));
    egress.forget(1);
    assert_eq!(egress.counts().idle_connections, 1);
    call(1).await;
    assert_eq!((stub.connections(), stub.seen().len()), (3, 7));
}

#[tokio::test]
async fn an_idle_connection_is_not_used_under_a_policy_that_refuses_its_address() {
    let stub = ok().await;
    let names = Names::new(&[("a.example", &["127.0.0.1"])]);
    let egress = Egress::new(settings(&names)).unwrap();
    let url = format!("http://a.example:{}/", stub.port());
    text(egress.client(grant(&["a.example", "127.0.0.1"])).fetch(get(&url)).await.unwrap()).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(egress.counts().idle_connections, 1);
    assert!(egress.client(grant(&["a.example"])).fetch(get(&url)).await.unwrap_err().is_refusal());
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn idle_connections_are_few_and_not_for_long() {
    let stub = ok().await;
    let short = hookbox_egress::Settings { idle: 2, idle_time: Duration::from_millis(200), ..settings(&Names::default()) };
    let egress = Egress::new(short).unwrap();
    for owner in 0..5 {
        let mut grant = grant(&["127.0.0.1"]);
        grant.owner = owner;
        text(egress.client(grant).fetch(get(stub.url("/"))).await.unwrap()).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(egress.counts().idle_connections, 2);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(egress.counts().idle_connections, 0);
}

/// Answers the first request, and closes when the second one comes.
async fn closes_on_the_second() -> std::net::SocketAddr {
    raw(|mut stream, number| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        head(&mut stream).await;
        if number > 0 {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        }
    })
    .await
}

#[tokio::test]
async fn a_request_on_a_stale_connection_is_sent_again_only_if_that_is_safe() {
    let egress = egress();
    for (method, again) in [("GET", true), ("PUT", true), ("POST", false), ("PATCH", false)] {
        let address = closes_on_the_second().await;
        let call = async |method: &str| {
            let mut reply = egress.client(grant(&["127.0.0.1"])).fetch(Request::new(method, format!("http://{address}/"))).await?;
            reply.bytes().await
        };
        assert_eq!(call("GET").await.unwrap(), "ok");
        let second = call(method).await;
        assert_eq!(second.is_ok(), again, "{method}: {second:?}");
        assert!(again || second.unwrap_err().code == "ECONNRESET");
    }
}

#[tokio::test]
async fn an_answer_that_is_dropped_ends_its_connection() {
    let (told, mut ended) = tokio::sync::mpsc::channel(1);
    let address = raw(move |mut stream, _| {
        let told = told.clone();
        async move {
            head(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n").await.unwrap();
            while stream.write_all(b"4\r\nmore\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            told.send(()).await.unwrap();
        }
    })
    .await;
    let mut reply = local().fetch(get(format!("http://{address}/"))).await.unwrap();
    assert!(reply.chunk().await.unwrap().is_some());
    drop(reply);
    tokio::time::timeout(Duration::from_secs(5), ended.recv()).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_one_after_the_other_share_a_connection() {
    let bodies = Stub::start(|seen| if seen.path == "/empty" { answer(204, &[], "") } else { answer(200, &[], vec![0; 100_000]) }).await;
    let egress = egress();
    for _ in 0..5 {
        let client = egress.client(grant(&["127.0.0.1"]));
        for path in ["/empty", "/", "/empty", "/empty", "/", "/"] {
            client.fetch(get(bodies.url(path))).await.unwrap().bytes().await.unwrap();
        }
    }
    assert_eq!((bodies.connections(), bodies.seen().len()), (1, 30));
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_no_answer_to_the_next_request() {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
    let address = raw(move |mut stream, _| async move {
        head(&mut stream).await;
        drop(stream.write_all(format!("{ok}mine{ok}evil").as_bytes()).await);
        head(&mut stream).await;
        drop(stream.write_all(format!("{ok}mine").as_bytes()).await);
    })
    .await;
    let egress = egress();
    for _ in 0..5 {
        let reply = egress.client(grant(&["127.0.0.1"])).fetch(get(format!("http://{address}/"))).await.unwrap();
        assert_eq!(text(reply).await, "mine");
    }
}

#[tokio::test]
async fn a_server_that_switches_protocols_unasked_is_refused() {
    let address = says("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n").await;
    let error = local().fetch(get(format!("http://{address}/"))).await.unwrap_err();
    assert!(error.code.starts_with("HPE_"), "{error:?}");
}

#[tokio::test]
async fn the_systems_resolver_knows_the_machine_itself() {
    let stub = ok().await;
    let egress = Egress::new(hookbox_egress::Settings { system_roots: false, ..hookbox_egress::Settings::default() }).unwrap();
    let client = egress.client(grant(&["localhost", "127.0.0.1", "nothing.invalid"]));
    assert_eq!(text(client.fetch(get(format!("http://localhost:{}/", stub.port()))).await.unwrap()).await, "ok");
    let error = client.fetch(get("http://nothing.invalid/")).await.unwrap_err();
    assert!(matches!(error.code.as_ref(), "ENOTFOUND" | "EAI_AGAIN"), "{error:?}");
}
