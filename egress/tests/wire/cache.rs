//! Answers that are kept for a hook, against a server that counts who asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hookbox_egress::{Client, Keep, Keeping, Request, Sealed};
use hookbox_host_api::Secret;

use crate::harness::{Answer, Seen, Stub, answer, egress, get, grant, post, text, with_headers};

/// Keeps everything, and notes for how long it was asked to.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<HashMap<String, (Bytes, Duration)>>>);

impl Keep for Shelf {
    fn get(&self, name: &str) -> Keeping<Option<Bytes>> {
        let found = self.0.lock().unwrap().get(name).map(|(value, _)| value.clone());
        Box::pin(async move { found })
    }
    fn put(&self, name: &str, value: Bytes, time: Duration) -> Keeping<()> {
        self.0.lock().unwrap().insert(name.to_owned(), (value, time));
        Box::pin(async {})
    }
    fn delete(&self, name: &str) -> Keeping<()> {
        self.0.lock().unwrap().remove(name);
        Box::pin(async {})
    }
    fn most_bytes(&self) -> usize {
        4096
    }
}

impl Shelf {
    fn text(&self) -> String {
        let kept = self.0.lock().unwrap();
        kept.values().map(|(value, _)| String::from_utf8_lossy(value).into_owned()).collect()
    }
}

/// A client of a new execution.
fn client(shelf: &Shelf, entries: &[&str], sealed: Vec<Sealed>) -> Client {
    let mut grant = grant(entries);
    (grant.cache, grant.sealed) = (Some(Arc::new(shelf.clone()) as Arc<dyn Keep>), sealed);
    egress().client(grant)
}

