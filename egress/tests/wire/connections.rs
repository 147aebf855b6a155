//! Raw connections: both ways at once, ended, and turned into TLS.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::TlsOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use crate::harness::{client, raw};

fn acceptor() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["db.example".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![made.cert.der().clone()], key).unwrap()))
}

fn lenient() -> TlsOptions {
    TlsOptions { verify: false, ..TlsOptions::new("db.example") }
}

#[tokio::test]
async fn reading_and_writing_do_not_wait_for_each_other() {
    let address = raw(|mut stream, _| async move {
        let mut word = [0; 4];
        stream.read_exact(&mut word).await.unwrap();
        stream.write_all(b"and back").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        stream.write_all(&rest).await.unwrap();
    })
    .await;
    let connection = client(&["tcp://127.0.0.1"]).connect("127.0.0.1", address.port(), None).await.unwrap();
    assert_eq!((connection.ends().remote, connection.facts()), (address, None));
    let (read, written) = tokio::join!(connection.read(100), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        connection.write(Bytes::from_static(b"ping")).await
    });
    written.unwrap();
    assert_eq!(read.unwrap(), "and back");
    connection.write(Bytes::from_static(b"last words")).await.unwrap();
    connection.end().await.unwrap();
    assert_eq!(connection.read(4).await.unwrap(), "last");
    assert_eq!(connection.read(400).await.unwrap(), " words");
    assert_eq!(connection.read(400).await.unwrap(), "");
    assert_eq!(connection.write(Bytes::from_static(b"x")).await.unwrap_err().code, "EPIPE");
}

#[tokio::test]
async fn what_is_written_waits_until_it_is_taken() {
    let address = raw(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let connection = client(&["tcp://127.0.0.1"]).connect("127.0.0.1", address.port(), None).await.unwrap();
    let write = connection.write(Bytes::from(vec![0; 14 << 20]));
    assert!(tokio::time::timeout(Duration::from_millis(300), write).await.is_err());
}

#[tokio::test]
async fn tls_can_begin_later_while_a_read_waits() {
    let tls = acceptor();
    let address = raw(move |mut stream, _| {
        let tls = tls.clone();
        async move {
            let mut ask = [0; 8];
            stream.read_exact(&mut ask).await.unwrap();
            stream.write_all(b"S").await.unwrap();
            let mut stream = tls.accept(stream).await.unwrap();
            let mut word = [0; 5];
            stream.read_exact(&mut word).await.unwrap();
            stream.write_all(b"world").await.unwrap();
            stream.shutdown().await.unwrap();
        }
    })
    .await;
    let client = client(&["tcp://127.0.0.1"]);
    let connection = client.connect("127.0.0.1", address.port(), None).await.unwrap();
    connection.write(Bytes::from_static(b"starttls")).await.unwrap();
    assert_eq!(connection.read(1).await.unwrap(), "S");
    let (read, ()) = tokio::join!(connection.read(100), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let facts = connection.secure(&lenient()).await.unwrap();
        assert_eq!((facts.authorized, facts.authorization_error), (false, Some("DEPTH_ZERO_SELF_SIGNED_CERT")));
        connection.write(Bytes::from_static(b"hello")).await.unwrap();
    });
    assert_eq!(read.unwrap(), "world");
    assert_eq!(connection.read(100).await.unwrap(), "");
    assert_eq!(connection.facts().unwrap().protocol, "TLSv1.3");
    assert_eq!(connection.secure(&lenient()).await.unwrap_err().code, "ERR_TLS_INVALID_STATE");
}

#[tokio::test]
async fn a_connection_whose_tls_failed_is_gone() {
    let tls = acceptor();
    let address = raw(move |stream, number| {
        let tls = tls.clone();
        async move {
            if number == 0 {
                drop(tls.accept(stream).await);
            } else {
                let mut stream = stream;
                stream.write_all(b"no TLS here, and never was any").await.unwrap();
                let mut rest = Vec::new();
                let read = stream.read_to_end(&mut rest).await;
                assert!(!rest.windows(8).any(|window| window == b"password"), "{read:?}");
            }
        }
    })
    .await;
    let client = client(&["tcp://127.0.0.1"]);
    for code in ["DEPTH_ZERO_SELF_SIGNED_CERT", "EPROTO"] {
        let connection = client.connect("127.0.0.1", address.port(), None).await.unwrap();
        assert_eq!(connection.secure(&TlsOptions::new("db.example")).await.unwrap_err().code, code);
        assert_eq!(connection.write(Bytes::from_static(b"password")).await.unwrap_err().code, "EPIPE");
        assert_eq!(connection.read(10).await.unwrap_err().code, "EPIPE");
        assert!(connection.facts().is_none());
    }
}

