//! Nothing reaches a server that no entry names, however it is written.

use std::sync::{Arc, Mutex};

use hookbox_egress::{Egress, Policy, Proxy, Settings};
use tokio::io::AsyncWriteExt as _;

use crate::harness::{Names, client, egress, get, grant, head, ok, raw, settings, text};

#[tokio::test]
async fn without_an_entry_nothing_goes_out() {
    let stub = ok().await;
    let client = client(&[]);
    let error = client.fetch(get(stub.url("/"))).await.unwrap_err();
    assert_eq!((error.code.as_ref(), error.is_refusal()), ("ERR_ACCESS_DENIED", true));
    assert!(client.connect("127.0.0.1", stub.port(), None).await.unwrap_err().is_refusal());
    assert!(client.lookup("localhost", 0).await.unwrap_err().is_refusal());
    stub.assert_untouched();
}

#[tokio::test]
async fn no_spelling_of_an_address_gets_around_the_policy() {
    let stub = ok().await;
    let port = stub.port();
    // `*` names every public address, and these are none.
    for entries in [&["*"][..], &["10.0.0.0/8", "*.example", "example", "localhost:1"]] {
        let egress = egress();
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[2002:7f00:1::]",
            "0.0.0.0",
            "0",
            "[::]",
            "169.254.169.254",
            "１２７.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
        ] {
            let client = egress.client(grant(entries));
            let error = client.fetch(get(format!("http://{host}:{port}/"))).await.unwrap_err();
            assert!(error.is_refusal(), "{host}: {error:?}");
            let host = host.trim_matches(['[', ']']);
            let error = client.connect(host, port, None).await.unwrap_err();
            assert!(error.is_refusal(), "{host}: {error:?}");
        }
        assert_eq!(egress.counts().refusals, 44);
    }
    stub.assert_untouched();
}