async fn stub(respond: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> (Shelf, Stub) {
    (Shelf::default(), Stub::start(respond).await)
}

/// What a new execution is told, and whether it was the cache that told it.
async fn ask(shelf: &Shelf, request: Request) -> (u16, String, bool) {
    let client = client(shelf, &["127.0.0.1"], Vec::new());
    let response = client.fetch(request).await.unwrap();
    let (status, body) = (response.status, text(response).await);
    (status, body, client.calls()[0].cached)
}

fn told(body: &str, cached: bool) -> (u16, String, bool) {
    (200, body.to_owned(), cached)
}

#[tokio::test]
async fn an_answer_with_an_age_is_asked_for_once() {
    let (shelf, stub) = stub(|_| answer(200, &[("cache-control", "max-age=60"), ("x-a", "1"), ("x-a", "2")], "the keys")).await;
    let url = stub.url("/jwks.json?v=1");
    assert_eq!(ask(&shelf, get(&url)).await, told("the keys", false));
    assert_eq!(ask(&shelf, get(&url)).await, told("the keys", true));
    let response = client(&shelf, &["127.0.0.1"], Vec::new()).fetch(get(&url)).await.unwrap();
    let of = |name: &str| response.headers.iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    assert_eq!((of("x-a"), of("age").len(), response.version), (vec!["1", "2"], 1, "1.1"));
    assert_eq!(ask(&shelf, get(stub.url("/jwks.json?v=2"))).await, told("the keys", false));
    assert_eq!(ask(&shelf, Request { decompress: false, ..get(&url) }).await, told("the keys", false));
    assert_eq!(stub.seen().len(), 3);
    assert_eq!(ask(&Shelf::default(), get(&url)).await, told("the keys", false));
}

#[tokio::test]
async fn what_may_not_be_kept_is_asked_for_each_time() {
    for (headers, request) in [
        (&[("cache-control", "no-store")][..], None),
        (&[("cache-control", "max-age=0")], None),
        (&[], None),
        (&[("cache-control", "max-age=60"), ("vary", "*")], None),
        (&[("cache-control", "max-age=60"), ("age", "18446744073709551615")], None),
        (&[("cache-control", "max-age=60")], Some(("cache-control", "no-store"))),
        (&[("cache-control", "max-age=60")], Some(("range", "bytes=0-1"))),
        (&[("cache-control", "max-age=60")], Some(("if-none-match", "\"x\""))),
    ] {
        let (shelf, stub) = stub(|_| answer(200, headers, "x")).await;
        for _ in 0..2 {
            let request = with_headers(get(stub.url("/")), request.as_slice());
            assert!(!ask(&shelf, request).await.2, "{headers:?}");
        }
        assert_eq!((stub.seen().len(), shelf.0.lock().unwrap().len()), (2, 0), "{headers:?}");
    }
}

#[tokio::test]
async fn a_tag_is_asked_about_and_the_body_is_sent_once() {
    let (shelf, stub) = stub(|seen| match seen.header("if-none-match") {
        Some("\"v1\"") if seen.path == "/same" => answer(304, &[("etag", "\"v1\""), ("x-turn", "2")], ""),
        Some(_) => answer(200, &[("cache-control", "no-cache"), ("etag", "\"v2\"")], "changed"),
        None => answer(200, &[("cache-control", "no-cache"), ("etag", "\"v1\""), ("x-turn", "1")], "body"),
    })
    .await;
    for (turn, path, expected) in [(1, "/same", told("body", false)), (2, "/same", told("body", true)), (3, "/same", told("body", true))] {
        assert_eq!(ask(&shelf, get(stub.url(path))).await, expected, "{turn}");
    }
    let conditions: Vec<_> = stub.seen().iter().map(|seen| seen.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(conditions, [None, Some("\"v1\"".to_owned()), Some("\"v1\"".to_owned())]);
    assert_eq!(ask(&shelf, get(stub.url("/other"))).await, told("body", false));
    assert_eq!(ask(&shelf, get(stub.url("/other"))).await, told("changed", false));
    assert_eq!(ask(&shelf, get(stub.url("/other"))).await, told("changed", false), "its tag is the new one now");
}

#[tokio::test]
async fn a_date_is_asked_about_and_a_confused_server_is_asked_again() {
    let (shelf, stub) = stub(|seen| match seen.header("if-modified-since") {
        Some("Wed, 21 Oct 2015 07:28:00 GMT") if seen.path == "/same" => {
            answer(304, &[("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")], "")
        }
        Some(_) => answer(304, &[("etag", "\"of something else\"")], ""),
        None => answer(200, &[("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")], "body"),
    })
    .await;
    for (path, cached) in [("/same", false), ("/same", true), ("/confused", false), ("/confused", false)] {
        assert_eq!(ask(&shelf, get(stub.url(path))).await, told("body", cached), "{path}");
    }
    assert_eq!(stub.seen().len(), 5);
}

#[tokio::test]
async fn other_headers_have_other_answers_and_vary_decides_of_the_rest() {
    let (shelf, stub) = stub(|seen| {
        let who = seen.header("authorization").or(seen.header("x-user")).unwrap_or("nobody").to_owned();
        let language = seen.header("accept-language").unwrap_or("none").to_owned();
        answer(200, &[("cache-control", "private, max-age=60"), ("vary", "accept-language")], format!("{who} {language}"))
    })
    .await;
    let with = |lines: &[(&str, &str)]| with_headers(get(stub.url("/me")), lines);
    for (lines, body) in [
        (&[("authorization", "Bearer a")][..], "Bearer a none"),
        (&[("authorization", "Bearer b")], "Bearer b none"),
        (&[("x-user", "c")], "c none"),
        (&[("accept-language", "de")], "nobody de"),
    ] {
        assert_eq!(ask(&shelf, with(lines)).await, told(body, false), "no Vary tells these apart, and they are");
        assert_eq!(ask(&shelf, with(lines)).await, told(body, true));
    }
    assert_eq!(ask(&shelf, with(&[("accept-language", "fr")])).await, told("nobody fr", false));
    let harmless = [("accept-language", "fr"), ("user-agent", "another"), ("traceparent", "00-1")];
    assert_eq!(ask(&shelf, with(&harmless)).await, told("nobody fr", true));
}

#[tokio::test]
async fn a_change_of_something_forgets_what_was_said_of_it() {
    let (shelf, stub) = stub(|seen| {
        let status = if seen.path == "/broken" && seen.method == "POST" { 500 } else { 200 };
        answer(status, &[("cache-control", "max-age=60")], "x")
    })
    .await;
    for (path, cached) in [("/users", false), ("/broken", true)] {
        let reader = || with_headers(get(stub.url(path)), &[("authorization", "Bearer a")]);
        assert!(!ask(&shelf, reader()).await.2);
        assert!(ask(&shelf, reader()).await.2);
        assert!(!ask(&shelf, post(stub.url(path), "text/plain", "y")).await.2);
        assert_eq!(ask(&shelf, reader()).await.2, cached, "{path}");
    }
}

#[tokio::test]
async fn the_policy_is_asked_before_the_cache() {
    let (shelf, stub) = stub(|_| answer(200, &[("cache-control", "max-age=60")], "x")).await;
    assert!(!ask(&shelf, get(stub.url("/"))).await.2);
    let refused = client(&shelf, &["api.example"], Vec::new()).fetch(get(stub.url("/"))).await.unwrap_err();
    assert!(refused.is_refusal());
    let other = client(&shelf, &["127.0.0.1", "api.example"], Vec::new());
    other.fetch(get(stub.url("/"))).await.unwrap().bytes().await.unwrap();
    assert!(!other.calls()[0].cached, "under another policy it is asked for again");
    assert!(ask(&shelf, get(stub.url("/"))).await.2);
}

#[tokio::test]
async fn sealed_values_count_and_their_placeholders_are_never_kept() {
    let (shelf, stub) = stub(|seen| {
        let body = if seen.path == "/echo" { seen.header("x-key").unwrap().to_owned() } else { "fine".to_owned() };
        answer(200, &[("cache-control", "max-age=60")], body)
    })
    .await;
    let ask = async |path: &str, placeholder: &str, value: &str| {
        let sealed = Sealed { placeholder: placeholder.to_owned(), value: Secret::new(value), hosts: "127.0.0.1".parse().unwrap() };
        let client = client(&shelf, &["127.0.0.1"], vec![sealed]);
        let body = text(client.fetch(with_headers(get(stub.url(path)), &[("x-key", placeholder)])).await.unwrap()).await;
        (body, client.calls()[0].cached)
    };
    assert_eq!(ask("/", "sealed_111", "the first value").await, ("fine".to_owned(), false));
    assert_eq!(ask("/", "sealed_222", "the first value").await, ("fine".to_owned(), true), "the value is the same, whatever stands for it");
    assert_eq!(ask("/", "sealed_333", "another value").await, ("fine".to_owned(), false));
    for placeholder in ["sealed_444", "sealed_555"] {
        assert_eq!(ask("/echo", placeholder, "the first value").await, (placeholder.to_owned(), false));
    }
    let kept = shelf.text();
    assert!(!kept.contains("value") && !kept.contains("sealed_"), "{kept}");
}

#[tokio::test]
async fn long_and_broken_bodies_are_given_and_not_kept() {
    let (shelf, stub) = stub(|seen| {
        let body = if seen.path == "/long" { "x".repeat(5000) } else { "x".repeat(100) };
        answer(200, &[("cache-control", "max-age=60")], body)
    })
    .await;
    for _ in 0..2 {
        let (status, body, cached) = ask(&shelf, get(stub.url("/long"))).await;
        assert_eq!((status, body.len(), cached), (200, 5000, false));
    }
    // One whose answer is not read.
    drop(client(&shelf, &["127.0.0.1"], Vec::new()).fetch(get(stub.url("/short"))).await.unwrap());
    assert!(!ask(&shelf, get(stub.url("/short"))).await.2);
    assert!(ask(&shelf, get(stub.url("/short"))).await.2);
}

#[tokio::test]
async fn heads_redirects_and_errors_that_say_so_are_kept() {
    let (shelf, stub) = stub(|seen| match seen.path.as_str() {
        "/old" => answer(301, &[("cache-control", "max-age=60"), ("location", "/new")], ""),
        "/gone" => answer(404, &[("cache-control", "max-age=60")], "no"),
        _ => answer(200, &[("cache-control", "max-age=60"), ("x-path", "new")], "there"),
    })
    .await;
    for cached in [false, true] {
        let client = client(&shelf, &["127.0.0.1"], Vec::new());
        assert_eq!(text(client.fetch(get(stub.url("/old"))).await.unwrap()).await, "there");
        assert_eq!(client.calls().iter().map(|call| call.cached).collect::<Vec<_>>(), [cached, cached]);
        assert_eq!(ask(&shelf, get(stub.url("/gone"))).await, (404, "no".to_owned(), cached));
        assert_eq!(ask(&shelf, Request::new("HEAD", stub.url("/head"))).await, told("", cached));
    }
    assert_eq!(ask(&shelf, get(stub.url("/head"))).await, told("there", false));
}

#[tokio::test]
async fn what_names_another_host_or_another_trust_is_not_told_from_here() {
    let (shelf, stub) = stub(|seen| answer(200, &[("cache-control", "max-age=60")], seen.header("host").unwrap().to_owned())).await;
    let url = stub.url("/");
    let own = stub.address.to_string();
    let call = async |tls: Option<std::sync::Arc<hookbox_egress::TlsConfig>>, host: &str| {
        let mut grant = grant(&["127.0.0.1", "virtual.example"]);
        (grant.cache, grant.tls) = (Some(Arc::new(shelf.clone()) as Arc<dyn Keep>), tls);
        let client = egress().client(grant);
        let said = text(client.fetch(with_headers(get(&url), &[("Host", host)])).await.unwrap()).await;
        (said, client.calls()[0].cached)
    };
    for _ in 0..2 {
        assert_eq!(call(None, "virtual.example").await, ("virtual.example".to_owned(), false));
    }
    assert_eq!(call(None, &own).await, (own.clone(), false));
    assert_eq!(call(None, &own).await, (own.clone(), true));
    let key = rcgen::KeyPair::generate().unwrap();
    let ca = rcgen::CertificateParams::new([]).unwrap().self_signed(&key).unwrap().pem();
    let settings = hookbox_egress::TlsSettings { ca: vec![ca], identities: Vec::new() };
    for cached in [false, true] {
        // Made anew, as after a restart.
        assert_eq!(call(Some(egress().tls(&settings).unwrap()), &own).await, (own.clone(), cached));
    }
}