#[tokio::test]
async fn tls_from_the_start_is_all_that_an_entry_of_tls_opens() {
    let tls = acceptor();
    let address = raw(move |stream, _| {
        let tls = tls.clone();
        async move { drop(tls.accept(stream).await) }
    })
    .await;
    let client = client(&["tls://127.0.0.1"]);
    assert!(client.connect("127.0.0.1", address.port(), None).await.unwrap_err().is_refusal());
    assert!(client.connect("127.0.0.1", address.port(), Some(&lenient())).await.unwrap().facts().is_some());
    let calls = client.calls();
    assert_eq!((calls[0].method.as_str(), calls[1].method.as_str()), ("TCP", "TLS"));
    assert_eq!(calls[1].origin, format!("tls://{address}"));
}

/// A server that tells when its connection ends.
async fn tells_the_end() -> (std::net::SocketAddr, tokio::sync::mpsc::Receiver<()>) {
    let (told, ended) = tokio::sync::mpsc::channel(1);
    let address = raw(move |mut stream, _| {
        let told = told.clone();
        async move {
            while stream.read(&mut [0; 1024]).await.is_ok_and(|count| count > 0) {}
            told.send(()).await.unwrap();
        }
    })
    .await;
    (address, ended)
}

#[tokio::test]
async fn what_is_dropped_is_closed() {
    let (address, mut ended) = tells_the_end().await;
    let client = client(&["127.0.0.1", "tcp://127.0.0.1"]);
    let mut assert_ended = async || tokio::time::timeout(Duration::from_secs(5), ended.recv()).await.unwrap().unwrap();
    drop(client.connect("127.0.0.1", address.port(), None).await.unwrap());
    assert_ended().await;
    // A request that is given up before its answer.
    let fetch = client.fetch(hookbox_egress::Request::new("GET", format!("http://{address}/")));
    assert!(tokio::time::timeout(Duration::from_millis(100), fetch).await.is_err());
    assert_ended().await;
    let calls = client.calls();
    assert_eq!((calls[1].status, calls[1].error.as_deref()), (None, None));
}

#[tokio::test]
async fn tls_that_ends_without_a_word_is_an_end() {
    let tls = acceptor();
    let address = raw(move |stream, _| {
        let tls = tls.clone();
        async move {
            let mut stream = tls.accept(stream).await.unwrap();
            stream.write_all(b"bye").await.unwrap();
            stream.flush().await.unwrap();
            // No close_notify: the stream below is closed at once.
            drop(stream.into_inner().0);
        }
    })
    .await;
    let connection = client(&["tls://127.0.0.1"]).connect("127.0.0.1", address.port(), Some(&lenient())).await.unwrap();
    assert_eq!(connection.read(100).await.unwrap(), "bye");
    assert_eq!(connection.read(100).await.unwrap(), "");
}

#[tokio::test]
async fn tls_that_is_given_up_leaves_nothing_to_speak_on() {
    let address = raw(|stream, _| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let client = client(&["tcp://127.0.0.1"]);
    for is_full in [false, true] {
        let connection = client.connect("127.0.0.1", address.port(), None).await.unwrap();
        let stuck = async {
            if is_full {
                drop(connection.write(Bytes::from(vec![0; 14 << 20])).await);
            } else {
                std::future::pending().await
            }
        };
        let options = lenient();
        tokio::select! {
            biased;
            () = stuck => unreachable!("nobody reads"),
            secured = tokio::time::timeout(Duration::from_millis(300), connection.secure(&options)) => assert!(secured.is_err()),
        }
        assert_eq!(connection.write(Bytes::from_static(b"password")).await.unwrap_err().code, "EPIPE");
        assert_eq!(connection.read(1).await.unwrap_err().code, "EPIPE");
    }
}
