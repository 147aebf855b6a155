//! Through a proxy, the policy is the same.

use std::sync::{Arc, Mutex};

use hookbox_egress::{Egress, Proxy, Settings};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::harness::{Names, get, grant, head, ok, raw, says, settings, text};

async fn proxy(asked: Arc<Mutex<Vec<String>>>) -> std::net::SocketAddr {
    raw(move |mut stream, _| {
        let asked = Arc::clone(&asked);
        async move {
            let head = head(&mut stream).await;
            let to = head.split(' ').nth(1).unwrap().to_owned();
            asked.lock().unwrap().push(head);
            let mut upstream = TcpStream::connect(to).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n").await.unwrap();
            drop(tokio::io::copy_bidirectional(&mut stream, &mut upstream).await);
        }
    })
    .await
}

fn behind(proxy: &str) -> Egress {
    let names = Names::new(&[("a.example", &["127.0.0.1"]), ("inside.example", &["10.0.0.1"]), ("proxy.example", &["127.0.0.1"])]);
    Egress::new(Settings { proxy: Some(Proxy::parse(proxy).unwrap()), ..settings(&names) }).unwrap()
}

#[tokio::test]
async fn a_proxy_is_told_addresses_that_were_checked() {
    let asked = Arc::default();
    let (stub, proxy) = (ok().await, proxy(Arc::clone(&asked)).await);
    let egress = behind(&format!("http://user:pass@proxy.example:{}", proxy.port()));
    let client = egress.client(grant(&["*.example", "127.0.0.1", "tcp://127.0.0.1"]));
    assert_eq!(text(client.fetch(get(format!("http://a.example:{}/", stub.port()))).await.unwrap()).await, "ok");
    let connection = client.connect("127.0.0.1", stub.port(), None).await.unwrap();
    assert_eq!(connection.ends().remote, stub.address);
    assert!(client.fetch(get(format!("http://inside.example:{}/", stub.port()))).await.unwrap_err().is_refusal());
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    let expected = format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n", stub.address);
    assert_eq!(asked[0], expected);
    assert_eq!(stub.seen()[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_an_error_and_no_way_around() {
    let stub = ok().await;
    for (said, code) in
        [("HTTP/1.1 403 Forbidden\r\n\r\n", "ECONNREFUSED"), ("nonsense\r\n\r\n", "HPE_INVALID_CONSTANT"), ("", "ECONNRESET")]
    {
        let proxy = says(said).await;
        let client = behind(&format!("http://{proxy}")).client(grant(&["127.0.0.1"]));
        assert_eq!(client.fetch(get(stub.url("/"))).await.unwrap_err().code, code, "{said:?}");
    }
    stub.assert_untouched();
}

#[tokio::test]
async fn proxies_of_the_environment_are_ignored() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let (stub, proxy) = (ok().await, proxy(Arc::clone(&asked)).await);
    // SAFETY: nothing else of these tests reads or writes this variable, and the crate under test must not.
    unsafe { std::env::set_var("http_proxy", format!("http://{proxy}")) };
    text(crate::harness::local().fetch(get(stub.url("/"))).await.unwrap()).await;
    assert!(asked.lock().unwrap().is_empty());
}