#[tokio::test]
async fn a_user_in_the_url_hides_no_host() {
    let stub = ok().await;
    let client = client(&["api.example"]);
    for url in [
        "http://api.example@127.0.0.1:PORT/",
        "http://api.example:80@127.0.0.1:PORT/",
        "http://127.0.0.1:PORT#@api.example/",
        "http://127.0.0.1:PORT\\@api.example/",
    ] {
        let error = client.fetch(get(url.replace("PORT", &stub.port().to_string()))).await.unwrap_err();
        assert!(error.is_refusal() || error.code == "ERR_INVALID_URL", "{url}: {error:?}");
    }
    stub.assert_untouched();
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_unless_an_entry_names_the_address() {
    let stub = ok().await;
    let names = Names::new(&[
        ("inside.example", &["127.0.0.1"]),
        ("mapped.example", &["::ffff:127.0.0.1"]),
        ("meta.example", &["169.254.169.254"]),
    ]);
    let egress = Egress::new(settings(&names)).unwrap();
    for name in ["inside.example", "mapped.example", "meta.example", "INSIDE.example."] {
        let client = egress.client(grant(&["*.example", "tcp://*.example"]));
        let error = client.fetch(get(format!("http://{name}:{}/", stub.port()))).await.unwrap_err();
        assert!(error.is_refusal() && error.message.contains("no entry of allowed_hosts of the hook names it"), "{error:?}");
        assert!(client.connect(name, stub.port(), None).await.unwrap_err().is_refusal());
        assert!(client.lookup(name, 0).await.unwrap_err().is_refusal());
    }
    stub.assert_untouched();
    let client = egress.client(grant(&["*.example", "127.0.0.0/8"]));
    let answer = client.fetch(get(format!("http://inside.example:{}/", stub.port()))).await.unwrap();
    assert_eq!(text(answer).await, "ok");
    assert_eq!(client.lookup("inside.example", 4).await.unwrap(), ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(client.lookup("inside.example", 6).await.unwrap_err().code, "ENOTFOUND");
}

#[tokio::test]
async fn a_name_that_changes_its_address_never_leads_inside() {
    let stub = ok().await;
    let names = Names::new(&[
        ("turn.example", &["1.1.1.1", "127.0.0.1"][..]),
        ("both.example", &["127.0.0.1 ::1"]),
        ("some.example", &["127.0.0.1 1.1.1.1"]),
    ]);
    // The proxy stands for the Internet: it notes where connections are to go, and refuses them.
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&asked);
    let proxy = raw(move |mut stream, _| {
        let noted = Arc::clone(&noted);
        async move {
            let head = head(&mut stream).await;
            noted.lock().unwrap().push(head.split(' ').nth(1).unwrap().to_owned());
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        }
    })
    .await;
    let proxy = Proxy::parse(&format!("http://{proxy}")).unwrap();
    let egress = Egress::new(Settings { proxy: Some(proxy), ..settings(&names) }).unwrap();
    let port = stub.port();
    let get = async |name: &str| {
        let before = names.lookups();
        let error = egress.client(grant(&["*.example"])).fetch(get(format!("http://{name}:{port}/"))).await.unwrap_err();
        assert_eq!(names.lookups(), before + 1, "a name is looked up once");
        error
    };
    for turn in 0..6 {
        assert_eq!(get("turn.example").await.is_refusal(), turn % 2 == 1);
        assert!(get("both.example").await.is_refusal());
        assert_eq!(get("some.example").await.code, "ECONNREFUSED");
    }
    stub.assert_untouched();
    assert_eq!(*asked.lock().unwrap(), vec![format!("1.1.1.1:{port}"); 9]);
}

#[tokio::test]
async fn every_list_has_to_agree() {
    let stub = ok().await;
    let ceiling = |entries: &[&str]| Some(Policy::parse(entries).unwrap());
    let server = |ceiling| Egress::new(Settings { ceiling, ..settings(&Names::default()) }).unwrap();
    for (server_list, account_list, who) in [
        (Some(&["*"][..]), None, "the ceiling of the server"),
        (None, Some(&["*"][..]), "the ceiling of the account"),
        (Some(&["10.0.0.0/8"]), None, "the ceiling of the server"),
        (None, Some(&["https://127.0.0.1"]), "the ceiling of the account"),
        (Some(&["127.0.0.0/8"]), Some(&[]), "the ceiling of the account"),
    ] {
        let egress = server(server_list.and_then(ceiling));
        let mut grant = grant(&["127.0.0.1"]);
        grant.account = account_list.and_then(ceiling).map(Arc::new);
        let error = egress.client(grant).fetch(get(stub.url("/"))).await.unwrap_err();
        assert!(error.is_refusal() && error.message.contains(who), "{error}");
    }
    stub.assert_untouched();
    let egress = server(ceiling(&["127.0.0.0/8"]));
    let mut grant = grant(&["127.0.0.1"]);
    grant.account = ceiling(&["127.0.0.1", "*.example"]).map(Arc::new);
    assert_eq!(text(egress.client(grant).fetch(get(stub.url("/"))).await.unwrap()).await, "ok");
}

#[tokio::test]
async fn an_entry_with_a_port_or_a_scheme_opens_that_one() {
    let (stub, other) = (ok().await, ok().await);
    let client = client(&[&format!("http://127.0.0.1:{}", stub.port())]);
    assert_eq!(text(client.fetch(get(stub.url("/"))).await.unwrap()).await, "ok");
    assert!(client.fetch(get(other.url("/"))).await.unwrap_err().is_refusal());
    assert!(client.fetch(get(format!("https://{}/", stub.address))).await.unwrap_err().is_refusal());
    assert!(client.connect("127.0.0.1", stub.port(), None).await.unwrap_err().is_refusal());
    other.assert_untouched();
    assert_eq!(stub.connections(), 1);
}

#[tokio::test]
async fn only_http_is_requested() {
    let client = client(&["*", "127.0.0.1"]);
    for url in [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "gopher://127.0.0.1/",
        "javascript:1",
        "/relative",
        "",
        "http://",
        "http:///x",
        "http://a..b/",
    ] {
        let error = client.fetch(get(url)).await.unwrap_err();
        assert!(error.code == "ERR_INVALID_URL" || error.is_refusal() || error.code == "ENOTFOUND", "{url}: {error:?}");
    }
    for method in ["CONNECT", "connect", "TRACE", "track"] {
        assert!(client.fetch(hookbox_egress::Request::new(method, "http://127.0.0.1/")).await.unwrap_err().is_refusal());
    }
}

#[tokio::test]
async fn what_is_refused_is_counted_and_listed_without_its_path() {
    let client = client(&["api.example"]);
    client.fetch(get("http://other.example/secret-path?token=x")).await.unwrap_err();
    let calls = client.calls();
    assert_eq!(
        (calls.len(), calls[0].origin.as_str(), calls[0].error.as_deref()),
        (1, "http://other.example:80", Some("ERR_ACCESS_DENIED"))
    );
    assert!(!serde_json::to_string(&calls).unwrap().contains("secret"));
}
