//! Bodies that are packed, and bodies that are not read at once.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use hookbox_egress::Request;
use tokio::io::AsyncWriteExt as _;

use crate::harness::{Stub, answer, get, head, local, raw, text};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_packed_body_is_unpacked_if_that_is_wanted() {
    let stub = Stub::start(|_| answer(200, &[("content-encoding", "gzip")], gzip(b"unpacked"))).await;
    assert_eq!(text(local().fetch(get(stub.url("/"))).await.unwrap()).await, "unpacked");
    let mut reply = local().fetch(Request { decompress: false, ..get(stub.url("/")) }).await.unwrap();
    assert_eq!(reply.bytes().await.unwrap(), gzip(b"unpacked"));
    assert_eq!(stub.seen()[1].header("accept-encoding"), None);
}

#[tokio::test]
async fn a_bomb_ends_at_the_limit() {
    let stub = Stub::start(|_| answer(200, &[("content-encoding", "gzip, gzip")], gzip(&gzip(&vec![0; 64 << 20])))).await;
    let client = local();
    let error = client.fetch(get(stub.url("/"))).await.unwrap().bytes().await.unwrap_err();
    assert!(error.is_limit() && error.message.contains("egress.response_bytes"), "{error}");
    assert_eq!(client.calls()[0].error.as_deref(), Some("ERR_HOOK_LIMIT"));
}

#[tokio::test]
async fn a_body_waits_in_the_network_until_it_is_read() {
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let address = raw(move |mut stream, _| {
        let counter = Arc::clone(&counter);
        async move {
            head(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n").await.unwrap();
            while stream.write_all(&[0; 1 << 16]).await.is_ok() {
                counter.fetch_add(1 << 16, Ordering::SeqCst);
            }
        }
    })
    .await;
    let mut reply = local().fetch(get(format!("http://{address}/"))).await.unwrap();
    reply.chunk().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let held = written.load(Ordering::SeqCst);
    assert!(held < 32 << 20, "{held} bytes were taken from the server though nobody reads");
}
