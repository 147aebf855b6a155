//! TLS: whom hooks trust, who they are, and what the faults are called.

use std::sync::Arc;
use std::time::Duration;

use hookbox_egress::{Client, Egress, Error, Identity, Settings, TlsOptions, TlsSettings};
use hookbox_host_api::Secret;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use crate::harness::{Names, Stub, answer, get, grant, settings, text};

pub(crate) struct Authority {
    pub(crate) issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate chain and its key in PEM.
pub(crate) struct Leaf {
    pub(crate) chain: String,
    pub(crate) key: String,
}

pub(crate) fn params(common: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

impl Authority {
    pub(crate) fn new(common: &str) -> Self {
        let mut params = params(common, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(crate) fn leaf(&self, names: &[&str]) -> Leaf {
        self.leaf_of(params("leaf", names))
    }

    fn leaf_of(&self, params: CertificateParams) -> Leaf {
        let key = KeyPair::generate().unwrap();
        Leaf { chain: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }
}

fn self_signed(names: &[&str]) -> Leaf {
    let key = KeyPair::generate().unwrap();
    Leaf { chain: params("self", names).self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

pub(crate) fn acceptor(leaf: &Leaf, clients: Option<&Authority>, alpn: &[&str]) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap())
        }
    };
    let chain = CertificateDer::pem_slice_iter(leaf.chain.as_bytes()).map(Result::unwrap).collect();
    let mut config = builder.with_single_cert(chain, PrivateKeyDer::from_pem_slice(leaf.key.as_bytes()).unwrap()).unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

pub(crate) async fn server(leaf: &Leaf) -> Stub {
    Stub::with(Some(acceptor(leaf, None, &[])), |_| answer(200, &[], "in tls")).await
}

fn names() -> Names {
    Names::new(&[("a.example", &["127.0.0.1"]), ("b.example", &["127.0.0.1"])])
}

pub(crate) fn egress(roots: &[&Authority]) -> Egress {
    let roots = roots.iter().map(|authority| authority.pem.clone()).collect();
    Egress::new(Settings { roots, ..settings(&names()) }).unwrap()
}

pub(crate) fn client(roots: &[&Authority]) -> Client {
    egress(roots).client(grant(&["*.example", "tcp://*.example", "127.0.0.1", "tcp://127.0.0.1"]))
}

async fn fault(client: &Client, stub: &Stub) -> Error {
    let error = client.fetch(get(format!("https://a.example:{}/", stub.port()))).await.unwrap_err();
    assert!(stub.seen().is_empty(), "a request reached a server that is not trusted");
    error
}

#[tokio::test]
async fn a_server_is_trusted_by_its_authority_and_its_name() {
    let authority = Authority::new("authority");
    let stub = server(&authority.leaf(&["a.example", "127.0.0.1"])).await;
    let client = client(&[&authority]);
    assert_eq!(text(client.fetch(get(format!("https://a.example:{}/", stub.port()))).await.unwrap()).await, "in tls");
    assert_eq!(text(client.fetch(get(format!("https://127.0.0.1:{}/", stub.port()))).await.unwrap()).await, "in tls");
    let error = client.fetch(get(format!("https://b.example:{}/", stub.port()))).await.unwrap_err();
    assert_eq!(error.code, "ERR_TLS_CERT_ALTNAME_INVALID");
    assert!(error.message.contains("b.example"), "{error}");
}

#[tokio::test]
async fn every_fault_has_nodes_code() {
    let (authority, stranger) = (Authority::new("authority"), Authority::new("stranger"));
    let trusting = client(&[&authority]);
    let code = async |leaf: Leaf| fault(&trusting, &server(&leaf).await).await.code.into_owned();
    assert_eq!(code(self_signed(&["a.example"])).await, "DEPTH_ZERO_SELF_SIGNED_CERT");
    let mut ca_as_leaf = params("ca", &["a.example"]);
    ca_as_leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let own = Leaf { chain: ca_as_leaf.self_signed(&key).unwrap().pem(), key: key.serialize_pem() };
    assert_eq!(code(own).await, "DEPTH_ZERO_SELF_SIGNED_CERT");
    assert_eq!(code(stranger.leaf(&["a.example"])).await, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    let mut with_root = stranger.leaf(&["a.example"]);
    with_root.chain.push_str(&stranger.pem);
    assert_eq!(code(with_root).await, "SELF_SIGNED_CERT_IN_CHAIN");
    let mut middle = params("middle", &[]);
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let middle_key = KeyPair::generate().unwrap();
    let middle_pem = middle.signed_by(&middle_key, &stranger.issuer).unwrap().pem();
    let middle = Authority { issuer: Issuer::new(middle, middle_key), pem: middle_pem };
    let mut through = middle.leaf(&["a.example"]);
    through.chain.push_str(&middle.pem);
    assert_eq!(code(through).await, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
    let mut expired = params("leaf", &["a.example"]);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    assert_eq!(code(authority.leaf_of(expired)).await, "CERT_HAS_EXPIRED");
    let mut future = params("leaf", &["a.example"]);
    (future.not_before, future.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
    assert_eq!(code(authority.leaf_of(future)).await, "CERT_NOT_YET_VALID");
    let nobody = client(&[]);
    assert_eq!(fault(&nobody, &server(&authority.leaf(&["a.example"])).await).await.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
}

#[tokio::test]
async fn a_handshake_that_fails_never_falls_back() {
    let plain = crate::harness::ok().await;
    let error = client(&[]).fetch(get(format!("https://a.example:{}/", plain.port()))).await.unwrap_err();
    assert_eq!(error.code, "EPROTO");
    assert_eq!((plain.connections(), plain.seen().len()), (1, 0));
}

#[tokio::test]
async fn an_account_trusts_its_own_authorities_too() {
    let (system, own) = (Authority::new("system"), Authority::new("own"));
    let (of_system, of_own) = (server(&system.leaf(&["a.example"])).await, server(&own.leaf(&["a.example"])).await);
    let egress = egress(&[&system]);
    let tls = egress.tls(&TlsSettings { ca: vec![own.pem.clone()], identities: Vec::new() }).unwrap();
    for stub in [&of_system, &of_own] {
        let mut grant = grant(&["*.example", "127.0.0.1"]);
        grant.tls = Some(Arc::clone(&tls));
        let reply = egress.client(grant).fetch(get(format!("https://a.example:{}/", stub.port()))).await.unwrap();
        assert_eq!(text(reply).await, "in tls");
    }
    // A connection that one trust made is not used by another.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let other = egress.client(grant(&["*.example", "127.0.0.1"]));
    let error = other.fetch(get(format!("https://a.example:{}/", of_own.port()))).await.unwrap_err();
    assert_eq!(error.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    assert_eq!(of_own.seen().len(), 1);
    let error = egress.tls(&TlsSettings { ca: vec!["nonsense".to_owned()], identities: Vec::new() }).unwrap_err();
    assert_eq!(error.what, "ca 0");
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_its_hosts_alone() {
    let authority = Authority::new("authority");
    let leaf = authority.leaf(&["a.example", "b.example"]);
    let stub = Stub::with(Some(acceptor(&leaf, Some(&authority), &[])), |_| answer(200, &[], "known")).await;
    let own = authority.leaf(&["hook.example"]);
    let hosts = format!("https://a.example:{}", stub.port()).parse().unwrap();
    let identity = Identity { hosts, cert: own.chain.clone(), key: Secret::new(own.key.clone()) };
    let egress = egress(&[&authority]);
    let tls = egress.tls(&TlsSettings { ca: Vec::new(), identities: vec![identity.clone()] }).unwrap();
    let mut grant = grant(&["*.example", "tcp://*.example", "127.0.0.1", "tcp://127.0.0.1"]);
    grant.tls = Some(tls);
    let client = egress.client(grant);
    assert_eq!(text(client.fetch(get(format!("https://a.example:{}/", stub.port()))).await.unwrap()).await, "known");
    let error = client.fetch(get(format!("https://b.example:{}/", stub.port()))).await.unwrap_err();
    assert!(matches!(error.code.as_ref(), "EPROTO" | "ECONNRESET"), "{error:?}");
    assert_eq!(stub.seen().len(), 1);
    // A hook may have one of its own on a raw connection.
    let options = TlsOptions { cert: Some(own.chain), key: Some(own.key), ..TlsOptions::new("b.example") };
    let connection = client.connect("b.example", stub.port(), Some(&options)).await.unwrap();
    connection.write("GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n".into()).await.unwrap();
    assert!(connection.read(100).await.unwrap().starts_with(b"HTTP/1.1 200"));
    let unfit = Identity { key: Secret::new("nonsense"), ..identity };
    let error = egress.tls(&TlsSettings { ca: Vec::new(), identities: vec![unfit] }).unwrap_err();
    assert!(error.what == "client certificate 0" && !error.to_string().contains("nonsense"), "{error}");
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_does_and_shares_a_connection() {
    let authority = Authority::new("authority");
    let stub =
        Stub::with(Some(acceptor(&authority.leaf(&["a.example"]), None, &["h2", "http/1.1"])), |seen| answer(200, &[], seen.body.clone()))
            .await;
    let client = client(&[&authority]);
    let url = format!("https://a.example:{}/", stub.port());
    let first = client.fetch(crate::harness::post(&url, "text/plain", "one")).await.unwrap();
    assert_eq!((first.version, first.status_text.as_str()), ("2", ""));
    let (second, third) = tokio::join!(client.fetch(crate::harness::post(&url, "text/plain", "two")), client.fetch(get(&url)));
    assert_eq!(
        (text(first).await, text(second.unwrap()).await, text(third.unwrap()).await),
        ("one".to_owned(), "two".to_owned(), String::new())
    );
    assert_eq!(stub.connections(), 1);
    let seen = &stub.seen()[0];
    assert_eq!((seen.version, seen.header("host")), (http::Version::HTTP_2, None));
    let limited =
        Stub::with(Some(acceptor(&authority.leaf(&["a.example"]), None, &["h2"])), |_| answer(200, &[("x", &"y".repeat(60_000))], ""))
            .await;
    let error = client.fetch(get(format!("https://a.example:{}/", limited.port()))).await.unwrap_err();
    assert!(error.is_limit() && error.message.contains("egress.header_bytes"), "{error:?}");
}

#[tokio::test]
async fn a_raw_connection_tells_what_tls_agreed_on() {
    let authority = Authority::new("authority");
    let stub = Stub::with(Some(acceptor(&authority.leaf(&["a.example"]), None, &["http/1.1"])), |_| answer(200, &[], "")).await;
    let trusting = client(&[&authority]);
    let options = TlsOptions { alpn: vec!["http/1.1".to_owned()], ..TlsOptions::new("a.example") };
    let connection = trusting.connect("a.example", stub.port(), Some(&options)).await.unwrap();
    let facts = connection.facts().unwrap();
    assert_eq!((facts.protocol, facts.cipher.as_str(), facts.alpn.as_deref()), ("TLSv1.3", "TLS_AES_256_GCM_SHA384", Some("http/1.1")));
    assert!(facts.authorized && facts.authorization_error.is_none() && facts.peer_certificates.len() == 1);
    let old = TlsOptions { max: Some("TLSv1.2".to_owned()), ..TlsOptions::new("a.example") };
    let connection = trusting.connect("127.0.0.1", stub.port(), Some(&old)).await.unwrap();
    assert_eq!(connection.facts().unwrap().protocol, "TLSv1.2");
    assert!(connection.facts().unwrap().cipher.starts_with("ECDHE-"));
    for options in [
        TlsOptions { min: Some("TLSv1.3".to_owned()), max: Some("TLSv1.2".to_owned()), ..TlsOptions::new("a.example") },
        TlsOptions { max: Some("TLSv1.1".to_owned()), ..TlsOptions::new("a.example") },
        TlsOptions { ca: vec!["nonsense".to_owned()], ..TlsOptions::new("a.example") },
        TlsOptions { cert: Some(String::new()), ..TlsOptions::new("a.example") },
    ] {
        assert!(trusting.connect("a.example", stub.port(), Some(&options)).await.unwrap_err().code.starts_with("ERR_TLS"));
    }
}

#[tokio::test]
async fn a_hook_may_trust_its_own_authority_alone_or_look_past_a_fault() {
    let (system, own) = (Authority::new("system"), Authority::new("own"));
    let stub = server(&own.leaf(&["a.example"])).await;
    let trusting = client(&[&system]);
    let connect = async |options: TlsOptions| trusting.connect("a.example", stub.port(), Some(&options)).await;
    assert_eq!(connect(TlsOptions::new("a.example")).await.unwrap_err().code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    let with_ca = TlsOptions { ca: vec![own.pem.clone()], ..TlsOptions::new("a.example") };
    assert!(connect(with_ca).await.unwrap().facts().unwrap().authorized);
    let lenient = TlsOptions { verify: false, ..TlsOptions::new("a.example") };
    let connection = connect(lenient).await.unwrap();
    let facts = connection.facts().unwrap();
    assert_eq!((facts.authorized, facts.authorization_error), (false, Some("UNABLE_TO_VERIFY_LEAF_SIGNATURE")));
    let wrong_name = TlsOptions { verify: false, ca: vec![own.pem.clone()], ..TlsOptions::new("c.example") };
    assert_eq!(connect(wrong_name).await.unwrap().facts().unwrap().authorization_error, Some("ERR_TLS_CERT_ALTNAME_INVALID"));
    let other = server(&system.leaf(&["a.example"])).await;
    let only_own = TlsOptions { ca: vec![own.pem.clone()], ..TlsOptions::new("a.example") };
    assert!(trusting.connect("a.example", other.port(), Some(&only_own)).await.is_err());
}

#[tokio::test]
async fn a_server_that_is_its_own_authority_can_be_trusted_as_it_is() {
    let made = |from: i32, to: i32| {
        let mut own = params("self", &["a.example"]);
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (own.not_before, own.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().unwrap();
        Leaf { chain: own.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
    };
    let client = client(&[]);
    for (leaf, name, code) in [
        (made(2020, 2090), "a.example", None),
        (made(2020, 2090), "b.example", Some("ERR_TLS_CERT_ALTNAME_INVALID")),
        (made(2020, 2021), "a.example", Some("CERT_HAS_EXPIRED")),
        (made(2089, 2090), "a.example", Some("CERT_NOT_YET_VALID")),
    ] {
        let stub = server(&leaf).await;
        let options = TlsOptions { ca: vec![leaf.chain.clone()], ..TlsOptions::new(name) };
        let connected = client.connect("a.example", stub.port(), Some(&options)).await;
        assert_eq!(connected.as_ref().err().map(|error| error.code.as_ref()), code, "{name}");
        let other = TlsOptions { ca: vec![made(2020, 2090).chain], ..TlsOptions::new("a.example") };
        assert!(client.connect("a.example", stub.port(), Some(&other)).await.is_err());
    }
}
