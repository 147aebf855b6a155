//! TLS: the handshake, the certificate that is read again, and files that cannot be used.

use std::path::PathBuf;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::*;
use hookbox_hooks::TlsError;

/// A certificate for localhost and its key, in two files.
struct Certificate {
    folder: tempfile::TempDir,
    der: CertificateDer<'static>,
}

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let der = write(&folder);
        Self { folder, der }
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.path().join(name))
    }

    fn set(&self, config: &mut Config) {
        (config.tls.cert, config.tls.key) = (self.file("cert.pem"), self.file("key.pem"));
    }
}

fn write(folder: &tempfile::TempDir) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// The status that a client gets which trusts this certificate alone.
async fn healthy(address: SocketAddr, trusted: &CertificateDer<'static>, protocol: &[u8]) -> std::io::Result<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await?;
    let stream = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
    let request = Request::builder().uri("https://localhost/healthz").header("host", "localhost").body(Full::new(Bytes::new())).unwrap();
    let io = TokioIo::new(stream);
    let reply = if protocol == b"h2" {
        let executor = hyper_util::rt::TokioExecutor::new();
        let (mut client, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
        tokio::spawn(connection);
        client.send_request(request).await.unwrap()
    } else {
        let (mut client, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        client.send_request(request).await.unwrap()
    };
    Ok(reply.status().as_u16())
}

#[tokio::test]
async fn both_versions_of_http_are_served_behind_a_certificate() {
    let certificate = Certificate::new();
    let server = with(|config| certificate.set(config)).await;
    for protocol in [&b"h2"[..], b"http/1.1"] {
        assert_eq!(healthy(server.address, &certificate.der, protocol).await.unwrap(), 200);
    }
    assert!(healthy(server.address, &Certificate::new().der, b"h2").await.is_err(), "a client that trusts another does not talk");
    server.stop().await;
}

#[tokio::test]
async fn a_new_certificate_is_used_once_it_is_read() {
    let certificate = Certificate::new();
    let mut config = Config::default();
    config.listen = "127.0.0.1:0".parse().unwrap();
    certificate.set(&mut config);
    let listener = Listener::bind(&config).await.unwrap();
    let (address, tls) = (listener.address(), listener.tls().unwrap().clone());
    let world = World::with(ALL);
    let service = world.first_start().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(async move { listener.serve(service, ALL, &config, async { stopped.await.unwrap_or_default() }).await });
    let renewed = write(&certificate.folder);
    assert!(healthy(address, &renewed, b"h2").await.is_err(), "nothing is read unasked");
    tls.reload().unwrap();
    assert_eq!(healthy(address, &renewed, b"h2").await.unwrap(), 200);
    std::fs::write(certificate.file("key.pem").unwrap(), "nonsense").unwrap();
    assert!(tls.reload().unwrap_err().to_string().contains("key.pem cannot be read"));
    assert_eq!(healthy(address, &renewed, b"h2").await.unwrap(), 200, "what cannot be used changes nothing");
    drop(stop);
    ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_shake_hands_is_let_go() {
    let certificate = Certificate::new();
    let server = with(|config| {
        certificate.set(config);
        config.http.header_timeout = std::time::Duration::from_millis(200);
    })
    .await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut byte = [0];
    let read = tokio::io::AsyncReadExt::read(&mut silent, &mut byte);
    assert_eq!(tokio::time::timeout(std::time::Duration::from_secs(30), read).await.unwrap().unwrap(), 0);
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut plain, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut plain, &mut answer).await;
    assert!(!answer.starts_with(b"HTTP/"), "plain HTTP is not answered");
    server.stop().await;
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_before_the_server_starts() {
    let certificate = Certificate::new();
    let other = Certificate::new();
    let bind = async |cert: Option<PathBuf>, key: Option<PathBuf>| {
        let mut config = Config::default();
        config.listen = "127.0.0.1:0".parse().unwrap();
        (config.tls.cert, config.tls.key) = (cert, key);
        match Listener::bind(&config).await {
            Err(ServerError::Tls(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let (cert, key) = (certificate.file("cert.pem"), certificate.file("key.pem"));
    assert!(matches!(bind(cert.clone(), None).await, TlsError::Half));
    assert!(matches!(bind(None, key.clone()).await, TlsError::Half));
    assert!(bind(certificate.file("none.pem"), key.clone()).await.to_string().contains("none.pem cannot be read"));
    assert!(bind(key.clone(), key.clone()).await.to_string().contains("there is none in it"));
    assert!(bind(cert.clone(), cert.clone()).await.to_string().starts_with("the key"));
    assert!(matches!(bind(cert, other.file("key.pem")).await, TlsError::Unfit { .. }));
}
