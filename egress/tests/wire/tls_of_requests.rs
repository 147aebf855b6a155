//! Requests whose TLS a hook has options for.

use hookbox_egress::{Error, Request, Sealed, TlsOptions};
use hookbox_host_api::Secret;

use crate::harness::{Stub, answer, get, grant, text, with_headers};
use crate::tls::{Authority, acceptor, client, egress, server};

fn with(stub: &Stub, host: &str, tls: TlsOptions) -> Request {
    Request { tls: Some(tls), ..get(format!("https://{host}:{}/", stub.port())) }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    outcome.unwrap_err().code.into_owned()
}

#[tokio::test]
async fn a_request_trusts_whom_its_options_say() {
    let (system, own) = (Authority::new("system"), Authority::new("own"));
    let stub = server(&own.leaf(&["a.example"])).await;
    let client = client(&[&system]);
    assert_eq!(code(client.fetch(get(format!("https://a.example:{}/", stub.port()))).await), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    let options = TlsOptions { ca: vec![own.pem.clone()], ..TlsOptions::new("a.example") };
    let reply = client.fetch(with(&stub, "a.example", options.clone())).await.unwrap();
    let facts = reply.tls.clone().unwrap();
    assert!(facts.authorized && facts.peer_certificates.len() == 1, "{facts:?}");
    assert_eq!((reply.version, reply.ends.unwrap().remote), ("1.1", stub.address));
    assert_eq!(text(reply).await, "in tls");
    let lenient = TlsOptions { verify: false, ..TlsOptions::new("a.example") };
    let reply = client.fetch(with(&stub, "a.example", lenient)).await.unwrap();
    assert_eq!(reply.tls.as_ref().unwrap().authorization_error, Some("UNABLE_TO_VERIFY_LEAF_SIGNATURE"));
    let strange = TlsOptions { ca: vec![system.pem.clone()], ..options };
    assert_eq!(code(client.fetch(with(&stub, "a.example", strange)).await), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
}

#[tokio::test]
async fn a_connection_serves_the_options_that_it_was_made_with_alone() {
    let authority = Authority::new("authority");
    let stub = server(&authority.leaf(&["a.example"])).await;
    let egress = egress(&[]);
    let options = TlsOptions { ca: vec![authority.pem.clone()], ..TlsOptions::new("a.example") };
    let call = async |tls: Option<TlsOptions>| {
        let request = Request { tls, ..get(format!("https://a.example:{}/", stub.port())) };
        egress.client(grant(&["*.example", "127.0.0.1"])).fetch(request).await.map(drop)
    };
    call(Some(options.clone())).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    assert_eq!(egress.counts().idle_connections, 1);
    // The default trusts nobody here, and an idle connection would have helped.
    assert_eq!(code(call(None).await), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    assert_eq!(code(call(Some(TlsOptions::new("a.example"))).await), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    let connections = stub.connections();
    call(Some(options.clone())).await.unwrap();
    assert_eq!(stub.connections(), connections);
    call(Some(TlsOptions { max: Some("TLSv1.2".into()), ..options })).await.unwrap();
    assert_eq!(stub.connections(), connections + 1);
}

#[tokio::test]
async fn a_request_may_show_a_certificate_of_its_own() {
    let authority = Authority::new("authority");
    let stub = Stub::with(Some(acceptor(&authority.leaf(&["a.example"]), Some(&authority), &[])), |_| answer(200, &[], "known")).await;
    let own = authority.leaf(&["hook.example"]);
    let client = client(&[&authority]);
    let error = client.fetch(get(format!("https://a.example:{}/", stub.port()))).await.unwrap_err();
    assert!(matches!(error.code.as_ref(), "EPROTO" | "ECONNRESET"), "{error:?}");
    let options = TlsOptions { cert: Some(own.chain), key: Some(own.key), ..TlsOptions::new("a.example") };
    assert_eq!(text(client.fetch(with(&stub, "a.example", options.clone())).await.unwrap()).await, "known");
    let half = TlsOptions { cert: None, ..options };
    assert_eq!(code(client.fetch(with(&stub, "a.example", half)).await), "ERR_TLS_INVALID_CONTEXT");
}

#[tokio::test]
async fn another_name_is_verified_and_must_be_allowed() {
    let authority = Authority::new("authority");
    let stub = server(&authority.leaf(&["b.example"])).await;
    let egress = egress(&[&authority]);
    let call = async |hosts: &[&str], name: &str| {
        egress.client(grant(hosts)).fetch(with(&stub, "a.example", TlsOptions::new(name))).await.map(drop)
    };
    call(&["*.example", "127.0.0.1"], "b.example").await.unwrap();
    assert_eq!(code(call(&["*.example", "127.0.0.1"], "c.example").await), "ERR_TLS_CERT_ALTNAME_INVALID");
    assert_eq!(code(call(&["a.example", "127.0.0.1"], "b.example").await), "ERR_ACCESS_DENIED");
}

#[tokio::test]
async fn a_host_is_sent_over_http2_too() {
    let authority = Authority::new("authority");
    let stub = Stub::with(Some(acceptor(&authority.leaf(&["a.example"]), None, &["h2"])), |_| answer(200, &[("x-a", "1")], "")).await;
    let client = client(&[&authority]);
    let url = format!("https://a.example:{}/", stub.port());
    let reply = client.fetch(with_headers(get(&url), &[("X-UPPER", "1"), ("HOST", "B.example")])).await.unwrap();
    assert_eq!((reply.version, reply.headers[0].0.as_str()), ("2", "x-a"));
    let seen = &stub.seen()[0];
    assert_eq!((seen.authority.as_deref(), seen.header("host"), seen.header("x-upper")), (Some("B.example"), None, Some("1")));
    // It speaks HTTP/2 with options that offer it.
    let options = TlsOptions { alpn: vec!["h2".into()], ..TlsOptions::new("a.example") };
    assert_eq!(client.fetch(with(&stub, "a.example", options)).await.unwrap().version, "2");
}

#[tokio::test]
async fn sealed_values_go_to_servers_that_the_account_trusts() {
    let authority = Authority::new("authority");
    let stub = server(&authority.leaf(&["a.example", "b.example"])).await;
    let egress = egress(&[&authority]);
    let sent = async |tls: Option<TlsOptions>| {
        let mut grant = grant(&["*.example", "127.0.0.1"]);
        let hosts = "a.example".parse().unwrap();
        grant.sealed = vec![Sealed { placeholder: "sealed_abc".into(), value: Secret::new("the value"), hosts }];
        let request = Request { tls, ..get(format!("https://a.example:{}/", stub.port())) };
        text(egress.client(grant).fetch(with_headers(request, &[("X-Key", "sealed_abc")])).await.unwrap()).await;
        stub.seen().last().unwrap().header("x-key").unwrap().to_owned()
    };
    assert_eq!(sent(None).await, "the value");
    assert_eq!(sent(Some(TlsOptions { min: Some("TLSv1.3".into()), ..TlsOptions::new("a.example") })).await, "the value");
    for tls in [
        TlsOptions::new("b.example"),
        TlsOptions { verify: false, ..TlsOptions::new("a.example") },
        TlsOptions { ca: vec![authority.pem.clone()], ..TlsOptions::new("a.example") },
    ] {
        assert_eq!(sent(Some(tls)).await, "sealed_abc");
    }
}
